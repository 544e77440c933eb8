"""Where this process's zone data gives another time than an edition promised: an instant, or a site's hour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from calendars.editions import Edition, Revision
from calendars.model import Event, Representation, Timed
from calendars.zones import WallTimeError, offset_at, to_instant


@dataclass(frozen=True, kw_only=True, slots=True)
class Shift:
    """One event at one site, by the site's clocks."""

    event: str  # Event.id
    site: str  # Representation.id
    promised: datetime  # wall time that the edition published
    now: datetime | None  # by this process's data; None: the hour exists no longer, or twice


def shifts(edition: Edition) -> tuple[Shift, ...]:
    """Every event and site whose hour is another by this process's zone data, in order of the agenda."""
    return tuple(
        shift
        for event, revision in edition.listed()
        if isinstance(event.when, Timed) and revision.start is not None
        for shift in _of_event(edition, event, revision, revision.start)
    )


def _of_event(edition: Edition, event: Event, revision: Revision, promised: datetime) -> Iterator[Shift]:
    start = _start_now(edition, event)
    for site in edition.agenda.addressed(event):
        then = _wall(promised, _promised_offset(revision, site, promised))
        now = None if start is None else _wall(start, offset_at(start, site.zone))
        if now != then or start != promised:
            yield Shift(event=event.id, site=site.id, promised=then, now=now)


def _start_now(edition: Edition, event: Event) -> datetime | None:
    assert isinstance(event.when, Timed), "only what has an hour is looked at"
    try:
        return to_instant(event.when.wall, edition.agenda.zone, event.when.fold)
    except WallTimeError:
        return None


def _promised_offset(revision: Revision, site: Representation, promised: datetime) -> timedelta:
    """As the edition published it; of an edition from before that was kept, only the instant can be compared."""
    known = revision.offsets.get(site.zone)
    return offset_at(promised, site.zone) if known is None else timedelta(seconds=known)


def _wall(instant: datetime, offset: timedelta) -> datetime:
    return (instant + offset).replace(tzinfo=None)
