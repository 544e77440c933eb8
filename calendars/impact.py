"""An event against the world: what its hour is at each site by that site's clocks, week and holidays.

Walls are naive, by the clocks that a field's comment names; working hours are those of `calendars.workdays`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from calendars.editions import Revision
from calendars.model.agenda import Agenda
from calendars.model.events import Days, Event
from calendars.model.places import Representation
from calendars.wording import is_night
from calendars.workdays import country_holiday, holiday_name, is_working_day, weekend
from calendars.zones import nearest_instant, to_wall

Clocks = Callable[[datetime, str], datetime]  # an instant and a zone -> the wall there
HOME_COUNTRY = "MX"  # a mission keeps some of its own country's holidays too
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
    holiday: str | None  # the country's, on the date on which it begins
    home_holiday: str | None  # Mexico's, on that date

    @property
    def days_off(self) -> int:
        """How many dates the site is ahead of the agenda at the start: -1, 0 or 1."""
        return (self.start.date() - self.home.date()).days


@dataclass(frozen=True, kw_only=True, slots=True)
class Holiday:
    date: date
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Stay:
    """An event of whole days, at one site: the same dates everywhere, each at its own hour of the world."""

    site: Representation
    days: Days  # by its own calendar
    begins: datetime  # the agenda's wall at the site's first midnight
    ends: datetime  # likewise, exclusive
    working_days: int  # of its dates, those on which the site works
    holidays: tuple[Holiday, ...]  # the country's, among its dates
    home_holidays: tuple[Holiday, ...]  # Mexico's, among its dates


def sessions(agenda: Agenda, event: Event, revision: Revision) -> tuple[Session, ...]:
    """The event at every site that it addresses, from the west to the east by their clocks; none without an hour."""
    if revision.start is None or revision.end is None:
        return ()
    of = revision.start, revision.end, agenda.zone, revision.wall
    found = [session_at(site, *of) for site in agenda.addressed(event)]
    return tuple(sorted(found, key=lambda session: (session.start, session.site.id)))


def session_at(
    site: Representation, start: datetime, end: datetime, home_zone: str, clocks: Clocks = to_wall
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
        fit=_fit(site, start + skew, end + skew),
        night=is_night(wall),
        weekend=day.weekday() in weekend(site),
        holiday=holiday_name(site, day),
        home_holiday=country_holiday(HOME_COUNTRY, day),
    )


def working_spans(site: Representation, first: date, last: date) -> tuple[Span, ...]:
    """The site's working hours on each working day between two dates, inclusive, by its own clocks."""
    days = _dates(first, last)
    return tuple(
        Span(start=datetime.combine(day, site.opens), end=datetime.combine(day, site.closes))
        for day in days
        if is_working_day(site, day)
    )


def stays(agenda: Agenda, event: Event) -> tuple[Stay, ...]:
    """The event at every site that it addresses, in the order in which its days begin; none unless of whole days."""
    if not isinstance(event.when, Days):
        return ()
    found = [_stay_at(site, event.when, agenda.zone) for site in agenda.addressed(event)]
    return tuple(sorted(found, key=lambda stay: (stay.begins, stay.site.id)))


def _fit(site: Representation, start: datetime, end: datetime) -> Fit:
    """Reckoned between instants: a site's clocks may change while a session lasts."""
    spans = working_spans(site, to_wall(start, site.zone).date(), to_wall(end, site.zone).date())
    opened = [(nearest_instant(span.start, site.zone), nearest_instant(span.end, site.zone)) for span in spans]
    if any(opens <= start and end <= closes for opens, closes in opened):
        return Fit.INSIDE
    return Fit.PARTLY if any(opens < end and start < closes for opens, closes in opened) else Fit.OUTSIDE


def _stay_at(site: Representation, days: Days, home_zone: str) -> Stay:
    dates = _dates(days.first, days.last)
    begins = nearest_instant(datetime.combine(days.first, time()), site.zone)
    ends = nearest_instant(datetime.combine(days.last + _ONE_DAY, time()), site.zone)
    return Stay(
        site=site,
        days=days,
        begins=to_wall(begins, home_zone),
        ends=to_wall(ends, home_zone),
        working_days=sum(is_working_day(site, day) for day in dates),
        holidays=_holidays(site.country_code, dates),
        home_holidays=_holidays(HOME_COUNTRY, dates),
    )


def _holidays(country: str, dates: tuple[date, ...]) -> tuple[Holiday, ...]:
    named = ((day, country_holiday(country, day)) for day in dates)
    return tuple(Holiday(date=day, name=name) for day, name in named if name is not None)


def _dates(first: date, last: date) -> tuple[date, ...]:
    return tuple(first + timedelta(days=offset) for offset in range((last - first).days + 1))
