"""A row for each coming and going -> who was there from when to when (the first lists of Teams, its live events)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from calendars.catalogue import Phrase
from calendars.model.text import Said
from calendars.reading.problems import shown
from calendars.zones import to_wall
from scheduler.attendance.moments import Moments
from scheduler.attendance.names import folded
from scheduler.attendance.opening.rows import FileRow
from scheduler.attendance.questions import AttendanceQuestion, AttendanceRefusal, FileAnswer, FileQuestion
from scheduler.attendance.row_reader import RowReader
from scheduler.attendance.tables import SeenTable
from scheduler.attendance.values import Attendee, Choices, Interval, Meeting
from scheduler.attendance.words import BEFORE, JOINED, LEFT, Field, bare

NO_MOMENT = Phrase(
    "this row has no date and time. Correct it in the file, or download the list again: it may be cut off."
)
WHICH_ACTION = Phrase("“{value}” is no action that is known. What does it say?")
_CAME, _WENT = Phrase("that somebody came in"), Phrase("that somebody left")
STILL_THERE = Phrase(
    "of {n} {n:person|people} the list says when they came in and not when they left: it was downloaded before. Until "
    "when do they count?"
)
_TO_THE_END = Phrase("to the end of the session")
_TO_THE_LAST = Phrase("to the last entry of the list: {moment}")
_COUNTED_TO_END = Phrase("{n} {n:person counts|people count} to the end of the session: of them no leaving is written.")
_COUNTED_TO_LAST = Phrase(
    "{n} {n:person counts|people count} to the last entry of the list: of them no leaving is written."
)
_BEFORE = Phrase("{n} {n:person was|people were} there before the list begins: they count from the first entry on.")


@dataclass(kw_only=True, slots=True)
class _Stay:
    """What the rows say of one person."""

    person: Attendee
    steps: dict[tuple[datetime, bool], None] = field(default_factory=dict)  # instant, and whether they came: once each


def by_actions(
    table: SeenTable, reader: RowReader, moments: Moments, session: Meeting, choices: Choices
) -> tuple[list[Attendee], list[Said]]:
    """Everybody of the table, and what was assumed. Raises AttendanceRefusal."""
    stays: dict[str, _Stay] = {}
    before = set()
    last = session.start
    for row in table.rows:
        person = reader.person(table, row)
        instant = moments.instant(table, row, Field.MOMENT)
        if person is None:
            continue
        if instant is None:
            raise AttendanceRefusal("moment", NO_MOMENT, place=row.place())
        word = bare(table.text(row, Field.ACTION))
        came = _is_arrival(word, choices.actions, row, table.columns[Field.ACTION])
        key = person.address or folded(person.name)
        stays.setdefault(key, _Stay(person=person)).steps[instant, came] = None
        reader.spans.append(((instant, instant), row.place()))
        last = max(last, instant)
        if word in BEFORE:
            before.add(key)
    open_until = {"end": max(session.end, last), "last": last, None: None}[choices.open]
    found = [_stayed(stay, open_until) for stay in stays.values()]
    waiting = sum(opened for _, opened in found)
    if waiting and open_until is None:
        raise _still_there(waiting, last, moments.zone)
    return [person for person, _ in found], _remarks(waiting, choices, len(before))


def _remarks(waiting: int, choices: Choices, before: int) -> list[Said]:
    said: list[Said] = []
    if waiting:
        said.append((_COUNTED_TO_END if choices.open == "end" else _COUNTED_TO_LAST).of(n=waiting))
    if before:
        said.append(_BEFORE.of(n=before))
    return said


def _stayed(stay: _Stay, until: datetime | None) -> tuple[Attendee, bool]:
    """From the first arrival until as many have left as came in: a second device stays when the first one leaves."""
    inside = 0
    begin: datetime | None = None
    intervals: list[Interval] = []
    for instant, came in sorted(stay.steps, key=lambda step: (step[0], not step[1])):
        if came:
            inside += 1
            begin = begin or instant
        elif begin is not None:
            inside -= 1
            if not inside:
                intervals.append((begin, instant))
                begin = None
    opened = begin is not None
    if begin is not None and until is not None:
        intervals.append((begin, max(begin, until)))
    return replace(stay.person, intervals=tuple(intervals)), opened


def _is_arrival(word: str, answered: Mapping[str, str], row: FileRow, column: int) -> bool:
    if word in JOINED | LEFT:
        return word in JOINED
    if word in answered:
        return answered[word] == "join"
    about = f"action:{word}"
    answers = (
        FileAnswer(given=f"{about}=join", words=_CAME),
        FileAnswer(given=f"{about}=leave", words=_WENT),
    )
    words = WHICH_ACTION.of(value=shown(row.cell(column)))
    raise AttendanceQuestion((FileQuestion(about="action", words=words, answers=answers, place=row.place(column)),))


def _still_there(people: int, last: datetime, zone: str) -> AttendanceQuestion:
    answers = (
        FileAnswer(given="open=end", words=_TO_THE_END),
        FileAnswer(given="open=last", words=_TO_THE_LAST.of(moment=f"{to_wall(last, zone):%Y-%m-%d %H:%M}")),
    )
    return AttendanceQuestion((FileQuestion(about="open", words=STILL_THERE.of(n=people), answers=answers),))
