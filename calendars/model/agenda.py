"""The agenda as frozen values: what an administrator configures, and nothing that moves.

Words are those of docs/architecture.md. Wall times are naive `datetime` in the agenda's zone;
instants are aware and in UTC. What the source does not say is listed in `Event.assumed` or is None.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from calendars.model.days import HomeHolidays, OwnDay
from calendars.model.events import Event, Timed
from calendars.model.people import Privacy, Recipient, Sender, Signups
from calendars.model.places import Region, Representation
from calendars.model.rules import Quiet, ReminderRule, Reminders
from calendars.model.text import Said, Text

PRESENT_FROM = 10  # minutes
CalendarDate = date  # for a field of the name `date`, which hides the type from pydantic


@dataclass(frozen=True, kw_only=True, slots=True)
class Axis:
    id: str
    title: Text
    source: str


class CommitmentState(StrEnum):
    """How far a commitment has come, as whoever answers for it says."""

    PENDING = "pending"
    UNDER_WAY = "under-way"
    FULFILLED = "fulfilled"


@dataclass(frozen=True, kw_only=True, slots=True)
class Commitment:
    """What a session of the commission asked for, and the duty to report on it."""

    id: str
    title: Text
    session: Text
    date: CalendarDate
    report: Text | None  # to whom and how it is reported
    source: str
    responsible: Text | None = None  # an area or a post, which is public; None: «sin asignar»
    state: CommitmentState | None = None  # None: «por confirmar»


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    value: int
    unit: Text
    approximate: bool = False  # "cerca de"


@dataclass(frozen=True, kw_only=True, slots=True)
class Advance:
    """Work done so far, with the figures that the source gives."""

    id: str
    title: Text
    axis: str | None  # Axis.id; None: «sin asignar»
    figures: tuple[Figure, ...]
    source: str
    date: CalendarDate | None = None  # None: «sin fecha»


@dataclass(frozen=True, kw_only=True, slots=True)
class Agenda:
    id: str
    title: Text
    published: date  # dates the first edition, at 00:00 in `zone`
    zone: str  # IANA zone of every wall time in it; «TCM» is America/Mexico_City
    sender: Sender
    regions: tuple[Region, ...]
    representations: tuple[Representation, ...]
    axes: tuple[Axis, ...]
    commitments: tuple[Commitment, ...]
    advances: tuple[Advance, ...]
    events: tuple[Event, ...]
    reminders: Reminders
    quiet: Quiet | None = None
    retention: timedelta | None = None  # whole days from an address's end to its erasure; None: it stays
    signups: Signups | None = None  # None: nobody signs up by the page
    privacy: Privacy | None = None
    home_holidays: HomeHolidays | None = None  # None: only the sites' own holidays count
    own_days: tuple[OwnDay, ...] = ()  # days off and on by the administrator's word, in order of festivos.csv
    present_from: int = PRESENT_FROM  # minutes in a session from which somebody was there

    def event(self, key: str) -> Event | None:
        """The event of that id; None where there is none."""
        return next((event for event in self.events if event.id == key), None)

    def site(self, key: str) -> Representation | None:
        """The representation of that id; None where there is none."""
        return next((site for site in self.representations if site.id == key), None)

    def addressed(self, event: Event) -> tuple[Representation, ...]:
        """The sites that the event concerns, in the agenda's order; none for `coordination`."""
        match event.audience.kind:
            case "all":
                return self.representations
            case "regions":
                return tuple(r for r in self.representations if r.region in event.audience.ids)
            case "sites":
                return tuple(r for r in self.representations if r.id in event.audience.ids)
        return ()

    def rules_for(self, event: Event) -> tuple[ReminderRule, ...]:
        if event.rules is not None:
            return event.rules
        return self.reminders.timed if isinstance(event.when, Timed) else self.reminders.days


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """The files as saved and found valid; not in force until published."""

    agenda: Agenda
    recipients: tuple[Recipient, ...]
    links: dict[str, str]  # Event.id -> joining link; never in anything public


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """What is wrong with a file, where, by which rule, and the way out."""

    file: str
    line: int  # from 1; of a workbook, the row
    column: int  # from 1; of a workbook, the column: 3 is C
    value: str
    rule: str  # stable code for scripts, e.g. "unknown-region"
    message: Said  # says value, rule and correction
    instead: str = ""  # the value that was probably meant, where the message proposes one
    sheet: str = ""  # of a workbook: its name
