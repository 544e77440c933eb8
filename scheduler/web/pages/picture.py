"""The picture of a session: every clock's hour of the one instant, on one axis of local time.

Each row is a clock, from the west to the east; the session's bar stands where that clock shows it, among its nights,
its working hours and its dates. Horizontal places are in percent, so that the drawing stretches and its words do not;
vertical ones are in CSS pixels. The template is templates/pages/picture.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from math import ceil

from calendars.days.off import DaysOff
from calendars.impact import Session, Span, working_spans
from calendars.model.agenda import Agenda
from calendars.model.places import Representation
from calendars.model.text import Language
from calendars.wording import NIGHT_BEGINS, NIGHT_ENDS, home_short, long_date, short_date, zone_city

ROW = 24
HEAD = 46  # the dates, and the hours under them
FOOT = 20  # the hours once more
NARROW, WIDE = 328, 704  # widths of the picture for which names are chosen: a phone's, and from 46rem on
_LETTER = 6.9  # px, of a wide face's letter at 12 px: what a reader's system has is not known
_BESIDE = 78  # px that the hour beside a bar, its gaps and the count of further cities take
MIDDLE = 50.0  # %
_KINDS = ("embajada", "consulado general")  # the best known cities
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_EDGE = timedelta(hours=6)  # the axis begins and ends on a multiple
_LATE, _EARLY = time(18), time(6)  # too close to midnight for a date to be named on that side
_STEPS = ((timedelta(hours=30), 3), (timedelta(hours=60), 6))  # up to that length, hours between two ticks


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    x: float
    width: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Midnight:
    """The line between two dates, each named on its own side."""

    x: float
    before: str
    after: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionRow:
    y: int  # of its upper edge
    hour: str
    narrow: str  # cities, as many as a phone has room for
    wide: str
    home: bool  # the agenda's own clock
    before: bool  # the words stand before the bar, else after it
    session: Bar
    at_work: tuple[Bar, ...]  # of the session, what lies in working hours
    working: tuple[Bar, ...]  # the working hours of these sites


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionPicture:
    height: int
    day: str | None  # where all clocks show one date
    midnights: tuple[Midnight, ...]
    nights: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    rows: tuple[SessionRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class WallAxis:
    """A stretch of wall time, drawn from 0 to 100 %."""

    start: datetime
    end: datetime

    def x(self, wall: datetime) -> float:
        return round((wall - self.start) / (self.end - self.start) * 100, 2)

    def bar(self, span: Span) -> Bar | None:
        """What of the span is on the axis, if anything."""
        start, end = max(span.start, self.start), min(span.end, self.end)
        return Bar(x=self.x(start), width=round(self.x(end) - self.x(start), 2)) if start < end else None

    def bars(self, spans: Iterable[Span]) -> tuple[Bar, ...]:
        return tuple(found for span in spans if (found := self.bar(span)) is not None)

    def dates(self) -> list[date]:
        """Every date that it shows, and the one before, whose night may reach in."""
        days = (self.end.date() - self.start.date()).days
        return [self.start.date() + offset * _DAY for offset in range(-1, days + 1)]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Clock:
    """One row before it is drawn: sites whose clocks and working hours agree, or the agenda's own clock."""

    wall: datetime
    working: tuple[Span, ...]
    names: tuple[str, ...]  # cities; of the home row its own name, the fullest form first
    home: bool = False


def draw(agenda: Agenda, sessions: Sequence[Session], language: Language) -> SessionPicture:
    """The sessions of one event, at least one, all at the same instant."""
    home = sessions[0].home
    length = sessions[0].length
    walls = [home, *(session.start for session in sessions)]
    axis = axis_around(min(walls), max(walls) + length)
    clocks = [*_clocks(sessions, axis, DaysOff.of(agenda), language), _home_clock(agenda, home, language)]
    clocks.sort(key=lambda clock: (clock.wall, not clock.home, [span.start for span in clock.working], clock.names))
    rows = tuple(_row(axis, clock, length, HEAD + index * ROW) for index, clock in enumerate(clocks))
    return SessionPicture(
        height=HEAD + len(rows) * ROW + FOOT,
        day=None if _midnights(axis) else long_date(axis.start, language),
        midnights=tuple(
            Midnight(x=axis.x(wall), before=short_date(wall - _DAY, language), after=short_date(wall, language))
            for wall in _midnights(axis)
        ),
        nights=axis.bars(_nights(axis)),
        ticks=_ticks(axis),
        rows=rows,
    )


