"""The tables of a file, found by the shape of their headers, whatever the titles above them say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from calendars.catalogue import Phrase
from calendars.reading.problems import shown
from scheduler.attendance import dates, durations
from scheduler.attendance.names import address_of
from scheduler.attendance.opening.rows import FileRow
from scheduler.attendance.questions import AttendanceQuestion, FileAnswer, FileQuestion
from scheduler.attendance.values import Choices
from scheduler.attendance.words import OF_A_MEETING, PERSON, PLAIN_NAME, TIMED, TIMES, Field, bare, in_minutes, meaning

_LOOKED_AT = 200  # rows of a column by which it is told what it holds
_LEAST = 3  # cells of a row that can be the header of a table whose words are not known

UNKNOWN_COLUMN = Phrase("the column “{head}” holds {what}, and its name is not known. What is it?")
UNKNOWN_TABLE = Phrase(
    "a table begins here whose columns are not known, and it holds dates and times. What does “{head}” hold?"
)
NO_NAMES = Phrase("this table has no column of names that is known. What does “{head}” hold?")
_MOMENTS, _LENGTHS, _ADDRESSES, _TEXT = (
    Phrase("dates and times"),
    Phrase("durations"),
    Phrase("addresses"),
    Phrase("text"),
)
ANSWERS: Mapping[Field, Phrase] = {
    Field.NAME: Phrase("the name of who came"),
    Field.FIRST: Phrase("the first name"),
    Field.LAST: Phrase("the last name"),
    Field.ADDRESS: Phrase("the e-mail address"),
    Field.UPN: Phrase("the account (UPN)"),
    Field.SITE: Phrase("the site"),
    Field.JOIN: Phrase("when they came in; one row for each time"),
    Field.LEAVE: Phrase("when they left; one row for each time"),
    Field.FIRST_JOIN: Phrase("when they first came in; one row for each person"),
    Field.LAST_LEAVE: Phrase("when they last left; one row for each person"),
    Field.DURATION: Phrase("how long they stayed"),
    Field.OTHER: Phrase("nothing of these: leave the column out"),
}
_OF_KIND: Mapping[str, tuple[Field, ...]] = {
    "moment": (Field.JOIN, Field.LEAVE, Field.FIRST_JOIN, Field.LAST_LEAVE, Field.OTHER),
    "duration": (Field.DURATION, Field.OTHER),
    "address": (Field.ADDRESS, Field.UPN, Field.OTHER),
    "text": (Field.NAME, Field.FIRST, Field.LAST, Field.SITE, Field.OTHER),
}
_KIND_WORDS = {"moment": _MOMENTS, "duration": _LENGTHS, "address": _ADDRESSES, "text": _TEXT}


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenTable:
    """A header and the rows below it that are of its shape."""

    header: FileRow
    columns: Mapping[Field, int]  # from 0; the first of each
    also: tuple[int, ...]  # columns of other moments
    minutes: bool  # a number in the column of durations is minutes, its head says
    rows: tuple[FileRow, ...]

    def text(self, row: FileRow, field: Field) -> str:
        return row.cell(self.columns.get(field))

    def has(self, *fields: Field) -> bool:
        return all(field in self.columns for field in fields)


def tables_of(rows: Sequence[FileRow], choices: Choices) -> tuple[tuple[SeenTable, ...], tuple[FileRow, ...]]:
    """The tables of people, and the rows that stand in none. Raises AttendanceQuestion."""
    found, outside = list[SeenTable](), list[FileRow]()
    questions: list[FileQuestion] = []
    for block in _blocks(rows, choices):
        table = _table(block, choices)
        if table is None and found and _goes_on(found[-1], block[0]):
            found[-1] = replace(found[-1], rows=found[-1].rows + tuple(block))
        elif table is None:
            questions += _about_block(block, choices)
            outside += block
        elif _is_of_the_meeting(table):
            outside += block
        else:
            questions += _about_columns(table, choices)
            found.append(table)
    if questions:
        raise AttendanceQuestion(tuple(questions))
    return tuple(found), tuple(outside)


def _blocks(rows: Sequence[FileRow], choices: Choices) -> Iterator[list[FileRow]]:
    """Rows that belong together: a header begins one, an empty row ends it, and so does a title before a header."""
    told = {line for line, _ in choices.columns}
    block: list[FileRow] = []
    for at, row in enumerate(rows):
        header = not row.blank and (row.number in told or is_header(row))
        title = sum(map(bool, row.cells)) == 1 and at + 1 < len(rows) and is_header(rows[at + 1])
        if (row.blank or header or title) and block:
            yield block
            block = []
        if not row.blank:
            block.append(row)
    if block:
        yield block


def is_header(row: FileRow) -> bool:
    """Do its words name who, and when or how long?"""
    meanings = {found for cell in row.cells if (found := meaning(cell))}
    return bool(PERSON & meanings) and bool(TIMED & meanings)


def _table(block: list[FileRow], choices: Choices) -> SeenTable | None:
    """None where the first row is no header: neither its words, nor an answer, nor what stands below make it one."""
    header = block[0]
    answered = {column - 1: Field(told) for (line, column), told in choices.columns.items() if line == header.number}
    if answered.get(-1) is Field.OTHER:
        return None
    meanings = [answered.get(at) or meaning(cell) for at, cell in enumerate(header.cells)]
    known = {one for one in meanings if one}
    if not answered and not is_header(header) and not _is_half_known(block, known):
        return None
    columns: dict[Field, int] = {}
    for at, one in enumerate(meanings):
        if one:
            columns.setdefault(one, at)
    _settle_names(columns, header)
    if not TIMED & set(columns) and not _is_half_known(block, known):
        return None  # names and sites alone are a list
    duration = columns.get(Field.DURATION)
    return SeenTable(
        header=header,
        columns=columns,
        also=tuple(at for at, one in enumerate(meanings) if one is Field.DATED),
        minutes=duration is not None and in_minutes(header.cell(duration)),
        rows=tuple(block[1:]),
    )


def _is_half_known(block: list[FileRow], known: set[Field]) -> bool:
    """One word of a header is known, the others are not, and the rows below hold moments."""
    cells = [cell for cell in block[0].cells if cell]
    shaped = len(cells) >= _LEAST and not any(map(dates.is_like, cells)) and not any(map(address_of, cells))
    return shaped and bool((PERSON | TIMED) & known) and Field.MEETING not in known and _hold_moments(block[1:])


def _hold_moments(rows: list[FileRow]) -> bool:
    return any(dates.is_like(cell) for row in rows[:_LOOKED_AT] for cell in row.cells)


def _settle_names(columns: dict[Field, int], header: FileRow) -> None:
    """«Nombre» is the whole name, unless another column is; beside «Apellido» it is the first one."""
    if Field.NAME not in columns:
        return
    plain = columns[Field.NAME]
    fuller = [
        at for at, cell in enumerate(header.cells) if meaning(cell) is Field.NAME and bare(cell) not in PLAIN_NAME
    ]
    if bare(header.cell(plain)) in PLAIN_NAME and fuller:
        columns[Field.NAME] = fuller[0]
        columns.setdefault(Field.FIRST, plain)
    elif bare(header.cell(plain)) in PLAIN_NAME and Field.LAST in columns and Field.FIRST not in columns:
        columns[Field.FIRST] = columns.pop(Field.NAME)


def _is_of_the_meeting(table: SeenTable) -> bool:
    """A block about the meeting names its owner and its length: it is no table of people."""
    told = any(bare(cell) in OF_A_MEETING for cell in table.header.cells)
    return told and not TIMES & set(table.columns) and not table.has(Field.ATTENDED)


def _goes_on(table: SeenTable, row: FileRow) -> bool:
    """An empty row stands in the middle of a table: what follows has its shape."""
    who = any(table.text(row, field) for field in PERSON)
    when = [text for field in TIMES if (text := table.text(row, field))]
    length = table.text(row, Field.DURATION)
    timed = [*map(dates.is_like, when), *([_is_length(length)] if length else [])]
    return who and bool(timed) and all(timed)


def _is_length(text: str) -> bool:
    try:
        durations.seconds(text, "minutes")
    except durations.NotADuration:
        return False
    return True


def _kind(rows: Sequence[FileRow], column: int) -> str:
    """What most of a column's cells are like; "" where it is empty."""
    cells = [cell for row in rows[:_LOOKED_AT] if (cell := row.cell(column))]
    looks: tuple[tuple[str, Callable[[str], object]], ...] = (
        ("moment", dates.is_like),
        ("duration", durations.is_like),
        ("address", address_of),
    )
    for kind, is_like in looks:
        if sum(bool(is_like(cell)) for cell in cells) * 2 > len(cells):
            return kind
    return "text" if any(not cell.isdigit() for cell in cells) else ""


