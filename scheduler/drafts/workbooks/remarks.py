"""What is right in a workbook and may not be what was meant: dates, numbers, what is hidden, other sheets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from calendars.catalogue import Phrase
from calendars.reading.problems import START, Position, Wrong, shown
from scheduler.drafts.workbooks.cells import DATE_COLUMNS, is_number, is_two_faced, text_of

OTHER_SHEETS = Phrase("of this workbook only the sheet “{sheet}” is read; not read: {others}.")
HIDDEN_ROWS = Phrase(
    "{rows} hidden {rows:row is|rows are} read like the others, the first of them this one (a filter hides rows too). "
    "Delete what is not to count."
)
HIDDEN_COLUMN = Phrase("the column “{column}” is hidden, and is read like the others.")
TWO_FACED = Phrase(
    "this cell is a date of Excel's and says {day}: where it was typed, month and day may have been the other way "
    "round. Check the dates of “{column}” ({cells} like it)."
)
NUMBERS = Phrase(
    "this cell is a number, {number}: zeros that stood before it are lost. If “{column}” needs them, give the column "
    "the format Text and type them again ({cells} like it)."
)

Remark = tuple[Position, Wrong]


class CellRemarks:
    """Gathers them while the cells are gone through: one for each column, at its first cell."""

    def __init__(self, sheet: Any, names: Mapping[int, str]) -> None:
        """`names`: the columns that are read, by number."""
        self._sheet, self._names = sheet, names
        self._dates: dict[int, list[tuple[Position, str]]] = {}
        self._numbers: dict[int, list[tuple[Position, str]]] = {}

    def look(self, row: int, column: int, cell: Any) -> None:
        seen = (Position(row, column), text_of(cell))
        if is_two_faced(cell):
            self._dates.setdefault(column, []).append(seen)
        elif is_number(cell) and self._names[column] not in DATE_COLUMNS:
            self._numbers.setdefault(column, []).append(seen)

    def notes(self, rows: list[int], others: list[str]) -> Iterator[Remark]:
        """In all, with what is hidden of the filled `rows`, and the `others` of the sheets that hold anything."""
        if others:
            names = ", ".join(map(shown, others))
            yield START, Wrong("other-sheets", OTHER_SHEETS.of(sheet=shown(self._sheet.title), others=names))
        hidden = [row for row in rows if row in self._sheet.row_dimensions and self._sheet.row_dimensions[row].hidden]
        if hidden:
            yield Position(hidden[0], 1), Wrong("hidden-rows", HIDDEN_ROWS.of(rows=len(hidden)))
        for column in self._hidden_columns():
            yield Position(rows[0], column), Wrong("hidden-column", HIDDEN_COLUMN.of(column=self._names[column]))
        for column, found in self._dates.items():
            yield _of_many(found, Wrong("two-faced-date", TWO_FACED.of(**self._of(column, found), day=found[0][1])))
        for column, found in self._numbers.items():
            yield _of_many(found, Wrong("number-cell", NUMBERS.of(**self._of(column, found), number=found[0][1])))

    def _of(self, column: int, found: list[tuple[Position, str]]) -> dict[str, object]:
        return {"column": self._names[column], "cells": len(found)}

    def _hidden_columns(self) -> Iterator[int]:
        """A group of columns is one entry, under the first of them."""
        groups = [one for one in self._sheet.column_dimensions.values() if one.hidden]
        for column in self._names:
            if any((one.min or 0) <= column <= (one.max or 0) for one in groups):
                yield column


def _of_many(found: list[tuple[Position, str]], wrong: Wrong) -> Remark:
    return found[0][0], wrong
