"""A workbook in place of a table says what the table would, and what it cannot say is told with its cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.reading.files import DAYS, POSTS, SITES
from scheduler.drafts.tables import Tables, read_with
from scheduler.drafts.workbooks.sheets import SheetTable, sheet_table
from tests.support import small_config
from tests.support.checkout import CONFIG
from tests.support.workbooks import read_posts, rezipped, saved, told, with_part, workbook

TABLE = """\
id,sede,correo,idioma,puesto,alta
a,uno,a@x.example,es,Titular,2021-10-25
b,dos,b@x.example,en,Deputy,2021-10-25
"""
ROWS = [line.split(",") for line in TABLE.splitlines()]
Sheet = Any


def rows(found: SheetTable) -> list[list[str]]:
    assert found.body is not None, found.problems
    return [line[1:-1].split('","') for line in found.body.decode().splitlines() if line]


def changed(**cells: object) -> SheetTable:
    """The table with these cells written over."""

    def change(sheet: Sheet) -> None:
        for name, value in cells.items():
            sheet[name] = value
            if isinstance(value, int | float):
                sheet[name].number_format = "General"

    return read_posts(workbook(TABLE, change))


@pytest.mark.parametrize("name", [POSTS, SITES, DAYS])
def test_each_shipped_table_reads_the_same_from_a_workbook(name: str) -> None:
    texts = {path.name: path.read_bytes() for path in CONFIG.iterdir()}
    sheet = sheet_table(workbook(texts[name].decode()), file="libro.xlsx", table=name)
    assert sheet.problems == ()
    assert read_with(texts, Tables(sheets={name: sheet})).draft == read_with(texts, Tables()).draft is not None


def test_rows_and_columns_of_the_table_are_those_of_the_sheet() -> None:
    """So that what is said of a line holds for a row: titles above, blank rows and columns between do not count."""

    def move(sheet: Sheet) -> None:
        sheet.insert_cols(2)
        sheet.insert_rows(5)
        sheet["A1"] = "Puestos de la red consular"
        sheet["C300"].number_format = "0.00"

    found = read_posts(workbook(TABLE, move, above=3))
    assert found.body is not None
    assert [number for number, line in enumerate(found.body.decode().split("\n"), 1) if line] == [4, 6, 7]
    assert (rows(found), found.columns, found.problems) == (ROWS, (1, 3, 4, 5, 6, 7), ())


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (dt.datetime(2021, 10, 6), "2021-10-06"),
        (dt.datetime(2021, 10, 6, 9, 30), "2021-10-06 09:30"),
        (dt.time(9, 0), "09:00"),
        (dt.time(9, 0, 30), "09:00:30"),
        (dt.timedelta(days=1), "24:00"),
        (dt.timedelta(hours=25, minutes=30), "25:30"),
        (7, "7"),
        (7.0, "7"),
        (1.5, "1.5"),
        (True, "sí"),
        (False, "no"),
        ("\u00a0 Sección\u200b  Consular\t", "Sección  Consular"),
        ("Secci\u006f\u0301n", "Sección"),
        ('di"cho", y, ya', 'di""cho"", y, ya'),
        ("#N/A", "#N/A"),
    ],
)
def test_a_cell_says_what_a_table_in_csv_would(value: object, text: str) -> None:
    assert rows(changed(E2=value))[1][4] == text


def test_every_minute_of_a_day_comes_out_exact() -> None:
    """Excel keeps them as fractions of a day, in binary."""
    table = "id,sede,correo,idioma,puesto,alta\n" + "x,uno,a@x.example,es,.,.\n" * 1440
    minutes = [dt.time(number // 60, number % 60) for number in range(1440)]

    def fill(sheet: Sheet) -> None:
        for row, minute in enumerate(minutes, 2):
            sheet.cell(row, 5).value = minute

    assert [row[4] for row in rows(read_posts(workbook(table, fill)))[1:]] == [f"{one:%H:%M}" for one in minutes]


def test_zeros_that_a_format_shows_are_kept_and_lost_ones_are_told_of() -> None:
    def number(sheet: Sheet) -> None:
        sheet["A2"], sheet["A3"] = 7, 7
        sheet["A2"].number_format = "000"

    found = read_posts(workbook(TABLE, number))
    assert [row[0] for row in rows(found)] == ["id", "007", "7"]
    assert told(found.notes) == ["A2 number-cell"]


def test_a_date_that_can_be_meant_the_other_way_round_is_noted_once_a_column() -> None:
    found = changed(F2=dt.date(2021, 6, 10), F3=dt.date(2021, 6, 11))
    assert (told(found.notes), found.problems) == (["F2 two-faced-date"], ())
    assert "2021-06-10" in found.notes[0].message["es"]
    assert "(2 como esta)" in found.notes[0].message["es"]
    assert changed(F2=dt.date(2021, 6, 6), F3=dt.date(2021, 6, 13)).notes == ()


def test_a_formula_counts_by_its_value_and_one_never_computed_is_told() -> None:
    formula = workbook(TABLE, lambda sheet: sheet.__setitem__("E2", "=1+1"))
    assert told(read_posts(formula).problems) == ["E2 formula"]
    computed = with_part(formula, b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>")
    assert (rows(read_posts(computed))[1][4], read_posts(computed).problems) == ("2", ())


def test_a_link_that_leads_to_another_address_than_it_shows_is_told_without_either() -> None:
    def link(sheet: Sheet) -> None:
        sheet["C2"].hyperlink = "mailto:otra@x.example?subject=hola"
        sheet["C2"].value = "a@x.example"
        sheet["C3"].hyperlink = "mailto:B%40x.example?subject=hola"

    sheet = read_posts(workbook(TABLE, link))
    assert told(sheet.problems) == ["C2 two-addresses"]
    said = sheet.problems[0].message["es"]
    assert ("a…@x.example" in said, "o…@x.example" in said, "otra@" in said) == (True, True, False)


@pytest.mark.parametrize(
    ("cells", "problems"),
    [
        ({"E2": "Sección\nConsular"}, ["E2 line-break"]),
        ({"E2": "Sección_x000D_\nConsular"}, ["E2 line-break"]),
        ({"F2": 44475}, ["F2 date-format"]),
        ({"H3": "llamar"}, ["H3 extra-cell"]),
        ({"B2": "=1", "F3": 45000}, ["B2 formula", "F3 date-format"]),
    ],
)
def test_what_a_table_cannot_say_is_told_with_its_cell(cells: dict[str, object], problems: list[str]) -> None:
    assert told(changed(**cells).problems) == problems


def test_the_number_nought_shown_as_a_date_is_no_midnight() -> None:
    def empty_looking(sheet: Sheet) -> None:
        sheet["F2"] = 0
        sheet["F2"].number_format = "dd/mm/yyyy"

    assert told(read_posts(workbook(TABLE, empty_looking)).problems) == ["F2 date-format"]


def test_a_carriage_return_that_an_export_left_at_the_end_is_taken_off() -> None:
    assert rows(changed(E2="Titular_x000D_"))[1][4] == "Titular"


def test_merged_cells_are_told_once_and_not_as_missing_values() -> None:
    texts = small_config.files()
    sheet = sheet_table(
        workbook(texts[POSTS].decode(), lambda one: one.merge_cells("E2:E3")), file="r.xlsx", table=POSTS
    )
    assert told(read_with(texts, Tables(sheets={POSTS: sheet})).problems) == ["E2 merged-cells"]


def test_what_is_hidden_is_read_and_noted() -> None:
    def hide(sheet: Sheet) -> None:
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions.group("D", "E", hidden=True)

    found = read_posts(workbook(TABLE, hide))
    assert rows(found) == ROWS
    assert told(found.notes) == ["A3 hidden-rows", "D1 hidden-column", "E1 hidden-column"]


def test_one_sheet_of_several_is_read_and_the_others_are_named() -> None:
    def more(sheet: Sheet) -> None:
        notes = sheet.parent.create_sheet("Instrucciones", 0)
        notes["A1"] = "Llene la hoja Sedes"
        notes.sheet_state = "hidden"
        sheet.parent.create_sheet("Vacía")

    found = read_posts(workbook(TABLE, more))
    assert (rows(found), found.sheet) == (ROWS, "Sedes")
    assert [note.message["es"] for note in found.notes] == [
        "de este libro solo se lee la hoja «Sedes»; no se leen: Instrucciones."
    ]


def _twice(sheet: Sheet) -> None:
    sheet.parent.copy_worksheet(sheet)


def _hidden(sheet: Sheet) -> None:
    sheet.parent.create_sheet("Otra")
    sheet.sheet_state = "hidden"


def _headless(sheet: Sheet) -> None:
    sheet.delete_rows(1)


def _in_one_column(sheet: Sheet) -> None:
    sheet.delete_cols(1, 9)
    sheet["A2"] = "id;sede;correo"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_twice, "más de una hoja tiene las columnas"),
        (_hidden, "hoja oculta «Sedes»"),
        (_headless, "ninguna hoja del libro tiene las columnas de «recipients.csv»"),
        (_in_one_column, "en una sola celda"),
    ],
)
def test_no_sheet_is_guessed(change: Callable[[Sheet], None], said: str) -> None:
    found = read_posts(workbook(TABLE, change))
    assert (found.body, [said in problem.message["es"] for problem in found.problems]) == (None, [True])


def test_the_total_of_a_table_of_excels_is_no_row() -> None:
    def total(sheet: Sheet) -> None:
        sheet["A4"] = "Total"
        made = openpyxl.worksheet.table.Table(displayName="Puestos", ref="A1:F4")
        made.totalsRowCount = 1
        sheet.add_table(made)

    assert rows(read_posts(workbook(TABLE, total))) == ROWS


GOOD = workbook(TABLE)
STRICT = rezipped(GOOD, lambda _, part: part.replace(b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                                                     b"http://purl.oclc.org/ooxml/spreadsheetml/main"))  # fmt: skip
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500
UNREADABLE = {
    "tiene contraseña": OLD + "EncryptedPackage".encode("utf-16-le"),
    "Excel 97–2003": OLD + "Workbook".encode("utf-16-le"),
    "no es un libro de Excel, aunque": TABLE.encode(),
    "aunque su nombre lo diga": b"",
    "está cortado o dañado": GOOD[: len(GOOD) // 2],
    "estricto": STRICT,
    "LibreOffice": rezipped(GOOD, lambda _, part: part, ("mimetype", b"application/vnd.oasis.opendocument")),
    "formato binario": rezipped(GOOD, lambda _, part: part, ("xl/workbook.bin", b"")),
}


@pytest.mark.parametrize("said", UNREADABLE)
def test_what_cannot_be_opened_is_told_by_its_kind(said: str) -> None:
    found = read_posts(UNREADABLE[said])
    assert (found.body, [said in problem.message["es"] for problem in found.problems]) == (None, [True])


@given(start=st.integers(min_value=0, max_value=len(GOOD)), noise=st.binary(max_size=40), cut=st.integers(0, len(GOOD)))
def test_a_damaged_workbook_is_told_of_and_never_ends_the_reading(start: int, noise: bytes, cut: int) -> None:
    found = read_posts((GOOD[:start] + noise + GOOD[start + len(noise) :])[: len(GOOD) - cut // 50])
    assert found.body is not None or len(found.problems) == 1


def test_a_workbook_written_empty_is_told() -> None:
    assert told(read_posts(saved(openpyxl.Workbook())).problems) == ["A1 missing-column"]
