"""Files and folders that a call names, and that cannot be used: every command says so in words, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import agenda
from tests.support.editing import first_edition

A_FOLDER = "carpeta: eso es una carpeta, y aquí va un archivo"
NO_FILE, NO_FOLDER = "nada: no existe ese archivo", "nada: no existe esa carpeta"
A_FILE = "archivo: eso es un archivo, y aquí va una carpeta"
EVENT = "taller-europa-2021"


@pytest.fixture(autouse=True)
def things(here: Path) -> None:
    (here / "carpeta").mkdir()
    (here / "archivo").write_bytes(b"x")
    first_edition("--reason", "inicio", "--author", "M. R.")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("attendance", EVENT, "carpeta", "--author", "M. R."), 2, A_FOLDER),
        (("attendance", EVENT, "nada", "--author", "M. R."), 2, NO_FILE),
        (("attendance", EVENT, "archivo/x", "--author", "M. R."), 2, A_FILE),
        (("rehearse", "--script", "carpeta", "--outbox", "mails"), 2, A_FOLDER),
        (("rehearse", "--script", "nada", "--outbox", "mails"), 2, NO_FILE),
        (("rehearse", "--outbox", "archivo"), 3, "archivo: eso ya existe"),
        (("restore", "carpeta"), 2, A_FOLDER),
        (("restore", "nada"), 2, NO_FILE),
        (("backup", "nada/x.db"), 3, NO_FOLDER),
        (("backup", "archivo/x.db"), 3, A_FILE),
        (("report", "--output", "nada/x"), 3, NO_FOLDER),
        (("report", "--output", "archivo/x"), 3, A_FILE),
        (("export", "archivo/x"), 3, f"no se puede escribir en archivo/x: {A_FILE}"),
        (("new", "archivo"), 3, "archivo: eso ya existe"),
        (("quarantine", "--save", "archivo"), 3, "archivo: eso ya existe"),
        (("evidence", "--verify", "archivo"), 1, "archivo: aquí no hay un expediente"),
        (("check", "--config", "archivo"), 2, "archivo: no hay tal carpeta"),
    ],
)
def test_what_cannot_be_used_is_named_with_the_reason(words: tuple[str, ...], code: int, said: str) -> None:
    done = agenda(*words)
    assert (done.exit_code, said in done.stderr) == (code, True), done.stderr
    english = agenda(*words, "--lang", "en")
    assert english.exit_code == code
    for told in (done.stderr, english.stderr):
        assert "Errno" not in told
        assert "Traceback" not in told
    assert done.stderr != english.stderr


@pytest.mark.parametrize(
    ("path", "content", "said"),
    [
        (
            "carpeta",
            None,
            "carpeta: no se puede leer (eso es una carpeta, y aquí va un archivo); corrija la ruta",
        ),
        ("nada", None, "nada: no se puede leer (no existe ese archivo); corrija la ruta"),
        ("clave", b"\xff\xfe", "clave: no se puede leer (eso no es texto en UTF-8); corrija la ruta"),
    ],
)
def test_a_variable_that_names_a_file_says_what_is_wrong_with_it(path: str, content: bytes | None, said: str) -> None:
    if content is not None:
        Path(path).write_bytes(content)
    done = agenda("status", AGENDA_SECRET_KEY_FILE=path)
    assert (done.exit_code, "Errno" in done.stderr) == (3, False)
    assert f"AGENDA_SECRET_KEY_FILE={said}" in done.stderr
