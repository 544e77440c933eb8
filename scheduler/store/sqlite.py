"""SQLite: one file, one writer at a time, and one service kept to it by a file lock."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import IO, Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

from calendars.catalogue import Phrase
from scheduler.base.refusal import EnvironmentRefusal

try:
    from pysqlite3 import dbapi2 as bundled_sqlite
except ImportError:  # no wheel for this platform; the standard library's then has to be new enough
    bundled_sqlite = None

SAFE_SQLITE = (3, 51, 3)  # before it, several connections in WAL mode could corrupt the file
BUSY_SECONDS = 30
CACHE_KIB, ROOMY_KIB = 16_384, 131_072  # of pages, at most: what is never read is never kept


IN_USE = Phrase("{file}: another agenda serve or worker works on it")


class DatabaseInUse(EnvironmentRefusal):
    """Another service works on this SQLite file."""


def sqlite_module() -> ModuleType:
    """The newer of the standard library's SQLite and the bundled one."""
    candidates = [sqlite3] if bundled_sqlite is None else [sqlite3, bundled_sqlite]
    return max(candidates, key=lambda module: module.sqlite_version_info)


def sqlite_engine(url: URL) -> Engine:
    """Transactions as this project wants them; with the option `writes`, one takes the write lock at its beginning.

    The file has to be there: one that was deleted must not begin anew, empty.
    """
    file = Path(str(url.database)).resolve().as_posix()
    there = URL.create("sqlite", database=f"file:{quote(file)}", query={"mode": "rw", "uri": "true"})
    engine = create_engine(there, module=sqlite_module(), hide_parameters=True)  # addresses and links in no log

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # or the driver would begin transactions of its own
        for pragma in (
            f"busy_timeout={BUSY_SECONDS * 1000}",
            "journal_mode=WAL",
            "synchronous=FULL",  # what was settled stays settled after a power cut
            "foreign_keys=ON",
            "temp_store=MEMORY",
            f"cache_size=-{CACHE_KIB}",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def roomy(connection: Connection) -> Iterator[None]:
    """Of SQLite: keep more pages meanwhile, where many rows are written whose index entries lie all over the file."""
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        connection.exec_driver_sql(f"PRAGMA cache_size=-{ROOMY_KIB}")
    try:
        yield
    finally:
        if sqlite:
            connection.exec_driver_sql(f"PRAGMA cache_size=-{CACHE_KIB}")


def lock_file(database: Path) -> IO[bytes]:
    """Keep every other service away from this file, until the result is closed. Raises DatabaseInUse."""
    lock = database.with_name(f"{database.name}.lock").open("wb")  # open for as long as the service runs
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the kernel lets go of it when the process dies
    except BlockingIOError as error:
        lock.close()
        raise DatabaseInUse(IN_USE, file=database) from error
    return lock


class FileWatch:
    """Tells whether any other connection has committed since it was last asked (`PRAGMA data_version`)."""

    def __init__(self, engine: Engine) -> None:
        self._connection = engine.connect()
        self._seen = self._version()

    def changed(self) -> bool:
        version = self._version()
        changed, self._seen = version != self._seen, version
        return changed

    def close(self) -> None:
        self._connection.close()

    def _version(self) -> int:
        version = self._connection.exec_driver_sql("PRAGMA data_version").scalar_one()
        self._connection.rollback()  # or the open transaction would go on reading the past
        return int(version)
