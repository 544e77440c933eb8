"""An event against the world: what its hour is at each site by that site's clocks, week and holidays.

Walls are naive, by the clocks that a field's comment names; working hours are those of `calendars.workdays`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from calendars.days.off import DayOff, DaysOff, home_holiday
from calendars.editions import Revision
from calendars.model.agenda import Agenda
from calendars.model.events import Days, Event
from calendars.model.places import Representation
from calendars.wording import is_night
from calendars.workdays import is_working_day
from calendars.zones import nearest_instant, to_wall

Clocks = Callable[[datetime, str], datetime]  # an instant and a zone -> the wall there
_ONE_DAY = timedelta(days=1)


class Fit(StrEnum):
    """How much of a session lies in the site's working hours."""

    INSIDE = "inside"
    PARTLY = "partly"
    OUTSIDE = "outside"


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A stretch of time, by the clocks of one site."""

    start: datetime
    end: datetime  # exclusive


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """An event with an hour, at one site."""

    site: Representation
    start: datetime  # the site's wall
    end: datetime  # likewise, exclusive
    home: datetime  # the agenda's wall at the start
    length: timedelta  # elapsed, > 0: not `end - start` where the clocks change in between
    fit: Fit
    night: bool  # does it begin at night?
    weekend: bool  # does it begin on the site's weekend?
    holiday: DayOff | None  # the site's, on the date on which it begins
    home_holiday: DayOff | None  # Mexico's, on that date

    @property
    def days_off(self) -> int:
        """How many dates the site is ahead of the agenda at the start: -1, 0 or 1."""
        return (self.start.date() - self.home.date()).days


@dataclass(frozen=True, kw_only=True, slots=True)
class Stay:
    """An event of whole days, at one site: the same dates everywhere, each at its own hour of the world."""

    site: Representation
    days: Days  # by its own calendar
    begins: datetime  # the agenda's wall at the site's first midnight
    ends: datetime  # likewise, exclusive
    working_days: int  # of its dates, those on which the site works
    holidays: tuple[DayOff, ...]  # the site's, among its dates
    home_holidays: tuple[DayOff, ...]  # Mexico's, among its dates


def sessions(agenda: Agenda, event: Event, revision: Revision) -> tuple[Session, ...]:
    """The event at every site that it addresses, from the west to the east by their clocks; none without an hour."""
    if revision.start is None or revision.end is None:
        return ()
    of = revision.start, revision.end, agenda.zone, DaysOff.of(agenda), revision.wall
    found = [session_at(site, *of) for site in agenda.addressed(event)]
    return tuple(sorted(found, key=lambda session: (session.start, session.site.id)))


def session_at(
    site: Representation,
    start: datetime,
    end: datetime,
    home_zone: str,
    days: DaysOff,
    clocks: Clocks = to_wall,
) -> Session:
    """What a session between two instants (UTC) is at one site. Raises WallTimeOutOfRange past 2037."""
    wall = clocks(start, site.zone)
    skew = wall - to_wall(start, site.zone)  # of clocks that show another hour than this process's zone data
    day = wall.date()
    return Session(
        site=site,
        start=wall,
        end=clocks(end, site.zone),
        home=clocks(start, home_zone),
        length=end - start,
        fit=_fit(site, start + skew, end + skew, days),
        night=is_night(wall),
        weekend=days.weekend(site, day) is not None,
        holiday=days.local_feast(site, day),
        home_holiday=home_holiday(day),
    )


def working_spans(site: Representation, first: date, last: date, days: DaysOff) -> tuple[Span, ...]:
    """The site's working hours on each working day between two dates, inclusive, by its own clocks."""
    return tuple(
        Span(start=datetime.combine(day, site.opens), end=datetime.combine(day, site.closes))
        for day in _dates(first, last)
        if is_working_day(site, day, days)
    )


def stays(agenda: Agenda, event: Event) -> tuple[Stay, ...]:
    """The event at every site that it addresses, in the order in which its days begin; none unless of whole days."""
    if not isinstance(event.when, Days):
        return ()
    days = DaysOff.of(agenda)
    found = [_stay_at(site, event.when, agenda.zone, days) for site in agenda.addressed(event)]
    return tuple(sorted(found, key=lambda stay: (stay.begins, stay.site.id)))


def _fit(site: Representation, start: datetime, end: datetime, days: DaysOff) -> Fit:
    """Reckoned between instants: a site's clocks may change while a session lasts."""
    spans = working_spans(site, to_wall(start, site.zone).date(), to_wall(end, site.zone).date(), days)
    opened = [(nearest_instant(span.start, site.zone), nearest_instant(span.end, site.zone)) for span in spans]
    if any(opens <= start and end <= closes for opens, closes in opened):
        return Fit.INSIDE
    return Fit.PARTLY if any(opens < end and start < closes for opens, closes in opened) else Fit.OUTSIDE


def _stay_at(site: Representation, when: Days, home_zone: str, days: DaysOff) -> Stay:
    dates = _dates(when.first, when.last)
    begins = nearest_instant(datetime.combine(when.first, time()), site.zone)
    ends = nearest_instant(datetime.combine(when.last + _ONE_DAY, time()), site.zone)
    return Stay(
        site=site,
        days=when,
        begins=to_wall(begins, home_zone),
        ends=to_wall(ends, home_zone),
        working_days=sum(is_working_day(site, day, days) for day in dates),
        holidays=_found(days.local_feast(site, day) for day in dates),
        home_holidays=_found(home_holiday(day) for day in dates),
    )


def _found(days: Iterable[DayOff | None]) -> tuple[DayOff, ...]:
    return tuple(day for day in days if day is not None)


def _dates(first: date, last: date) -> tuple[date, ...]:
    return tuple(first + timedelta(days=offset) for offset in range((last - first).days + 1))
