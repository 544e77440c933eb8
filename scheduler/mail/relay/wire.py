"""A message in the form in which it goes over the wire: checked, and dot-stuffed (RFC 5321 §4.5.2).

What a message shares with those to others is checked and stuffed once, what is its own for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Self

_KEPT = 512  # of what is shared: as many as there are messages prepared (scheduler/mail/compose.py)
_LINE_WITH_DOT = b"\r\n."


class WovenMessage(bytes):
    """A message that knows of which pieces it is made: shared and own in turn, beginning and ending with a shared one.

    `shared` is the same tuple of bytes in every message that has these pieces; `own` has one less.
    """

    shared: tuple[bytes, ...]
    own: tuple[bytes, ...]

    @classmethod
    def of(cls, shared: tuple[bytes, ...], own: tuple[bytes, ...]) -> Self:
        message = cls(b"".join(_woven(shared, own)))
        message.shared, message.own = shared, own
        return message


def _woven(shared: tuple[bytes, ...], own: tuple[bytes, ...]) -> list[bytes]:
    """In turn, beginning and ending with a shared one."""
    pieces = [*shared, *own]
    pieces[::2], pieces[1::2] = shared, own
    return pieces


def on_the_wire(message: bytes) -> bytes:
    """With the final dot. Raises ValueError for what servers read differently, or not at all."""
    stuffed = _stuffed_by_pieces(message) if isinstance(message, WovenMessage) else None
    return stuffed or _ended([_stuffed(message)])


def _stuffed_by_pieces(message: WovenMessage) -> bytes | None:
    """None where a piece will not do by itself: then the whole has to be looked at."""
    own = b"\r\n".join((b"", *message.own))  # each as if it began a line: none has a dot there, but by accident
    try:
        shared, dotted = _checked(message.shared)
        _check(own)
    except ValueError:
        return None
    if _LINE_WITH_DOT in own:
        return None
    pieces = _woven(shared, message.own)
    for place in dotted:
        before = next(filter(None, reversed(pieces[:place])), b"\n")
        if before.endswith(b"\n"):
            pieces[place] = b"." + pieces[place]
    return _ended(pieces)


@lru_cache(maxsize=_KEPT)
def _checked(shared: tuple[bytes, ...]) -> tuple[tuple[bytes, ...], tuple[int, ...]]:
    """What is shared with the dots within each piece doubled, and where in a message pieces begin with one."""
    for piece in shared:
        _check(piece)
    dotted = (2 * place for place, piece in enumerate(shared) if piece.startswith(b"."))
    return tuple(map(_doubled, shared)), tuple(dotted)


def _check(text: bytes) -> None:
    if not text.isascii() or b"\0" in text:
        raise ValueError("the message is not 7-bit text; encode its parts in base64 or quoted-printable")
    if text.count(b"\r") != text.count(b"\r\n") or text.count(b"\n") != text.count(b"\r\n"):
        raise ValueError("the message has a CR or LF by itself, which servers read differently; use CRLF")


def _stuffed(message: bytes) -> bytes:
    _check(message)
    return (b"." if message.startswith(b".") else b"") + _doubled(message)


def _doubled(text: bytes) -> bytes:
    return text.replace(_LINE_WITH_DOT, b"\r\n..")


def _ended(pieces: Sequence[bytes]) -> bytes:
    text = b"".join(pieces)
    return text + (b".\r\n" if text.endswith(b"\r\n") else b"\r\n.\r\n")
