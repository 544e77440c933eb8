"""Of which session attendance is spoken: an event of the edition in force that has begun."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.editions import Edition
from calendars.model.agenda import Agenda
from calendars.model.events import Days, Event, EventStatus
from calendars.model.places import Representation
from calendars.model.text import Said, Spoken
from calendars.wording import hour, short_date
from calendars.zones import nearest_instant, to_wall
from scheduler.attendance.values import Meeting
from scheduler.base.meant import listed, meant
from scheduler.base.refusal import USAGE, Refusal, UsageRefusal
from scheduler.store import editions

NOTHING_YET = Phrase("nothing is published yet; `agenda publish` puts the draft in force")
UNKNOWN = Phrase("there is no event “{event}” in force. {more}")
BEGUN = Phrase("These have begun: {ids}.")
NONE_BEGUN = Phrase("None has begun.")
NO_DATE = Phrase("“{event}” has no date: nobody can have come to it. Give it one in agenda.yaml, and publish.")
CANCELLED = Phrase("“{event}” is cancelled: nobody can have come to it.")
AHEAD = Phrase("“{event}” has not begun: it begins on {moment}. Who came is recorded afterwards.")
NO_SITE = Phrase("there is no site “{site}”. {more}")
SITE_IDS = Phrase("Ids are in representations.csv.")


class NoSession(Refusal):
    """Nobody can have come to it."""

    code = USAGE
    status = 409


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldSession:
    """An event that has begun, and its session."""

    edition: Edition
    event: Event
    meeting: Meeting

    @property
    def agenda(self) -> Agenda:
        return self.edition.agenda

    @property
    def threshold(self) -> int:
        """Minutes from which a person counts as present."""
        return self.agenda.present_from

    @property
    def sites(self) -> tuple[Representation, ...]:
        """Those that it was for."""
        return self.agenda.addressed(self.event)


def session_of(connection: Connection, key: str, at: datetime) -> HeldSession:
    """The session of an event (its id) that has begun at the instant `at` (UTC). Raises NoSession."""
    found = editions.load(connection)
    if found is None:
        raise NoSession(NOTHING_YET)
    edition = found.edition
    event = edition.agenda.event(key)
    if event is None:
        raise NoSession(UNKNOWN, event=key, more=_others(edition, key, at))
    if event.status is EventStatus.CANCELLED:
        raise NoSession(CANCELLED, event=key)
    meeting = meeting_of(edition, event)
    if meeting is None:
        raise NoSession(NO_DATE, event=key)
    if meeting.start > at:
        raise NoSession(AHEAD, event=key, moment=_begins(edition, event, meeting, at))
    return HeldSession(edition=edition, event=event, meeting=meeting)


def begun(edition: Edition, at: datetime) -> tuple[HeldSession, ...]:
    """Every session that has begun, in the agenda's order."""
    found = ((event, meeting_of(edition, event)) for event in edition.agenda.events)
    return tuple(
        HeldSession(edition=edition, event=event, meeting=meeting)
        for event, meeting in found
        if meeting is not None and meeting.start <= at and event.status is not EventStatus.CANCELLED
    )


def meeting_of(edition: Edition, event: Event) -> Meeting | None:
    """When it takes place, whole days from midnight to midnight in the agenda's zone; None of what has no date."""
    revision, zone = edition.revisions[event.id], edition.agenda.zone
    if revision.start is not None and revision.end is not None:
        clocks = tuple(dict.fromkeys(site.zone for site in edition.agenda.addressed(event)))
        return Meeting(event=event.id, start=revision.start, end=revision.end, zone=zone, clocks=clocks)
    if not isinstance(event.when, Days):
        return None
    start = nearest_instant(datetime.combine(event.when.first, time()), zone)
    end = nearest_instant(datetime.combine(event.when.last + timedelta(days=1), time()), zone)
    return Meeting(event=event.id, start=start, end=end, zone=zone)


def site_of(agenda: Agenda, key: str) -> Representation:
    """Raises UsageRefusal for a site (its id) that is not there, with those that may have been meant."""
    found = agenda.site(key)
    if found is None:
        known = [one.id for one in agenda.representations]
        raise UsageRefusal(NO_SITE, site=key, more=meant(key, known) or SITE_IDS.of())
    return found


def _others(edition: Edition, key: str, at: datetime) -> Said:
    known = [one.event.id for one in begun(edition, at)]
    return meant(key, known) or (BEGUN.of(ids=listed(known)) if known else NONE_BEGUN.of())


def _begins(edition: Edition, event: Event, meeting: Meeting, at: datetime) -> Said:
    """Day and hour by the agenda's clocks; with the year where `at` is of another one."""
    zone = edition.agenda.zone
    wall, today = edition.revisions[event.id].wall(meeting.start, zone), to_wall(at, zone).date()
    if isinstance(event.when, Days):
        return Spoken(lambda lang: short_date(wall.date(), lang, today))
    return Spoken(lambda lang: f"{short_date(wall.date(), lang, today)}, {hour(wall, lang)}")
