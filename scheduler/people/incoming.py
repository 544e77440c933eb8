"""One message that came in -> what it means for the ledger. Nothing is ever answered.

Two steps: a message is read before any transaction is open (what strangers wrote may take its time), and what was read
is applied in one. Whatever goes wrong in the first harms that message only: it is set aside, and the next is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import Connection

from calendars.invitations import PartStat
from scheduler.base.tokens import Tokens
from scheduler.mail import verp
from scheduler.mail.incoming.reading import Answered, AutoReply, Bounce, Incoming, Other, read
from scheduler.mail.incoming.verdict import Finding, judge
from scheduler.people import bounced
from scheduler.people.answers import answer
from scheduler.people.bounced import SendingWays
from scheduler.planning.channels import takes_place
from scheduler.planning.codes import says_nothing
from scheduler.planning.doubt import CountsAs
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.editions import InForce
from scheduler.store.posts import answers, roster
from scheduler.store.posts.answers import Answer, Reply
from scheduler.store.posts.roster import Post

_WORDS: dict[PartStat, Reply] = {"ACCEPTED": Reply.YES, "DECLINED": Reply.NO, "TENTATIVE": Reply.MAYBE}


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
    doubted: bool = False  # one of too many: it mutes nobody unless an operator accepts it

    @property
    def for_people(self) -> bool:
        return self.meaning in FOR_PEOPLE


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
        post, reply = self._whose(connection, found), found.reply
        if post is None:
            return Handled(meaning=Meaning.UNPROVEN)
        at = min(reply.stamp or now, now)  # a clock that is fast must not outlast what is said later
        held, said = editions.load(connection), _WORDS[reply.answer]
        event = None if held is None else _event_of(held, reply.uid)
        words = () if held is None or event is None else tuple(_words(connection, held, event, post, said, at))
        if held is None or event is None or not words:
            return Handled(meaning=Meaning.STALE, recipient=post.recipient.id)
        current = reply.sequence is None or reply.sequence >= held.edition.revisions[event].sequence
        kept = [word for word in words if current and answer(connection, held, word, now)]
        meaning = Meaning.ANSWERED if kept else Meaning.STALE
        return Handled(meaning=meaning, recipient=post.recipient.id, event=event, answer=said)

    def _whose(self, connection: Connection, found: Answered) -> Post | None:
        """By the signed address that it came to, or by its author, whom our mail server vouches for.

        An address may have an alias, and whoever answers for a post need not be the same person every time; but what
        is another post's is not this one's.
        """
        signed = next((key for to in found.sent_to if (key := verp.read_answer(to, self.tokens))), None)
        attendees = roster.at_address(connection, found.reply.attendee) if found.reply.attendee else []
        if signed is not None:
            borne = roster.borne(connection, signed)
            post = None if borne is None else roster.find(connection, borne)
            others = [one.recipient.id for one in attendees if one.confirmed]
            return post if post is not None and post.confirmed and (borne in others or not others) else None
        same = found.vouched and found.author.lower() == found.reply.attendee
        known = [one for one in attendees if one.confirmed] if same else []
        return known[0] if len(known) == 1 else None


def _event_of(now: InForce, uid: str) -> str | None:
    """The event (its id) of that UID, as the edition in force has it."""
    return next((event for event, revision in now.edition.revisions.items() if revision.uid == uid), None)


def _words(connection: Connection, now: InForce, event: str, post: Post, said: Reply, at: datetime) -> Iterator[Answer]:
    """What an answer about an event means for it; or, of a session that the post chose, for those that it chose it for.

    Nothing where it does not take place for the post.
    """
    own = post.recipient
    word = Answer(
        recipient=own.id,
        subject=now.edition.revisions[event].uid,
        event=event,
        reply=said,
        instead=None,
        via="reply",
        at=at,
    )
    if takes_place(now.edition, event, own.site) is not None:
        yield word
    elif takes_place(now.edition, event, own.site, guest=True) is not None:
        for chosen in answers.by_recipient(connection, own.id).get(own.id, ()):
            if chosen.instead == event:
                yield replace(chosen, instead=None if said is Reply.NO else event, via="reply", at=at)
