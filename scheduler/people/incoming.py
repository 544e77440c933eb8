"""One message that came in -> what it means for the ledger. Nothing is ever answered.

Two steps: a message is read before any transaction is open (what strangers wrote may take its time), and what was read
is applied in one. Whatever goes wrong in the first harms that message only: it is set aside, and the next is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import Connection

from scheduler.base.tokens import Tokens
from scheduler.mail import verp
from scheduler.mail.incoming.reading import Answered, AutoReply, Bounce, Incoming, read
from scheduler.people import replies
from scheduler.people.replies import ReplyFate
from scheduler.planning.delivery import BAD_ADDRESS
from scheduler.store.people import bounces
from scheduler.store.people.bounces import Kind, SentDelivery


class Meaning(StrEnum):
    BAD_ADDRESS = "bad-address"  # the post is written to no more
    BOUNCED = "bounced"  # this message did not arrive; the post scores
    REPEATED = "repeated"  # the same notification came before
    DELAYED = "delayed"  # nothing has been given up
    UNKNOWN = "unknown"  # a bounce of nothing that was sent from here
    ANSWERED = "answered"  # who comes: the post's word is kept
    STALE = "stale-answer"  # about an hour or a place that holds no more, or older than the post's last word
    UNPROVEN = "unproven-answer"  # nobody vouches for whose it is: for people
    AUTOMATIC = "automatic"  # out of the office and the like
    OTHER = "other"  # for people
    QUARANTINED = "quarantined"  # it cannot be read, or not be applied: set aside, for people


_VERDICTS = {
    ReplyFate.KEPT: Meaning.ANSWERED,
    ReplyFate.STALE: Meaning.STALE,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Handled:
    meaning: Meaning
    recipient: str | None = None  # the post's id
    status: str = ""  # of a bounce (RFC 3463)
    event: str = ""  # of an answer: Event.id
    answer: str = ""  # yes, no, maybe
    proposal: bool = False  # it proposes another hour: for people as well


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadMessage:
    """One message as it was read, before any transaction."""

    found: Incoming
    digest: str  # of its bytes: the same notification twice counts once


@dataclass(frozen=True, kw_only=True, slots=True)
class Inbox:
    """Takes messages in. `redirected`: every mail goes to one address, so a bounce says nothing of the posts' own."""

    tokens: Tokens
    redirected: bool = False
    authserv_id: str | None = None  # of our own mail server, in the Authentication-Results that it writes

    def read(self, raw: bytes) -> ReadMessage:
        """What it says; no database is asked. Raises Unreadable, and nothing else."""
        return ReadMessage(found=read(raw, self.authserv_id), digest=sha256(raw).hexdigest())

    def apply(self, connection: Connection, message: ReadMessage, now: datetime) -> Handled:
        """What was read, in the caller's transaction."""
        found = message.found
        if isinstance(found, Answered):
            return self._answered(connection, found, now)
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
            digest=message.digest,
            kind=kind,
            status=found.status,
            text=found.text,
            now=now,
            blames=not self.redirected,
        )
        meaning = (Meaning.BAD_ADDRESS if kind == "hard" else Meaning.BOUNCED) if fresh else Meaning.REPEATED
        return Handled(meaning=meaning, recipient=one.recipient, status=found.status)

    def _answered(self, connection: Connection, found: Answered, now: datetime) -> Handled:
        """An answer counts for the post whose it is known to be, and while it is about what holds."""
        taken = replies.take(connection, self.tokens, found, now)
        if taken.verdict is ReplyFate.UNPROVEN:
            return Handled(meaning=Meaning.UNPROVEN, proposal=taken.proposal)
        return Handled(
            meaning=_VERDICTS[taken.verdict],
            recipient=taken.recipient,
            event=taken.event,
            answer=taken.reply or "",
            proposal=taken.proposal,
        )

    def _sent(self, connection: Connection, found: Bounce) -> SentDelivery | None:
        """By the address that it came back to, or by the Message-ID that it quotes."""
        returned = [verp.read(address, self.tokens) for address in found.sent_to]
        for key in (*(key for key in returned if key), *(key for key, _ in found.message_keys)):
            if (one := bounces.sent(connection, key)) is not None:
                return one
        return None
