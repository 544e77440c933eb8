"""No word of English stands on a Spanish administrator's screen: each command is run, in each state of the service.

Help and wrong calls are test_helping's; logs are in English, and go to whoever runs the machine.
"""

from __future__ import annotations

import pytest

from scheduler.planning.delivery import Purpose, State
from scheduler.store.database import Database
from scheduler.wording.kinds import PURPOSES, STATES
from tests.support.checkout import ROOT
from tests.support.command_line import AHEAD, agenda, edit, into_the_future
from tests.support.editing import NAME, published
from tests.support.english import english, english_words

pytestmark = pytest.mark.usefixtures("here")

EVERYWHERE = (
    ("check",),
    ("show",),
    ("show", "--site", "tokio"),
    ("show", "--site", "nada"),
    ("show", "--days", "tokio"),
    ("show", "--days", "nada"),
    ("diff",),
    ("impact",),
    ("impact", NAME),
    ("impact", "nada"),
    ("impact", "jornada-credencializacion-2022"),
    ("impact", "--mail", "nada"),
    ("editions",),
    ("status",),
    ("doctor",),
    ("answers",),
    ("answers", NAME),
    ("answers", "nada"),
    ("deliveries",),
    ("deliveries", "--site", "nada"),
    ("deliveries", "show", "1"),
    ("deliveries", "show", "x"),
    ("deliveries", "drop", "--reason", "x"),
    ("suppressions",),
    ("suppressions", "--doubted"),
    ("suppressions", "lift", "nada"),
    ("token", "--list"),
    ("token", "nada"),
    ("handover", "--list"),
    ("handover", "nada", "--to", "nuevo@sedes.example", "--reason", "x", "--yes"),
    ("inbox", "--maildir", "ninguno"),
    ("quarantine",),
    ("rollback", "9", "--reason", "x"),
    ("impact", "--rollback", "9"),
    ("send-test", "nada"),
    ("send-test", "a@b.example"),
    ("restore", "ninguno.db"),
    ("export", "calendarios"),
    ("check", "--config", "nada"),
)
CHANGED = (
    ("check",),
    ("diff",),
    ("impact",),
    ("status",),
    ("impact", "--mail", "tokio"),
    ("impact", "--mail", "tokio", "--reminder"),
    ("impact", "--announce", NAME),
    ("impact", "--announce", "nada"),
    ("publish", "--reason", "mover", "--announce", "nada"),
    ("publish", "--reason", ""),
    ("publish", "--reason", "mover"),
    ("impact", "--rollback", "1"),
    ("diff", "--shifted"),
    ("publish", "--shifted", "--reason", "x"),
    ("rollback", "1", "--files", "--reason", "error"),
    ("editions",),
)
DECIDING = (
    ("deliveries", "--site", "tokio"),
    ("deliveries", "hold", "--site", "tokio", "--reason", "x"),
    ("deliveries", "hold", "--site", "tokio", "--reason", "x", "--yes"),
    ("status",),
    ("deliveries", "release", "--site", "tokio", "--reason", "x", "--yes"),
    ("deliveries", "retry", "--site", "tokio", "--reason", "x", "--yes"),
    ("deliveries", "hold", "--site", "tokio", "--reason", "x", "--yes"),
    ("deliveries", "drop", "--site", "tokio", "--reason", "x", "--yes"),
    ("stop",),
    ("stop",),
    ("status",),
    ("publish", "--reason", "y"),
    ("send-test", "a@b.example"),
    ("resume",),
    ("resume",),
    ("suppressions", "lift", "tokio-consular"),
    ("token", "tokio", "--label", "Ana"),
    ("token", "--list"),
    ("token", "--revoke", "x"),
    ("handover", "tokio-consular", "--to", "nuevo@sedes.example"),
    ("handover", "tokio-consular", "--to", "nuevo@sedes.example", "--reason", "x", "--yes"),
    ("handover", "--list"),
    ("backup", "respaldo.db"),
    ("backup", "respaldo.db"),
    ("restore", "respaldo.db"),
    ("adopt",),
    ("copy-database", "sqlite:///agenda.db", "sqlite:///otra.db"),
    ("copy-database", "sqlite:///agenda.db", "sqlite:///otra.db"),
    ("migrate",),
    ("doctor",),
)


def foreign(*calls: tuple[str, ...]) -> list[str]:
    """What English is said to these calls, each with its call."""
    said = []
    for call in calls:
        done = agenda(*call)
        assert done.exception is None or isinstance(done.exception, SystemExit), (call, done.exception)
        said += [f"{' '.join(call)}: {word}" for word in english_words(done.stdout + done.stderr)]
    return said


def test_english_is_known_where_it_stands() -> None:
    assert len(english()) > 500
    assert english_words(agenda("doctor", "--lang", "en").stdout)
    assert english_words("NADA se ha publicado; vea `agenda publish --help`, --site tokio y «the day»") == []
    assert english_words("El borrador is fine") == ["is", "fine"]
    assert english_words("la clave (huella 80feed4bcfe432de)") == []


def test_before_the_first_edition() -> None:
    assert foreign(*EVERYWHERE, ("stop",), ("resume",), ("backup", "x.db"), ("adopt",), ("migrate",)) == []


def test_with_an_edition_and_while_it_is_changed() -> None:
    into_the_future()
    assert foreign(("publish", "--reason", "inicio"), ("publish", "--reason", "otra"), *EVERYWHERE) == []
    edit((f"    fecha: {AHEAD}-10-21\n", f"    fecha: {AHEAD}-10-22\n"))
    assert foreign(*CHANGED) == []


def test_while_deliveries_are_decided_mail_is_stopped_and_a_database_is_moved() -> None:
    into_the_future()
    assert foreign(("publish", "--reason", "inicio"), *DECIDING) == []


def test_states_and_purposes_are_said_in_words_and_not_by_their_codes() -> None:
    published()
    assert {"recordatorio", "previsto"} <= set(agenda("deliveries", "--site", "tokio").stdout.split())
    assert {"reminder", "planned"} <= set(agenda("deliveries", "--site", "tokio", "--lang", "en").stdout.split())
    assert (set(State), set(Purpose)) == (set(STATES), set(PURPOSES))


def test_while_another_command_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message about the lock."""
    published()
    monkeypatch.setattr("scheduler.store.sqlite.BUSY_SECONDS", 0)
    other = Database("sqlite:///agenda.db")
    with other.write():
        assert "la base está ocupada" in agenda("publish", "--reason", "x").stderr
        assert foreign(("publish", "--reason", "x"), ("stop",), ("token", "tokio")) == []
    other.close()


def test_whatever_is_wrong_with_a_file() -> None:
    """Every problem that the reading tests know, as it is told."""
    golden = (ROOT / "tests/calendars/reading/problems.txt").read_text(encoding="utf-8")
    told = [line.partition(": ")[2] for line in golden.splitlines() if line.startswith("= ")]
    assert len(told) > 100
    assert {line: found for line in told if (found := english_words(line))} == {}


def test_a_rehearsal_and_its_summary() -> None:
    call = ("rehearse", "--from", "2021-10-18", "--to", "2021-10-19", "--outbox", "ensayo")
    assert foreign(call, call) == []
