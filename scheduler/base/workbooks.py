"""Rows as a workbook (.xlsx) for Excel: days as days, numbers as numbers, and no text taken for a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from scheduler.base.heavy import load

TEXT = "@"  # the format of a cell: what is typed in it stays text
_LONGEST = 255  # characters that Excel shows in a cell of that format; of a longer text it shows signs
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # would be read as a character that XML cannot hold (ECMA-376 22.9.2.19)

SheetCell = str | int | float | date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """A sheet whose first row stays on the screen. `title` is at most 31 letters, digits, hyphens."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[SheetCell, ...], ...]
    widths: tuple[float, ...]  # of the columns, in characters


@dataclass(frozen=True, kw_only=True, slots=True)
class Formats:
    """How cells are shown; the default is what the tables of the configuration are written by."""

    day: str = "yyyy-mm-dd"
    whole: str = "General"  # numbers without a fraction
    bold_header: bool = False


def workbook(sheets: Sequence[Sheet], formats: Formats) -> bytes:
    """A file of these sheets, at least one."""
    openpyxl = load("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for sheet in sheets:
        _fill(book.create_sheet(sheet.title), sheet, formats)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _fill(page: Any, sheet: Sheet, formats: Formats) -> None:
    letter, font = load("openpyxl.utils").get_column_letter, load("openpyxl.styles").Font
    for values in (sheet.header, *sheet.rows):
        page.append([_escaped(value) for value in values])
    for number, width in enumerate(sheet.widths, 1):
        page.column_dimensions[letter(number)].width = width
    for row in page.iter_rows():
        for cell in row:
            _dress(cell, formats)
    if formats.bold_header:
        for cell in page[1]:
            cell.font = font(bold=True)
    page.freeze_panes = "A2"


def _escaped(value: SheetCell) -> SheetCell:
    return _ESCAPED.sub("_x005F_", value) if isinstance(value, str) else value


def _dress(cell: Any, formats: Formats) -> None:
    """A text that begins like a formula stays the text that it is."""
    value = cell.value
    if isinstance(value, date):
        cell.number_format = formats.day
    elif isinstance(value, int):
        cell.number_format = formats.whole
    elif not isinstance(value, float) and (value is None or len(value) <= _LONGEST):
        cell.number_format = TEXT
    if isinstance(value, str):
        cell.data_type = "s"
