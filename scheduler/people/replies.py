"""What calendar programs answered by mail -> the posts' words on an event.

An answer counts for the attendee whom it names, where it is known to be theirs; for the start that its DTSTART names,
if that was ever ours; and as of the later of its own clock and its mail's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from calendars.editions import Edition, ends
from calendars.model.events import Days, EventStatus
from calendars.replies import ItipReply, PartStat
from calendars.zones import nearest_instant
from scheduler.base.tokens import Tokens
from scheduler.mail import verp
from scheduler.mail.incoming.reading import Answered
from scheduler.people.answers import answer, is_set_aside
from scheduler.planning.channels import takes_place
from scheduler.planning.delivery import Purpose
from scheduler.planning.standing import start_of
from scheduler.store import editions
from scheduler.store.editions import InForce
from scheduler.store.ledger import servicemail
from scheduler.store.ledger.servicemail import ServiceMail
from scheduler.store.posts import answers, roster
from scheduler.store.posts.answers import PostAnswer, Reply
from scheduler.store.posts.roster import Post

TOLD_WITHIN = timedelta(days=3)
_WORDS: dict[PartStat, Reply] = {"ACCEPTED": Reply.YES, "DECLINED": Reply.NO, "TENTATIVE": Reply.MAYBE}


class ReplyFate(StrEnum):
    KEPT = "kept"  # it is a post's word, and counts
    STALE = "stale"  # about a start or a place that holds no more, or older than the post's last word
    UNPROVEN = "unproven"  # nobody vouches for whose it is


@dataclass(frozen=True, kw_only=True, slots=True)
class TakenReply:
    """What became of one answer."""

    verdict: ReplyFate
    recipient: str | None = None  # the post's id; of several at one address, the first
    event: str = ""  # Event.id
    reply: Reply | None = None
    proposal: bool = False  # it proposes another hour: people have to read it


@dataclass(frozen=True, kw_only=True, slots=True)
class _Authors:
    """Whose an answer is known to be."""

    posts: tuple[Post, ...]
    named: bool  # the attendee that it names is theirs; else it came to their address, in somebody else's name


def take(connection: Connection, tokens: Tokens, found: Answered, now: datetime) -> TakenReply:
    """Keep what was answered for the posts whose it is, in the caller's transaction.

    Of another hour that one of them proposes, the coordinator is told; nothing else follows from it.
    """
    taken = _taken(connection, tokens, found, now)
    if taken.proposal and taken.recipient is not None:
        _tell_people(connection, taken.recipient, found.reply.uid, now)
    return taken


def _tell_people(connection: Connection, recipient: str, uid: str, now: datetime) -> None:
    """Once a day for each post and event."""
    held = editions.load(connection)
    if held is None:
        return
    site = roster.site_of(connection, recipient)
    servicemail.keep_coordinator(connection, held.edition.agenda.sender.reply_to, site, now)
    mail = ServiceMail(
        purpose=Purpose.PROPOSAL,
        recipient=servicemail.COORDINATOR,
        subject=f"{uid}/{now:%Y%m%d}",
        site=site,
        until=now + TOLD_WITHIN,
        about=recipient,
    )
    servicemail.owe(connection, mail, now)


def _taken(connection: Connection, tokens: Tokens, found: Answered, now: datetime) -> TakenReply:
    reply, said = found.reply, _WORDS[found.reply.answer]
    authors, proposal = _authors(connection, tokens, found), reply.method == "COUNTER"
    # To whom an invitation was forwarded answers in their own name: that must not end the post's reminders.
    if not authors.posts or (said is Reply.NO and not authors.named):
        return TakenReply(verdict=ReplyFate.UNPROVEN, proposal=proposal)
    first = authors.posts[0].recipient.id
    held = editions.load(connection)
    event = None if held is None else _event_of(held, reply.uid)
    if held is None or event is None or _is_late(held.edition, event, reply, now):
        return TakenReply(verdict=ReplyFate.STALE, recipient=first, proposal=proposal)
    start = _start(connection, held.edition, event, reply)
    if start is None:
        return TakenReply(verdict=ReplyFate.STALE, recipient=first, proposal=True)
    at = min(max((one for one in (reply.stamp, found.dated) if one is not None), default=now), now)
    word = PostAnswer(
        recipient="", subject=reply.uid, event=event, reply=said, instead=None, via="reply", at=at, start=start
    )
    words = [
        one for post in authors.posts for one in _words(connection, held, post, word) if _may(connection, one, authors)
    ]
    if not words:
        return TakenReply(verdict=ReplyFate.STALE, recipient=first, proposal=proposal)
    kept = [answer(connection, held, one, now) and _counts(connection, held, one) for one in words]
    verdict = ReplyFate.KEPT if any(kept) else ReplyFate.STALE
    return TakenReply(verdict=verdict, recipient=words[0].recipient, event=event, reply=said, proposal=proposal)


def _authors(connection: Connection, tokens: Tokens, found: Answered) -> _Authors:
    """By the signed address that it came to, or by its author, whom our mail server vouches for.

    Who has one address answers with one calendar for all posts there. What is another post's is not this one's.
    """
    signed = next((key for to in found.sent_to if (key := verp.read_answer(to, tokens))), None)
    if signed is None:
        same = found.vouched and found.author.lower() == found.reply.attendee
        return _Authors(posts=_at(connection, found.reply.attendee) if same else (), named=True)
    borne = roster.borne(connection, signed)
    own = None if borne is None else roster.find(connection, borne)
    if own is None or not own.confirmed:
        return _Authors(posts=(), named=False)
    known = [post for name in found.reply.names for post in _at(connection, name)]
    if all(post.recipient.id != own.recipient.id for post in known):
        return _Authors(posts=() if known else (own,), named=False)
    others = (one for one in _at(connection, own.recipient.address) if one.recipient.id != own.recipient.id)
    return _Authors(posts=(own, *others), named=True)


def _at(connection: Connection, address: str) -> tuple[Post, ...]:
    found = roster.at_address(connection, address) if address else ()
    return tuple(post for post in found if post.confirmed)


def _event_of(now: InForce, uid: str) -> str | None:
    """The event (its id) of that UID, as the edition in force has it."""
    return next((event for event, revision in now.edition.revisions.items() if revision.uid == uid), None)


def _is_late(edition: Edition, key: str, reply: ItipReply, now: datetime) -> bool:
    """Said once the event was over, by our clock or by its own: the page takes no answer either."""
    event = edition.agenda.event(key)
    end = None if event is None else edition.revisions[key].end or ends(edition.agenda, event)
    if event is None or end is None or event.status is EventStatus.HELD:
        return True
    return max(reply.stamp or now, now) >= end


def _start(connection: Connection, edition: Edition, event: str, reply: ItipReply) -> datetime | None:
    """The start (UTC) that it answers for; None: one that was never ours.

    A counter-proposal names the start that it proposes; so it belongs, as what names none, to that of its SEQUENCE.
    """
    current, sequence = start_of(edition, event), edition.revisions[event].sequence
    if reply.start is None or reply.method == "COUNTER":
        return current if reply.sequence >= sequence else _before(connection, event, reply.sequence) or current
    if isinstance(reply.start, datetime):
        known = reply.start == current or reply.start in editions.starts(connection, event)
        return reply.start if known else None
    dated = edition.agenda.event(event)
    if dated is not None and isinstance(dated.when, Days) and dated.when.first == reply.start:
        return current
    midnight = nearest_instant(datetime.combine(reply.start, time()), edition.agenda.zone)
    return midnight if reply.sequence < sequence else None


def _before(connection: Connection, event: str, sequence: int) -> datetime | None:
    """The start of an event in the last edition that had no later SEQUENCE."""
    number = editions.with_sequence(connection, event, sequence)
    found = None if number is None else editions.find(connection, number)
    return None if found is None else start_of(found, event)


def _words(connection: Connection, now: InForce, post: Post, word: PostAnswer) -> Iterator[PostAnswer]:
    """What an answer about an event means for it; or, of a session that the post chose, for those that it chose it for.

    Nothing where it does not take place for the post.
    """
    own, event = post.recipient, word.event
    if takes_place(now.edition, event, own.site) is not None:
        yield replace(word, recipient=own.id)
    elif takes_place(now.edition, event, own.site, guest=True) is not None:
        for chosen in answers.by_recipient(connection, own.id).get(own.id, ()):
            if chosen.instead == event:
                instead, start = (None, None) if word.reply is Reply.NO else (event, word.start)
                yield replace(chosen, instead=instead, via="reply", at=word.at, start=start)


def _may(connection: Connection, word: PostAnswer, authors: _Authors) -> bool:
    """In somebody else's name, nothing ends the reminders of a session that the post chose itself."""
    before = None if authors.named else answers.of(connection, word.recipient, word.subject)
    return before is None or before.instead == word.instead


def _counts(connection: Connection, now: InForce, word: PostAnswer) -> bool:
    return not is_set_aside(now.edition, word, roster.site_of(connection, word.recipient))
