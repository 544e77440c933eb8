"""Files beside the configuration that an administrator takes for it are seen, and explained."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.command_line import agenda

HOUR = 3600.0


def saved(path: Path, *, after: Path, by: float) -> None:
    """Give a file a time of its own, `by` seconds after the other's."""
    moment = after.stat().st_mtime + by
    os.utime(path, (moment, moment))


@pytest.mark.parametrize("stray", ["agenda.yaml.txt", "Agenda.YAML.txt", "agenda.yml", "agenda.txt"])
def test_a_file_that_notepad_gave_another_ending_is_named_and_the_shipped_one_is_not_taken_for_it(
    here: Path, stray: str
) -> None:
    (here / "config/agenda.yaml").rename(here / "config" / stray)
    done = agenda("check")
    assert done.exit_code == 1
    assert f"config/agenda.yaml:1:1: falta «agenda.yaml», pero aquí está «{stray}»: Windows oculta" in done.stderr
    assert f"“agenda.yaml” is missing, but “{stray}” is here" in agenda("check", "--lang", "en").stderr


@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_a_workbook_of_a_kind_that_is_not_read_is_explained(here: Path, ending: str) -> None:
    (here / "config/recipients.csv").rename(here / "config" / f"recipients.{ending}")
    done = agenda("check")
    assert done.exit_code == 1
    assert f"falta «recipients.csv», pero aquí está «recipients.{ending}», y los libros de ese tipo" in done.stderr
    assert f"“recipients.{ending}” is here, and workbooks of that kind" in agenda("check", "--lang", "en").stderr


@pytest.mark.parametrize("signature", [b"PK\x03\x04\x14\x00", b"\xd0\xcf\x11\xe0\xa1\xb1"])
def test_a_workbook_under_the_name_of_a_table_is_explained(here: Path, signature: bytes) -> None:
    (here / "config/recipients.csv").write_bytes(signature + b"\x00" * 40)
    assert "«recipients.csv» contiene un libro de Excel, no texto." in agenda("check").stderr
    assert "“recipients.csv” holds a workbook, not text." in agenda("check", "--lang", "en").stderr


@pytest.mark.parametrize(
    ("stray", "name", "said"),
    [
        ("recipients.xls", "recipients.csv", "el libro «recipients.xls» es más reciente que «recipients.csv»"),
        ("agenda.yaml.txt", "agenda.yaml", "«agenda.yaml.txt» es más reciente que «agenda.yaml», y no se lee"),
    ],
)
def test_what_was_saved_after_the_file_that_is_read_is_noted_and_what_is_older_is_not(
    here: Path, stray: str, name: str, said: str
) -> None:
    read, beside = here / "config" / name, here / "config" / stray
    beside.write_bytes(b"another")
    saved(beside, after=read, by=HOUR)
    done = agenda("check")
    assert (done.exit_code, said in done.stdout) == (0, True)
    assert "is newer than" in agenda("check", "--lang", "en").stdout
    assert said in agenda("publish", "--reason", "primera").stderr
    saved(beside, after=read, by=-HOUR)
    assert said not in agenda("check").stdout
