"""A SQLite database as one file, taken while it is at work, and put back."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.engine import URL

from calendars.catalogue import Phrase
from scheduler.base.refusal import EnvironmentRefusal, Refusal
from scheduler.base.tokens import Tokens
from scheduler.store import controls, instance
from scheduler.store.audit import chain
from scheduler.store.audit.chain import Head
from scheduler.store.audit.deeds import Deed
from scheduler.store.database import Database
from scheduler.store.sqlite import lock_file, sqlite_module

TAKEN, KEY, LAST = "backup", "backup key", "last backup"  # controls: of a copy its time and key; when one was made
WORKING = ("", "-wal", "-shm")  # a database and what SQLite keeps beside it
NO_BACKUP = Phrase("{file}: no database of this program; name a file that `agenda backup` made")
DAMAGED = Phrase("{file}: SQLite finds it damaged ({what}); take another backup")
REHEARSED = Phrase("{name} belongs to a rehearsal, and no installation starts from one")
NOT_OURS = Phrase("{file} is there, and is no backup; name another file")


class NotABackup(Refusal):
    """The file that is named cannot be put back, or must not be overwritten."""


class DamagedDatabase(EnvironmentRefusal):
    """What was copied is not whole."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Restored:
    taken: datetime | None  # UTC; None of a copy that something else made
    key: str | None  # fingerprint of the key that it was signed with
    set_aside: Path | None  # what the database that was there is called now


def back_up(database: Database, file: Path, now: datetime, deed: Deed | None = None) -> None:
    """Write a verified copy that sends nothing wherever it is put, readable by its owner only.

    An earlier backup of that name is replaced, nothing else. `deed` goes into the audit. Raises NotABackup;
    DamagedDatabase.
    """
    if file.exists() and controls_of(file).get(TAKEN) is None:
        raise NotABackup(NOT_OURS, file=file)
    with _unfinished(file) as copy:
        database.copy_into(copy)
        taken = now.isoformat(timespec="seconds")
        with _signing(copy, {TAKEN: taken, KEY: database.tokens.fingerprint, instance.MINE: instance.COPIED}):
            pass
        _check(copy)
        copy.replace(file)
    with database.write_own_row() as connection:
        controls.put(connection, LAST, taken)
        if deed is not None:
            chain.record(connection, deed, now)


def restore(
    file: Path, target: Path, now: datetime, deed: Deed | None = None, tokens: Tokens | None = None
) -> Restored:
    """Put a backup where the database is to be. What was there is kept beside it, under another name.

    Nothing is sent from it before it is adopted. `deed` goes into the audit of what is put back, with the head of what
    was there: chained with the key of `tokens`, if the backup was signed with it, too. Raises NotABackup;
    DamagedDatabase; DatabaseInUse.
    """
    known = controls_of(file)
    if not known:
        raise NotABackup(NO_BACKUP, file=file)
    if controls.REHEARSAL in known:
        raise NotABackup(REHEARSED, name=file)
    with lock_file(target), _unfinished(target) as copy:
        module = sqlite_module()
        with closing(module.connect(_read_only(file), uri=True)) as source, closing(module.connect(copy)) as made:
            source.backup(made)
        noted = None if deed is None else replace(deed, details={**deed.details, **_what_goes(target, known)})
        same = tokens is not None and known.get(KEY, tokens.fingerprint) in tokens.fingerprints
        with _signing(copy, {instance.MINE: instance.COPIED}, without=(TAKEN, KEY)) as connection:  # no backup any more
            if noted is not None:
                key = tokens.chain_keys[0] if tokens is not None and same else None
                chain.record(connection.execution_options(chain_key=lambda: key), noted, now)
        _check(copy)
        aside = _set_aside(target, now)
        copy.replace(target)
    taken = known.get(TAKEN)
    return Restored(taken=None if taken is None else datetime.fromisoformat(taken), key=known.get(KEY), set_aside=aside)


def last(connection: Connection) -> datetime | None:
    """When a backup was made of this database; None if never."""
    at = controls.get(connection, LAST)
    return None if at is None else datetime.fromisoformat(at)


def controls_of(file: Path) -> dict[str, str]:
    """What a file says of itself, left as it is; empty of what is no database of this program."""
    module = sqlite_module()
    try:
        with closing(module.connect(_read_only(file), uri=True)) as found:
            version = found.execute("SELECT version_num FROM alembic_version").fetchone()
            rows = found.execute("SELECT name, value FROM controls").fetchall()
    except module.DatabaseError:
        return {}
    return {"": str(version), **dict(rows)}


@contextmanager
def _unfinished(file: Path) -> Iterator[Path]:
    """A name in the same folder, for what is to bear the other once it is whole."""
    path = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        path.touch(mode=0o600, exist_ok=False)
        yield path
    finally:
        for end in WORKING:
            path.with_name(path.name + end).unlink(missing_ok=True)


def _what_goes(target: Path, known: dict[str, str]) -> dict[str, str]:
    """For the audit: when the backup was taken, and how far the list had come that is set aside with the database."""
    said = {"taken": known[TAKEN]} if TAKEN in known else {}
    module = sqlite_module()
    try:
        with closing(module.connect(_read_only(target), uri=True)) as found:
            row = found.execute("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1").fetchone()
    except module.DatabaseError:  # there is none, it is of an earlier version, or it is damaged
        row = None
    return said if row is None else {**said, "before": str(Head(number=row[0], hash=row[1]))}


@contextmanager
def _signing(copy: Path, marks: dict[str, str], *, without: tuple[str, ...] = ()) -> Iterator[Connection]:
    """Let it be one file, with these marks and what the block writes, of this program's version and on disk."""
    made = Database(URL.create("sqlite", database=str(copy)).render_as_string())
    try:
        with made.write() as connection:
            for name, value in marks.items():
                controls.put(connection, name, value)
            for name in (instance.BEFORE, *without):
                controls.clear(connection, name)
            yield connection
    finally:
        made.close()
    with copy.open("rb") as file:
        os.fsync(file.fileno())


def _check(copy: Path) -> None:
    with closing(sqlite_module().connect(copy)) as made:
        made.execute("PRAGMA journal_mode=DELETE")  # so that it is one file, and can be read where nothing is written
        [found] = made.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise DamagedDatabase(DAMAGED, file=copy, what=found)


def _set_aside(target: Path, now: datetime) -> Path | None:
    if not target.exists():
        return None
    aside = target.with_name(f"{target.name}.before-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    for end in WORKING:
        if (found := target.with_name(target.name + end)).exists():
            found.rename(aside.with_name(aside.name + end))
    return aside


def _read_only(file: Path) -> str:
    return f"{file.resolve().as_uri()}?mode=ro"
