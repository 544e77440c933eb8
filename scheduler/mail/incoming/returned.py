"""The marks of ours in what a report brings back: whatever only we can have made is proof, wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import Message
from typing import TypeVar

T = TypeVar("T")
MOST_MARKS = 20  # of one kind
_LONGEST_PART = 64 * 1024  # characters of a decoded part: our headers are at its beginning
_LONGEST_BODY = 2**20  # octets of the message as it came
_MESSAGE_ID = re.compile(r"<([0-9a-z]{16,64})@([a-z0-9.-]{1,253})>", re.IGNORECASE)
_SENDER = re.compile(r"bounces\+[0-9a-f]{8,64}-[0-9a-f]{16}(?![0-9a-f])", re.IGNORECASE)
_LINK = re.compile(r"/leave/([A-Za-z0-9_.=-]{20,400})")
_ENCODED = ("quoted-printable", "base64")


@dataclass(frozen=True, kw_only=True, slots=True)
class Marks:
    """Candidates: whether one is ours, its signature or the ledger tells."""

    message_keys: tuple[tuple[str, str], ...] = ()  # local part and domain of the Message-IDs that it quotes
    senders: tuple[str, ...] = ()  # envelope senders, as `bounces+…@` anything: SRS and BATV leave them in there
    links: tuple[str, ...] = ()  # tokens of List-Unsubscribe


def marks_of(message: Message, raw: bytes, parts: Iterable[Message]) -> Marks:
    """Of a report: as it stands, decoded where its parts are encoded, and in its own References (exim).

    Its own Message-ID is nobody's concern.
    """
    texts = [
        raw[:_LONGEST_BODY].replace(b"\r\n", b"\n").partition(b"\n\n")[2].decode("utf-8", "replace"),
        *_decoded(parts),
        *(str(value)[:_LONGEST_PART] for name in ("References", "In-Reply-To") for value in message.get_all(name, [])),
    ]
    keys = _first((found[1].lower(), found[2].lower()) for text in texts for found in _MESSAGE_ID.finditer(text))
    return Marks(
        message_keys=keys,
        senders=_first(f"{found[0].lower()}@" for text in texts for found in _SENDER.finditer(text)),
        links=_first(found[1] for text in texts for found in _LINK.finditer(text)),
    )


def _first(found: Iterable[T]) -> tuple[T, ...]:
    """The first few that differ."""
    kept: dict[T, None] = {}
    for one in found:
        if len(kept) == MOST_MARKS:
            break
        kept[one] = None
    return tuple(kept)


def _decoded(parts: Iterable[Message]) -> Iterator[str]:
    """Texts in quoted-printable or base64; and messages so encoded, which RFC 2046 forbids and gateways do."""
    for part in parts:
        if str(part["Content-Transfer-Encoding"] or "").strip().lower() not in _ENCODED:
            continue
        payload = part.get_payload()
        inner = payload[0] if isinstance(payload, list) and payload and isinstance(payload[0], Message) else None
        if inner is None:
            yield _octets(part)[:_LONGEST_PART].decode("utf-8", "replace")
        elif part.get_content_maintype() == "message":
            yield _again(inner, str(part["Content-Transfer-Encoding"]))[:_LONGEST_PART].decode("utf-8", "replace")


def _again(inner: Message, encoding: str) -> bytes:
    """The parser took the encoded text for a message: put together, and decoded."""
    fields = "".join(f"{name}: {value}\n" for name, value in inner.items())
    rest = inner.get_payload()
    whole = Message()
    whole["Content-Transfer-Encoding"] = encoding
    whole.set_payload(f"{fields}\n{rest}" if isinstance(rest, str) and fields else fields or str(rest))
    return _octets(whole)


def _octets(part: Message) -> bytes:
    decoded = part.get_payload(decode=True)
    return decoded if isinstance(decoded, bytes) else b""
