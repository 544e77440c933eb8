"""Dates that few mean: an event moved or added into the past, or years ahead, as by a slip in the year."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from calendars.changes import Change, Kind, Standing
from calendars.zones import to_wall

MONTHS_AHEAD = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Unlikely:
    event: str  # Event.id
    day: date  # on which it begins, by the agenda's clock
    past: bool  # else over MONTHS_AHEAD ahead


def unlikely(different: Iterable[Change], now: datetime) -> Iterator[Unlikely]:
    """Of the changes, those that move or add an event so. `now`: UTC.

    What stood there before and keeps its year is only put right: nobody is asked about it.
    """
    for change in different:
        if change.after is not None and {Kind.MOVED, Kind.ADDED} & set(change.kinds):
            found, before = _seen(change.after, now), None if change.before is None else _seen(change.before, now)
            if found is not None and (before is None or before.past != found.past or before.day.year != found.day.year):
                yield found


def _seen(one: Standing, now: datetime) -> Unlikely | None:
    """A standing whose date is unlikely by itself; None for any other, and for what does not take place."""
    if not one.takes_place:
        return None
    if one.start is not None:
        day, past = one.revision.wall(one.start, one.home).date(), one.start < now
    else:
        days = one.moment[2]
        assert days is not None, "what takes place has an hour or days"
        day, past = days.first, days.first < to_wall(now, one.home).date()
    today = to_wall(now, one.home).date()
    if not past and _months(today, day) <= (MONTHS_AHEAD, today.day):
        return None
    return Unlikely(event=one.event.id, day=day, past=past)


def _months(today: date, day: date) -> tuple[int, int]:
    """From one month to the other, and the day in it: to compare with a number of months and today's day."""
    return (day.year - today.year) * 12 + day.month - today.month, day.day