def prominence(site: Representation) -> int:
    """Which of several sites to name first: the smaller number."""
    return _KINDS.index(site.kind) if site.kind in _KINDS else len(_KINDS)


def axis_around(first: datetime, last: datetime) -> WallAxis:
    """From before the first start to after the last end; every date on it has room for its name."""
    start, end = _floor(first - _HOUR), _ceiling(last + _HOUR)
    if first.date() == last.date():
        start = datetime.combine(first, time())
        return WallAxis(start=start, end=start + _DAY)
    if start.time() == _LATE:
        start -= _EDGE
    if end.time() == _EARLY:
        end += _EDGE
    return WallAxis(start=start, end=end)


def _floor(wall: datetime) -> datetime:
    return wall - (wall - datetime.combine(wall, time())) % _EDGE


def _ceiling(wall: datetime) -> datetime:
    return _floor(wall + _EDGE - timedelta.resolution)


def _clocks(sessions: Sequence[Session], axis: WallAxis, days: DaysOff, language: Language) -> list[_Clock]:
    first, last = axis.start.date(), axis.end.date()
    cities: dict[tuple[datetime, tuple[Span, ...]], dict[str, None]] = {}
    for session in sorted(sessions, key=lambda session: prominence(session.site)):
        key = session.start, working_spans(session.site, first, last, days)
        cities.setdefault(key, {})[session.site.city_in(language)] = None
    return [_Clock(wall=wall, working=spans, names=tuple(named)) for (wall, spans), named in cities.items()]


def _home_clock(agenda: Agenda, wall: datetime, language: Language) -> _Clock:
    """The agenda's own clock; who keeps it has no working hours that anything says."""
    city, short = zone_city(agenda.zone, language), home_short(agenda.zone, language)
    names = (city,) if city == short else (f"{city} ({short})", short)
    return _Clock(wall=wall, working=(), names=names, home=True)


def _row(axis: WallAxis, clock: _Clock, length: timedelta, y: int) -> SessionRow:
    span = Span(start=clock.wall, end=clock.wall + length)
    session = axis.bar(span)
    assert session is not None
    before = session.x + session.width / 2 > MIDDLE
    room = session.x if before else 100 - session.x - session.width
    return SessionRow(
        y=y,
        hour=f"{clock.wall:%H:%M}",
        narrow=_names(clock, room / 100 * NARROW - _BESIDE),
        wide=_names(clock, room / 100 * WIDE - _BESIDE),
        home=clock.home,
        before=before,
        session=session,
        at_work=axis.bars(_common(span, clock.working)),
        working=axis.bars(clock.working),
    )


def _names(clock: _Clock, room: float) -> str:
    """As many of the cities as there is room for (px), and how many more; of the home clock the name that fits."""
    if clock.home:
        return next((name for name in clock.names if len(name) * _LETTER <= room), clock.names[-1])
    shown = max(1, sum(width <= room for width in _widths(clock.names)))
    more = len(clock.names) - shown
    return ", ".join(clock.names[:shown]) + (f" +{more}" if more else "")


def _widths(names: Sequence[str]) -> Iterable[float]:
    """Of the first name, the first two …, in px."""
    return accumulate((len(name) + len(", ")) * _LETTER for name in names)


def _common(span: Span, others: Iterable[Span]) -> list[Span]:
    return [
        Span(start=max(span.start, other.start), end=min(span.end, other.end))
        for other in others
        if span.start < other.end and other.start < span.end
    ]


def _nights(axis: WallAxis) -> list[Span]:
    length = timedelta(hours=24 - NIGHT_BEGINS + NIGHT_ENDS)
    starts = [datetime.combine(day, time(NIGHT_BEGINS)) for day in axis.dates()]
    return [Span(start=start, end=start + length) for start in starts]


def _midnights(axis: WallAxis) -> list[datetime]:
    walls = [datetime.combine(day, time()) for day in axis.dates()]
    return [wall for wall in walls if axis.start < wall < axis.end]


def _ticks(axis: WallAxis) -> tuple[Tick, ...]:
    """Hours of the clock, the two ends left out: their words would hang over the edge."""
    length = axis.end - axis.start
    step = next((timedelta(hours=hours) for reach, hours in _STEPS if length <= reach), _DAY)
    walls = [axis.start + number * step for number in range(1, ceil(length / step))]
    return tuple(Tick(x=axis.x(wall), label=f"{wall:%H}") for wall in walls)