def _about_columns(table: SeenTable, choices: Choices) -> list[FileQuestion]:
    """What matters of a table and has no column that is known, where one that is not known could be it."""
    told = {column for line, column in choices.columns if line == table.header.number}
    wide = max([len(table.header.cells), *(len(row.cells) for row in table.rows[:_LOOKED_AT])])
    unknown = [
        at for at in range(wide)
        if meaning(table.header.cell(at)) is None and at + 1 not in told
    ]  # fmt: skip
    wanted = _wanted(table)
    kinds = {at: _kind(table.rows, at) for at in unknown}
    asked = [_question(table.header, at, kind, UNKNOWN_COLUMN) for at, kind in kinds.items() if kind in wanted]
    if not PERSON & set(table.columns):
        asked += [_question(table.header, at, kind, NO_NAMES) for at, kind in kinds.items() if kind == "text"]
    return asked


def _wanted(table: SeenTable) -> set[str]:
    wanted = set()
    if not (table.has(Field.JOIN, Field.LEAVE) or table.has(Field.FIRST_JOIN, Field.LAST_LEAVE)):
        wanted |= {"moment"} if not table.has(Field.MOMENT) else set()
        wanted |= {"duration"} if not table.has(Field.DURATION) and not table.has(Field.MOMENT) else set()
    if not table.has(Field.ADDRESS):
        wanted.add("address")
    return wanted


