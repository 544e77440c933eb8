"""What is still the sample's is told by `publish`, and asked about where mail would really leave."""

from __future__ import annotations

import getpass
import json
from pathlib import Path

import pytest

from tests.support.command_line import agenda

pytestmark = pytest.mark.usefixtures("here")

REAL = "smtp+starttls://correo.example:587"  # no loopback: publishing itself connects to nothing


def published() -> int:
    return len(json.loads(agenda("editions", "--json").stdout or "[]"))


def test_without_a_relay_it_is_told_and_published() -> None:
    done = agenda("publish", "--reason", "primera", "--author", "M. R.")
    assert done.exit_code == 0
    assert "ATENCIÓN: el remitente está en agenda-consular.example" in done.stderr
    assert "ATENCIÓN: el aviso de privacidad es el texto de ejemplo" in done.stderr
    assert "ATENCIÓN: todos los eventos de la agenda ya pasaron (el último fue el 2022-02-07)" in done.stderr


@pytest.mark.parametrize(
    ("lang", "said"), [("es", "repita con --yes. No se publicó nada"), ("en", "repeat with --yes. Nothing was")]
)
def test_with_a_real_relay_it_asks(lang: str, said: str) -> None:
    call = ("publish", "--reason", "primera", "--author", "M. R.", "--lang", lang)
    done = agenda(*call, AGENDA_SMTP_URL=REAL)
    assert (done.exit_code, said in done.stderr, Path("agenda.db").exists()) == (1, True, False)
    assert agenda(*call, "--yes", AGENDA_SMTP_URL=REAL).exit_code == 0
    assert published() == 1


@pytest.mark.parametrize(
    "environment",
    [{"AGENDA_SMTP_URL": "smtp://127.0.0.1:2525"}, {"AGENDA_SMTP_URL": REAL, "AGENDA_REDIRECT_ALL": "a@ine.example"}],
)
def test_a_trials_relay_and_a_redirected_one_ask_nothing(environment: dict[str, str]) -> None:
    assert agenda("publish", "--reason", "primera", **environment).exit_code == 0


def test_an_unnamed_author_is_noted_and_a_named_one_is_not() -> None:
    done = agenda("publish", "--reason", "primera")
    assert f"Autor: {getpass.getuser()}, la cuenta de este equipo" in done.stderr
    assert "Autor:" not in agenda("publish", "--reason", "segunda", "--author", "M. R.").stderr
    assert "Author:" in agenda("rollback", "1", "--reason", "vuelta", "--lang", "en").stderr


def test_status_without_an_edition_is_no_all_clear() -> None:
    agenda("migrate")
    first = agenda("status").stdout.split("\n")[0]
    assert first.startswith("ALERTAS 1 · NADA PUBLICADO todavía: agenda publish")
    assert agenda("status", "--lang", "en").stdout.startswith("ALERTS 1 · NOTHING PUBLISHED yet")
