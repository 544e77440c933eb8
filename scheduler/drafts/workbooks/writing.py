"""A table of the configuration as a workbook, to be edited in Excel and read back: text as text, days as days."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from calendars.reading import COLUMNS
from scheduler.base.heavy import load
from scheduler.drafts.workbooks.cells import DATE_COLUMNS

TEXT, DAY = "@", "yyyy-mm-dd"  # formats of a cell: what is typed in it stays text; a day as the files write it
WIDTHS = {"correo": 40, "puesto": 40, "id": 32}  # characters; of the others, 16


def workbook_of(table: str, rows: Iterable[Mapping[str, str]]) -> bytes:
    """The rows (cells by column) of the table of that name on one sheet, its header frozen."""
    required, optional = COLUMNS[table]
    kept = [dict(row) for row in rows]
    names = [*required, *(name for name in optional if any(row.get(name) for row in kept))]
    book = load("openpyxl").Workbook()
    sheet = book.active
    sheet.title = table.rpartition(".")[0]
    sheet.append(names)
    for row in kept:
        sheet.append([_value(name, row.get(name, "")) for name in names])
    for number, name in enumerate(names, 1):
        _dress(sheet, number, name)
    sheet.freeze_panes = "A2"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _value(column: str, text: str) -> date | str | None:
    """A date as a date; what is none, and everything else, as it is written."""
    try:
        return date.fromisoformat(text) if column in DATE_COLUMNS else text or None
    except ValueError:
        return text or None


def _dress(sheet: Any, number: int, name: str) -> None:
    """The formats of a column. Nothing in it is a formula: a text that begins like one stays the text that it is."""
    letter = load("openpyxl.utils").get_column_letter(number)
    sheet.column_dimensions[letter].width = WIDTHS.get(name, 16)
    for (cell,) in sheet.iter_rows(min_col=number, max_col=number):
        cell.number_format = DAY if isinstance(cell.value, date) else TEXT
        if isinstance(cell.value, str):
            cell.data_type = "s"
