"""Asking once more, by one mail, who has not said whether they come to an event: found out first, then done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.days.off import DaysOff
from calendars.editions import Edition, Revision
from calendars.model.events import Event
from calendars.model.places import Representation
from calendars.model.text import Said, Spoken
from calendars.wording import status_word
from calendars.workdays import next_working_instant
from scheduler.base.meant import listed, meant
from scheduler.base.refusal import USAGE, Refusal
from scheduler.planning.coverage import has_answered
from scheduler.planning.delivery import Purpose
from scheduler.planning.plan import REMINDED, site_start
from scheduler.store import editions
from scheduler.store.audit import chain
from scheduler.store.audit.deeds import Deed, Via, What
from scheduler.store.database import Database
from scheduler.store.ledger import questions
from scheduler.store.ledger.questions import AskedPost, Holder
from scheduler.store.ledger.rows import Row
from scheduler.store.posts import answers

NOTHING_YET = Phrase("nothing is published yet; `agenda publish` puts the draft in force")
UNKNOWN = Phrase("there is no event “{event}” in force. {more}")
KNOWN = Phrase("These ask who comes: {ids}.")
NONE_ASKS = Phrase("None asks who comes.")
ASKS_NOT = Phrase("“{event}” asks nobody whether they come. {more}")
NOT_OPEN = Phrase("“{event}” is {status}: there is nothing to ask.")
NO_DATE = Phrase("“{event}” has no date: there is nothing to ask.")
OVER = Phrase("“{event}” has begun everywhere: it is too late to ask.")
OTHERS = Phrase(
    "by now {now} {now:post has|posts have} not answered, and not {confirmed}: nobody was asked. Look again, and "
    "confirm."
)


class NothingToAsk(Refusal):
    """Nobody can be asked about it."""

    code = USAGE
    status = 409


class OthersMeanwhile(Refusal):
    """More would be asked than somebody has confirmed."""

    status = 409


class Spared(StrEnum):
    """Why a post that has not answered is not asked."""

    LEFT = "left"  # it asked for no more reminders
    ADDRESS = "address"  # the mail server said that its address is bad
    PAUSED = "paused"
    LATE = "late"  # its site does not open before the event begins there


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """The posts of one site that are asked."""

    site: Representation
    leaves: datetime  # UTC
    expires: datetime  # the event's start there, UTC
    posts: tuple[str, ...]  # ids


@dataclass(frozen=True, kw_only=True, slots=True)
class Silence:
    """Who has not answered, at one instant: shown before anybody is asked."""

    edition: Edition
    event: Event
    asks: tuple[Ask, ...]  # who would be asked now, the first to leave first
    asked: tuple[AskedPost, ...]  # who was asked before, about the hour that the event has
    spared: Mapping[str, Spared]  # the others that have not answered (ids)
    answered: int  # holders

    @property
    def people(self) -> int:
        """How many would be asked now."""
        return sum(len(one.posts) for one in self.asks)

    @property
    def revision(self) -> Revision:
        return self.edition.revisions[self.event.id]


def silence(connection: Connection, key: str, at: datetime) -> Silence:
    """Who has not answered for an event (its id), and would be asked at the instant `at` (UTC). Raises NothingToAsk.

    Of the holders at its sites. What was said of another date or hour, and is set aside, is no answer.
    """
    found = editions.load(connection)
    if found is None:
        raise NothingToAsk(NOTHING_YET)
    edition, event = found.edition, _open(found.edition, key, at)
    revision, sites = edition.revisions[key], {site.id: site for site in edition.agenda.addressed(event)}
    voices = answers.voices_of_posts(connection, revision.uid)
    here = [one for one in questions.holders(connection) if one.site in sites]
    silent = [one for one in here if not has_answered(edition, event, voices[one.id])]
    asked = questions.asked(connection, revision.uid, revision.schedule)
    known = {one.recipient for one in asked}
    moments = _moments(edition, event, at)
    spared = {one.id: why for one in silent if one.id not in known and (why := _spared(one, moments[one.site]))}
    posts: dict[str, list[str]] = {}
    for one in silent:
        if one.id not in known and one.id not in spared:
            posts.setdefault(one.site, []).append(one.id)
    asks = (
        Ask(site=sites[key], leaves=moments[key][0], expires=moments[key][1], posts=tuple(ids))
        for key, ids in posts.items()
    )
    return Silence(
        edition=edition,
        event=event,
        asks=tuple(sorted(asks, key=lambda one: (one.leaves, one.site.id))),
        asked=tuple(asked),
        spared=spared,
        answered=len(here) - len(silent),
    )


def ask(database: Database, key: str, at: datetime, *, confirmed: int, author: str, via: Via = Via.COMMAND) -> Silence:
    """Ask whoever has not answered for an event (its id) and was not asked yet. Returns whom.

    The mails go through the ledger, at their sites' next working hour on a day that is certain. Raises NothingToAsk;
    OthersMeanwhile where they are more than `confirmed`.
    """
    with database.write() as connection:
        found = silence(connection, key, at)
        if found.people > confirmed:
            raise OthersMeanwhile(OTHERS, now=found.people, confirmed=confirmed)
        owe(connection, found)
        deed = Deed(who=author, what=What.SILENT_ASKED, via=via, subject=key, details={"n": found.people})
        chain.record(connection, deed, at)
        return found


def owe(connection: Connection, found: Silence) -> None:
    """Owe the questions that were found; in the transaction in which they were."""
    questions.ask(connection, list(_rows(found)))


def _rows(found: Silence) -> Iterator[Row]:
    for one in found.asks:
        for post in one.posts:
            yield Row(
                purpose=Purpose.QUESTION,
                subject=found.revision.uid,
                schedule=found.revision.schedule,
                recipient=post,
                event=found.event.id,
                site=one.site.id,
                due_at=one.leaves,
                expires_at=one.expires,
            )


def _moments(edition: Edition, event: Event, at: datetime) -> dict[str, tuple[datetime, datetime]]:
    """By site (its id): when a mail may leave for it, and when the event begins there."""
    days, revision = DaysOff.of(edition.agenda), edition.revisions[event.id]
    return {
        site.id: (next_working_instant(site, at, days), site_start(event, revision, site)[1])
        for site in edition.agenda.addressed(event)
    }


def _spared(post: Holder, moments: tuple[datetime, datetime]) -> Spared | None:
    leaves, starts = moments
    if post.suppressed:
        return Spared.ADDRESS
    if post.left:
        return Spared.LEFT
    if leaves >= starts:
        return Spared.LATE
    return Spared.PAUSED if post.paused_until is not None and post.paused_until > leaves else None


def _open(edition: Edition, key: str, at: datetime) -> Event:
    """The event, if somebody can still be asked whether they come. Raises NothingToAsk."""
    event = edition.agenda.event(key)
    if event is None:
        raise NothingToAsk(UNKNOWN, event=key, more=_others(edition, key))
    if event.when is None:
        raise NothingToAsk(NO_DATE, event=key)
    if not event.asks_who_comes:
        raise NothingToAsk(ASKS_NOT, event=key, more=_others(edition, None))
    if event.status not in REMINDED:
        raise NothingToAsk(NOT_OPEN, event=key, status=Spoken(lambda lang: status_word(event.status, lang)))
    if all(starts <= at for _, starts in _moments(edition, event, at).values()):
        raise NothingToAsk(OVER, event=key)
    return event


def _others(edition: Edition, key: str | None) -> Said:
    """Which events ask; those like `key`, where there are any."""
    known = [one.id for one in edition.agenda.events if one.asks_who_comes and one.status in REMINDED]
    if not known:
        return NONE_ASKS.of()
    like = None if key is None else meant(key, known)
    return like or KNOWN.of(ids=listed(known))
