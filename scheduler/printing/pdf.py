"""A document as an official paper: PDF/UA-1 by typst (templates/printing/document.typ), which comes as an extra.

The same document gives the same bytes. What the fonts that come along have no letters for is shown as U+FFFD: the
standard takes no file with a letter missing, and no writing that typst could stumble over gets to it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any

from calendars.catalogue import Phrase, catalogue
from calendars.model.text import Language
from calendars.wording import long_date
from scheduler.base.heavy import load
from scheduler.base.refusal import EnvironmentRefusal
from scheduler.base.shipped import shipped
from scheduler.printing.blocks import Block, Document, Grid, Heading, Items, Paragraph, Picture
from scheduler.printing.figures import PAGE, measured, printable, shown

STANDARD = "ua-1"
INSTALL = "pip install --require-hashes -r requirements-pdf.lock"
NOT_INSTALLED = Phrase(
    "a PDF is made by typst, which is not installed here; install it beside this program (“{command}”), or take "
    "--format docx or html"
)
# What the fonts have: Latin, Greek and Cyrillic, marks, punctuation, currencies, fractions, arrows, signs, rules.
_LETTERS = (
    "\u0020-\u007e\u00a0-\u0377\u037a-\u037f\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u04ff"
    "\u1e00-\u1eff\u2000-\u2064\u2066-\u2071\u2074-\u208e\u2090-\u209c\u20a0-\u20bf\u2100-\u211e\u2120"
    "\u2122\u2126\u2150-\u2151\u2153-\u2184\u2190-\u22ff\u2500-\u25ff\ufb00-\ufb06"
)
_LETTERLESS = re.compile(f"[^{_LETTERS}]")
_SIZES = ((6, 8.5, 100), (9, 7.5, 113), (99, 6.5, 130))  # columns at most, points of a letter, letters of a line
_LONG, _LONG_IN_CELL = 60, 18  # characters of a word: in a line of text, in a cell of a table


class NoTypst(EnvironmentRefusal):
    """The extra `pdf` is not installed."""

    def __init__(self) -> None:
        super().__init__(NOT_INSTALLED, command=INSTALL)


def pages(document: Document) -> bytes:
    """The file. Raises NoTypst."""
    typst = _typst()
    folder = shipped("templates") / "printing"
    made: bytes = typst.compile(
        folder / "document.typ",
        root=folder,
        format="pdf",
        pdf_standards=STANDARD,
        font_paths=[folder / "fonts"],
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(_data(printable(document)))},
        timestamp=datetime.combine(document.dated, time(), UTC),
    )
    return made


def _typst() -> Any:
    try:
        return load("typst")
    except ModuleNotFoundError as missing:
        raise NoTypst from missing


def _data(document: Document) -> Mapping[str, Any]:
    """What the template is given: every word and figure as it is printed."""
    language = document.language
    spoken, _, region = catalogue(language).locale.partition("_")
    given = long_date(document.dated, language)
    return {
        "language": spoken,
        "region": region or None,
        "title": lettered(document.title),
        "subtitle": lettered(document.subtitle),
        "author": lettered(document.author),
        "dated": [document.dated.year, document.dated.month, document.dated.day],
        "given": lettered(" · ".join(filter(None, (document.reference, given)))),
        "cited": lettered(document.reference),
        "page": PAGE.say(language, n="{n}", all="{all}"),
        "blocks": [_block(block, language) for block in document.blocks],
    }


def _block(block: Block, language: Language) -> Mapping[str, Any]:
    match block:
        case Heading():
            return {"block": "heading", "level": block.level, "text": lettered(block.text)}
        case Paragraph():
            return {"block": "paragraph", "text": lettered(block.text)}
        case Items():
            return {"block": "items", "items": [lettered(one) for one in block.items]}
        case Grid():
            return _grid(block, language)
        case Picture():
            return {
                "block": "picture",
                "svg": _LETTERLESS.sub("\ufffd", block.svg),
                "alternative": lettered(block.alternative),
                "caption": lettered(block.caption),
            }


def _grid(grid: Grid, language: Language) -> Mapping[str, Any]:
    size, line = next((points, line) for most, points, line in _SIZES if len(grid.columns) <= most)
    found = measured(grid, language, line)
    return {
        "block": "table",
        "caption": lettered(grid.caption),
        "columns": [
            {"title": _in_cell(one.title), "numeric": one.numeric, "share": round(share, 4)}
            for one, share in zip(grid.columns, found.shares, strict=True)
        ],
        "size": size,
        "tight": found.tight,
        "rows": [[_in_cell(shown(cell, language)) for cell in row] for row in grid.rows],
        "total": grid.total,
        "note": lettered(grid.note),
    }


def lettered(text: str) -> str:
    """The text in letters that the fonts have; a word longer than a line may be broken anywhere."""
    return _broken(_LETTERLESS.sub("\ufffd", unicodedata.normalize("NFC", text)), _LONG)


def _in_cell(text: str) -> str:
    return _broken(lettered(text), _LONG_IN_CELL)


def _broken(text: str, longest: int) -> str:
    """With places to break words of more than `longest` characters at: else they would stand out of the page."""
    return re.sub(rf"\S{{{longest}}}(?=\S)", "\\g<0>\u200b", text)
