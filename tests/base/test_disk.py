"""What the system objects to about a file, said in words: neither its numbers nor its English."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from scheduler.base.disk.named import read_named
from scheduler.base.disk.objections import objection, why
from scheduler.base.refusal import USAGE, UsageRefusal


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "carpeta").mkdir()
    (tmp_path / "archivo").write_bytes(b"12345")
    (tmp_path / "vuelta").symlink_to("vuelta")
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("most", "read"), [(5, b"12345"), (4, b"12345"), (2, b"123"), (0, b"1")])
def test_a_file_is_read_as_far_as_it_takes_to_see_that_it_is_too_large(most: int, read: bytes) -> None:
    assert read_named(Path("archivo"), most) == read


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("name", "es", "en"),
    [
        ("nada", "nada: no existe ese archivo", "nada: there is no such file"),
        ("nada/x", "nada: no existe esa carpeta", "nada: there is no such folder"),
        ("carpeta/nada", "carpeta/nada: no existe ese archivo", "carpeta/nada: there is no such file"),
        (
            "carpeta",
            "carpeta: eso es una carpeta, y aquí va un archivo",
            "carpeta: that is a folder, and a file goes here",
        ),
        (
            "archivo/x",
            "archivo: eso es un archivo, y aquí va una carpeta",
            "archivo: that is a file, and a folder goes here",
        ),
        (
            "vuelta",
            "vuelta: hay enlaces que llevan unos a otros en círculo",
            "vuelta: links there lead to each other",
        ),
        ("a" * 300, f"{'a' * 79}…: ese nombre es demasiado largo", f"{'a' * 79}…: that name is too long"),
    ],
)
def test_what_cannot_be_read_is_named_with_the_reason(name: str, es: str, en: str) -> None:
    with pytest.raises(UsageRefusal) as refused:
        read_named(Path(name), 10)
    assert (refused.value.lines("es"), refused.value.lines("en"), refused.value.code) == ((es,), (en,), USAGE)


@pytest.mark.parametrize(
    ("number", "es"),
    [
        (errno.EACCES, "esta cuenta no tiene permiso; pídalo a quien administra el equipo"),
        (errno.EPERM, "esta cuenta no tiene permiso; pídalo a quien administra el equipo"),
        (errno.EROFS, "en ese disco no se puede escribir; avise a quien administra el equipo"),
        (errno.ENOSPC, "el disco está lleno; libere espacio e intente de nuevo"),
        (errno.EEXIST, "eso ya existe"),
    ],
)
def test_what_a_disk_or_an_account_refuses_is_said(number: int, es: str) -> None:
    error = OSError(number, os.strerror(number), "informe.csv")
    assert objection(error)["es"] == f"informe.csv: {es}"
    assert os.strerror(number) not in objection(error)["en"]


def test_what_is_about_no_file_is_told_in_the_systems_words_without_its_number() -> None:
    refused = OSError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))
    assert objection(refused)["es"] == os.strerror(errno.ECONNREFUSED)
    assert why(TimeoutError())["es"] == "TimeoutError"


def test_an_error_that_names_no_file_is_about_the_one_that_was_being_read() -> None:
    error = OSError(errno.EACCES, "Permission denied")
    assert objection(error, Path("informe.csv"))["en"].startswith("informe.csv: this account may not")
