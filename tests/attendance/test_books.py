"""Workbooks of every kind give what the text gives, and none takes more than a workbook of attendance may."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta

import openpyxl
import pytest

from scheduler.attendance.questions import AttendanceRefusal
from tests.support import attendance_files as made
from tests.support.attendance_books import ods, xls
from tests.support.attended import MINUTES, PEOPLE, minutes, read_file
from tests.support.workbooks import PART, rezipped, saved

GOOD = made.workbook(made.zoom_1(PEOPLE))


def with_sheet(old: bytes, new: bytes) -> bytes:
    return rezipped(GOOD, lambda name, part: part.replace(old, new, 1) if name == PART else part)


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        ods(made.teams_3(PEOPLE)),
        xls(made.texts(made.teams_3(PEOPLE))),
        xls(made.texts(made.zoom_1(PEOPLE), clock="zoom", length="minutes"), at=(12, 3)),
        rezipped(GOOD, lambda _, part: part.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"
        )),
    ],
    ids=["xlsx", "ods", "xls", "xls, lower right", "strict"],
)  # fmt: skip
def test_every_kind_of_workbook_is_read(content: bytes) -> None:
    assert minutes(read_file(content)) == MINUTES


def test_a_hidden_sheet_of_instructions_before_the_table_does_no_harm() -> None:
    book = openpyxl.load_workbook(io.BytesIO(GOOD))
    page = book.create_sheet("Instrucciones", 0)
    page.append(["Pegue aquí la lista de asistencia."])
    page.sheet_state = "hidden"
    assert minutes(read_file(saved(book))) == MINUTES


def test_a_refusal_names_the_cell_and_its_sheet() -> None:
    rows = made.zoom_1(PEOPLE)
    rows[2][2] = "el jueves"
    with pytest.raises(AttendanceRefusal) as refused:
        read_file(made.workbook(rows))
    assert (refused.value.place, refused.value.value) == ("C3", "el jueves")
    book = openpyxl.load_workbook(io.BytesIO(made.workbook(rows)))
    book.create_sheet("Otra")
    with pytest.raises(AttendanceRefusal) as refused:
        read_file(saved(book))
    assert refused.value.lines("en")[0].startswith("asistencia.csv:Asistencia!C3: “el jueves” cannot be read as a date")


def test_dates_of_which_a_spreadsheet_changed_some_are_refused() -> None:
    """Opened with the day first, 10/11/2021 becomes the tenth of November, and 10/21/2021 stays a text."""
    rows: made.Rows = [
        ["Name (Original Name)", "User Email", "Join Time", "Leave Time"],
        ["Ana Ejemplo", "", "21/10/2021 18:00", "10/21/2021 19:00"],
    ]
    with pytest.raises(AttendanceRefusal) as refused:
        read_file(made.workbook(rows))
    assert refused.value.rule == "date-order"
    assert "not saved again" in refused.value.lines("en")[0]


def test_lengths_and_moments_of_excel_are_read_as_they_are_meant() -> None:
    """An hour is a fraction of a day, and midnight comes as a date without a time."""
    midnight = datetime(2021, 10, 22)
    rows: made.Rows = [
        ["Name (Original Name)", "User Email", "Join Time", "Leave Time", "Duration"],
        ["Ana Ejemplo", "", midnight - timedelta(hours=5), midnight, timedelta(hours=5)],
    ]
    found = read_file(made.workbook(rows))
    assert found.seen[0].minutes == 300
    assert (found.seen[0].intervals[0][1] - found.seen[0].intervals[0][0]) == timedelta(hours=5)


def test_empty_cells_that_have_a_format_do_not_count() -> None:
    formatted = with_sheet(b"</sheetData>", b'<row r="9000"><c r="XFD9000" s="0"/></row></sheetData>')
    assert minutes(read_file(formatted)) == MINUTES


FAR = b'<row r="9000"><c r="KN9000"><v>1</v></c></row></sheetData>'  # beyond our bound, and little for any reader
BOMBS: dict[str, Callable[[], bytes]] = {  # made where they are wanted
    "a cell in the far corner": lambda: with_sheet(b"</sheetData>", FAR),
    "a cell in a far row": lambda: with_sheet(b"</sheetData>", FAR.replace(b"9000", b"60001").replace(b"KN", b"A")),
    "a cell in a far column": lambda: with_sheet(b"</sheetData>", FAR.replace(b"9000", b"900").replace(b"KN", b"KO")),
    "a place that XML spells otherwise": lambda: with_sheet(b"</sheetData>", FAR.replace(b"K", b"&#75;")),
    "a place behind a bracket": lambda: with_sheet(b"</sheetData>", FAR.replace(b"<c r", b"<c x='>' r")),
    "a cell behind a comment": lambda: with_sheet(
        b"</sheetData>", b"<!-- <c a=\" --><c r='KN9000'><v>1</v></c><!-- \"> --></sheetData>"
    ),
    "a row repeated many times": lambda: ods(
        made.zoom_1(PEOPLE),
        more='<table:table-row table:number-rows-repeated="9000"><table:table-cell office:value-type="string" '
        'table:number-columns-repeated="300"><text:p>x</text:p></table:table-cell></table:table-row>',
    ),
    "a repetition that is no number": lambda: ods(
        made.zoom_1(PEOPLE), more='<table:table-row table:number-rows-repeated="1e9"/>'
    ),
    "a far cell in an .xls": lambda: xls([["x"], *([[]] * 8_999), [*([""] * 255), "x"]]),
    "forty megabytes of nothing": lambda: rezipped(
        GOOD, lambda name, part: part + b" " * 40_000_000 if name == PART else part
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_workbook_that_would_take_too_much_is_refused_unopened(name: str) -> None:
    """Each is little for any reader, and more than ours lets through."""
    content = BOMBS[name]()
    begun = time.process_time()
    with pytest.raises(AttendanceRefusal) as refused:
        read_file(content)
    assert refused.value.rule in {"too-large", "workbook"}
    assert time.process_time() - begun < 3


@pytest.mark.parametrize("at", range(0, len(GOOD), 97))
def test_a_workbook_cut_off_is_refused(at: int) -> None:
    with pytest.raises(AttendanceRefusal):
        read_file(GOOD[:at])


def test_a_password_is_named() -> None:
    content = xls([["Name", "Join Time"]]) + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(AttendanceRefusal, match="password"):
        read_file(content)


def test_a_zip_of_something_else_is_no_workbook() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with pytest.raises(AttendanceRefusal, match="not a workbook"):
        read_file(written.getvalue())
