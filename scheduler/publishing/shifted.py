"""The edition "shifted": what is in force, reckoned anew with this process's zone data and days off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.days.listed import SOURCE
from calendars.model.agenda import Agenda, Draft
from calendars.model.events import EventStatus, Timed
from calendars.model.text import Language, Said, Spoken
from calendars.reading.hours import wrong_hour
from calendars.shifts import shifts
from calendars.zones import zone_data
from scheduler.base.refusal import Refusal
from scheduler.base.settings import DEFAULT_ASKED_ABOVE
from scheduler.publishing.day_shifts import differing_days
from scheduler.publishing.prospect import Act, Prospect, prospect
from scheduler.publishing.publish import Published, check, enact, on_record
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.editions import InForce
from scheduler.store.posts import hearers

REASON = Phrase("new time-zone rules (tz {version})")
REASON_DAYS = Phrase("other days off ({lists})")
WRONG = Phrase("{event}: by the rules of this machine, {rule} Correct it in the files and publish with agenda publish.")


NOTHING_YET = Phrase("nothing is published yet; `agenda publish` or `agenda serve` does")


class NothingInForce(Refusal):
    """There is no edition to reckon anew."""

    status = 409


class NoSuchHour(Refusal):
    """Hours in force that no longer exist, or exist twice; each has a line."""

    speaker = ""

    def __init__(self, hours: tuple[Said, ...]) -> None:
        self.hours = hours
        super().__init__(Spoken(lambda lang: "; ".join(one[lang] for one in hours)))

    def lines(self, language: Language) -> tuple[str, ...]:
        return tuple(one[language] for one in self.hours)


def shifted_draft(connection: Connection) -> Draft:
    """The content in force with its posts and links as they stand; the files have no part in it.

    Raises NothingInForce; NoSuchHour.
    """
    return _draft(connection, _in_force(connection))


def shifted_prospect(connection: Connection, draft: Draft, act: Act) -> Prospect:
    """What publishing the shifted edition would do; `unchanged` where no hour or day is another here."""
    now = _in_force(connection)
    same = not shifts(now.edition) and not differing_days(connection, now, act.at)
    return replace(prospect(connection, draft, act), unchanged=same)


def publish_shifted(
    database: Database, act: Act, *, confirmed: bool, asked_above: int = DEFAULT_ASKED_ABOVE
) -> Published:
    """Put it in force: UIDs stay, posts and joining links too, and so does what the files are compared with.

    Raises NothingInForce, NoSuchHour; NothingToPublish, Unconfirmed of scheduler.publishing.publish.
    """
    with database.write() as connection:
        now = _in_force(connection)
        draft = _draft(connection, now)
        kept = editions.files_of(connection, now.edition.number)
        found = shifted_prospect(connection, draft, replace(act, files=kept))
        check(found, confirmed=confirmed, asked_above=asked_above, seen=act.seen)
        done = enact(connection, found, draft, at=act.at, posts=None, filed=now.draft_digest)
        return on_record(connection, done, act)


def default_reason(lang: Language, *, hours: bool = True) -> str:
    """`hours`: zone rules shift some; else it is the days off alone."""
    return REASON.say(lang, version=zone_data().version) if hours else REASON_DAYS.say(lang, lists=SOURCE)


def hours_shift(connection: Connection) -> bool:
    """Is any hour in force another by this process's zone data?"""
    now = editions.load(connection)
    return now is not None and bool(shifts(now.edition))


def _in_force(connection: Connection) -> InForce:
    now = editions.load(connection)
    if now is None:
        raise NothingInForce(NOTHING_YET)
    return now


def _draft(connection: Connection, now: InForce) -> Draft:
    agenda = now.edition.agenda
    if wrong := tuple(_wrong_hours(agenda)):
        raise NoSuchHour(wrong)
    return Draft(agenda=agenda, recipients=hearers.filed(connection), links=now.links)


def _wrong_hours(agenda: Agenda) -> Iterator[Said]:
    for event in agenda.events:
        if isinstance(event.when, Timed) and event.status is not EventStatus.CANCELLED:
            wrong = wrong_hour(event.when.wall, agenda.zone, event.when.fold)
            if wrong is not None:
                yield WRONG.of(event=event.id, rule=wrong.message)
