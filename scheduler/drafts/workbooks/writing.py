"""A table of the configuration as a workbook, to be edited in Excel and read back: text as text, days as days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from calendars.reading.tables.columns import COLUMNS
from scheduler.base.workbooks import Formats, Sheet, workbook
from scheduler.drafts.workbooks.cells import DATE_COLUMNS

WIDTHS = {"correo": 40, "puesto": 40, "id": 32}  # characters; of the others, 16


def workbook_of(table: str, rows: Iterable[Mapping[str, str]]) -> bytes:
    """The rows (cells by column) of the table of that name on one sheet, its header frozen."""
    required, optional = COLUMNS[table]
    kept = [dict(row) for row in rows]
    names = (*required, *(name for name in optional if any(row.get(name) for row in kept)))
    sheet = Sheet(
        title=table.rpartition(".")[0],
        header=names,
        rows=tuple(tuple(_value(name, row.get(name, "")) for name in names) for row in kept),
        widths=tuple(WIDTHS.get(name, 16) for name in names),
    )
    return workbook([sheet], Formats())


def _value(column: str, text: str) -> date | str | None:
    """A date as a date; what is none, and everything else, as it is written."""
    try:
        return date.fromisoformat(text) if column in DATE_COLUMNS else text or None
    except ValueError:
        return text or None
