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
from scheduler.mail.incoming.reading import Answered, AutoReply, Bounce, Incoming, Other, read
from scheduler.mail.incoming.verdict import Finding, judge
from scheduler.people import bounced, replies
from scheduler.people.bounced import SendingWays
from scheduler.people.replies import ReplyFate
from scheduler.planning.codes import says_nothing
from scheduler.planning.doubt import CountsAs
from scheduler.store.database import Database


class Meaning(StrEnum):
    BAD_ADDRESS = "bad-address"  # the post is written to no more
    BOUNCED = "bounced"  # this message did not arrive; the post scores, unless it is no fault of its address
    REPEATED = "repeated"  # the same notification came before
    DELAYED = "delayed"  # nothing has been given up
    RELAYED = "relayed"  # to a server that reports no more, or to the members of a list
    DELIVERED = "delivered"
    UNKNOWN = "unknown"  # a bounce of nothing that was sent from here
    ANSWERED = "answered"  # who comes: the post's word is kept
    STALE = "stale-answer"  # about an hour or a place that holds no more, or older than the post's last word
    UNPROVEN = "unproven-answer"  # nobody vouches for whose it is: for people
    AUTOMATIC = "automatic"  # out of the office and the like
    OTHER = "other"  # for people
    QUARANTINED = "quarantined"  # it cannot be read, or not be applied: set aside, for people


_UNFAILED: dict[Finding, Meaning] = {"delivered": Meaning.DELIVERED, "relayed": Meaning.RELAYED}
_VERDICTS = {
    ReplyFate.KEPT: Meaning.ANSWERED,
    ReplyFate.STALE: Meaning.STALE,
}

# What somebody should look at: it stays unseen in a mailbox that people read, too.
FOR_PEOPLE = frozenset({Meaning.UNKNOWN, Meaning.STALE, Meaning.UNPROVEN, Meaning.OTHER, Meaning.QUARANTINED})

_COUNTED: dict[CountsAs | None, Meaning] = {
    "hard": Meaning.BAD_ADDRESS,
    "doubted": Meaning.BAD_ADDRESS,
    "soft": Meaning.BOUNCED,
    "forgiven": Meaning.BOUNCED,
    "installation": Meaning.BOUNCED,
    None: Meaning.REPEATED,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Handled:
    meaning: Meaning
    recipient: str | None = None  # the post's id
    status: str = ""  # of a bounce (RFC 3463)
    about: str = ""  # of a bounce: the address that died, masked, where it is not the post's own
    event: str = ""  # of an answer: Event.id
    answer: str = ""  # yes, no, maybe
    proposal: bool = False  # it proposes another hour
    doubted: bool = False  # one of too many: it mutes nobody unless an operator accepts it

    @property
    def for_people(self) -> bool:
        return self.proposal or self.meaning in FOR_PEOPLE


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
    verp: bool = False  # each mail has a signed envelope sender: what came elsewhere says of no address that it is bad

    def read(self, raw: bytes) -> ReadMessage:
        """What it says; no database is asked. Raises Unreadable, and nothing else."""
        return ReadMessage(found=read(raw, self.authserv_id), digest=sha256(raw).hexdigest())

    def handle(self, database: Database, message: ReadMessage, now: datetime) -> Handled:
        """What was read, in a transaction of its own where it may change anything: a flood of the rest holds nobody."""
        found = message.found
        if isinstance(found, AutoReply | Other):
            return Handled(meaning=Meaning.AUTOMATIC if isinstance(found, AutoReply) else Meaning.OTHER)
        if isinstance(found, Bounce) and not found.failed:
            verdict = judge(found.reported, "")
            return Handled(meaning=_UNFAILED.get(verdict.finding, Meaning.DELAYED), status=verdict.status)
        with database.write() as connection:
            if isinstance(found, Answered):
                return self._answered(connection, found, now)
            return self._bounced(connection, found, message.digest, now)

    def _bounced(self, connection: Connection, found: Bounce, digest: str, now: datetime) -> Handled:
        sending = SendingWays(tokens=self.tokens, redirected=self.redirected, signing=self.verp)
        said = bounced.take(connection, found, digest, now, sending)
        verdict = said.verdict
        if said.recipient is None:
            silent = found.prose and says_nothing(verdict.status)
            return Handled(meaning=Meaning.OTHER if silent else Meaning.UNKNOWN, status=verdict.status)
        return Handled(
            meaning=_COUNTED[said.counted],
            recipient=said.recipient,
            status=verdict.status,
            about=verdict.about,
            doubted=said.counted == "doubted",
        )

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
