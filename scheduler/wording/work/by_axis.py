"""What belongs to each axis, and how far it has come: done, past, next, without a date, cancelled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from calendars.editions import Edition
from calendars.model.agenda import Advance, Axis
from calendars.model.events import Event
from scheduler.planning.outcome import EventStanding, outcome
from scheduler.wording.events import timeline


@dataclass(frozen=True, kw_only=True, slots=True)
class AxisWork:
    """What belongs to an axis, or to none."""

    axis: Axis | None  # None: «sin asignar»
    advances: tuple[Advance, ...]  # in the agenda's order
    done: tuple[Event, ...]  # marked as held, or somebody came; the latest first
    past: tuple[Event, ...]  # over, and nobody has said that it was held: an hour that passes holds no session
    unheld: tuple[Event, ...]  # somebody said that they were not held; the latest first
    next: tuple[Event, ...]  # in order of their start
    undated: tuple[Event, ...]
    cancelled: tuple[Event, ...]

    @property
    def is_empty(self) -> bool:
        return not any((self.advances, self.done, self.past, self.unheld, self.next, self.undated, self.cancelled))


def by_axis(edition: Edition, held: Mapping[str, bool], now: datetime) -> tuple[AxisWork, ...]:
    """Each axis of the agenda, then what has none, where there is something. `now`: aware.

    `held`: what attendance says of sessions, by event (id).
    """
    agenda = edition.agenda
    standing = {one.id: outcome(agenda, one, edition.revisions[one.id], held.get(one.id), now) for one in agenda.events}
    dated = [event for event, _ in timeline(edition, None).ahead]

    def of(axis: str | None, events: Iterable[Event], *wanted: EventStanding) -> tuple[Event, ...]:
        return tuple(one for one in events if one.axis == axis and standing[one.id] in wanted)

    work = [
        AxisWork(
            axis=axis,
            advances=tuple(one for one in agenda.advances if one.axis == key),
            done=of(key, reversed(dated), EventStanding.HELD),
            past=of(key, reversed(dated), EventStanding.PASSED),
            unheld=of(key, reversed(dated), EventStanding.NOT_HELD),
            next=of(key, dated, EventStanding.COMING, EventStanding.UNDER_WAY),
            undated=of(key, agenda.events, EventStanding.UNDATED),
            cancelled=of(key, agenda.events, EventStanding.CANCELLED),
        )
        for key, axis in (*((axis.id, axis) for axis in agenda.axes), (None, None))
    ]
    return tuple(one for one in work if one.axis is not None or not one.is_empty)
