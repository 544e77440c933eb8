"""What a Spanish administrator's screen says is Spanish: help, wrong calls, the names of checks."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scheduler.cli import COMMANDS, loaded
from scheduler.commands.helping import asked_language, speak
from tests.support.command_line import agenda
from tests.support.english import english_words

pytestmark = pytest.mark.usefixtures("here")


def calls() -> list[tuple[str, ...]]:
    """Every command, and every command below one."""
    return [(one.name, *below) for one in COMMANDS for below in ((), *_below(one.name))]


def _below(name: str) -> list[tuple[str, ...]]:
    return [(one,) for one in getattr(loaded(name), "commands", {})]


@pytest.mark.parametrize("call", [(), *calls()], ids=" ".join)
def test_no_help_has_an_english_word(call: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("typer.rich_utils.MAX_WIDTH", 400)  # so wide that no word is broken
    done = agenda(*call, "--help")
    assert (done.exit_code, english_words(done.stdout)) == (0, [])
    assert "Uso: agenda" in done.stdout


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (("publsh",), "No hay un comando publsh."),
        (("publish", "--nope"), "No hay una opción --nope."),
        (("show", "--site"), "La opción --site lleva un valor después."),
        (("rollback",), "Falta el argumento N."),
        (("rollback", "uno"), "N: ese valor no va aquí"),
        (("deliveries", "--state", "foo"), "--state: «foo» no se conoce aquí; escriba uno de: 'planned'"),
        (("check", "de", "más"), "Esto sobra: de más"),
    ],
)
def test_a_wrong_call_is_refused_in_spanish(call: tuple[str, ...], said: str) -> None:
    done = agenda(*call)
    assert (done.exit_code, said in " ".join(done.stderr.split())) == (2, True)
    assert english_words(done.stderr) == []


def test_whoever_asks_in_english_gets_english() -> None:
    assert "Put the draft in force" in agenda("publish", "--help", "--lang", "en").stdout
    assert "Put the draft in force" in agenda("publish", "--help", AGENDA_LANG="en").stdout
    assert "No such option: --nope" in agenda("publish", "--nope", AGENDA_LANG="en").stderr
    assert "Usage: agenda" in agenda("--help", AGENDA_LANG="en").stdout


def test_the_language_of_a_call_is_known_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AGENDA_LANG", raising=False)
    assert [
        asked_language(call.split()) for call in ("check --lang en", "check --lang=en", "check", "check --lang")
    ] == [
        "en",
        "en",
        "es",
        "es",
    ]


def test_what_is_said_in_english_is_left_as_it_stands_in_the_code() -> None:
    command = loaded("check")
    speak(command, "en")
    assert command.help.startswith("Validate the draft; nothing is written.")


def test_help_in_spanish_loads_neither_babel_nor_a_command_that_was_not_called() -> None:
    """In a process of its own, for this one has loaded everything."""
    code = (
        "import sys; from scheduler.cli import app; app(['--help'], standalone_mode=False)\n"
        "print([name for name in ('babel', 'sqlalchemy', 'pytz', 'scheduler.commands.publish') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("[]")


def test_doctor_inbox_and_export_speak_spanish() -> None:
    assert english_words(agenda("doctor").stdout) == []
    assert "archivos en out" in agenda("export", "out").stdout
    assert "files in out2" in agenda("export", "out2", "--lang", "en").stdout
    both = agenda("inbox", "--maildir", "m", "--imap", "imaps://u@host/INBOX")
    assert (both.exit_code, "--maildir o --imap, no los dos" in both.stderr) == (2, True)
