"""Tables for spreadsheets: nothing in them is a formula, numbers and dates are such, and Excel in Mexico opens them."""

from __future__ import annotations

import csv as reader
import io
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from openpyxl.utils import escape
from python_calamine import CalamineWorkbook

from scheduler.printing import csv, xlsx
from scheduler.printing.blocks import Column, Grid
from scheduler.printing.figures import printable_text
from tests.support.printed import ANY_TEXT, MARKS, document, everywhere, grid, report

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "007", "1E5"]


def table(*texts: str) -> Grid:
    return Grid(id="uno", caption="c", columns=(Column(title="a"),), rows=tuple((text,) for text in texts))


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def unescape(value: object) -> object:
    """As Excel reads it; openpyxl leaves that to who asks."""
    return escape.unescape(value) if isinstance(value, str) else value


def cells(content: bytes) -> list[list[object]]:
    """The first table, as another reader has it."""
    return [list(row) for row in CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(1).to_python()]


def test_a_workbook_says_what_its_sheets_hold_and_mean() -> None:
    """A sheet alone has no caption and no note: the first one has those of all."""
    book = opened(xlsx.file(report()))
    assert book.sheetnames == ["Contenido", "sedes"]
    rows = [[cell.value for cell in row] for row in book["Contenido"].iter_rows()]
    assert rows == [
        ["Hoja", "Qué contiene", "Qué significa"],
        ["Título", "Informe a la comisión", "Agenda de trabajo 2021-2022"],
        ["Emite", "Instituto Nacional Electoral", None],
        ["Fecha", datetime(2022, 3, 1), None],  # because a cell's date has no zone
        ["Referencia", "Informe 3", None],
        ["sedes", "Avisos por sede", "Aceptado por el servidor no quiere decir leído."],
    ]


def test_numbers_are_numbers_and_dates_are_dates_shown_as_in_mexico() -> None:
    """They can be added up and sorted; what is not known is an empty cell."""
    sheet = opened(xlsx.file(report()))["sedes"]
    assert [(unescape(cell.value), cell.number_format) for cell in sheet[3]] == [
        ("Sede 1", "@"),
        (datetime(2021, 10, 21), "[$-80A]dd/mm/yyyy"),  # because a cell's date has no zone
        (37, "#,##0"),
        (1.5, "General"),
        (MARKS, "@"),
        (7, "#,##0"),
    ]
    assert sheet["E2"].value is None


def test_the_head_of_a_sheet_stays_and_its_columns_show_what_they_hold() -> None:
    """149 rows are scrolled through."""
    sheet = opened(xlsx.file(report(rows=149)))["sedes"]
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.bold
    shown = {letter: found.width for letter, found in sheet.column_dimensions.items()}
    assert all(shown[letter] >= len(sheet[f"{letter}1"].value) for letter in "ABCDEF")


def test_a_workbook_is_the_institutions_and_the_same_bytes_each_time() -> None:
    """Title, author, date of the document; the library's own name is not in it."""
    content = xlsx.file(report())
    properties = opened(content).properties
    assert (properties.title, properties.creator, properties.language) == (
        "Informe a la comisión",
        "Instituto Nacional Electoral",
        "es-MX",
    )
    assert properties.modified == datetime(2022, 3, 1)  # because the library gives it without a zone
    assert xlsx.file(report()) == content


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_of_a_workbook_is_a_formula(text: str) -> None:
    """It is shown as it is written."""
    sheet = opened(xlsx.file(document(table(text))))["uno"]
    assert (sheet["A2"].value, sheet["A2"].data_type) == (text, "s")


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_of_a_csv_is_reckoned_with(text: str) -> None:
    """A spreadsheet takes what begins so for a formula or another number: an apostrophe stands before it."""
    (content,) = csv.files(document(table(text))).values()
    assert content.decode("utf-8-sig").splitlines()[1].strip('"') == f"'{text}"


def test_a_csv_opens_in_mexico() -> None:
    """Commas, UTF-8 with its mark, CRLF; numbers bare, dates as every Excel reads them, the unknown empty."""
    files = csv.files(report())
    assert list(files) == ["sedes.csv"]
    lines = files["sedes.csv"].decode("utf-8").split("\r\n")
    assert lines[0] == "\ufeffSede,Primera sesión,Avisos,Minutos,Observación,Sesión 6"
    assert lines[1] == "Sede 0,2021-10-21,0,0.5,,7"
    assert lines[-2] == "Todas,,111,,,7"


def test_a_negative_number_is_a_number() -> None:
    """The apostrophe is for texts."""
    kept = Grid(id="uno", caption="c", columns=(Column(title="a"),), rows=((-3,), (-1.5,)))
    assert csv.files(document(kept))["uno.csv"].decode("utf-8-sig") == "a\r\n-3\r\n-1.5\r\n"


def test_tables_of_one_name_do_not_write_over_each_other() -> None:
    """Nor does one whose name is too long for a sheet, or that of the sheet of contents."""
    long = Grid(id="x" * 40, caption="c", columns=(Column(title="a"),), rows=())
    contents = Grid(id="contenido", caption="c", columns=(Column(title="a"),), rows=())
    kept = document(grid(1), grid(2), long, long, contents)
    assert opened(xlsx.file(kept)).sheetnames == [
        "Contenido",
        "sedes",
        "sedes-2",
        "x" * 31,
        "x" * 27 + "-2",
        "contenido-2",
    ]
    assert list(csv.files(kept)) == [
        "sedes.csv",
        "sedes-2.csv",
        f"{'x' * 40}.csv",
        f"{'x' * 40}-2.csv",
        "contenido.csv",
    ]


@given(ANY_TEXT)
def test_any_text_comes_out_as_that_text(text: str) -> None:
    """A workbook's readers undo escapes of XML: a text that looks like one stays that text."""
    said = printable_text(f"A{text}")
    kept = everywhere(text)
    assert cells(xlsx.file(kept)) == [[said], [said], [7.0]]
    (content,) = csv.files(kept).values()
    assert list(reader.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))) == [[said], [said], ["7"]]


def test_a_date_is_one_to_another_reader_too() -> None:
    """By its format, as Excel knows it."""
    assert cells(xlsx.file(report()))[1][1] == date(2021, 10, 21)
