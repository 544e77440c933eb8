"""When a site works: the days that are off, its own hours; all by the site's clocks."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from calendars.days.off import DaysOff
from calendars.model.places import Representation
from calendars.zones import nearest_instant, to_wall

_ONE_DAY = timedelta(days=1)


def is_working_day(site: Representation, day: date, days: DaysOff) -> bool:
    """Is it no day off that is certain? One that is only estimated moves nothing."""
    found = days.off(site, day)
    return found is None or not found.certain


def working_day_at_or_before(site: Representation, day: date, days: DaysOff) -> date:
    """The day itself where people work, or may; else the last before it that is no day off, estimated ones included."""
    if is_working_day(site, day, days):
        return day
    while days.off(site, day) is not None:
        day -= _ONE_DAY
    return day


def in_working_hours(site: Representation, instant: datetime, days: DaysOff) -> bool:
    """Is the site at work at this instant (UTC)? From `opens`, and no longer at `closes`."""
    wall = to_wall(instant, site.zone)
    return is_working_day(site, wall.date(), days) and site.opens <= wall.time() < site.closes


def next_working_instant(site: Representation, instant: datetime, days: DaysOff) -> datetime:
    """The instant itself within working hours, else that of the next opening (UTC). Never before `instant`.

    What can choose its moment chooses none on a day that may be off. Raises calendars.zones.WallTimeOutOfRange when the
    next opening lies after 2037.
    """
    wall = to_wall(instant, site.zone)
    if in_working_hours(site, instant, days) and days.off(site, wall.date()) is None:
        return instant
    day = wall.date() if wall.time() < site.opens else wall.date() + _ONE_DAY
    while days.off(site, day) is not None:
        day += _ONE_DAY
    return max(instant, nearest_instant(datetime.combine(day, site.opens), site.zone))
