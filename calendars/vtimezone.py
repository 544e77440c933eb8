"""A zone's rules over some years as a VTIMEZONE that every reader understands (RFC 5545 §3.6.5).

One STANDARD and at most one DAYLIGHT with a yearly RRULE, or one fixed offset. Never RDATE, which ical.js and
Thunderbird read an hour wrong. STANDARD is the lower offset, whatever the database calls summer time: readers
that look at one part only take STANDARD, and Dublin's "standard" is its summer.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

from calendars.zones import (
    FIRST_YEAR,
    LAST_YEAR,
    OffsetChange,
    RepeatedWallTime,
    changes,
    offset_at,
    to_instant,
    to_wall,
)

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_EPOCH = datetime(1970, 1, 1)  # DTSTART of a fixed offset is a wall time


@dataclass(frozen=True, kw_only=True, slots=True)
class _Onset:
    """One offset and the yearly moment at which it begins."""

    start: datetime  # the first, as a wall time by the offset before it
    before: timedelta
    after: timedelta
    rule: tuple[tuple[str, object], ...] = ()  # parts of an RRULE; none: it holds for ever


def vtimezone(zone: str, instants: Iterable[datetime]) -> Timezone | None:
    """What says the zone's offset at each of these instants (UTC) in two plain rules; None if nothing so plain does.

    None too where an instant's wall time is shown twice that day: readers differ on which one is meant.
    """
    moments = tuple(instants)
    if not moments or any(_is_repeated(moment, zone) for moment in moments):
        return None
    years = [to_wall(moment, zone).year for moment in moments]
    onsets = _onsets(zone, max(min(years) - 1, FIRST_YEAR), min(max(years), LAST_YEAR))
    if onsets is None:
        offsets = {offset_at(moment, zone) for moment in moments}
        if len(offsets) > 1:
            return None
        onsets = (_fixed(offsets.pop()),)
    return _component(zone, onsets)


def _is_repeated(instant: datetime, zone: str) -> bool:
    wall = to_wall(instant, zone)
    if not FIRST_YEAR <= wall.year <= LAST_YEAR:
        return False  # the few days around what the database covers: no clock is put back in them
    try:
        to_instant(wall, zone)
    except RepeatedWallTime:
        return True
    return False


@lru_cache(maxsize=1024)
def _onsets(zone: str, first_year: int, last_year: int) -> tuple[_Onset, ...] | None:
    """The zone's rules, whole years first to last: one fixed offset or a yearly pair; None if they are neither."""
    begin, end = (datetime(year, 1, 1, tzinfo=UTC) for year in (first_year, last_year + 1))
    found = changes(zone, begin, end)
    if not found:
        return (_fixed(offset_at(begin, zone)),)
    years = range(first_year, last_year + 1)
    standard = _yearly([change for change in found if change.after < change.before], years)
    daylight = _yearly([change for change in found if change.after > change.before], years)
    if standard is None or daylight is None or standard.before != daylight.after or standard.after != daylight.before:
        return None
    return standard, daylight


def _fixed(offset: timedelta) -> _Onset:
    return _Onset(start=_EPOCH, before=offset, after=offset)


def _yearly(found: Sequence[OffsetChange], years: Sequence[int]) -> _Onset | None:
    """The one rule that gives exactly these changes, one in each of the years; None if there is none."""
    walls = [(change.at + change.before).replace(tzinfo=None) for change in found]
    shapes = {(c.before, c.after, w.month, w.weekday(), w.time()) for c, w in zip(found, walls, strict=True)}
    if [wall.year for wall in walls] != list(years) or len(shapes) != 1:
        return None
    days = _days_of_month([wall.date() for wall in walls])
    if days is None:
        return None
    rule = (("FREQ", "YEARLY"), ("BYMONTH", walls[0].month), *days)
    return _Onset(start=walls[0], before=found[0].before, after=found[0].after, rule=rule)


def _days_of_month(dates: Sequence[date]) -> tuple[tuple[str, object], ...] | None:
    """How a rule names these days, all of one month and weekday: the last, the n-th, or the one in a range of dates."""
    weekday = _WEEKDAYS[dates[0].weekday()]
    if all(_is_last_of_its_weekday(day) for day in dates):
        return (("BYDAY", f"-1{weekday}"),)
    weeks = {(day.day - 1) // 7 + 1 for day in dates}
    if len(weeks) == 1:
        return (("BYDAY", f"{weeks.pop()}{weekday}"),)
    lowest, highest = min(day.day for day in dates), max(day.day for day in dates)
    if highest - lowest > 6:
        return None
    lowest = min(lowest, min(_length_of_month(day) for day in dates) - 6)
    return (("BYMONTHDAY", list(range(lowest, lowest + 7))), ("BYDAY", weekday))


def _is_last_of_its_weekday(day: date) -> bool:
    return day.day > _length_of_month(day) - 7


def _length_of_month(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _component(zone: str, onsets: tuple[_Onset, ...]) -> Timezone:
    component = Timezone()
    component.add("tzid", zone)
    for onset, kind in zip(onsets, (TimezoneStandard, TimezoneDaylight), strict=False):
        part = kind()
        part.add("dtstart", onset.start)
        part.add("tzoffsetfrom", onset.before)
        part.add("tzoffsetto", onset.after)
        if onset.rule:
            part.add("rrule", vRecur(onset.rule))
        component.add_component(part)
    return component
