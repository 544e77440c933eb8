"""Feasts whose date is still to be announced, where they touch something planned: an administrator can confirm them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, select

from calendars.days.off import DaysOff
from calendars.editions import Edition, Revision
from calendars.model.events import Days, Event
from calendars.model.places import Representation
from calendars.model.text import Said
from calendars.zones import to_wall
from scheduler.planning.delivery import PLANNED_BY_EDITION, State
from scheduler.planning.plan import REMINDED, site_start
from scheduler.store.schema import deliveries

AHEAD = timedelta(days=60)  # later ones have time
_D = deliveries.c


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenFeast:
    """One date that may be off in a country, or at sites of it."""

    day: date  # by the sites' clocks
    country: str  # ISO 3166-1 alpha-2: where a row of festivos.csv would confirm it
    name: Said
    sites: tuple[str, ...]  # Representation.id
    reminders: int  # that wait and fall on it
    events: tuple[str, ...]  # Event.id, that take place on it


def open_feasts(connection: Connection, edition: Edition, now: datetime) -> tuple[OpenFeast, ...]:
    """Those of the next AHEAD that a reminder or an event of the edition falls on, the nearest first."""
    days, sites = DaysOff.of(edition.agenda), {site.id: site for site in edition.agenda.representations}
    found: dict[tuple[date, str, Said], _Touched] = {}
    for site, day, reminders, event in (*_reminders(connection, sites, now), *_events(edition, now)):
        off = days.off(site, day)
        if off is not None and not off.certain:
            touched = found.setdefault((day, site.country_code, off.name), _Touched({}, {}))
            touched.sites[site.id] = touched.sites.get(site.id, 0) + reminders
            if event is not None:
                touched.events[event] = None
    return tuple(
        OpenFeast(
            day=day,
            country=country,
            name=name,
            sites=tuple(sorted(one.sites)),
            reminders=sum(one.sites.values()),
            events=tuple(one.events),
        )
        for (day, country, name), one in sorted(found.items(), key=lambda pair: pair[0][:2])
    )


@dataclass(frozen=True, slots=True)
class _Touched:
    sites: dict[str, int]  # Representation.id -> reminders
    events: dict[str, None]


_Planned = tuple[Representation, date, int, str | None]  # where, on which date there, how many reminders, which event


def _reminders(connection: Connection, sites: dict[str, Representation], now: datetime) -> Iterator[_Planned]:
    waiting = _D.state.in_((State.PLANNED, State.DEFERRED)), _D.purpose.in_(PLANNED_BY_EDITION)
    soon = _D.next_at >= now, _D.next_at < now + AHEAD
    chosen = select(_D.site, _D.next_at, func.count()).where(*waiting, *soon).group_by(_D.site, _D.next_at)
    for name, at, count in connection.execute(chosen):
        site = sites.get(name)
        if site is not None:
            yield site, to_wall(at, site.zone).date(), count, None


def _events(edition: Edition, now: datetime) -> Iterator[_Planned]:
    for event, revision in edition.listed():
        for site in edition.agenda.addressed(event) if event.status in REMINDED else ():
            for day in _dates(event, revision, site, now):
                yield site, day, 0, event.id


def _dates(event: Event, revision: Revision, site: Representation, now: datetime) -> Iterator[date]:
    """The site's dates of an event, within AHEAD of now."""
    first = site_start(event, revision, site)[0]
    last = event.when.last if isinstance(event.when, Days) else first
    today = to_wall(now, site.zone).date()
    day = max(first, today)
    while day <= min(last, today + AHEAD):
        yield day
        day += timedelta(days=1)
