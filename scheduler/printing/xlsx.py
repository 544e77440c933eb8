"""The tables of a document as a workbook: a sheet each, and before them one that says what they are.

Numbers are numbers and dates are dates, shown as Mexico writes them; no text is taken for a formula. The same document
gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping

from calendars.catalogue import Phrase
from scheduler.base.workbooks import Formats, Sheet, workbook
from scheduler.printing.blocks import Document, Grid
from scheduler.printing.figures import named, printable, widths
from scheduler.printing.packages import sealed

_FORMATS = Formats(day="[$-80A]dd/mm/yyyy", whole="#,##0", bold_header=True)  # of es-MX, wherever it is opened
_NAME = 31  # characters of a sheet's name
_BESIDE = 2  # characters of room beside what a cell shows
_WIDE = 60  # characters
CONTENTS = Phrase("Contents")
SHEET, HOLDS, MEANS = Phrase("Sheet"), Phrase("What it holds"), Phrase("What it means")
TITLE, AUTHOR, DATE, REFERENCE = Phrase("Title"), Phrase("Given out by"), Phrase("Date"), Phrase("Reference")


def file(document: Document) -> bytes:
    clean = printable(document)
    contents = CONTENTS[clean.language]
    grids = [block for block in clean.blocks if isinstance(block, Grid)]
    sheets = named(grids, _NAME, contents.lower())
    pages = [_sheet(name, grid, clean.language) for name, grid in sheets.items()]
    return sealed(workbook([_contents(clean, contents, sheets), *pages], _FORMATS), clean)


def _contents(document: Document, title: str, sheets: Mapping[str, Grid]) -> Sheet:
    language = document.language
    rows = (
        (TITLE[language], document.title, document.subtitle),
        (AUTHOR[language], document.author, None),
        (DATE[language], document.dated, None),
        *(((REFERENCE[language], document.reference, None),) if document.reference else ()),
        *((name, grid.caption, grid.note) for name, grid in sheets.items()),
    )
    header = (SHEET[language], HOLDS[language], MEANS[language])
    return Sheet(title=title, header=header, rows=rows, widths=(24, _WIDE, _WIDE))


def _sheet(name: str, grid: Grid, language: str) -> Sheet:
    return Sheet(
        title=name,
        header=tuple(column.title for column in grid.columns),
        rows=grid.rows,
        widths=tuple(min(width + _BESIDE, _WIDE) for width in widths(grid, language)),
    )
