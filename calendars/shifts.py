"""Where this process's zone data gives another time than an edition promised: an instant, or a site's hour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from calendars.editions import Edition, Revision
from calendars.model.agenda import Agenda
from calendars.model.events import Event, EventStatus, Timed
from calendars.model.places import Representation
from calendars.zones import WallTimeError, offset_at, to_instant


@dataclass(frozen=True, kw_only=True, slots=True)
class Shift:
    """One event at one site, by the site's clocks."""

    event: str  # Event.id
    site: str  # Representation.id
    promised: datetime  # wall time that the edition published
    now: datetime | None  # by this process's data; None: the hour exists no longer, or twice


def shifts(edition: Edition) -> tuple[Shift, ...]:
    """Every event and site whose hour is another by this process's zone data, in order of the agenda.

    Of what was cancelled no hour is looked at: nobody is to come at it.
    """
    agenda = edition.agenda
    return tuple(shift for event, revision in edition.listed() for shift in shifts_of(agenda, event, revision))


def shifts_of(
    agenda: Agenda, event: Event, revision: Revision, sites: Sequence[Representation] | None = None
) -> Iterator[Shift]:
    """The same of one event, at the sites that it addresses, or at these of them."""
    promised = revision.start
    if promised is None or not isinstance(event.when, Timed) or event.status is EventStatus.CANCELLED:
        return
    start = _start_now(agenda, event.when)
    for site in agenda.addressed(event) if sites is None else sites:
        then = _wall(promised, _promised_offset(revision, site, promised))
        now = None if start is None else _wall(start, offset_at(start, site.zone))
        if now != then or start != promised:
            yield Shift(event=event.id, site=site.id, promised=then, now=now)


def _start_now(agenda: Agenda, when: Timed) -> datetime | None:
    try:
        return to_instant(when.wall, agenda.zone, when.fold)
    except WallTimeError:
        return None


def _promised_offset(revision: Revision, site: Representation, promised: datetime) -> timedelta:
    """As the edition published it; of an edition from before that was kept, only the instant can be compared."""
    known = revision.offsets.get(site.zone)
    return offset_at(promised, site.zone) if known is None else timedelta(seconds=known)


def _wall(instant: datetime, offset: timedelta) -> datetime:
    return (instant + offset).replace(tzinfo=None)
