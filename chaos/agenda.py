"""The campaign's agenda: for many sites, reminders on five days of one week, and the events two weeks after it.

The week is the next one by the real calendar: commands of an operator, who has no other clock, must come in time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from sqlalchemy import bindparam, select

from calendars.model.agenda import Draft
from calendars.model.events import Audience, Event, EventStatus, Timed
from calendars.model.rules import DaysBefore, ReminderRule, TimeBefore
from calendars.model.text import Text
from scheduler.base.shipped import shipped
from scheduler.drafts.files import Configuration
from scheduler.planning.delivery import Purpose
from scheduler.planning.plan import plan
from scheduler.publishing.prospect import Act
from scheduler.publishing.publish import publish_draft
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.posts import roster
from scheduler.store.schema import deliveries

_AT_NINE = time(9)
RULES: tuple[ReminderRule, ...] = (
    *(DaysBefore(days=days, at=_AT_NINE) for days in (16, 15, 14, 13)),  # Monday to Thursday
    TimeBefore(minutes=12 * 24 * 60),  # Friday
)
_D = deliveries.c
_NOTICES = select(_D.message_key, _D.recipient).where(_D.purpose == Purpose.NOTICE, _D.schedule == bindparam("edition"))
_KEYS = select(_D.message_key, _D.purpose, _D.subject, _D.schedule, _D.rule, _D.recipient)
_MOVED, _CANCELLED = "se-mueve", "se-cancela"  # for a tenth of the sites each


@dataclass(frozen=True, kw_only=True, slots=True)
class Campaign:
    """The draft to begin with, and the one that is published in the middle of it."""

    before: Draft
    after: Draft


def campaign(mails: int, begin: datetime) -> Campaign:
    """About so many reminders, for up to 149 sites, in the week after `begin` (UTC)."""
    shipped_draft = Configuration(folder=shipped("config")).draft()
    sites = min(149, max(10, mails // 10))
    recipients = shipped_draft.recipients[:sites]
    names = tuple(one.site for one in recipients)
    few = names[: sites // 10]
    known = next(event for event in shipped_draft.agenda.events if isinstance(event.when, Timed))
    day = _day_of_events(begin)
    sessions = max(1, round(mails / (sites * len(RULES))))
    whole = [_event(known, f"sesion-{n}", _on(day, n), names) for n in range(sessions)]
    moved, cancelled = _event(known, _MOVED, _on(day, 3), few), _event(known, _CANCELLED, _on(day, 5), few)
    later = replace(moved, when=_on(day + timedelta(days=1), 3))
    off = replace(cancelled, status=EventStatus.CANCELLED, reason=Text(es="prueba", en="a trial"))

    def draft(*others: Event) -> Draft:
        agenda = replace(shipped_draft.agenda, events=(*whole, *others))
        return Draft(agenda=agenda, recipients=recipients, links={})

    return Campaign(before=draft(moved, cancelled), after=draft(later, off))


def put_in_force(database: Database, draft: Draft, at: datetime) -> dict[str, str]:
    """Publish, and return what is owed from then on, reminders and notices: message keys with their addresses."""
    publish_draft(database, draft, Act(at=at, author="chaos", reason="chaos"), confirmed=True)
    with database.read() as connection:
        found = editions.load(connection)
        assert found is not None
        members = list(roster.members(connection))
        told = connection.execute(_NOTICES, {"edition": found.edition.number}).all()
        known: dict[tuple[object, ...], str] = {tuple(row[1:]): row[0] for row in connection.execute(_KEYS)}
    addresses = {one.recipient.id: one.recipient.address for one in members}
    planned = [one for one in plan(found.edition, members) if one.moment.due >= at]
    rows = [((one.purpose, one.subject, one.schedule, one.moment.rule, one.recipient), one) for one in planned]
    reminders = {known.get(row, str(row)): addresses[one.recipient] for row, one in rows}  # one without a row: lost
    return reminders | {row.message_key: addresses[row.recipient] for row in told}


def _day_of_events(begin: datetime) -> datetime:
    """A Wednesday, 16 days after the first Monday that is a day away; wall time of the agenda."""
    first = datetime.combine((begin + timedelta(days=1)).date(), time())
    return first + timedelta(days=7 - first.weekday() + 16)


def _event(known: Event, name: str, when: Timed, sites: tuple[str, ...]) -> Event:
    audience = Audience(kind="sites", ids=sites)
    return replace(known, id=name, when=when, audience=audience, rules=RULES, status=EventStatus.CONFIRMED)


def _on(day: datetime, number: int) -> Timed:
    return Timed(wall=day + timedelta(hours=8 + number % 12), duration=timedelta(hours=1))
