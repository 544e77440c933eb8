"""What waits in the ledger for another day than an edition's plan gives now, because other days off are known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from calendars.days.fingerprint import days_digest
from calendars.editions import Edition
from calendars.zones import to_wall
from scheduler.planning.delivery import PLANNED_BY_EDITION, REVOCABLE
from scheduler.planning.plan import DueDates
from scheduler.store import controls
from scheduler.store.editions import InForce
from scheduler.store.schema import deliveries

_D = deliveries.c


@dataclass(frozen=True, kw_only=True, slots=True)
class DayShift:
    """One rule of one event at one site, by the site's dates."""

    event: str  # Event.id
    site: str  # Representation.id
    rule: str
    promised: date  # for which it waits
    now: date  # on which the plan would put it
    reminders: int  # that wait, escalations included


def day_shifts(connection: Connection, edition: Edition, now: datetime) -> tuple[DayShift, ...]:
    """Of what is due from `now` on (UTC), by event, site and rule. Another hour of the same date is none."""
    found = _shifts(connection, edition, now)
    return tuple(sorted(found, key=lambda one: (one.promised, one.event, one.site, one.rule)))


def differing_days(connection: Connection, current: InForce, now: datetime) -> tuple[DayShift, ...]:
    """The same of the edition in force; none, without looking, where it was planned with just these days off."""
    edition = current.edition
    return () if planned_with_these(current) else day_shifts(connection, edition, now)


def planned_with_these(current: InForce) -> bool:
    """Was the edition in force planned with the days off that this process knows?"""
    return current.days_digest == days_digest(current.edition.agenda)


def keep(connection: Connection, number: int, found: tuple[DayShift, ...]) -> None:
    """Note what was found of an edition, for whoever has no time to look."""
    shifts = [{**asdict(one), "promised": str(one.promised), "now": str(one.now)} for one in found]
    controls.put(connection, controls.DAYS, json.dumps({"edition": number, "shifts": shifts}))


def kept(connection: Connection, number: int) -> tuple[DayShift, ...]:
    """What was noted last, if it is of this edition."""
    noted = json.loads(controls.get(connection, controls.DAYS) or "{}")
    if noted.get("edition") != number:
        return ()
    dated = ("promised", "now")
    return tuple(DayShift(**{**one, **{key: date.fromisoformat(one[key]) for key in dated}}) for one in noted["shifts"])


def _shifts(connection: Connection, edition: Edition, now: datetime) -> Iterator[DayShift]:
    sites = {site.id: site for site in edition.agenda.representations}
    dues = {
        (revision.uid, revision.schedule): (event.id, DueDates(edition.agenda, event, revision))
        for event, revision in edition.listed()
    }
    of = (_D.subject, _D.schedule, _D.site, _D.rule, _D.due_at)
    waiting = _D.purpose.in_(PLANNED_BY_EDITION), _D.state.in_(REVOCABLE), _D.due_at >= now
    for row in connection.execute(select(*of, func.count().label("reminders")).where(*waiting).group_by(*of)):
        site = sites.get(row.site)
        event, anew = dues.get((row.subject, row.schedule), ("", None))
        due = None if site is None or anew is None else anew.named(site, row.rule)
        if site is None or due is None:  # the event, its schedule or its rule has gone: the plan ends it
            continue
        promised, today = to_wall(row.due_at, site.zone).date(), to_wall(due, site.zone).date()
        if promised != today:
            yield DayShift(
                event=event, site=site.id, rule=row.rule, promised=promised, now=today, reminders=row.reminders
            )
