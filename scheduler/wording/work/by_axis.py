"""What belongs to each axis, and how far it has come: done, past, next, without a date, cancelled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from calendars.editions import Edition
from calendars.model.agenda import Advance, Axis
from calendars.model.events import Event, EventStatus
from scheduler.wording.events import timeline


@dataclass(frozen=True, kw_only=True, slots=True)
class AxisWork:
    """What belongs to an axis, or to none."""

    axis: Axis | None  # None: «sin asignar»
    advances: tuple[Advance, ...]  # in the agenda's order
    done: tuple[Event, ...]  # marked as held; the latest first
    past: tuple[Event, ...]  # over, and nobody has said that it was held: an hour that passes holds no session
    next: tuple[Event, ...]  # in order of their start
    undated: tuple[Event, ...]
    cancelled: tuple[Event, ...]

    @property
    def is_empty(self) -> bool:
        return not any((self.advances, self.done, self.past, self.next, self.undated, self.cancelled))


def by_axis(edition: Edition, now: datetime) -> tuple[AxisWork, ...]:
    """Each axis of the agenda, then what has none, where there is something. `now`: aware."""
    agenda = edition.agenda
    found = timeline(edition, now)
    parts = [(axis.id, axis) for axis in agenda.axes]
    work = [
        AxisWork(
            axis=axis,
            advances=tuple(one for one in agenda.advances if one.axis == key),
            done=_of(key, (event for event, _ in found.past if _was_held(event))),
            past=_of(key, (event for event, _ in found.past if not _was_held(event))),
            next=_of(key, (event for event, _ in found.ahead)),
            undated=tuple(one for one in agenda.events if one.axis == key and _has_no_date(one)),
            cancelled=tuple(one for one in agenda.events if one.axis == key and _is_off(one)),
        )
        for key, axis in (*parts, (None, None))
    ]
    return tuple(one for one in work if one.axis is not None or not one.is_empty)


def _of(axis: str | None, events: Iterable[Event]) -> tuple[Event, ...]:
    return tuple(one for one in events if one.axis == axis and not _is_off(one))


def _was_held(event: Event) -> bool:
    return event.status is EventStatus.HELD


def _is_off(event: Event) -> bool:
    return event.status is EventStatus.CANCELLED


def _has_no_date(event: Event) -> bool:
    return event.when is None and not _is_off(event)
