"""The picture of whole days: the same dates everywhere, begun first in the east and ended last in the west.

Three rows on one axis of the agenda's own time: who begins first, the agenda's clock, who ends last. Places as in
`scheduler.web.pages.pages.picture`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from math import ceil

from calendars.impact import Span, Stay
from calendars.model.agenda import Agenda
from calendars.model.events import Days
from calendars.model.text import Language
from calendars.wording import home_short, short_date
from scheduler.web.pages.picture import Bar, Tick, WallAxis, prominence
from scheduler.wording.places import city_name

ROW = 50
HEAD = 28
FOOT = 8
_DAYS_NAMED = 9  # at most: more would run into each other on a phone
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class StretchRow:
    y: int
    name: str
    words: str  # from when to when, by the agenda's clock
    home: bool
    bar: Bar


@dataclass(frozen=True, kw_only=True, slots=True)
class StayPicture:
    height: int
    first: str  # the city that begins first
    last: str  # the city that ends last
    midnights: tuple[float, ...]  # by the agenda's clock
    days: tuple[Tick, ...]  # in the middle of each day
    rows: tuple[StretchRow, ...]


def draw_days(agenda: Agenda, days: Days, stays: Sequence[Stay], language: Language) -> StayPicture:
    """The days of one event at its sites, at least one."""
    named_first = sorted(stays, key=lambda stay: prominence(stay.site))
    first, last = min(named_first, key=lambda stay: stay.begins), max(named_first, key=lambda stay: stay.ends)
    home = Span(start=datetime.combine(days.first, time()), end=datetime.combine(days.last + _DAY, time()))
    begins, ends = (city_name(agenda, stay.site.id, language) for stay in (first, last))
    spans = {
        Span(start=first.begins, end=first.ends): begins,
        Span(start=last.begins, end=last.ends): ends,
    }
    named = [(span, name) for span, name in spans.items() if span != home]
    named.append((home, home_short(agenda.zone, language)))
    named.sort(key=lambda pair: (pair[0].start, pair[0].end))
    axis = _axis([span for span, _ in named])
    return StayPicture(
        height=HEAD + len(named) * ROW + FOOT,
        first=begins,
        last=ends,
        midnights=tuple(axis.x(wall) for wall in _days(axis)[1:]),
        days=_names(axis, language),
        rows=tuple(
            StretchRow(
                y=HEAD + index * ROW,
                name=name,
                words=_words(span, language),
                home=span == home,
                bar=Bar(x=axis.x(span.start), width=round(axis.x(span.end) - axis.x(span.start), 2)),
            )
            for index, (span, name) in enumerate(named)
        ),
    )


def _axis(spans: Sequence[Span]) -> WallAxis:
    """Whole days, so that each has its full width."""
    start = datetime.combine(min(span.start for span in spans), time())
    end = max(span.end for span in spans)
    return WallAxis(start=start, end=datetime.combine(end + _DAY - timedelta.resolution, time()))


def _days(axis: WallAxis) -> list[datetime]:
    return [axis.start + number * _DAY for number in range((axis.end - axis.start).days)]


def _names(axis: WallAxis, language: Language) -> tuple[Tick, ...]:
    days = _days(axis)
    shown = days[:: ceil(len(days) / _DAYS_NAMED)]
    few = len(shown) <= _DAYS_NAMED // 2
    return tuple(
        Tick(x=axis.x(day + _DAY / 2), label=short_date(day, language) if few else str(day.day)) for day in shown
    )


def _words(span: Span, language: Language) -> str:
    """«lun 31 ene, 05:00 – lun 7 feb, 05:00»; an end at midnight is said as 24:00 of its day."""
    end = _moment(span.end, language)
    if span.end.time() == time():
        end = f"{short_date(span.end - _DAY, language)}, 24:00"
    return f"{_moment(span.start, language)} – {end}"


def _moment(wall: datetime, language: Language) -> str:
    return f"{short_date(wall, language)}, {wall:%H:%M}"
