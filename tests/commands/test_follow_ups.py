"""What follows a session, at a terminal: said before the yes, told of afterwards, and what it waits for."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scheduler.base.clock import SystemClock
from tests.support import attendance_files as made
from tests.support.attended import PEOPLE
from tests.support.command_line import agenda, edit

EVENT = "taller-asia-pacifico-2021"
WHO = ("--author", "M. R.")
BEFORE = datetime(2021, 10, 1, 15, tzinfo=UTC)
AFTER = datetime(2021, 10, 22, 15, tzinfo=UTC)  # Friday, 10:00 in Mexico City; the session ended the evening before


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(SystemClock, "now", lambda self: moment)


@pytest.fixture(autouse=True)
def published(here: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped agenda, whose Asian workshop has a follow-up, in force since before; the session is over."""
    edit((f"  - id: {EVENT}\n", f"  - id: {EVENT}\n    seguimiento: sí\n"))
    at(monkeypatch, BEFORE)
    assert agenda("publish", "--reason", "inicio", "--yes", *WHO).exit_code == 0
    at(monkeypatch, AFTER)


def said(*words: str) -> tuple[int, str]:
    """Exit code, and all that was said, without line breaks."""
    done = agenda("attendance", EVENT, *words)
    return done.exit_code, " ".join((done.stdout + " " + done.stderr).split())


def follow_ups() -> dict[str, object]:
    found: dict[str, object] = json.loads(agenda("attendance", EVENT, "--json").stdout)["follow_ups"]
    return found


def test_until_somebody_records_who_came_it_waits_and_status_says_so() -> None:
    _, words = said()
    assert (
        "Seguimiento: espera a que se registre quién asistió; a partir del jue 4 nov, 19:00 h TCM ya no sale." in words
    )
    status = " ".join(agenda("status").stdout.split())
    assert (
        "El seguimiento de «Taller VMRE, Asia Pacífico» espera a que se registre quién asistió: agenda attendance "
        f"{EVENT} ARCHIVO" in status
    )
    english = " ".join(agenda("status", "--lang", "en").stdout.split())
    assert "The follow-up of “Overseas voting workshop, Asia Pacific” waits for somebody to record who came" in english
    assert json.loads(agenda("status", "--json").stdout)["awaiting_attendance"] == [EVENT]


def test_by_hand_the_first_figure_owes_mails_and_wants_a_yes() -> None:
    code, words = said("--site", "tokio=2", *WHO)
    assert code == 1
    assert (
        "Seguimiento: registrar esto deja 16 correos por salir: 1 agradece la asistencia y 15 preguntan a quien no "
        "asistió. Salen 2 horas después del último cambio, como pronto, y en el horario de cada sede; el primero,"
        in words
    )
    assert "No se registró nada. Si es lo que quiere, repita con --yes." in words
    assert (follow_ups()["awaits_attendance"], follow_ups()["waiting"]) == (True, 0)


def test_after_the_yes_it_says_how_many_wait_and_the_next_figure_asks_nothing() -> None:
    code, words = said("--site", "tokio=2", "--yes", *WHO)
    assert code == 0
    assert "Seguimiento: 16 correos por salir; el primero, " in words
    code, words = said("--site", "seul=1", *WHO)
    assert code == 0
    assert follow_ups()["waiting"] == 16
    assert "awaiting_attendance" in agenda("status", "--json").stdout
    assert json.loads(agenda("status", "--json").stdout)["awaiting_attendance"] == []


def test_a_file_says_before_the_yes_what_it_owes_in_english_too() -> None:
    Path("informe.csv").write_bytes(made.by_teams(made.teams_3(PEOPLE)))
    code, words = said("informe.csv", "--assign", "Ana Ejemplo=tokio", "--lang", "en", *WHO)
    assert code == 1
    assert (
        "Follow-up: recording this owes 16 mails: 1 thanks for coming, 15 ask whoever did not. They leave 2 hours "
        "after the last change at the earliest, in each site's working hours; the first on " in words
    )
    found = json.loads(agenda("attendance", EVENT, "informe.csv", "--json", *WHO).stdout)["follow_ups"]
    assert (found["thanks"], found["asks"], found["told"], found["stale"]) == (0, 16, 0, False)


def test_taken_back_none_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert said("--site", "tokio=2", "--yes", *WHO)[0] == 0
    code, words = said("--forget", "tokio", *WHO)
    assert code == 0
    assert "Seguimiento: espera a que se registre quién asistió" in words
    assert "No salieron 16: agenda deliveries --purpose follow-up" in words
    rows = json.loads(agenda("deliveries", "--purpose", "follow-up", "--json").stdout)
    assert {row["state"] for row in rows} == {"cancelled"}


def test_two_weeks_later_it_says_that_none_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, datetime(2021, 11, 20, tzinfo=UTC))
    code, words = said("--site", "tokio=2", *WHO)
    assert code == 0
    assert "Seguimiento: ninguno, porque la sesión terminó hace 14 días o más." in words


def test_a_mail_that_waits_can_be_read_before_it_leaves() -> None:
    assert said("--site", "tokio=2", "--yes", *WHO)[0] == 0
    shown = " ".join(agenda("impact", "--mail", "seul").stdout.split())
    assert "Subject: Si no pudo asistir: Taller VMRE" in shown or "Asunto: Si no pudo asistir: Taller VMRE" in shown
    assert "No nos consta que su sede haya participado en esta sesión." in shown


def test_the_ledger_names_it_in_words() -> None:
    assert said("--site", "tokio=2", "--yes", *WHO)[0] == 0
    assert "seguimiento" in agenda("deliveries", "--purpose", "follow-up").stdout
