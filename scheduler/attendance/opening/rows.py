"""Text -> rows of cells, each with its place: quoted or not, whatever separates them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from calendars.catalogue import Phrase
from calendars.reading.problems import shown
from scheduler.attendance.questions import AttendanceRefusal
from scheduler.attendance.words import PERSON, meaning

ROWS, COLUMNS, CELL = 60_000, 300, 4_000  # rows, cells of one, characters of one: no meeting has more
DELIMITERS = ("\t", ",", ";", "|")
SHEET = 1_000_000  # numbers of the rows of one sheet after another

_UNQUOTED = {sign: re.compile(f"[^{re.escape(sign)}\n]*") for sign in DELIMITERS}
_SPACES = re.compile(r"\s+")
_SEP = re.compile(r"sep=[^\n]?(?:\n|\Z)", re.IGNORECASE)

OPEN_QUOTE = Phrase(
    "the quotation mark that opens here is never closed: the file is cut off or damaged. Download it again."
)
TOO_MANY_ROWS = Phrase(
    "the file has more than {most:,} {most:row|rows}, which no meeting has. Delete what is not the table."
)
TOO_MANY_CELLS = Phrase(
    "this row has more than {most} {most:column|columns}, which no report has. Delete what is not the table."
)
TOO_LONG = Phrase(
    "this cell has more than {most:,} {most:character|characters}. Delete what does not belong to the table."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class FileRow:
    """`number` is the line of a text, from 1; of a workbook the row, and SHEET more for each sheet before it."""

    number: int
    cells: tuple[str, ...]  # on one line each, without spaces around
    starts: tuple[int, ...] = ()  # columns in characters at which each begins, from 1; () of a workbook
    sheet: str = ""

    @property
    def blank(self) -> bool:
        return not any(self.cells)

    def place(self, column: int = 0) -> str:
        """`line:column`, or the cell of a sheet; column from 0."""
        if not self.starts:
            row = self.number % SHEET
            return f"{self.sheet}!{_letters(column)}{row}" if self.sheet else f"{_letters(column)}{row}"
        return f"{self.number}:{self.starts[min(column, len(self.starts) - 1)]}"

    def cell(self, column: int | None) -> str:
        """Empty where the row is shorter, or no column is meant."""
        return self.cells[column] if column is not None and column < len(self.cells) else ""


def rows_of(text: str, delimiter: str) -> tuple[FileRow, ...]:
    """Every row of the text, whose lines end in LF. Raises AttendanceRefusal."""
    if text.count("\n") > ROWS:
        raise AttendanceRefusal("too-large", TOO_MANY_ROWS.of(most=ROWS), place=f"{ROWS}:1")
    found = _SEP.match(text)
    return tuple(_rows(text, delimiter, found.end() if found else 0))


def delimiter_of(text: str) -> str:
    """What separates the words of the likeliest header; "" where no line of the text is like one."""
    best, most = "", 0
    for line in islice(text.split("\n"), ROWS):
        for sign in DELIMITERS:
            if sign in line and (count := _likeness(line[: CELL * 4].split(sign))) > most:
                best, most = sign, count
    return best or _by_number(text)


def clean(cell: str) -> str:
    """On one line, no space around, no NUL, and without the guard `="…"` that keeps a spreadsheet's hands off it."""
    plain = _SPACES.sub(" ", cell.replace("\0", "")).strip()
    return plain[2:-1] if plain.startswith('="') and plain.endswith('"') and len(plain) > 2 else plain


def _likeness(cells: list[str]) -> int:
    meanings = [found for cell in cells[:COLUMNS] if (found := meaning(cell))]
    return len(meanings) if PERSON.intersection(meanings) else 0


def _by_number(text: str) -> str:
    """No line is a header that is known: what stands in most of the first lines, if anything does."""
    lines = [line for line in islice(text.split("\n"), 200) if line.strip()]
    counts = {sign: sum(sign in line for line in lines) for sign in DELIMITERS}
    best = max(DELIMITERS, key=lambda sign: counts[sign])
    return best if lines and counts[best] * 2 > len(lines) else ""


def _rows(text: str, delimiter: str, at: int) -> Iterator[FileRow]:
    line = 1 + text.count("\n", 0, at)
    while at < len(text):
        begin, cells, starts, lines = at, list[str](), list[int](), 0
        more = True
        while more:
            column = at - begin + 1
            raw, at = _cell(text, at, delimiter, f"{line}:{column}")
            _refuse_huge(raw, len(cells), f"{line}:{column}")
            lines += raw.count("\n")
            cells.append(clean(raw))
            starts.append(column)
            more = delimiter != "" and text.startswith(delimiter, at)
            at += 1
        yield FileRow(number=line, cells=tuple(cells), starts=tuple(starts))
        line += lines + 1


def _refuse_huge(raw: str, column: int, place: str) -> None:
    if column >= COLUMNS:
        raise AttendanceRefusal("too-large", TOO_MANY_CELLS.of(most=COLUMNS), place=place)
    if len(raw) > CELL:
        raise AttendanceRefusal("too-large", TOO_LONG.of(most=CELL), place=place, value=shown(raw))


def _cell(text: str, at: int, delimiter: str, place: str) -> tuple[str, int]:
    """The cell that begins there, and where it ends: at a delimiter, a line end or the end of all."""
    if not delimiter:
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        return text[at:end], end
    quoted = ""
    if text.startswith('"', at):
        quoted, at = _quoted(text, at + 1, place)
    found = _UNQUOTED[delimiter].match(text, at)
    assert found is not None  # it matches nothing at all, too
    return quoted + found.group(), found.end()


def _quoted(text: str, at: int, place: str) -> tuple[str, int]:
    """What stands between two quotation marks, a doubled one being one that is meant (RFC 4180 §2)."""
    parts = []
    while True:
        end = text.find('"', at)
        if end < 0:
            raise AttendanceRefusal("quotes", OPEN_QUOTE, place=place)
        parts.append(text[at:end])
        if not text.startswith('""', end):
            return "".join(parts), end + 1
        parts.append('"')
        at = end + 2


def _letters(column: int) -> str:
    """How a spreadsheet names a column, from 0."""
    named, left = "", column + 1
    while left:
        left, rest = divmod(left - 1, 26)
        named = chr(ord("A") + rest) + named
    return named
