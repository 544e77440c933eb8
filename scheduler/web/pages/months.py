"""The calendar: a month as a grid with its events in a list below, or all events as one list. Past ones are kept."""

from __future__ import annotations

import re
from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from babel.dates import get_day_names
from starlette.requests import Request
from starlette.responses import Response

from calendars.catalogue import Phrase
from calendars.editions import Edition, Revision
from calendars.model.agenda import Agenda
from calendars.model.events import Days, Event, EventStatus
from calendars.model.places import Representation
from calendars.model.text import Language
from calendars.wording import clock_of, dated, home_name, hour, locale, long_date, short_date
from calendars.zones import to_wall
from scheduler.web.index import foot
from scheduler.web.kept.declared import Bring, PublicRoute, among, site_ids
from scheduler.web.rendering import requested_language
from scheduler.web.showing import Showing
from scheduler.wording.events import EventLine, Listing, as_it_went, countdown, event_line, home_hour, listing, timeline
from scheduler.wording.places import place_of, places_by_city

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_MONTH_NAME = Phrase("MMMM y", "date pattern")
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class MonthEntry:
    """An event with the dates that it takes by the clock of the page."""

    event: Event
    revision: Revision
    first: date
    last: date
    hour: str | None  # "18:00"; None for whole days


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """An event on one day of the grid. A span is named on its first day and on each Monday."""

    id: str
    title: str | None  # None: the bar goes on, and has been named
    hour: str | None
    cancelled: bool
    tentative: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    day: date
    outside: bool  # of the month
    today: bool
    marks: tuple[Mark, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Month:
    """One month as the template reads it."""

    name: str  # «octubre de 2021»
    weekdays: tuple[tuple[str, str], ...]  # in full and short, Monday first
    weeks: tuple[tuple[Cell, ...], ...]
    previous: tuple[str, str] | None  # "2021-09" and its name; None before the first event
    following: tuple[str, str] | None


class Months:
    """Handler for /calendar."""

    def __init__(self, site: Showing) -> None:
        self._site = site

    def routes(self) -> Sequence[PublicRoute]:
        return [PublicRoute("/calendar", self.show, known=_KNOWN)]

    async def show(self, request: Request) -> Response:
        language, edition, now = requested_language(request), self._site.edition, self._site.present()
        agenda = edition.agenda
        site = agenda.site(request.query_params.get("site", ""))
        zone = agenda.zone if site is None else site.zone
        values = {
            **foot(edition, language),
            "clocks": _clocks(agenda, site, language),
            "site": None if site is None else place_of(site, language),
            "sites": places_by_city(agenda.representations, language),
            "kept": {"site": site.id} if site else {},
            "month": None,
        }
        if request.query_params.get("view") == "list":
            values["listing"] = _listing(self._site, language, site)
        else:
            found = entries(edition, zone, site)
            today = to_wall(now, zone).date()
            first = chosen_month(request.query_params.get("month", ""), found, today)
            values["month"] = month(found, first, today, language)
            values["lines"] = _lines(self._site, found, first, language, site)
        return self._site.page(request, "calendar.html", language, values, headers={"Cache-Control": "no-cache"})


def _months(edition: Edition) -> Bring:
    """A month within the agenda's, or one beside it: further away none shows anything else."""
    found = entries(edition, edition.agenda.zone, None)
    if not found:
        return among(())
    before = min(one.first for one in found).replace(day=1) - timedelta(days=31)
    after = max(one.last for one in found).replace(day=1) + timedelta(days=62)

    def bring(asked: str) -> str:
        if not (named := _MONTH.fullmatch(asked)) or int(named[1]) < date.min.year:
            return ""
        return f"{min(max(date(int(named[1]), int(named[2]), 1), before), after):%Y-%m}"

    return bring


_KNOWN = {"month": _months, "site": lambda edition: among(site_ids(edition)), "view": lambda _edition: among(("list",))}


def _clocks(agenda: Agenda, site: Representation | None, language: Language) -> str:
    if site is None:
        return home_name(agenda.zone, language)
    return clock_of(site.city_in(language), language)


def entries(edition: Edition, zone: str, site: Representation | None) -> list[MonthEntry]:
    """The dated events, of one site or of all, in order of their start, on the dates that a clock in `zone` shows."""
    found = timeline(edition, None).ahead
    own = [pair for pair in found if site is None or site in edition.agenda.addressed(pair[0])]
    return [_entry(event, revision, zone) for event, revision in own]


def _entry(event: Event, revision: Revision, zone: str) -> MonthEntry:
    if isinstance(event.when, Days):
        return MonthEntry(event=event, revision=revision, first=event.when.first, last=event.when.last, hour=None)
    assert revision.start is not None, "what is listed has a date"
    wall = revision.wall(revision.start, zone)
    return MonthEntry(event=event, revision=revision, first=wall.date(), last=wall.date(), hour=f"{wall:%H:%M}")


def chosen_month(asked: str, found: Sequence[MonthEntry], today: date) -> date:
    """The first of the month asked for, within the agenda's; else of the next event's, else of the last one's."""
    if not found:
        return today.replace(day=1)
    first, last = min(one.first for one in found).replace(day=1), max(one.last for one in found).replace(day=1)
    if (named := _MONTH.fullmatch(asked)) and int(named[1]) >= date.min.year:
        return min(max(date(int(named[1]), int(named[2]), 1), first), last)
    ahead = [one.first for one in found if one.last >= today]
    return min(max(today, ahead[0]) if ahead else last, last).replace(day=1)


def month(found: Sequence[MonthEntry], first: date, today: date, language: Language) -> Month:
    wide, short = (get_day_names(width, locale=locale(language)) for width in ("wide", "abbreviated"))
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    before, after = first - _ONE_DAY, (first + timedelta(days=31)).replace(day=1)
    return Month(
        name=_name(first, language),
        weekdays=tuple((wide[number], short[number]) for number in range(7)),
        weeks=tuple(
            tuple(
                Cell(day=day, outside=day.month != first.month, today=day == today, marks=_marks(found, day, language))
                for day in week
            )
            for week in weeks
        ),
        previous=_link(before, language) if any(one.first <= before for one in found) else None,
        following=_link(after, language) if any(one.last >= after for one in found) else None,
    )


def _link(day: date, language: Language) -> tuple[str, str]:
    return f"{day:%Y-%m}", _name(day, language)


def _name(day: date, language: Language) -> str:
    return dated(day, _MONTH_NAME, language)


def _marks(found: Sequence[MonthEntry], day: date, language: Language) -> tuple[Mark, ...]:
    return tuple(
        Mark(
            id=one.event.id,
            title=one.event.title[language] if day == one.first or day.weekday() == 0 else None,
            hour=one.hour,
            cancelled=one.event.status is EventStatus.CANCELLED,
            tentative=one.event.status is EventStatus.TENTATIVE,
        )
        for one in found
        if one.first <= day <= one.last
    )


def _lines(
    showing: Showing, found: Sequence[MonthEntry], first: date, language: Language, site: Representation | None
) -> list[EventLine]:
    """The events of the month."""
    after = (first + timedelta(days=31)).replace(day=1)
    edition, now = showing.edition, showing.present()
    agenda = edition.agenda
    lines = (
        event_line(agenda, one.event, one.revision, now, language, agenda.addressed(one.event))
        if site is None
        else _line_at(edition, one.event, site, now, language)
        for one in found
        if one.first < after and one.last >= first
    )
    return [as_it_went(line, edition, showing.held, now, language) for line in lines]


def _listing(showing: Showing, language: Language, site: Representation | None) -> Listing:
    """All events, or one site's by its own clock."""
    edition, now, held = showing.edition, showing.present(), showing.held
    if site is None:
        return listing(edition, now, language, held=held)
    events = {event.id: event for event in edition.agenda.events}
    shown = listing(edition, now, language, (site,))

    def there(lines: Sequence[EventLine]) -> tuple[EventLine, ...]:
        own = (_line_at(edition, events[line.id], site, now, language) for line in lines)
        return tuple(as_it_went(line, edition, held, now, language) for line in own)

    return Listing(ahead=there(shown.ahead), past=there(shown.past), undated=shown.undated)


def _line_at(edition: Edition, event: Event, site: Representation, now: datetime, language: Language) -> EventLine:
    """An event by the site's clock; the agenda's stands beside its hour."""
    agenda, revision = edition.agenda, edition.revisions[event.id]
    line = replace(
        event_line(agenda, event, revision, now, language, (site,)),
        countdown=countdown(event, revision, site.zone, now, language),
    )
    if revision.start is None:
        return line
    here, home = revision.wall(revision.start, site.zone), revision.wall(revision.start, agenda.zone)
    beside = f"{short_date(home, language)}, {home_hour(agenda, home, language)}"
    return replace(line, day=long_date(here, language), hour=f"{hour(here, language)} ({beside})", local=None)
