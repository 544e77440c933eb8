"""Workbooks as an administrator's spreadsheet leaves them, made of a table in CSV."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl

from calendars.model.agenda import Problem
from calendars.reading.files import POSTS
from scheduler.drafts.files import cell_name
from scheduler.drafts.workbooks.sheets import SheetTable, sheet_table

Change = Callable[[Any], None]  # of the sheet, by openpyxl
PART = "xl/worksheets/sheet1.xml"


def untouched(_sheet: Any) -> None:
    """As it was made."""


def workbook(text: str, change: Change = untouched, *, title: str = "Sedes", above: int = 0) -> bytes:
    """The table on a sheet, its dates typed as dates, `above` rows from the top; then changed."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for _ in range(above):
        sheet.append([])
    for row in csv.reader(text.splitlines()):
        sheet.append([_typed(cell) for cell in row])
    change(sheet)
    return saved(book)


def saved(book: Any) -> bytes:
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _typed(cell: str) -> object:
    is_day = len(cell) == 10 and cell[4] == cell[7] == "-"
    return date.fromisoformat(cell) if is_day else cell or None


def rezipped(content: bytes, change: Callable[[str, bytes], bytes], *more: tuple[str, bytes]) -> bytes:
    """The workbook with its parts changed, and others added."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, part in more:
            new.writestr(name, part)
    return written.getvalue()


def with_part(content: bytes, old: bytes, new: bytes) -> bytes:
    """The workbook with these bytes of its first sheet in place of those."""

    def change(name: str, part: bytes) -> bytes:
        assert name != PART or old in part
        return part.replace(old, new, 1) if name == PART else part

    return rezipped(content, change)


def read_posts(content: bytes) -> SheetTable:
    return sheet_table(content, file="recipients.xlsx", table=POSTS)


def told(found: tuple[Problem, ...]) -> list[str]:
    """Each as cell, rule."""
    return [f"{cell_name(one)} {one.rule}" for one in found]
