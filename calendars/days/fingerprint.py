"""A digest of the days off that an agenda is planned with, to be compared for equality only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta

from calendars.days.off import DaysOff
from calendars.model.agenda import Agenda
from calendars.model.events import Days, Event, Timed
from calendars.model.rules import DaysBefore

_ONE_DAY = timedelta(days=1)
_BACK = timedelta(days=31)  # how far a reminder may be moved, and more


def days_digest(agenda: Agenda) -> str:
    """SHA-256 of which dates are off at each site, and how certainly, around every event.

    From well before its first reminder to its end: what lies elsewhere moves nothing.
    """
    days, dates = DaysOff.of(agenda), sorted({day for event in agenda.events for day in _around(agenda, event)})
    total = hashlib.sha256()
    for site in agenda.representations:
        off = ((day, days.off(site, day)) for day in dates)
        marks = ",".join(f"{day}{'' if one.certain else '?'}" for day, one in off if one is not None)
        total.update(f"{site.id}:{marks}\n".encode())
    return total.hexdigest()


def _around(agenda: Agenda, event: Event) -> Iterator[date]:
    match event.when:
        case Timed(wall=wall, duration=duration):  # a site's date may be the one before, or after
            first, last = wall.date() - _ONE_DAY, (wall + duration).date() + _ONE_DAY
        case Days(first=first, last=last):
            pass
        case _:
            return
    cover = () if event.coverage is None else (event.coverage.deputy, event.coverage.coordination)
    reach = max((rule.days for rule in (*agenda.rules_for(event), *cover) if isinstance(rule, DaysBefore)), default=0)
    day = first - timedelta(days=reach) - _BACK
    while day <= last:
        yield day
        day += _ONE_DAY
