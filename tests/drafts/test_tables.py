"""A folder with workbooks: they are read as tables are, and where a table is there too nothing is guessed."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import agenda, edit, modules_of
from tests.support.editing import published
from tests.support.workbooks import workbook


def as_workbook(here: Path, table: str, change: Any = lambda _: None, *, keep: bool = False) -> Path:
    """Save the table as a workbook beside it, or in its place."""
    path = here / "config" / table
    beside = path.with_suffix(".xlsx")
    beside.write_bytes(workbook(path.read_text(encoding="utf-8"), change))
    if not keep:
        path.unlink()
    return beside


def all_as_workbooks(here: Path) -> None:
    for table in ("recipients.csv", "representations.csv", "festivos.csv"):
        as_workbook(here, table)


def slip(sheet: Any) -> None:
    sheet["B7"] = "tokioo"


def test_the_shipped_agenda_can_be_published_from_workbooks_and_stays_the_same(here: Path) -> None:
    assert agenda("publish", "--reason", "primera").exit_code == 0
    all_as_workbooks(here)
    assert agenda("check").exit_code == 0
    assert json.loads(agenda("impact", "--json").stdout)["unchanged"] is True


def test_a_problem_in_a_workbook_names_file_sheet_and_cell(here: Path) -> None:
    as_workbook(here, "recipients.csv", slip)
    done = agenda("check")
    assert done.exit_code == 1
    assert done.stderr.splitlines()[0] == (
        "config/recipients.xlsx: hoja «Sedes», celda B7: sede «tokioo» no está en representations.csv. "
        "¿Quiso decir «tokio»?"
    )
    assert "config/recipients.xlsx: sheet “Sedes”, cell B7: site “tokioo”" in agenda("check", "--lang", "en").stderr
    (problem,) = json.loads(agenda("check", "--json").stdout)
    assert (problem["file"], problem["sheet"], problem["cell"]) == ("recipients.xlsx", "Sedes", "B7")
    assert (problem["line"], problem["column"]) == (7, 2)


def test_a_workbook_that_cannot_be_read_is_told_and_its_table_is_not_called_missing(here: Path) -> None:
    as_workbook(here, "recipients.csv").write_bytes(b"PK\x03\x04 cut off")
    lines = agenda("check").stderr.splitlines()
    assert lines[0].startswith("config/recipients.xlsx:1:1: el libro está cortado o dañado.")
    assert not [line for line in lines if "falta" in line]


def test_a_table_and_a_workbook_that_say_the_same_are_no_question(here: Path) -> None:
    as_workbook(here, "recipients.csv", keep=True)
    assert (agenda("check").exit_code, "libro" in agenda("check").stdout) == (0, False)


@pytest.mark.parametrize(("seconds", "said"), [(60, "se guardó después"), (-60, "se guardó antes")])
def test_a_table_and_a_workbook_that_differ_are_refused_whichever_is_newer(
    here: Path, seconds: float, said: str
) -> None:
    beside = as_workbook(here, "recipients.csv", slip, keep=True)
    moment = (here / "config/recipients.csv").stat().st_mtime + seconds
    os.utime(beside, (moment, moment))
    done = agenda("check")
    assert done.exit_code == 1
    assert done.stderr.startswith(
        "config/recipients.csv:1:1: «recipients.csv» y el libro «recipients.xlsx» están los dos aquí, y no dicen lo "
        "mismo. Solo uno puede contar"
    )
    assert f"Difieren desde la fila 7 del libro. El libro {said}." in done.stderr
    assert "They differ from row 7 of the workbook on." in agenda("check", "--lang", "en").stderr


def test_a_workbook_with_a_row_more_or_one_that_cannot_be_read_differs_too(here: Path) -> None:
    beside = as_workbook(here, "festivos.csv", lambda sheet: sheet.append(["2027-01-04", "tokio", "x", "x", "no", "y"]),
                         keep=True)  # fmt: skip
    assert "no dicen lo mismo" in agenda("check").stderr
    beside.write_bytes(b"no workbook")
    assert "no dicen lo mismo" in agenda("check").stderr


def test_two_workbooks_for_one_table_are_refused(here: Path) -> None:
    beside = as_workbook(here, "recipients.csv")
    beside.with_suffix(".xlsm").write_bytes(beside.read_bytes())
    said = agenda("check").stderr
    assert "«recipients.xlsm» y «recipients.xlsx» están los dos aquí" in said
    assert "falta" not in said


def test_a_rollback_of_the_files_sets_a_workbook_aside_that_says_something_else(here: Path) -> None:
    published()
    edit(("Consulado de México en Albuquerque", "Consulado en Albuquerque"), file="representations.csv")
    as_workbook(here, "representations.csv")
    as_workbook(here, "festivos.csv")
    assert agenda("publish", "--reason", "otro nombre", "--yes").exit_code == 0
    done = agenda("rollback", "1", "--files", "--reason", "fue un error", "--yes")
    assert done.exit_code == 0, done.stderr
    names = {path.name for path in (here / "config").iterdir()}
    assert {"representations.csv", "representations.xlsx.antes-de-1", "festivos.xlsx"} <= names
    assert not {"representations.xlsx", "festivos.csv"} & names
    assert json.loads(agenda("impact", "--json").stdout)["unchanged"] is True


def test_a_workbook_whose_table_the_edition_did_not_have_is_set_aside(here: Path) -> None:
    table = here / "config/festivos.csv"
    days = table.read_bytes()
    table.unlink()
    published()
    table.write_bytes(days)
    as_workbook(here, "festivos.csv")
    assert agenda("publish", "--reason", "con días propios", "--yes").exit_code == 0
    assert agenda("rollback", "1", "--files", "--reason", "sin ellos", "--yes").exit_code == 0
    assert [path.name for path in (here / "config").glob("festivos.*")] == ["festivos.xlsx.antes-de-1"]
    assert json.loads(agenda("impact", "--json").stdout)["unchanged"] is True


def test_no_workbook_is_looked_into_where_there_is_none(here: Path) -> None:
    """The command line stays as quick as it was."""
    assert not {name for name in modules_of("check") if name.startswith(("openpyxl", "et_xmlfile"))}
