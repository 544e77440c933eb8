"""One message that came in -> what it means for the ledger. Nothing is ever answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import Connection

from scheduler.delivery import BAD_ADDRESS
from scheduler.mail import verp
from scheduler.mail.inbox import AutoReply, Bounce, read
from scheduler.store import bounces
from scheduler.store.bounces import Kind, Sent
from scheduler.tokens import Tokens


class Meaning(StrEnum):
    BAD_ADDRESS = "bad-address"  # the post is written to no more
    BOUNCED = "bounced"  # this message did not arrive; the post scores
    REPEATED = "repeated"  # the same notification came before
    DELAYED = "delayed"  # nothing has been given up
    UNKNOWN = "unknown"  # a bounce of nothing that was sent from here
    AUTOMATIC = "automatic"  # out of the office and the like
    OTHER = "other"  # for people


@dataclass(frozen=True, kw_only=True, slots=True)
class Handled:
    meaning: Meaning
    recipient: str | None = None  # the post's id
    status: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Inbox:
    """Takes messages in. `redirected`: every mail goes to one address, so a bounce says nothing of the posts' own."""

    tokens: Tokens
    redirected: bool = False

    def take(self, connection: Connection, raw: bytes, now: datetime) -> Handled:
        """In the caller's transaction."""
        found = read(raw)
        if not isinstance(found, Bounce):
            return Handled(meaning=Meaning.AUTOMATIC if isinstance(found, AutoReply) else Meaning.OTHER)
        if not found.failed:
            return Handled(meaning=Meaning.DELAYED, status=found.status)
        one = self._sent(connection, found)
        if one is None:
            return Handled(meaning=Meaning.UNKNOWN, status=found.status)
        kind: Kind = "hard" if found.status in BAD_ADDRESS else "soft"
        fresh = bounces.record(
            connection,
            one,
            digest=sha256(raw).hexdigest(),
            kind=kind,
            status=found.status,
            text=found.text,
            now=now,
            blames=not self.redirected,
        )
        meaning = (Meaning.BAD_ADDRESS if kind == "hard" else Meaning.BOUNCED) if fresh else Meaning.REPEATED
        return Handled(meaning=meaning, recipient=one.recipient, status=found.status)

    def _sent(self, connection: Connection, found: Bounce) -> Sent | None:
        """By the address that it came back to, or by the Message-ID that it quotes."""
        returned = [verp.read(address, self.tokens) for address in found.sent_to]
        for key in (*(key for key in returned if key), *(key for key, _ in found.message_keys)):
            if (one := bounces.sent(connection, key)) is not None:
                return one
        return None
