"""CSV as Excel leaves it -> rows whose cells know their place (RFC 4180; also `;` and tab as separators)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from calendars.catalogue import Phrase
from calendars.reading.context import Once
from calendars.reading.problems import START, AlreadyReported, Position, Report, Wrong, meant_key, shown, unknown_key
from calendars.spelling import fold

T = TypeVar("T")
LINE_LENGTH = 4_000  # characters: any row is far shorter
_BLANK = " ,;\t\n"
SEPARATORS = (",", ";", "\t")
_NAMED = re.compile(r'"?sep=([,;\t])"?[ ,;\t]*', re.IGNORECASE)  # Excel's own first line
_QUOTED = re.compile(r'[ ]*"((?:[^"]|"")*)"[ ]*')


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """The cells of one row as they are written, and the place of the first; quoted rows know all places."""

    start: Position
    cells: list[str]
    places: list[Position] | None = None

    def place(self, index: int) -> Position:
        if self.places:
            return self.places[min(index, len(self.places) - 1)]
        before = self.cells[:index]
        return Position(self.start.line, self.start.column + sum(map(len, before)) + len(before))


class TableRow:
    """One row being read, by column name."""

    def __init__(self, line: Line, columns: dict[str, int], report: Report) -> None:
        self.line = line
        self.columns = columns
        self.report = report
        self.broken = False

    def place(self, column: str) -> Position:
        """Where the cell stands; the end of the row if the row is too short."""
        return self.line.place(min(self.columns[column], len(self.line.cells) - 1))

    def raw(self, column: str) -> str:
        """The cell without spaces around it; empty where the column or the cell is absent."""
        index = self.columns.get(column, len(self.line.cells))
        return self.line.cells[index].strip() if index < len(self.line.cells) else ""

    def value(self, column: str, parse: Callable[[str], T]) -> T | None:
        """What the cell means; None if it is broken."""
        raw = self.raw(column)
        try:
            if not raw:
                raise _empty(column)
            return parse(raw)
        except Wrong as wrong:
            self.report.add(self.place(column), wrong)
            self.broken = True
        return None

    def optional(self, column: str, parse: Callable[[str], T]) -> T | None:
        return self.value(column, parse) if self.raw(column) else None

    def finish(self) -> None:
        if self.broken:
            raise AlreadyReported


def table(
    text: str, report: Report, *, required: tuple[str, ...], optional: tuple[str, ...] = (), limit: int
) -> Iterator[TableRow]:
    """The rows of a file of at most `limit`, empty ones left out. Ends early where nothing more can be understood."""
    lines = _lines(text, report, required, limit)
    records = _records(lines, separator(lines, required), report) if lines else iter(())
    columns = _columns(next(records, None), required, optional, report)
    if columns is None:
        return
    for line in records:
        if report.full:
            return
        row = TableRow(line, columns, report)
        extra = next((i for i in range(len(columns), len(line.cells)) if line.cells[i].strip()), None)
        if extra is not None:
            report.add(line.place(extra), _extra(line.cells[extra]))
            row.broken = True
        yield row


def _lines(text: str, report: Report, required: tuple[str, ...], limit: int) -> list[str]:
    """The lines up to the last that holds anything, counted before they are split; none if that is refused."""
    end = len(text.rstrip(_BLANK))
    if not end or _NAMED.fullmatch(text.strip("\n ")):
        report.add(START, _no_header(required))
        return []
    if text.count("\n", 0, end) > limit:
        report.add(Position(limit + 2, 1), _too_many(limit))
        return []
    stop = text.find("\n", end)
    return text[: None if stop < 0 else stop].split("\n")


def separator(lines: list[str], required: tuple[str, ...]) -> str:
    """What separates the cells: what a first line `sep=;` names, which is blanked, or what suits the header best."""
    named = _NAMED.fullmatch(lines[0][:LINE_LENGTH])
    if named:
        lines[0] = ""
        return named[1]
    header = next((line for line in lines if line.strip(_BLANK)), "")[:LINE_LENGTH]
    return max(SEPARATORS, key=lambda sign: len({column_name(cell) for cell in header.split(sign)} & set(required)))


def column_name(cell: str) -> str:
    return fold(cell.strip().strip('"')).replace(" ", "_")


def _records(lines: list[str], separator: str, report: Report) -> Iterator[Line]:
    """The lines that hold anything, as cells. Ends at the first that cannot be split."""
    for number, line in enumerate(lines, 1):
        if not line.strip(_BLANK):
            continue
        try:
            yield record(line, number, separator)
        except Wrong as wrong:
            report.add(Position(number, 1), wrong)
            return


def record(line: str, number: int, separator: str) -> Line:
    """One line as cells. Raises Wrong where it cannot be split."""
    if len(line) > LINE_LENGTH:
        raise Wrong(
            "too-long",
            Phrase("the line has {line} characters; {line_length} fit. Check the line breaks.").of(
                line=len(line), line_length=LINE_LENGTH
            ),
        )
    if '"' in line:
        return _quoted(line, number, separator)
    return Line(start=Position(number, 1), cells=line.split(separator))


def _quoted(line: str, number: int, separator: str) -> Line:
    """A row with quotes in it. A quote inside a word is a sign like any other; one at its start must end the cell."""
    cells, places, at = [], [], 0
    while True:
        places.append(Position(number, at + 1))
        match = _QUOTED.match(line, at)
        if match:
            cells.append(match[1].replace('""', '"'))
            end = match.end()
        else:
            end = line.find(separator, at)
            end = len(line) if end < 0 else end
            cells.append(line[at:end])
        if (match and end < len(line) and line[end] != separator) or (not match and cells[-1].lstrip().startswith('"')):
            raise Wrong("quotes", _QUOTES, place=places[-1])
        if end >= len(line):
            return Line(start=places[0], cells=cells, places=places)
        at = end + 1


def _columns(
    header: Line | None, required: tuple[str, ...], optional: tuple[str, ...], report: Report
) -> dict[str, int] | None:
    """The index of each named column; None if the header does not serve. Unnamed columns at the end do no harm."""
    if header is None:
        return None
    names = [column_name(cell) for cell in header.cells]
    while names and not names[-1]:
        names.pop()
    columns: dict[str, int] = {}
    misspelt = {meant_key(name, required) for name in names if name not in (*required, *optional)}
    good = True
    for index, name in enumerate(names):
        wrong = _wrong_column(name, header.cells[index], columns, (*required, *optional))
        if wrong:
            report.add(header.place(index), wrong)
            good = False
        columns.setdefault(name, index)
    for name in required:
        if name not in columns and name not in misspelt:
            report.add(header.start, _missing(name, required))
            good = False
    return columns if good else None


def _wrong_column(name: str, cell: str, columns: dict[str, int], allowed: tuple[str, ...]) -> Wrong | None:
    if name not in allowed:
        return unknown_key("unknown-column", Phrase("the column"), cell.strip(), allowed)
    if name in columns:
        return Wrong(
            "duplicate-column",
            Phrase("the column “{name}” comes twice. Keep one.").of(name=name),
            value=name,
        )
    return None


_QUOTES = Phrase(
    "the quotes of this cell are not closed on their line, or something follows. Remove quotes or line break."
)


def _empty(column: str) -> Wrong:
    return Wrong(
        "empty",
        Phrase("“{column}” is missing in this row. Fill it in, or delete the whole row.").of(column=column),
    )


def _no_header(required: tuple[str, ...]) -> Wrong:
    names = ",".join(required)
    return Wrong(
        "missing-column",
        Phrase("the file is empty. Its first line must be: {names}").of(names=names),
    )


def _missing(name: str, required: tuple[str, ...]) -> Wrong:
    names = ",".join(required)
    return Wrong(
        "missing-column",
        Phrase("the column “{name}” is missing. The first line must be: {names}").of(name=name, names=names),
        value=name,
    )


def _extra(cell: str) -> Wrong:
    return Wrong(
        "extra-cell",
        Phrase("“{strip}” lies outside the columns. If a text holds the separator, put it in quotes.").of(
            strip=shown(cell.strip())
        ),
        value=cell.strip(),
    )


def _too_many(limit: int) -> Wrong:
    return Wrong(
        "too-many-rows",
        Phrase("the file has more than {limit} rows. It was not read.").of(limit=limit),
        value=str(limit),
    )


def check_once(row: TableRow, column: str, once: Once, key: object, name: str) -> None:
    try:
        once.check(key, name, row.place(column))
    except Wrong as wrong:
        fail(row, column, wrong)


def fail(row: TableRow, column: str, wrong: Wrong) -> None:
    row.report.add(row.place(column), wrong)
    row.broken = True