def _about_block(block: list[FileRow], choices: Choices) -> list[FileQuestion]:
    """A table of which not one word is known, and that could be people's: its rows hold moments."""
    header = block[0]
    cells = [cell for cell in header.cells if cell]
    left_out = choices.columns.get((header.number, 0)) == Field.OTHER
    told = any(meaning(cell) is Field.MEETING for cell in header.cells)
    if left_out or told or len(block) < 2 or len(cells) < _LEAST or not _hold_moments(block[1:]):
        return []
    kinds = [(at, kind) for at in range(len(header.cells)) if (kind := _kind(block[1:], at))]
    open_still = [(at, kind) for at, kind in kinds if (header.number, at + 1) not in choices.columns]
    asked = [_question(header, at, kind, UNKNOWN_TABLE) for at, kind in open_still]
    whole = FileAnswer(given=f"column:{header.number}.0={Field.OTHER.value}", words=LEAVE_TABLE)
    return [replace(asked[0], answers=(*asked[0].answers, whole)), *asked[1:]] if asked else []


LEAVE_TABLE = Phrase("this table does not count: leave all of it out")


def _question(header: FileRow, column: int, kind: str, words: Phrase) -> FileQuestion:
    about = f"column:{header.number}.{column + 1}"
    answers = tuple(FileAnswer(given=f"{about}={one.value}", words=ANSWERS[one]) for one in _OF_KIND[kind])
    head = shown(header.cell(column)) or f"{column + 1}"
    return FileQuestion(
        about="column",
        words=words.of(head=head, what=_KIND_WORDS[kind]),
        answers=answers,
        place=header.place(column),
    )
