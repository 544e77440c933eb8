"""Publishing: an agenda becomes a numbered, dated, immutable edition, and what changed becomes known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from calendars.model import Agenda, Event


@dataclass(frozen=True, kw_only=True, slots=True)
class Revision:
    """One event's standing in an edition, in iCalendar's terms (RFC 5545 §3.8.7)."""

    uid: str  # uuid5 of agenda id and event id: never changes
    sequence: int  # SEQUENCE: rises on a change of time, place or state
    schedule: int  # rises only on a change of start or end; part of a delivery's key
    last_modified: datetime  # LAST-MODIFIED and DTSTAMP, UTC, whole seconds
    start: datetime | None  # instant, UTC; None for whole days and undated events
    end: datetime | None  # instant, UTC, exclusive
    digest: str  # of everything public about the event: a change moves last_modified
    listed: bool = True  # stands in the feeds; False once archived or cancelled and long over


@dataclass(frozen=True, kw_only=True, slots=True)
class Edition:
    number: int  # from 1
    at: datetime  # when it was published, UTC
    author: str
    reason: str
    agenda: Agenda  # the draft's, and events that the draft dropped but people still have to hear of as cancelled
    revisions: Mapping[str, Revision]  # by event id, archived ones included
    zone_digest: str  # of the zone data that gave every `start` and `end`

    def listed(self) -> tuple[tuple[Event, Revision], ...]:
        """The dated events that stand in feeds, each with its revision, in order of the agenda."""
        pairs = ((event, self.revisions[event.id]) for event in self.agenda.events)
        return tuple((event, revision) for event, revision in pairs if event.when is not None and revision.listed)
