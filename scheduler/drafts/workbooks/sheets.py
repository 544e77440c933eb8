"""A workbook's table -> the same table in CSV, whose rows are the sheet's, and what is to be said about its cells."""

from __future__ import annotations

import io
import re
import warnings
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby, islice
from typing import Any

from calendars.catalogue import Phrase
from calendars.model.agenda import Problem
from calendars.reading.problems import START, Position, Wrong, shown
from calendars.reading.tables.columns import COLUMNS
from calendars.reading.tables.rows import SEPARATORS, column_name
from scheduler.base.archive import DAMAGED, STRICT, elements, unreadable
from scheduler.base.heavy import load
from scheduler.drafts.workbooks.cells import fault, text_of
from scheduler.drafts.workbooks.remarks import CellRemarks

HEADER_WITHIN = 50  # rows of a sheet in which its header is looked for
NO_TABLE = Phrase("no sheet of the workbook has the columns of “{table}”. One row must be: {names}")
SEVERAL = Phrase(
    "the sheets {sheets} each have the columns of “{table}”. Only one can count: move the others to another workbook."
)
HIDDEN = Phrase(
    "the table stands on the hidden sheet “{sheet}”. Show it (right click on the name of a sheet, “Unhide”), and save."
)
ONE_COLUMN = Phrase(
    "the whole row stands in one cell. In Excel: select the column, Data, “Text to Columns”, “Delimited”; then save."
)
MERGED = Phrase("the cells {cells} are merged: only the first holds the value. Unmerge them, and fill in each row.")
OUTSIDE = Phrase("“{value}” stands outside the columns. Delete it, or move it to another sheet.")

_ROWS = re.compile(r"[A-Z]{1,3}([0-9]{1,7}):[A-Z]{1,3}([0-9]{1,7})")

Cells = Mapping[tuple[int, int], Any]  # row and column, from 1 -> a cell of openpyxl that holds anything


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetTable:
    """A table as a workbook holds it."""

    body: bytes | None  # as CSV in UTF-8, each of its lines a row of the sheet; None: it could not be read
    file: str  # the workbook
    table: str  # in whose place it is read
    sheet: str = ""
    columns: tuple[int, ...] = ()  # numbers of the columns that are read
    starts: Mapping[int, tuple[int, ...]] = field(default_factory=dict)  # by row, where in its line each cell begins
    covered: frozenset[tuple[int, int]] = frozenset()  # row and column of what is empty under merged cells
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()

    def placed(self, problem: Problem) -> Problem:
        """A problem of `body` with the cell that it stands in; of another file as it is."""
        if problem.file != self.table or not self.starts:
            return problem
        header = min(self.starts)
        row = max(problem.line, header)
        at = bisect_right(self.starts.get(row, (1,)), problem.column) - 1
        return replace(problem, file=self.file, sheet=self.sheet, line=row, column=self.columns[max(at, 0)])


def sheet_table(content: bytes, *, file: str, table: str) -> SheetTable:
    """The table of that name (COLUMNS) in a workbook's bytes. What is wrong with it is among its problems."""
    try:
        return _found(_opened(content), file, table)
    except Wrong as wrong:
        return _unread(file, table, wrong)


def _opened(content: bytes) -> tuple[Any, Any]:
    """The workbook with its values, and with its formulas where it has any. Raises Wrong."""
    has_formulas = elements(content).get("f", 0) > 0
    try:
        values = _loaded(content, data_only=True)
        books = (values, _loaded(content, data_only=False) if has_formulas else values)
    except Exception as error:  # openpyxl lets through whatever a damaged part raises
        raise unreadable(DAMAGED) from error
    if not values.worksheets:
        raise unreadable(STRICT)
    return books


def _loaded(content: bytes, *, data_only: bool) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about parts that it does not know, and dates out of range
        return load("openpyxl").load_workbook(io.BytesIO(content), data_only=data_only, keep_links=False)


def _found(books: tuple[Any, Any], file: str, table: str) -> SheetTable:
    known = frozenset(sum(COLUMNS[table], ()))
    filled = {sheet.title: _filled(sheet) for sheet in books[1].worksheets}
    headers = {title: row for title, cells in filled.items() if (row := _header(cells, known))}
    visible = [title for title in headers if books[0][title].sheet_state == "visible"]
    if len(visible) == 1:
        title = visible[0]
        others = [name for name, cells in filled.items() if cells and name != title]
        made = SheetTable(body=None, file=file, table=table)
        return _table(books[0][title], filled[title], headers[title], others, made)
    if visible:
        raise Wrong("two-tables", SEVERAL.of(sheets=", ".join(map(shown, visible)), table=table))
    if headers:
        raise Wrong("hidden-sheet", HIDDEN.of(sheet=shown(next(iter(headers)))))
    return _none(file, table, filled, known)


def _filled(sheet: Any) -> Cells:
    # By the cells that there are: `iter_rows` makes every cell of the rectangle up to the farthest one.
    found = ((key, cell) for key, cell in sheet._cells.items() if cell.value is not None and str(cell.value).strip())
    return dict(sorted(found, key=lambda one: one[0]))


