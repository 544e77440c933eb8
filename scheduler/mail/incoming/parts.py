"""Octets -> a message with its parts, in a time that grows as its size does, and as deep as `bounds` allows.

The standard library's parser recurses and keeps every enclosing boundary in mind for every line: a few kilobytes of
multiparts within each other end it, and some thousand lines in them keep it busy for minutes. So the octets are cut
into parts here, by their delimiters; the library only reads what a header says.
"""

from __future__ import annotations

import binascii
import codecs
import quopri
import re
from collections.abc import Iterator
from email.message import Message
from email.policy import compat32

from scheduler.mail.incoming.bounds import (
    DEEPEST,
    LARGEST,
    LONGEST_BOUNDARY,
    LONGEST_HEADER,
    LONGEST_HEADER_LINE,
    MOST_HEADER_LINES,
    MOST_PARTS,
    Unreadable,
)

_FIELD = re.compile(rb"[!-9;-~]{1,200}:|[\t ]")
_TAIL = re.compile(rb"(--)?[ \t]{0,100}(?:\n|\Z)")
_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))
_CHARSET = re.compile(
    r"(?:us-)?ascii|utf-?(?:8|16|32)(?:-?[lb]e)?|iso[-_]?8859[-_]?[0-9]{1,2}(?:-[ie])?|iso-2022-(?:jp|kr)(?:-[0-9])?"
    r"|latin-?[0-9]{1,2}|(?:windows|cp)-?[0-9]{3,5}|koi8-[rtu]|gb(?:2312|k|18030)|hz(?:-gb-2312)?|big5(?:-?hkscs)?"
    r"|shift[-_]jis|euc[-_](?:jp|kr)|ks_c_5601-1987|tis-620|mac(?:intosh|[-_]roman)?",
    re.IGNORECASE,
)


class MessagePart(Message):
    """A message or a part of one: its header, and its body as it stands (of a multipart: its parts)."""

    stands: bytes = b""
    parts: tuple[MessagePart, ...] = ()


def parse(raw: bytes) -> MessagePart:
    """Line ends become line feeds, and headers UTF-8. Raises Unreadable."""
    octets = raw[:LARGEST].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return _Cutter().part(octets.removeprefix(b"\xef\xbb\xbf"), 0)


def walk(message: MessagePart) -> Iterator[MessagePart]:
    """The message and its parts, but not those of what it brings back."""
    yield message
    for part in message.parts:
        yield from walk(part)


def octets_of(part: MessagePart) -> bytes:
    """What a part holds, without its transfer encoding (RFC 2045 §6); of what is no such encoding, as it stands."""
    stands = part.stands
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding == "quoted-printable":
        return quopri.decodestring(stands)
    if encoding == "base64":
        letters = stands.translate(None, _NOT_BASE64)
        try:
            return binascii.a2b_base64(letters + b"==")
        except binascii.Error:
            return stands
    return stands


def fields_of(text: str) -> MessagePart:
    """A block of header fields. Raises Unreadable."""
    return _head(text.encode("utf-8", "replace"))[0]


def charset_of(part: MessagePart) -> str:
    """As the part says; "utf-8" where it says nothing that can be understood."""
    try:
        return part.get_content_charset("utf-8")
    except (LookupError, TypeError, ValueError):
        return "utf-8"


def decoded(octets: bytes, charset: str) -> str:
    """In a character set that mail is written in; Python knows others, which raise or take their time."""
    name = charset if _CHARSET.fullmatch(charset) and _is_known(charset) else "utf-8"
    return octets.decode("utf-8" if name.lower() in ("ascii", "us-ascii") else name, "replace")


def _is_known(charset: str) -> bool:
    try:
        codecs.lookup(charset)
    except LookupError:
        return False
    return True


class _Cutter:
    """Of one message, whose parts it counts."""

    def __init__(self) -> None:
        self._parts = 0

    def part(self, octets: bytes, depth: int) -> MessagePart:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise Unreadable("parts")
        message, body = _head(octets)
        pieces = _pieces(message, body)
        if pieces is None:
            message.stands = body
            message.set_payload(body.decode("ascii", "surrogateescape"))  # for whoever asks as the library does
            return message
        if depth >= DEEPEST:
            raise Unreadable("depth")
        message.parts = tuple(self.part(piece, depth + 1) for piece in pieces)
        message.set_payload(list(message.parts))
        return message


def _head(octets: bytes) -> tuple[MessagePart, bytes]:
    """The header of a part, and what follows it: an empty line, or whatever is no header."""
    message, lines, at = MessagePart(policy=compat32), list[str](), 0
    if octets.startswith((b"From ", b">From ")):  # mbox
        at = octets.find(b"\n") + 1 or len(octets)
    for _ in range(MOST_HEADER_LINES + 1):
        end = octets.find(b"\n", at)
        line = octets[at : len(octets) if end < 0 else end]
        if not _FIELD.match(line) or (not lines and line[:1] in (b"\t", b" ")):
            break
        if len(line) > LONGEST_HEADER_LINE:
            raise Unreadable("headers")
        folded = line[:1] in (b"\t", b" ")
        if lines and not folded:
            _keep(message, lines)
            lines = []
        lines.append(line.decode("utf-8", "replace"))
        at = len(octets) if end < 0 else end + 1
    else:
        raise Unreadable("headers")
    _keep(message, lines)
    rest = octets[at:]
    return message, rest.removeprefix(b"\n")


def _keep(message: MessagePart, lines: list[str]) -> None:
    if lines:
        name, _, value = "\n".join(lines)[:LONGEST_HEADER].partition(":")
        message.set_raw(name, value.lstrip(" \t"))


def _pieces(message: MessagePart, body: bytes) -> list[bytes] | None:
    """What stands between the delimiters of a multipart (RFC 2046 §5.1.1); None where there is none."""
    if message.get_content_maintype() != "multipart":
        return None
    try:
        boundary = message.get_boundary("")
    except (LookupError, TypeError, ValueError):
        return None
    if not boundary or len(boundary) > LONGEST_BOUNDARY:
        return None
    begun, found = None, list[bytes]()
    for start, end, last in _delimiters(body, b"--" + boundary.encode("utf-8", "replace")):
        if begun is not None:
            found.append(body[begun : max(begun, start - 1)])
            if len(found) > MOST_PARTS:
                raise Unreadable("parts")
        begun = None if last else end
        if last:
            break
    if begun is not None:
        found.append(body[begun:])
    return found or None


def _delimiters(body: bytes, marker: bytes) -> Iterator[tuple[int, int, bool]]:
    """Where each begins and ends, with its line feed, and whether it closes."""
    at = 0 if body.startswith(marker) else body.find(b"\n" + marker) + 1 or -1
    while at >= 0:
        tail = _TAIL.match(body, at + len(marker))
        if tail is not None:
            yield at, tail.end(), tail[1] is not None
        found = body.find(b"\n" + marker, max(at, tail.end() - 1 if tail is not None else at + 1))
        at = found + 1 if found >= 0 else -1
