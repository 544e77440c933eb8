"""A closed report is kept as JSON and printed from it again: nothing of it may change on the way."""

from __future__ import annotations

import json
from datetime import date

from hypothesis import given

from scheduler.printing import as_json
from scheduler.printing.blocks import Column, Grid, Heading
from scheduler.printing.figures import printable, shown
from tests.support.printed import ANY_TEXT, document, everywhere, report


def test_a_document_comes_back_as_it_was() -> None:
    """Every kind of block, and every kind of cell."""
    assert as_json.read(as_json.write(report())) == report()


def test_a_date_in_a_table_is_no_text_that_looks_like_one() -> None:
    """Else a text `2021-10-21` would come back as a date, or a date as a text."""
    row = (date(2021, 10, 21), "2021-10-21", 1, 1.0, None)
    kept = document(Grid(id="g", caption="", columns=(Column(title="a"),) * 5, rows=(row,)))
    found = as_json.read(as_json.write(kept)).blocks[0]
    assert isinstance(found, Grid)
    assert [(type(cell), cell) for cell in found.rows[0]] == [(type(cell), cell) for cell in row]


def test_who_reads_the_json_finds_names_and_dates() -> None:
    """It is a format of the report, too."""
    found = json.loads(as_json.write(report()))
    assert (found["title"], found["dated"], found["reference"]) == (
        "Informe a la comisión",
        {"date": "2022-03-01"},
        "Informe 3",
    )
    assert [block["block"] for block in found["blocks"][:4]] == ["heading", "paragraph", "heading", "items"]


@given(ANY_TEXT)
def test_any_text_comes_back_as_it_is_printed(text: str) -> None:
    """The stated rule: line breaks are blanks, controls and halves of characters are left out."""
    kept = everywhere(text)
    assert as_json.read(as_json.write(kept)) == printable(kept)


def test_what_no_format_can_hold_is_left_out_and_a_line_break_is_a_blank() -> None:
    """One rule for all formats, so that they say the same."""
    heading = printable(document(Heading(level=1, text="a\x00b\r\nc\td\ud800\ufffe\x85e"))).blocks[0]
    assert heading == Heading(level=1, text="ab c d e")


def test_no_heading_is_more_than_one_level_below_the_one_before_it() -> None:
    """Who hears a document goes from heading to heading; PDF/UA-1 refuses a gap."""
    levels = (3, 3, 1, 3, 2)
    clean = printable(document(*(Heading(level=level, text="x") for level in levels)))
    assert [block.level for block in clean.blocks if isinstance(block, Heading)] == [1, 2, 1, 2, 2]


def test_a_figure_is_written_as_its_reader_writes_it() -> None:
    """Mexico: a point for decimals, a comma for thousands."""
    cells = (1234.5, -1200000, date(2021, 10, 21), "=1", None)
    assert [shown(cell, "es") for cell in cells] == ["1,234.5", "-1,200,000", "21 oct 2021", "=1", ""]
    assert shown(date(2021, 10, 21), "en") == "21 Oct 2021"
