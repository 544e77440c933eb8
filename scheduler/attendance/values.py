"""Who was seen in a session: as one file says it, and as all files together do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from calendars.model.text import Said

Interval = tuple[datetime, datetime]  # from and until, UTC, aware
Order = Literal["day-first", "month-first"]
Unit = Literal["minutes", "seconds", "hours"]
Open = Literal["end", "last"]
CLOSE = 120  # seconds by which a duration and its two moments may differ: programs round each in its own way


@dataclass(frozen=True, kw_only=True, slots=True)
class Meeting:
    """A session that a file is about."""

    event: str  # Event.id
    start: datetime  # UTC, aware
    end: datetime  # UTC, aware, after `start`
    zone: str  # IANA: what is assumed of a file that names none
    clocks: tuple[str, ...] = field(default=(), compare=False)  # IANA: those of its sites, who may have written one


@dataclass(frozen=True, kw_only=True, slots=True)
class Choices:
    """What a person answered to the questions about a file (scheduler/attendance/questions.py)."""

    order: Order | None = None  # of day and month in dates of numbers
    zone: str | None = None  # IANA: of times without one
    day: date | None = None  # of times without a date
    unit: Unit | None = None  # of durations without one
    open: Open | None = None  # until when somebody stayed of whom only the arrival is written
    encoding: str | None = None  # a codec of Python's
    columns: Mapping[tuple[int, int], str] = field(default_factory=dict)  # line of the header, column from 1 -> meaning
    actions: Mapping[str, str] = field(default_factory=dict)  # folded word of a row -> `join` or `leave`


@dataclass(frozen=True, kw_only=True, slots=True)
class Attendee:
    """One row of a file, or what several tables of it say of one person."""

    name: str  # as displayed, on one line; the address where there is none
    address: str = ""  # e-mail, else UPN, in lower case; "" unknown
    other_address: str = ""  # the UPN beside an e-mail, where it is another
    site: str = ""  # what the file says in a column of sites
    intervals: tuple[Interval, ...] = ()
    span: Interval | None = None  # first and last seen, where nobody knows what was between
    minutes: int | None = None  # the file's own total, rounded to the minute
    listed: bool = False  # a list that gives no times says that they came
    line: int = 0  # of the file, or row of the sheet, from 1

    @property
    def unknown(self) -> bool:
        """Seen, and nothing is known of how long: neither times nor a total."""
        return not self.intervals and self.minutes is None and not self.listed

    @property
    def lacks_time(self) -> bool:
        """Do the known times come to less than the file's own total?"""
        known = sum((end - begin).total_seconds() for begin, end in self.intervals)
        return self.minutes is not None and known < self.minutes * 60 - CLOSE


@dataclass(frozen=True, kw_only=True, slots=True)
class AttendanceFile:
    program: str  # teams-1, teams-2, teams-3, teams-4, zoom-1, zoom-2, zoom-3, webex, meet, list, table
    encoding: str  # a codec of Python's; "" of a workbook
    delimiter: str  # "" of a workbook, and of a list
    zone: str  # IANA: of the times as they were read
    order: Order | None  # None: no date of the file leaves it open
    seen: tuple[Attendee, ...]
    totals: Mapping[str, int]  # what the file says itself: `participants`, `minutes` (of all its people)
    remarks: tuple[Said, ...]  # what was assumed, and what was left out


@dataclass(frozen=True, kw_only=True, slots=True)
class Participant:
    """One person, over all rows and files of a session."""

    key: str  # "a:" and the address, else "n:" and the folded name
    name: str  # as displayed
    address: str
    addresses: frozenset[str]  # all that the files give
    site: str  # what a file says in a column of sites
    intervals: tuple[Interval, ...]  # disjoint, in order, within the session
    minutes: int | None  # within the session, rounded down; None: unknown
    own_minutes: int | None  # what the files themselves say, the largest of them
    listed: bool

    def present(self, threshold: int) -> bool | None:
        """Were they there for so many minutes? None: nobody knows how long they were. Who is on a list was there."""
        if self.listed:
            return True
        return None if self.minutes is None else self.minutes >= threshold


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    site: str | None  # Representation.id
    by: Literal["address", "post", "site", "remembered", ""]
