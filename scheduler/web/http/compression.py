"""gzip for who accepts it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache, partial

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scheduler.web.http.prepared import Header

WORTH_IT = 1000  # bytes; below, the headers of a compressed page outweigh the gain
REMEMBERED = 200  # bytes of an Accept-Encoding that is not read anew each time; browsers send fewer
_NAMES = (b"gzip", b"x-gzip")  # one and the same (RFC 9110 §8.4.1.3)
_CODING = re.compile(rb"[\t ]*([^\t ,;]+)[\t ]*(?:;[\t ]*[qQ]=([01](?:\.[0-9]{0,3})?)[\t ]*)?")


def accepts_gzip(headers: Iterable[Header]) -> bool:
    """Whether Accept-Encoding names gzip and does not refuse it by `q=0` (RFC 9110 §12.5.3).

    What asks for any coding gets none: each of those who say `*` can read that.
    """
    said = b",".join([value for name, value in headers if name == b"accept-encoding"])
    if b"gzip" not in said.lower():
        return False
    return _remembered(said) if len(said) <= REMEMBERED else _accepted(said)


def _accepted(said: bytes) -> bool:
    found = (_CODING.fullmatch(part) for part in said.split(b","))
    return any(one[1].lower() in _NAMES and float(one[2] or 1) > 0 for one in found if one)


_remembered = lru_cache(maxsize=256)(_accepted)


def compressed(app: ASGIApp) -> ASGIApp:
    """The pages with gzip for who accepts it; feeds stand in front of it: compressed ones broke Outlook on the web.

    Each answer gets a header list of its own: GZipMiddleware writes into the one that it is given, and a Prepared
    answer gives everybody the same, whose Content-Length would then be that of the first one's compressed copy.
    """

    async def with_own_headers(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_own(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": list(message["headers"])}
            await send(message)

        await app(scope, receive, send_own)

    inner = GZipMiddleware(with_own_headers, minimum_size=WORTH_IT)

    async def as_accepted(scope: Scope, receive: Receive, send: Send) -> None:
        """GZipMiddleware looks for the letters alone, and would send it to who refuses it."""
        if scope["type"] == "http":
            rest = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            accepted = [(b"accept-encoding", b"gzip")] if accepts_gzip(scope["headers"]) else []
            scope = {**scope, "headers": rest + accepted}
        await inner(scope, receive, partial(_tagged_weakly, send))

    return as_accepted


async def _tagged_weakly(send: Send, message: Message) -> None:
    """What was compressed is not the bytes that a strong entity tag is of (RFC 9110 §8.8.3.3)."""
    if message["type"] == "http.response.start":
        headers = list(message["headers"])
        if any(name == b"content-encoding" for name, _ in headers):
            headers = [(name, _weak(value) if name == b"etag" else value) for name, value in headers]
            message = {**message, "headers": headers}
    await send(message)


def _weak(tag: bytes) -> bytes:
    return tag if tag.startswith(b"W/") else b"W/" + tag
