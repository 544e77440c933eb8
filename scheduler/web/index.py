"""What the plain index says: the feeds there are, and the events with their hour in the agenda's own time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from calendars.editions import Edition, Revision, ends
from calendars.model import Agenda, Audience, Days, Event, EventStatus, Language, Representation, slug
from calendars.wording import (
    assumptions,
    axis_title,
    days_span,
    home_name,
    home_short,
    hour,
    kind_word,
    long_date,
    sentence,
    short_date,
    status_word,
)
from calendars.zones import nearest_instant, to_wall, zone_data
from scheduler.web.rendering import Band, asset, render

SITES_NAMED = 3  # of an audience that lists sites; more are counted


@dataclass(frozen=True, kw_only=True, slots=True)
class EventLine:
    """One event as the index lists it."""

    title: str
    kind: str
    status: str | None  # None: confirmed, which goes without saying
    cancelled: bool
    day: str  # by the agenda's clock
    hour: str | None  # likewise; None for whole days
    start: datetime | None  # UTC; None for whole days
    local: str | None  # from the first to the last local hour of those it addresses
    audience: str
    notes: tuple[str, ...]  # what is supposed, and why it changed
    origin: str  # axis and source


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteLine:
    id: str
    name: str
    city: str
    country: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RegionLine:
    id: str
    name: str
    sites: tuple[SiteLine, ...]  # by city


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    ahead: tuple[EventLine, ...]
    past: tuple[EventLine, ...]  # over, or marked as held; the latest first
    undated: tuple[EventLine, ...]


def listing(edition: Edition, now: datetime | None, language: Language) -> Listing:
    """Every event of the edition that people still hear of; without `now` all dated ones count as ahead."""
    agenda = edition.agenda
    dated = sorted(edition.listed(), key=lambda pair: (_begins(agenda, *pair), pair[0].id))
    over = [now is not None and _is_over(agenda, event, now) for event, _ in dated]
    lines = [_line(agenda, event, revision, language) for event, revision in dated]
    return Listing(
        ahead=tuple(line for line, gone in zip(lines, over, strict=True) if not gone),
        past=tuple(line for line, gone in zip(lines, over, strict=True) if gone)[::-1],
        undated=tuple(_line(agenda, e, edition.revisions[e.id], language) for e in agenda.events if e.when is None),
    )


def _is_over(agenda: Agenda, event: Event, now: datetime) -> bool:
    end = ends(agenda, event)
    return event.status is EventStatus.HELD or (end is not None and end <= now)


def _begins(agenda: Agenda, event: Event, revision: Revision) -> datetime:
    if revision.start is not None:
        return revision.start
    assert isinstance(event.when, Days)
    return nearest_instant(datetime.combine(event.when.first, time()), agenda.zone)


def _line(agenda: Agenda, event: Event, revision: Revision, language: Language) -> EventLine:
    sites = agenda.addressed(event)
    return EventLine(
        title=event.title[language],
        kind=kind_word(event.kind, language),
        status=None if event.status is EventStatus.CONFIRMED else status_word(event.status, language),
        cancelled=event.status is EventStatus.CANCELLED,
        day=_day(agenda, event, revision, language),
        hour=_hour(agenda, revision.start, language) if revision.start is not None else None,
        start=revision.start,
        local=_local_span(revision.start, sites, language) if revision.start is not None and sites else None,
        audience=_audience(agenda, event.audience, sites, language),
        notes=tuple(sentence(note) for note in _notes(event, language)),
        origin=_origin(agenda, event, language),
    )


def _day(agenda: Agenda, event: Event, revision: Revision, language: Language) -> str:
    if revision.start is not None:
        return long_date(to_wall(revision.start, agenda.zone), language)
    match event.when:
        case Days(first=first, last=last) if first == last:
            return long_date(first, language)
        case Days() as span:
            return days_span(span, language)
    return status_word(EventStatus.UNSCHEDULED, language)


def _hour(agenda: Agenda, instant: datetime, language: Language) -> str:
    return f"{hour(to_wall(instant, agenda.zone), language)} {home_short(agenda.zone, language)}"


def _local_span(start: datetime, sites: Sequence[Representation], language: Language) -> str:
    walls = [(to_wall(start, site.zone), site.city) for site in sites]
    first, last = min(walls), max(walls)
    shown = [f"{short_date(wall, language)}, {hour(wall, language)} ({city})" for wall, city in (first, last)]
    if first[0] == last[0]:
        return shown[0]
    return f"de {shown[0]} a {shown[1]}" if language == "es" else f"{shown[0]} to {shown[1]}"


def _audience(agenda: Agenda, audience: Audience, sites: Sequence[Representation], language: Language) -> str:
    if audience.kind == "coordination":
        return "coordinación" if language == "es" else "coordination"
    if audience.kind == "sites" and len(sites) <= SITES_NAMED:
        return ", ".join(site.city for site in sites)
    count = _sites(len(sites), language)
    if audience.kind == "regions":
        named = [region.name[language] for region in agenda.regions if region.id in audience.ids]
        return f"{', '.join(named)}: {count}"
    return count


def _sites(count: int, language: Language) -> str:
    word = ("sede" if count == 1 else "sedes") if language == "es" else ("site" if count == 1 else "sites")
    return f"{count} {word}"


def _notes(event: Event, language: Language) -> Iterable[str]:
    if event.reason is not None:
        yield ("motivo: " if language == "es" else "reason: ") + event.reason[language]
    yield from assumptions(event, language)


def _origin(agenda: Agenda, event: Event, language: Language) -> str:
    axis = axis_title(agenda, event.axis, language)
    if language == "es":
        return f"Eje: {axis} · Fuente: {event.source}"
    return f"Axis: {axis} · Source: {event.source}"


def by_city(sites: Iterable[Representation]) -> list[Representation]:
    """In the order in which one looks for a city, accents aside."""
    return sorted(sites, key=lambda site: (slug(site.city), site.id))


def regions(agenda: Agenda, language: Language) -> tuple[RegionLine, ...]:
    """The regions with their sites: who subscribes looks for a city."""
    return tuple(
        RegionLine(
            id=region.id,
            name=region.name[language],
            sites=tuple(
                SiteLine(id=site.id, name=site.name, city=site.city, country=site.country)
                for site in by_city(agenda.representations)
                if site.region == region.id
            ),
        )
        for region in agenda.regions
    )


def index_values(edition: Edition, now: datetime | None, language: Language) -> dict[str, Any]:
    """What the index templates are given, whoever serves them."""
    agenda = edition.agenda
    published = long_date(to_wall(edition.at, agenda.zone), language)
    return {
        "agenda": agenda,
        "home_name": home_name(agenda.zone, language),
        "listing": listing(edition, now, language),
        "regions": regions(agenda, language),
        "edition": edition.number,
        "published": f"{published}, {_hour(agenda, edition.at, language)}",
        "zone_version": zone_data().version,
    }


def static_index(edition: Edition, band: Band | None = None) -> str:
    """The index as a file: complete in itself, its links relative, so that any folder or server will do."""
    values = index_values(edition, None, "es")
    frame = {
        "root": None,
        "lang_query": "",
        "switch": None,
        "band": band.moment("es") if band else None,
        "inline_style": asset("style.css"),
    }
    return render("static.html", "es", {**values, **frame})
