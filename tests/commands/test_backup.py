"""`agenda backup` and `agenda restore`, and what a restored database may do before it is adopted."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.command_line import agenda, into_the_future
from tests.support.editing import first_edition

KEY = {"AGENDA_SECRET_KEY": "otra clave de dieciséis signos"}


@pytest.fixture
def published(here: Path) -> Path:
    into_the_future()
    first_edition("--reason", "inicio")
    return here


def test_a_backup_is_one_verified_file_for_its_owner_and_says_what_it_lacks(published: Path) -> None:
    done = agenda("backup", "respaldo.db")
    assert done.exit_code == 0
    assert "respaldo.db: copia verificada de sqlite:///agenda.db. No contiene la clave secreta (huella " in done.stdout
    assert "config/ ni privado.yaml" in done.stdout
    assert (published / "respaldo.db").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in published.glob("*respaldo*")) == ["respaldo.db"]
    with closing(sqlite3.connect(published / "respaldo.db")) as copy:
        assert copy.execute("SELECT count(*) FROM editions").fetchone() == (1,)
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    key = (published / "agenda.db.key").read_text().strip()
    assert key.encode() not in (published / "respaldo.db").read_bytes()


def test_status_says_when_the_last_backup_was_made(published: Path) -> None:
    assert json.loads(agenda("status", "--json").stdout)["backup"] is None
    assert agenda("backup", "respaldo.db").exit_code == 0
    assert json.loads(agenda("status", "--json").stdout)["backup"]
    assert "Último respaldo: 20" in agenda("status").stdout
    assert "Last backup: 20" in agenda("status", "--lang", "en").stdout


def test_a_backup_replaces_an_earlier_one_and_nothing_else(published: Path) -> None:
    for _ in range(2):
        assert agenda("backup", "respaldo.db").exit_code == 0
    (published / "notas.txt").write_text("mías")
    refused = agenda("backup", "notas.txt")
    assert (refused.exit_code, refused.stderr) == (
        1,
        "agenda: notas.txt ya existe y no es un respaldo; indique otro archivo\n",
    )
    assert agenda("backup", "agenda.db").exit_code == 1
    assert (published / "notas.txt").read_text() == "mías"


def test_a_backup_is_put_back_and_what_was_there_is_kept(published: Path) -> None:
    assert agenda("backup", "respaldo.db").exit_code == 0
    assert agenda("stop", "--yes").exit_code in (0, 2)
    done = agenda("restore", "respaldo.db")
    assert done.exit_code == 0, done.stderr
    assert (
        "respaldo.db es ahora la base sqlite:///agenda.db; nada se envía desde ella antes de: agenda adopt"
        in done.stdout
    )
    assert "Lo que había se conserva como agenda.db.before-" in done.stdout
    [aside] = published.glob("agenda.db.before-*Z")
    assert aside.stat().st_mode & 0o777 == 0o600
    assert (published / "agenda.db").stat().st_mode & 0o777 == 0o600
    assert json.loads(agenda("status", "--json").stdout)["adopted"] is False
    taken = done.stdout.partition("--backup-from ")[2].split()[0]
    assert agenda("adopt", "--backup-from", taken).exit_code == 0
    assert json.loads(agenda("status", "--json").stdout)["adopted"] is True
    assert agenda("backup", "agenda.db").exit_code == 1  # it is at work, and no backup any more


def test_a_backup_of_another_key_says_so(published: Path) -> None:
    assert agenda("backup", "respaldo.db").exit_code == 0
    assert "Se firmó con otra clave secreta" not in agenda("restore", "respaldo.db").stderr
    told = agenda("restore", "respaldo.db", **KEY)
    assert told.exit_code == 0
    assert "Se firmó con otra clave secreta (huella " in told.stderr
    (published / "agenda.db.key").unlink()
    assert "Se firmó con otra clave secreta" in agenda("restore", "respaldo.db").stderr
    assert "another secret key" in agenda("restore", "respaldo.db", "--lang", "en").stderr


def test_a_plain_copy_is_put_back_too_and_sends_nothing(published: Path) -> None:
    """Made by SQLite's own program, or by `cp` of a service at rest."""
    shutil.copy("agenda.db", "copia.db")
    done = agenda("restore", "copia.db")
    assert done.exit_code == 0, done.stderr
    assert "--backup-from 2026-11-23T04:00Z" in done.stdout
    assert json.loads(agenda("status", "--json").stdout)["adopted"] is False


@pytest.mark.parametrize("content", [b"", b"no database, " * 100])
def test_what_is_no_database_of_this_program_is_not_put_back(published: Path, content: bytes) -> None:
    (published / "x.db").write_bytes(content)
    refused = agenda("restore", "x.db", "--lang", "en")
    assert (refused.exit_code, refused.stderr) == (
        1,
        "agenda: x.db: no database of this program; name a file that `agenda backup` made\n",
    )
    assert (published / "x.db").read_bytes() == content
    assert agenda("restore", "none.db").exit_code == 2


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_on_postgresql_the_way_is_named(here: Path, command: str) -> None:
    refused = agenda(command, "x.dump", AGENDA_DATABASE_URL="postgresql+psycopg://agenda@127.0.0.1:1/x")
    assert refused.exit_code == 2
    assert "pg_dump -Fc -f x.dump" in refused.stderr


def test_reading_works_on_a_database_that_is_not_adopted_and_a_mailbox_is_left_alone(published: Path) -> None:
    """By IMAP it would take the original's bounces."""
    assert agenda("backup", "respaldo.db").exit_code == 0
    assert agenda("restore", "respaldo.db").exit_code == 0
    Path("maildir/new").mkdir(parents=True)
    Path("maildir/cur").mkdir()
    Path("maildir/tmp").mkdir()
    for command in (["status"], ["deliveries"], ["inbox", "--maildir", "maildir"]):
        assert agenda(*command).exit_code == 0, command
    refused = agenda("inbox", "--imap", "imaps://u@127.0.0.1:1/INBOX", AGENDA_IMAP_PASSWORD="x")
    assert refused.exit_code == 3
    assert "antes, `agenda adopt`" in refused.stderr


@pytest.mark.parametrize("command", [["status"], ["publish", "--reason", "otra vez"], ["serve", "--port", "0"]])
def test_a_database_that_was_deleted_is_not_begun_anew(published: Path, command: list[str]) -> None:
    for path in published.glob("agenda.db*"):
        if path.name != "agenda.db.instance":
            path.unlink()
    refused = agenda(*command)
    assert refused.exit_code in (1, 3)
    assert not (published / "agenda.db").exists()
    if command[0] != "status":
        assert "agenda.db ya no está, y su marca sigue ahí" in refused.stderr
