"""Elements of WordprocessingML (ECMA-376 part 1, 17) that python-docx has no words for, or makes slowly: its tables."""

from __future__ import annotations

from typing import Any

from calendars.model.text import Language
from scheduler.base.heavy import load
from scheduler.printing.blocks import Column, Grid
from scheduler.printing.figures import measured, shown

_ACCENT, _LINE = "0B5D50", "C9C3B5"
_WIDTH = 9360  # twentieths of a point: 6.5 inches, between the margins of Letter
_SIZES = ((6, 18, 95), (9, 16, 107), (99, 13, 130))  # columns at most, half points of a letter, letters of a line
_MARGIN = 70  # twentieths of a point, on both sides of a cell's text


def name(tag: str) -> str:
    """`w:tr` with its namespace."""
    found: str = load("docx.oxml.ns").qn(tag)
    return found


def element(tag: str, *inside: Any, **attributes: str) -> Any:
    made = load("docx.oxml").OxmlElement(tag)
    for key, value in attributes.items():
        made.set(name(f"w:{key}"), value)
    for one in inside:
        made.append(one)
    return made


def put(parent: Any, tag: str, **attributes: str) -> None:
    """Give the first element of that tag below `parent` these attributes."""
    found = next(parent.iter(name(tag)))
    for key, value in attributes.items():
        found.set(name(f"w:{key}"), value)


def field(code: str) -> Any:
    """What the program that opens the file reckons: PAGE, NUMPAGES."""
    return element("w:fldSimple", element("w:r", _text("1")), instr=f" {code} ")


def table(grid: Grid, language: Language) -> Any:
    """The table with a head that repeats on each page; its rows are not torn apart."""
    size, line = next((halves, line) for most, halves, line in _SIZES if len(grid.columns) <= most)
    columns = [round(_WIDTH * share) for share in measured(grid, language, line).shares]
    rows = [[column.title for column in grid.columns], *([shown(cell, language) for cell in row] for row in grid.rows)]
    last = len(grid.rows) if grid.total else 0
    return element(
        "w:tbl",
        _properties(grid, sum(columns)),
        element("w:tblGrid", *(element("w:gridCol", w=str(width)) for width in columns)),
        *(
            element(
                "w:tr",
                element("w:trPr", element("w:cantSplit"), *([] if number else [element("w:tblHeader")])),
                *(
                    _cell(text, column, str(width), str(size), bold=number in (0, last))
                    for text, column, width in zip(texts, grid.columns, columns, strict=True)
                ),
            )
            for number, texts in enumerate(rows)
        ),
    )


def _properties(grid: Grid, width: int) -> Any:
    edges = {"top": (8, _ACCENT), "bottom": (8, _ACCENT), "insideH": (4, _LINE)}
    return element(
        "w:tblPr",
        element("w:tblW", w=str(width), type="dxa"),
        element(
            "w:tblBorders",
            *(element(f"w:{edge}", val="single", sz=str(thick), color=c) for edge, (thick, c) in edges.items()),
        ),
        element("w:tblLayout", type="fixed"),
        element(
            "w:tblCellMar",
            element("w:left", w=str(_MARGIN), type="dxa"),
            element("w:right", w=str(_MARGIN), type="dxa"),
        ),
        element(
            "w:tblLook",
            val="06A0",
            firstRow="1",
            lastRow="0",
            firstColumn="1",
            lastColumn="0",
            noHBand="1",
            noVBand="1",
        ),
        element("w:tblCaption", val=grid.caption),
        element("w:tblDescription", val=grid.note or grid.caption),
    )


def _cell(text: str, column: Column, width: str, size: str, *, bold: bool) -> Any:
    kind = element("w:rPr", *([element("w:b")] if bold else []), element("w:sz", val=size), element("w:szCs", val=size))
    spacing = element("w:spacing", before="30", after="30", line="240", lineRule="auto")
    side = [element("w:jc", val="right")] if column.numeric else []
    return element(
        "w:tc",
        element("w:tcPr", element("w:tcW", w=width, type="dxa")),
        element("w:p", element("w:pPr", spacing, *side), element("w:r", kind, _text(text))),
    )


def _text(words: str) -> Any:
    made = element("w:t")
    made.text = words
    made.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return made
