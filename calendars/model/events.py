"""What takes place: its start, its audience, its standing. What the source does not say is None or `assumed`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal

from calendars.model.rules import Coverage, ReminderRule
from calendars.model.text import OwnWords, Text


class EventKind(StrEnum):
    """Those that the program knows; an agenda names others of its own."""

    WORKSHOP = "workshop"
    MEETING = "meeting"
    DRIVE = "drive"
    WORKING_GROUP = "working-group"
    TALK = "talk"


class EventStatus(StrEnum):
    """TENTATIVE, CONFIRMED and CANCELLED are iCalendar's (RFC 5545 §3.8.1.11); the others are the agenda's own."""

    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    HELD = "held"
    UNSCHEDULED = "unscheduled"


class Assumption(StrEnum):
    """A part of an event that the source does not give; shown as «supuesto» wherever it is shown."""

    DATE = "date"
    TIME = "time"
    DURATION = "duration"
    PLACE = "place"


@dataclass(frozen=True, kw_only=True, slots=True)
class Timed:
    """A start at a wall time in the agenda's zone, and an elapsed duration."""

    wall: datetime  # naive, in Agenda.zone
    duration: timedelta  # elapsed, > 0
    fold: Literal[0, 1] | None = None  # which of two equal wall times («pliegue»); None where there is one


@dataclass(frozen=True, kw_only=True, slots=True)
class Days:
    """Whole days, the same calendar dates at every site."""

    first: date
    last: date  # inclusive


@dataclass(frozen=True, kw_only=True, slots=True)
class Audience:
    """Whom an event addresses. An audience that names nobody is refused in reading; it never means everyone."""

    kind: Literal["all", "coordination", "regions", "sites"]
    ids: tuple[str, ...] = ()  # region ids or site ids, for those two kinds


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    id: str  # immutable: its UID is made from it
    title: Text
    kind: EventKind | Text  # a Text: one of the agenda's own, by its name
    status: EventStatus
    when: Timed | Days | None  # None if and only if UNSCHEDULED
    audience: Audience
    axis: str | None  # Axis.id; None: «sin asignar»
    source: str
    place: Text | None = None
    description: Text | None = None
    reason: Text | None = None  # of a change or cancellation; goes out in the mail
    assumed: tuple[Assumption, ...] = ()
    rules: tuple[ReminderRule, ...] | None = None  # None: the agenda's for its kind of start
    coverage: Coverage | None = None  # None: nobody counts who comes
    message: OwnWords | None = None  # at the head of every mail about it; in nothing public
    follow_up: bool = False  # once it is over: thanks to who came, a question to who did not
    other_sessions: bool = False  # may its people join another region's session of the same kind?

    @property
    def asks_who_comes(self) -> bool:
        """Do mails about it ask whether the post comes?"""
        return isinstance(self.when, Timed) or self.coverage is not None
