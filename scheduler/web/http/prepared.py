"""Responses made before anyone asks: bytes, validators and headers, with conditional GET (RFC 9110 §8.8, §13)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from starlette.types import Receive, Scope, Send

from calendars.catalogue import LANGUAGES, Phrase

Header = tuple[bytes, bytes]
PLAIN = b"text/plain; charset=utf-8"
GET_AND_HEAD = b"GET, HEAD"
NOSNIFF: Header = (b"x-content-type-options", b"nosniff")
_OK, _NOT_MODIFIED = b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 304 Not Modified\r\n"
_FIELD_VALUE = re.compile(rb"[\t -~\x80-\xff]*")
_ENTITY_TAG = re.compile(rb'"[^"]*"')


def field_lines(headers: Iterable[Header]) -> bytes:
    """Header fields as they go over the wire (RFC 9112 §5)."""
    return b"".join(name + b": " + value + b"\r\n" for name, value in headers)


def strong_etag(body: bytes) -> bytes:
    """A strong entity tag over the very bytes: the same on every node, and after a restart."""
    return b'"' + hashlib.sha256(body).hexdigest()[:32].encode() + b'"'


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """One representation of one resource. As an ASGI application it answers GET and HEAD, and 405 to the rest."""

    body: bytes
    content_type: bytes
    last_modified: datetime  # UTC, whole seconds
    cache_control: bytes
    extra: tuple[Header, ...] = ()
    always: tuple[Header, ...] = ()  # what a 304 bears too
    methods: bytes = GET_AND_HEAD  # as a 405 lists them
    etag: bytes = field(init=False)
    _full: Sequence[Header] = field(init=False, repr=False)
    _unchanged: Sequence[Header] = field(init=False, repr=False)
    _full_lines: bytes = field(init=False, repr=False)
    _unchanged_lines: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        etag = strong_etag(self.body)
        date = format_datetime(self.last_modified.astimezone(UTC), usegmt=True).encode()
        lasting = [(b"etag", etag), (b"last-modified", date), (b"cache-control", self.cache_control), *self.always]
        content = [(b"content-type", self.content_type), (b"content-length", str(len(self.body)).encode())]
        object.__setattr__(self, "etag", etag)
        object.__setattr__(self, "_full", [*content, *lasting, NOSNIFF, *self.extra])
        object.__setattr__(self, "_unchanged", lasting)
        if not all(_FIELD_VALUE.fullmatch(value) for _, value in self._full):
            raise ValueError("a header field holds what would end its line")
        object.__setattr__(self, "_full_lines", field_lines(self._full) + b"\r\n")
        object.__setattr__(self, "_unchanged_lines", field_lines(lasting) + b"\r\n")

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            await refuse_method(send, self.methods)
        elif is_unchanged(self.etag, self.last_modified, scope["headers"]):
            await send({"type": "http.response.start", "status": 304, "headers": self._unchanged})
            await send({"type": "http.response.body", "body": b""})
        else:
            await send({"type": "http.response.start", "status": 200, "headers": self._full})
            await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else self.body})

    def on_the_wire(self, ahead: bytes, asked: Iterable[Header]) -> Sequence[bytes]:
        """The whole answer to a GET with the fields `asked`, in pieces, the field lines `ahead` before its own."""
        if is_unchanged(self.etag, self.last_modified, asked):
            return (_NOT_MODIFIED + ahead + self._unchanged_lines,)
        return (_OK + ahead + self._full_lines, self.body)


def is_unchanged(etag: bytes, last_modified: datetime, headers: Iterable[Header]) -> bool:
    """Whether the asker's copy is this one: If-None-Match decides where it is given, else If-Modified-Since.

    Compared weakly (RFC 9110 §13.1.2): a proxy that compressed a copy hands our tag on as `W/"…"`.
    """
    tags: list[bytes] = []
    dates: list[bytes] = []
    for name, value in headers:
        if name == b"if-none-match":
            tags.append(value)
        elif name == b"if-modified-since":
            dates.append(value)
    if etag in tags:  # as nearly everybody sends it
        return True
    if tags:
        given = b",".join(tags)
        return given.strip() == b"*" or etag in _ENTITY_TAG.findall(given)
    since = _date(dates[0]) if len(dates) == 1 else None
    return since is not None and last_modified <= since


def _date(text: bytes) -> datetime | None:
    """An HTTP-date in any of its three forms (RFC 9110 §5.6.7); None for what is none."""
    try:
        found = parsedate_to_datetime(text.decode("latin-1"))
    except (ValueError, OverflowError, IndexError):  # the standard library's parser raises all three on bad input
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


async def refuse_method(send: Send, methods: bytes = GET_AND_HEAD) -> None:
    await plain(send, 405, b"Only GET and HEAD.\n", extra=((b"allow", methods),))


def in_each_language(phrase: Phrase) -> bytes:
    """A line for whoever reads what a program was answered: nothing says in which language."""
    return (" / ".join(phrase[one] for one in LANGUAGES) + "\n").encode()


async def plain(send: Send, status: int, text: bytes, *, head: bool = False, extra: tuple[Header, ...] = ()) -> None:
    """A short answer for programs."""
    length = str(len(text)).encode()
    headers = [(b"content-type", PLAIN), (b"content-length", length), NOSNIFF, *extra]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else text})
