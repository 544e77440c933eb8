"""Lists without times: an address or a site on each line, or a workbook with name and site. Who is on one was there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from calendars.catalogue import Phrase
from calendars.reading.problems import shown
from scheduler.attendance.names import address_of
from scheduler.attendance.opening.rows import FileRow
from scheduler.attendance.questions import AttendanceQuestion, AttendanceRefusal, FileAnswer, FileQuestion
from scheduler.attendance.tables import ANSWERS
from scheduler.attendance.values import Attendee, Choices
from scheduler.attendance.words import PERSON, Field, meaning

LONGEST = 100  # characters of a name or a site on a line of its own

_LINE = re.compile(r"[^\W_](?:[^\W_]|[ .,'’()&/\-–—ºª\"\[\]·]){0,98}")

NO_TABLE = Phrase(
    "no table of people was found: no row has a column of names and one of times that are known. Give the file as the "
    "meeting program wrote it, or a list with one address or site a line."
)
NOT_A_LINE = Phrase(
    "“{value}” is no address, no name and no site. A list has one of them on each line, and nothing else."
)
WHICH_COLUMN = Phrase("the columns of this list have no head that is known. What does the column of “{value}” hold?")
_ASKED = (Field.NAME, Field.ADDRESS, Field.SITE, Field.OTHER)
LIST_FIELDS = PERSON | {Field.SITE, Field.LAST}


def listed(rows: Sequence[FileRow], choices: Choices) -> tuple[Attendee, ...]:
    """Everybody of a list. Raises AttendanceRefusal where it is none."""
    filled = [row for row in rows if not row.blank]
    if not filled:
        raise AttendanceRefusal("no-table", NO_TABLE, place="1:1")
    columns, first = _columns(filled, choices)
    people = [_person(row, columns) for row in filled[first:]]
    seen = [one for one in people if one is not None]
    if not seen:
        raise AttendanceRefusal("no-table", NO_TABLE, place=filled[0].place())
    return tuple(seen)


def _columns(filled: Sequence[FileRow], choices: Choices) -> tuple[dict[Field, int], int]:
    """Which column holds what, and the first row of people."""
    head = filled[0]
    wide = max(sum(map(bool, row.cells)) for row in filled)
    answered = {
        Field(told): column - 1 for (line, column), told in choices.columns.items() if line == head.number and column
    }
    heads = {found: at for at, cell in enumerate(head.cells) if (found := meaning(cell)) in LIST_FIELDS and found}
    if heads or answered:
        return heads | answered, 1 if heads else 0
    if wide > 1:
        raise _which_columns(filled)
    return {}, 0


def _which_columns(filled: Sequence[FileRow]) -> AttendanceRefusal:
    """Two or three columns of text are a list; anything else is something else."""
    head = filled[0]
    used = [at for at in range(len(head.cells)) if any(row.cell(at) for row in filled)]
    texts = all(address_of(cell) or _LINE.fullmatch(cell) for row in filled for cell in row.cells if cell)
    if len(used) > 4 or not texts:
        return AttendanceRefusal("no-table", NO_TABLE, place=head.place())
    return AttendanceQuestion(tuple(_question(head, at, filled) for at in used))


def _question(head: FileRow, column: int, filled: Sequence[FileRow]) -> FileQuestion:
    value = shown(next(row.cell(column) for row in filled if row.cell(column)))
    about = f"column:{head.number}.{column + 1}"
    return FileQuestion(
        about="column",
        words=WHICH_COLUMN.of(value=value),
        answers=tuple(FileAnswer(given=f"{about}={one.value}", words=ANSWERS[one]) for one in _ASKED),
        place=head.place(column),
    )


def _person(row: FileRow, columns: dict[Field, int]) -> Attendee | None:
    if not columns:
        return _line(row)
    name, first, last, email, site = (
        row.cell(columns.get(field)) for field in (Field.NAME, Field.FIRST, Field.LAST, Field.ADDRESS, Field.SITE)
    )
    address = address_of(email) or address_of(row.cell(columns.get(Field.UPN)))
    named = name or " ".join(filter(None, (first, last))) or address or site
    return Attendee(name=named, address=address, site=site, listed=True, line=row.number) if named else None


def _line(row: FileRow) -> Attendee:
    """An address, a name or a site, alone on its line."""
    column, text = next((at, cell) for at, cell in enumerate(row.cells) if cell)
    if address := address_of(text):
        return Attendee(name=text, address=address, listed=True, line=row.number)
    if len(text) > LONGEST or not _LINE.fullmatch(text) or not any(map(str.isalpha, text)):
        value = shown(text)
        raise AttendanceRefusal("list", NOT_A_LINE.of(value=value), place=row.place(column), value=value)
    return Attendee(name=text, listed=True, line=row.number)
