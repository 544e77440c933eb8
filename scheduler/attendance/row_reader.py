"""One row of a table -> who it names, and what it says of when and how long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from calendars.catalogue import Phrase
from calendars.model.text import Said
from calendars.reading.problems import shown
from scheduler.attendance import durations
from scheduler.attendance.moments import Moments
from scheduler.attendance.names import address_of
from scheduler.attendance.opening.rows import FileRow
from scheduler.attendance.questions import AttendanceQuestion, AttendanceRefusal, FileAnswer, FileQuestion
from scheduler.attendance.tables import SeenTable
from scheduler.attendance.values import CLOSE, Attendee, Choices, Interval, Unit
from scheduler.attendance.words import NO, YES, Field, bare

NOT_A_DURATION = Phrase(
    "“{value}” cannot be read as a duration. Correct it in the file, or download the list again: it may be cut off."
)
WHICH_UNIT = Phrase("the durations of the file name no unit. What is “{value}”?")
_UNITS: tuple[tuple[Unit, Phrase], ...] = (
    ("minutes", Phrase("minutes (of 1:05, one minute and five seconds)")),
    ("seconds", Phrase("seconds")),
    ("hours", Phrase("hours (of 1:05, one hour and five minutes)")),
)
NOT_YES_OR_NO = Phrase("“{value}” in the column “{head}” is neither yes nor no. Correct it in the file.")
BACKWARDS = Phrase("“{value}” lies before the arrival in the same row. Correct one of the two in the file.")
_NAMELESS = Phrase("{n} {n:row names|rows name} nobody and {n:counts|count} nothing, the first on {place}.")
_DIFFER = Phrase(
    "In {n} {n:row|rows}, the first on {place}, the duration and the two times differ: the shorter of them counts."
)
_UNBROKEN = Phrase(
    "Of {n} {n:person|people} the file gives the first arrival and the total, and no leaving: they count without a "
    "break from the arrival on."
)
_ABSENT = Phrase("{n} {n:row is|rows are} of people who had registered and did not come.")


@dataclass(frozen=True, kw_only=True, slots=True)
class _When:
    """What a row says of when and how long; seconds."""

    begin: datetime | None
    end: datetime | None
    length: int | None

    @property
    def between(self) -> float | None:
        return (self.end - self.begin).total_seconds() if self.begin and self.end else None

    @property
    def span(self) -> Interval | None:
        """From the first to the last moment; the one that is missing follows from the duration."""
        begin, end, length = self.begin, self.end, self.length
        if length is not None:
            begin = begin or (end and end - timedelta(seconds=length))
            end = end or (begin and begin + timedelta(seconds=length))
        return (begin, end) if begin and end else None

    def is_odd(self, *, whole: bool) -> bool:
        """Do duration and moments contradict each other? Who left in between stayed for less than the whole span."""
        if self.length is None or self.between is None:
            return False
        return self.length > self.between + CLOSE or (not whole and self.length < self.between - CLOSE)

    def is_unbroken(self, *, whole: bool) -> bool:
        """Were they there for the whole span?"""
        if not whole:
            return True
        return self.length is not None and (self.between is None or self.length >= self.between - CLOSE)


class RowReader:
    """One pass over the rows of a file, and what is to be said about them."""

    def __init__(self, moments: Moments, choices: Choices, tables: Sequence[SeenTable]) -> None:
        self._moments = moments
        self._units: dict[int, Unit | None] = {
            table.header.number: "minutes" if table.minutes else choices.unit for table in tables
        }
        self.spans: list[tuple[Interval, str]] = []  # of each row that has moments, with its place
        self._nameless: list[str] = []
        self._differing: list[str] = []
        self._absent = 0
        self._unbroken = 0

    def remarks(self) -> Iterator[Said]:
        if self._nameless:
            yield _NAMELESS.of(n=len(self._nameless), place=self._nameless[0])
        if self._differing:
            yield _DIFFER.of(n=len(self._differing), place=self._differing[0])
        if self._unbroken:
            yield _UNBROKEN.of(n=self._unbroken)
        if self._absent:
            yield _ABSENT.of(n=self._absent)

    def person(self, table: SeenTable, row: FileRow) -> Attendee | None:
        """Who it is, without times. None where the row names nobody, or somebody who did not come."""
        if not _came(table, row):
            self._absent += 1
            return None
        email, upn = (address_of(table.text(row, field)) for field in (Field.ADDRESS, Field.UPN))
        parts = (table.text(row, Field.FIRST), table.text(row, Field.LAST))
        name = table.text(row, Field.NAME) or " ".join(filter(None, parts))
        address = email or upn
        if not name and not address:
            self._nameless.append(row.place())
            return None
        return Attendee(
            name=name or address,
            address=address,
            other_address=upn if upn != address else "",
            site=table.text(row, Field.SITE),
            line=row.number,
        )

    def timed(self, table: SeenTable, row: FileRow, person: Attendee) -> Attendee:
        """The person with what the row says of when and how long. Raises AttendanceRefusal."""
        whole = is_of_persons(table)
        when = self._when(table, row, whole=whole)
        if (some := when.begin or when.end) is not None:
            self.spans.append(((when.begin or some, when.end or some), row.place()))
        if when.length is not None and when.between is not None and when.is_odd(whole=whole):
            self._differing.append(row.place())
            return replace(person, span=when.span, minutes=int(min(when.length, when.between) / 60))
        made = replace(person, minutes=None if when.length is None else round(when.length / 60))
        self._unbroken += whole and when.end is None and when.span is not None
        if when.span and when.is_unbroken(whole=whole):
            return replace(made, intervals=(when.span,))
        return replace(made, span=when.span)

    def _when(self, table: SeenTable, row: FileRow, *, whole: bool) -> _When:
        first, last = (Field.FIRST_JOIN, Field.LAST_LEAVE) if whole else (Field.JOIN, Field.LEAVE)
        begin = self._moments.instant(table, row, first)
        end = self._moments.instant(table, row, last, begin)
        if begin and end and end < begin:
            value = shown(table.text(row, last))
            place = row.place(table.columns[last])
            raise AttendanceRefusal("backwards", BACKWARDS.of(value=value), place=place, value=value)
        seen = _When(begin=begin, end=end, length=None)
        return replace(seen, length=self._seconds(table, row, seen.between, whole=whole))

    def _seconds(self, table: SeenTable, row: FileRow, between: float | None, *, whole: bool) -> int | None:
        """The duration of a row. A number without a unit is what its two moments make it, else it is asked about."""
        text = table.text(row, Field.DURATION)
        try:
            return durations.seconds(text, self._units[table.header.number])
        except durations.NotADuration:
            value = shown(text)
            place = row.place(table.columns[Field.DURATION])
            raise AttendanceRefusal("duration", NOT_A_DURATION.of(value=value), place=place, value=value) from None
        except durations.UnitOpen:
            close = set() if between is None else {one for one in _lengths(text) if abs(one - between) <= CLOSE}
            if len(close) == 1:
                return close.pop()
            if between is not None and not whole:
                return None  # the moments say it
            raise _which_unit(row, table.columns[Field.DURATION]) from None


def is_of_persons(table: SeenTable) -> bool:
    """Does a row stand for a person, and not for one of the times that they came in?"""
    return table.has(Field.FIRST_JOIN) or table.has(Field.LAST_LEAVE)


def _came(table: SeenTable, row: FileRow) -> bool:
    """An empty cell belongs to a row that goes on with the person above."""
    word = bare(table.text(row, Field.ATTENDED))
    if word and word not in YES | NO:
        column = table.columns[Field.ATTENDED]
        value, head = shown(row.cell(column)), shown(table.header.cell(column))
        words = NOT_YES_OR_NO.of(value=value, head=head)
        raise AttendanceRefusal("yes-or-no", words, place=row.place(column), value=value)
    return word not in NO


def _lengths(text: str) -> Iterator[int]:
    for unit, _ in _UNITS:
        try:
            length = durations.seconds(text, unit)
        except ValueError:
            continue
        if length is not None:
            yield length


def _which_unit(row: FileRow, column: int) -> AttendanceQuestion:
    answers = tuple(FileAnswer(given=f"unit={unit}", words=words) for unit, words in _UNITS)
    words = WHICH_UNIT.of(value=shown(row.cell(column)))
    return AttendanceQuestion((FileQuestion(about="unit", words=words, answers=answers, place=row.place(column)),))
