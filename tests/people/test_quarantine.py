"""One message can harm nothing but itself: it is read before any transaction, and set aside where that fails."""

from __future__ import annotations

import json
import mailbox
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from typer.testing import CliRunner

from scheduler.cli import app
from scheduler.mail.incoming import reading
from scheduler.mail.incoming.bounds import Unreadable
from scheduler.people.incoming import Inbox, Meaning
from scheduler.store import controls
from scheduler.store.database import Database
from scheduler.store.people import quarantine
from scheduler.store.people.quarantine import Quarantined
from tests.support.campaign import TOKENS
from tests.support.command_line import agenda
from tests.support.returned import returned

pytestmark = pytest.mark.usefixtures("here")


NOW = datetime(2021, 10, 14, 15, tzinfo=UTC)
POISON = b"Subject: stumble\n\nx"


def fails(raw: bytes, authserv_id: str | None) -> reading.Incoming:
    """Reads nothing, and fails at what names the word, as a library may at what strangers write."""
    if b"stumble" in raw:
        raise AssertionError("a library's own words")
    return reading.Other() if authserv_id else reading.AutoReply()


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.mail.incoming.reading._read", fails)


@pytest.mark.usefixtures("failing")
def test_whatever_a_library_raises_is_one_word_and_one_kind_of_error() -> None:
    with pytest.raises(Unreadable, match=r"^AssertionError$"):
        Inbox(tokens=TOKENS).read(POISON)


@pytest.mark.usefixtures("failing")
def test_a_maildir_message_that_cannot_be_read_is_moved_aside_whole_and_the_next_is_taken(tmp_path: Path) -> None:
    assert agenda("publish", "--reason", "inicio").exit_code == 0
    box = mailbox.Maildir(tmp_path / "Maildir")  # makes it
    poison = b"Subject: stumble\n\nx\x00\r\n"
    (tmp_path / "Maildir" / "new" / "1.first.host").write_bytes(poison)
    (tmp_path / "Maildir" / "new" / "2.second.host").write_bytes(returned())
    done = agenda("inbox", "--maildir", str(tmp_path / "Maildir"))
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("2 mensajes recibidos")
    (aside,) = (tmp_path / "Maildir" / ".Quarantine" / "cur").iterdir()
    assert (aside.name, aside.read_bytes()) == ("1.first.host:2,F", poison)
    (taken,) = (tmp_path / "Maildir" / "cur").iterdir()
    assert taken.name == "2.second.host:2,S"
    assert box.list_folders() == ["Quarantine"]


@pytest.mark.usefixtures("failing")
def test_a_pipes_message_that_cannot_be_read_does_not_come_again() -> None:
    assert agenda("publish", "--reason", "inicio").exit_code == 0
    done = CliRunner().invoke(app, ["inbox"], input=POISON)
    assert (done.exit_code, done.stdout) == (0, "mensaje apartado\n")
    assert "stumble" not in done.stderr
    (kept,) = json.loads(agenda("quarantine", "--json", "--save", "aside").stdout)
    assert (kept["source"], kept["reason"], kept["octets"], kept["kept"]) == ("pipe", "AssertionError", 19, True)
    (saved,) = Path("aside").iterdir()
    assert saved.read_bytes() == POISON
    assert saved.stat().st_mode & 0o777 == 0o600
    assert kept["digest"][:16] in agenda("quarantine").stdout
    assert json.loads(agenda("status", "--json").stdout)["quarantined"] == 1
    assert "que no se pudieron leer, en 30 días: 1" in agenda("status").stdout
    assert agenda("inbox", "--again").stdout == "1 mensaje recibido: 1 mensaje apartado\n"


def test_what_a_pipe_brought_is_taken_once_more_after_an_upgrade(monkeypatch: pytest.MonkeyPatch) -> None:
    assert agenda("publish", "--reason", "inicio").exit_code == 0
    with monkeypatch.context() as patched:
        patched.setattr("scheduler.mail.incoming.reading._read", fails)
        CliRunner().invoke(app, ["inbox"], input=POISON)
    assert agenda("inbox", "--again").stdout == "1 mensaje recibido: 1 mensaje para leer\n"
    assert agenda("quarantine").stdout == "Nada se apartó.\n"


@pytest.mark.usefixtures("failing")
def test_the_list_is_dropped_when_asked() -> None:
    assert agenda("publish", "--reason", "inicio").exit_code == 0
    CliRunner().invoke(app, ["inbox"], input=POISON)
    agenda("quarantine", "--forget")
    assert agenda("quarantine").stdout == "Nada se apartó.\n"


def test_an_installation_that_is_not_fit_asks_the_mail_server_to_keep_the_message() -> None:
    done = CliRunner().invoke(app, ["inbox"], input=returned(), env={"AGENDA_PACE": "fast"})
    assert done.exit_code == 75
    assert CliRunner().invoke(app, ["inbox"], input=returned()).exit_code == 75  # there is no database


def one(number: int, at: datetime = NOW) -> Quarantined:
    digest = f"{number:064x}"
    return Quarantined(digest=digest, at=at, source="pipe", reason="depth", octets=3, kept=True)


@pytest.mark.conformance
def test_what_is_kept_is_bounded_in_number_and_the_oldest_goes_first(database: Database) -> None:
    for number in range(quarantine.MOST_KEPT + 2):
        with database.write() as connection:
            quarantine.put(connection, one(number, NOW + timedelta(minutes=number)), b"abc")
    with database.read() as connection:
        found = quarantine.listed(connection)
        assert [item.kept for item in found] == [True] * quarantine.MOST_KEPT + [False] * 2
        assert quarantine.message(connection, found[0].digest) == b"abc"


@pytest.mark.conformance
def test_what_is_kept_goes_after_a_month_and_counts_as_long(database: Database) -> None:
    with database.write() as connection:
        quarantine.put(connection, one(1), b"abc")
        quarantine.put(connection, one(1), b"abc")
        assert quarantine.count(connection, NOW + quarantine.KEPT_FOR) == 1
        later = NOW + quarantine.KEPT_FOR + timedelta(seconds=1)
        assert quarantine.count(connection, later) == 0
        quarantine.put(connection, one(2, later), None)
        assert [(item.digest, item.kept) for item in quarantine.listed(connection)] == [(one(2).digest, False)]


@pytest.mark.conformance
def test_no_transaction_is_open_while_a_message_is_read(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    reading_begun, go_on = Event(), Event()

    def held(raw: bytes, authserv_id: str | None) -> reading.Incoming:
        reading_begun.set()
        assert go_on.wait(30)
        return real(raw, authserv_id)

    real = reading._read  # because it is what is held
    monkeypatch.setattr("scheduler.mail.incoming.reading._read", held)
    box = Inbox(tokens=TOKENS)
    with ThreadPoolExecutor() as pool:
        taken = pool.submit(lambda: box.handle(database, box.read(returned()), NOW))
        assert reading_begun.wait(30)
        with database.write() as connection:  # would wait for whoever writes, and on SQLite end by its time limit
            controls.put(connection, "written", "meanwhile")
        assert not taken.done()
        go_on.set()
        assert taken.result(30).meaning is Meaning.UNKNOWN
