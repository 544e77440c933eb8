"""A workbook (.xlsx, .xls, .ods) -> rows of cells as a text would hold them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from calendars.reading.problems import Wrong, shown
from scheduler.attendance.opening.bounds import refuse_far_cells, refuse_far_records
from scheduler.attendance.opening.rows import CELL, SHEET, TOO_LONG, FileRow, clean
from scheduler.attendance.questions import AttendanceRefusal
from scheduler.base import archive
from scheduler.base.heavy import load

_FIRST_DAYS = 1905  # before this year a moment is a length that the sheet counts from its day 0
_DAY_0 = datetime(1899, 12, 30)


def is_book(content: bytes) -> bool:
    return content.startswith(b"PK\x03\x04") or archive.is_compound(content)


def rows_of_book(content: bytes) -> tuple[FileRow, ...]:
    """Every row of every sheet, an empty one between two sheets. Raises AttendanceRefusal."""
    try:
        _refuse(content)
        return tuple(_rows(_opened(content)))
    except Wrong as wrong:
        raise AttendanceRefusal(wrong.rule, wrong.message, value=wrong.value) from None


def _refuse(content: bytes) -> None:
    """What is no workbook, or takes too much, before anything opens it. Raises Wrong."""
    archive.refuse_large(content)
    if archive.is_compound(content):
        archive.refuse_other_compound(content)
        refuse_far_records(content)
        return
    parts = archive.parts_of(content)
    if "mimetype" not in parts:
        archive.elements(content, strict=True)
    refuse_far_cells(parts)


def _opened(content: bytes) -> list[tuple[str, tuple[int, int], list[list[Any]]]]:
    """Of each sheet its name, where its cells begin (row and column from 0), and their values. Raises Wrong."""
    try:
        book = load("python_calamine").CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [(name, book.get_sheet_by_name(name)) for name in book.sheet_names[: archive.SHEETS]]
        return [(name, sheet.start or (0, 0), sheet.to_python(skip_empty_area=True)) for name, sheet in sheets]
    except BaseException as error:  # its panics are no Exception
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        raise archive.unreadable(archive.DAMAGED) from error


def _rows(sheets: list[tuple[str, tuple[int, int], list[list[Any]]]]) -> Iterator[FileRow]:
    for at, (name, (top, left), values) in enumerate(sheets):
        shown_name = shown(name) if len(sheets) > 1 else ""
        if at:
            yield FileRow(number=at * SHEET, cells=(), sheet=shown_name)
        for offset, row in enumerate(values):
            cells = ("",) * left + tuple(map(_text, row))
            made = FileRow(number=at * SHEET + top + offset + 1, cells=cells, sheet=shown_name)
            _refuse_long(made)
            yield made


def _refuse_long(row: FileRow) -> None:
    for column, cell in enumerate(row.cells):
        if len(cell) > CELL:
            raise AttendanceRefusal("too-large", TOO_LONG.of(most=CELL), place=row.place(column), value=shown(cell))


def _text(value: Any) -> str:
    """As a text of the same table would hold it: moments by ISO 8601, lengths as `1:05:00`, whole numbers bare."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        if value.year < _FIRST_DAYS:
            return _length(value - _DAY_0)
        rounded = value + timedelta(microseconds=500_000)
        return f"{rounded:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):  # calamine's midnight
        return f"{value:%Y-%m-%d} 00:00:00"
    if isinstance(value, time):
        return _length(
            timedelta(hours=value.hour, minutes=value.minute, seconds=value.second + value.microsecond / 1e6)
        )
    return _length(value) if isinstance(value, timedelta) else clean(str(value))


def _length(value: timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