def _header(cells: Cells, known: frozenset[str]) -> int | None:
    """The first row with two of the columns."""
    for row, group in islice(groupby(cells, key=_row), HEADER_WITHIN):
        if len({column_name(text_of(cells[key])) for key in group} & known) > 1:
            return row
    return None


def _row(key: tuple[int, int]) -> int:
    return key[0]


def _none(file: str, table: str, filled: Mapping[str, Cells], known: frozenset[str]) -> SheetTable:
    for title, cells in filled.items():
        for (row, column), cell in islice(cells.items(), 1):
            if _several_in_one(text_of(cell), known):
                return _unread(file, table, Wrong("one-column", ONE_COLUMN.of()), title, Position(row, column))
    raise Wrong("missing-column", NO_TABLE.of(table=table, names=",".join(COLUMNS[table][0])))


def _several_in_one(text: str, known: frozenset[str]) -> bool:
    return any(len({column_name(part) for part in text.split(sign)} & known) > 1 for sign in SEPARATORS)


def _unread(file: str, table: str, wrong: Wrong, sheet: str = "", place: Position = START) -> SheetTable:
    return SheetTable(body=None, file=file, table=table, problems=(_problem(file, sheet, place, wrong),))


def _problem(file: str, sheet: str, place: Position, wrong: Wrong) -> Problem:
    return Problem(
        file=file,
        sheet=sheet,
        line=place.line,
        column=place.column,
        value=wrong.value,
        rule=wrong.rule,
        message=wrong.message,
    )


def _table(sheet: Any, written: Cells, header: int, others: list[str], made: SheetTable) -> SheetTable:
    """The rows from the header to the last that holds anything, less the totals of a table of Excel's."""
    last = _last(sheet, written, header)
    cells = {key: sheet._cells[key] for key in written if header <= key[0] <= last}
    names = {column: column_name(text_of(cell)) for (row, column), cell in cells.items() if row == header}
    lines, starts = _lines(cells, tuple(names), header)
    remarks = CellRemarks(sheet, names)
    merged = [one for one in sheet.merged_cells.ranges if one.max_row >= header and _crosses(one, names)]
    problems = [*_merged(merged), *_outside(cells, names)]
    for (row, column), cell in cells.items():
        if row > header and (name := names.get(column)):
            if wrong := fault(cell, name, cell.value is None):
                problems.append((Position(row, column), wrong))
            remarks.look(row, column, cell)
    notes = (*remarks.notes(sorted({row for row, _ in cells}), others),)
    return replace(
        made,
        body="\n".join([*lines, ""]).encode("utf-8", "replace"),
        sheet=sheet.title,
        columns=tuple(names),
        starts=starts,
        covered=frozenset(key for area in merged for key in area.cells),
        problems=tuple(_problem(made.file, sheet.title, place, wrong) for place, wrong in problems),
        notes=tuple(_problem(made.file, sheet.title, place, wrong) for place, wrong in notes),
    )


def _last(sheet: Any, written: Cells, header: int) -> int:
    last = max(row for row, _ in written)
    for table in sheet.tables.values():
        rows = _ROWS.fullmatch(table.ref)
        if rows and (int(rows[1]), int(rows[2])) == (header, last):
            last -= table.totalsRowCount or 0
    return last


def _lines(cells: Cells, columns: tuple[int, ...], header: int) -> tuple[list[str], dict[int, tuple[int, ...]]]:
    """Every row as a line, blank where it holds nothing; and where in it each cell begins, from 1."""
    rows = {row for row, _ in cells}
    lines, starts = [], {}
    for row in range(1, max(rows) + 1):
        texts = [_text_at(cells, row, column) for column in columns] if row in rows else []
        quoted = ['"' + text.replace('"', '""') + '"' for text in texts] if any(texts) else []
        ends = [1]
        for text in quoted:
            ends.append(ends[-1] + len(text) + 1)
        if quoted or row == header:
            starts[row] = tuple(ends[:-1])
        lines.append(",".join(quoted))
    return lines, starts


def _text_at(cells: Cells, row: int, column: int) -> str:
    cell = cells.get((row, column))
    return "" if cell is None else text_of(cell)


def _crosses(area: Any, names: Mapping[int, str]) -> bool:
    return any(area.min_col <= column <= area.max_col for column in names)


def _merged(areas: list[Any]) -> Iterator[tuple[Position, Wrong]]:
    for area in areas:
        yield Position(area.min_row, area.min_col), Wrong("merged-cells", MERGED.of(cells=str(area)), value=str(area))


def _outside(cells: Cells, names: Mapping[int, str]) -> Iterator[tuple[Position, Wrong]]:
    for (row, column), cell in cells.items():
        if column not in names and (value := text_of(cell)):
            yield Position(row, column), Wrong("extra-cell", OUTSIDE.of(value=shown(value)), value=value)
