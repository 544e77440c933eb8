"""The marks of ours in what a report brings back: whatever only we can have made is proof, wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from scheduler.mail.incoming.bounds import LARGEST, MOST_ADDRESSED, MOST_QUOTED, Unreadable
from scheduler.mail.incoming.parts import MessagePart, octets_of, walk

T = TypeVar("T")
_LONGEST_PART = 64 * 1024  # octets of a decoded part: our headers are at its beginning
_MESSAGE_ID = re.compile(r"<([0-9a-z]{16,64})@([a-z0-9.-]{1,253})>", re.IGNORECASE)
_SENDER = re.compile(r"bounces\+[0-9a-f]{8,64}-[0-9a-f]{16}(?![0-9a-f])", re.IGNORECASE)
_LINK = re.compile(r"/leave/([A-Za-z0-9_.=-]{20,400})")
_NAMED = re.compile(r"^(?:> ?){0,20}(?:Original-)?Message-ID:", re.IGNORECASE | re.MULTILINE)
_ENCODED = ("quoted-printable", "base64")


@dataclass(frozen=True, kw_only=True, slots=True)
class Marks:
    """Candidates: whether one is ours, its signature or the ledger tells."""

    message_keys: tuple[tuple[str, str], ...] = ()  # local part and domain of the Message-IDs that it quotes
    senders: tuple[str, ...] = ()  # envelope senders, as `bounces+…@`: SRS and BATV leave them within their own
    links: tuple[str, ...] = ()  # tokens of List-Unsubscribe


def marks_of(message: MessagePart, raw: bytes) -> Marks:
    """Of a report: as it stands, decoded where its parts are encoded, and in its own References (exim).

    Its own Message-ID is nobody's concern. Raises Unreadable where it quotes too many.
    """
    body = raw[:LARGEST].replace(b"\r\n", b"\n").partition(b"\n\n")[2].decode("utf-8", "replace")
    if sum(1 for _ in islice(_NAMED.finditer(body), MOST_QUOTED + 1)) > MOST_QUOTED:
        raise Unreadable("message-ids")
    texts = [body, *_decoded(message), *_referred(message)]
    return Marks(
        message_keys=_first(
            (found[1].lower(), found[2].lower()) for text in texts for found in _MESSAGE_ID.finditer(text)
        ),
        senders=_first(f"{found[0].lower()}@" for text in texts for found in _SENDER.finditer(text)),
        links=_first(found[1] for text in texts for found in _LINK.finditer(text)),
    )


def _first(found: Iterable[T]) -> tuple[T, ...]:
    """The first few that differ."""
    kept: dict[T, None] = {}
    for one in found:
        kept[one] = None
        if len(kept) == MOST_QUOTED:
            break
    return tuple(kept)


def _decoded(message: MessagePart) -> Iterator[str]:
    """What is in quoted-printable or base64, messages too, which RFC 2046 forbids and gateways do."""
    for part in walk(message):
        if str(part["Content-Transfer-Encoding"] or "").strip().lower() in _ENCODED and not part.parts:
            yield octets_of(part)[:_LONGEST_PART].decode("utf-8", "replace")


def _referred(message: MessagePart) -> Iterator[str]:
    for name in ("References", "In-Reply-To"):
        for value in message.get_all(name, [])[:MOST_ADDRESSED]:
            yield str(value)
