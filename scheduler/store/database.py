"""One database: opening it, its transactions, its migrations, and who may serve from it."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import IO, Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

try:
    from pysqlite3 import dbapi2 as bundled_sqlite
except ImportError:  # no wheel for this platform; the standard library's then has to be new enough
    bundled_sqlite = None

SAFE_SQLITE = (3, 51, 3)  # before it, several connections in WAL mode could corrupt the file
BUSY_SECONDS = 30
MIGRATIONS = Path(__file__).parent / "migrations"


class DatabaseUnavailable(Exception):
    """The database cannot be opened or does not answer."""


class DatabaseInUse(Exception):
    """Another `agenda serve` works on this SQLite file."""


def sqlite_module() -> ModuleType:
    """The newer of the standard library's SQLite and the bundled one."""
    candidates = [sqlite3] if bundled_sqlite is None else [sqlite3, bundled_sqlite]
    return max(candidates, key=lambda module: module.sqlite_version_info)


class Database:
    """Synchronous transactions over SQLite. `write` takes the write lock at once, so that it never has to give up late.

    Raises DatabaseUnavailable where the file cannot be opened, read or migrated.
    """

    def __init__(self, url: str) -> None:
        self.url = _parse(url)
        self._engine = _engine(self.url)
        self._lock: IO[bytes] | None = None
        try:
            Path(str(self.url.database)).touch(mode=0o600)  # it holds addresses; its journal takes the same mode
            self._migrate()
        except (CommandError, DBAPIError, OSError) as error:
            self._engine.dispose()
            raise DatabaseUnavailable(f"{self.url.render_as_string()}: {_reason(error)}") from error

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        self._engine.dispose()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def lock_for_serving(self) -> None:
        """Keep every other service away from this file until `close`. Raises DatabaseInUse."""
        path = Path(f"{self.url.database}.lock")
        lock = path.open("wb")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the kernel lets go of it when the process dies
        except BlockingIOError as error:
            lock.close()
            raise DatabaseInUse(f"{self.url.database}: another agenda serve works on it") from error
        self._lock = lock

    def _migrate(self) -> None:
        config = Config()
        config.set_main_option("script_location", MIGRATIONS.as_posix())
        head = ScriptDirectory.from_config(config).get_current_head()
        with self._engine.connect() as connection:
            if MigrationContext.configure(connection).get_current_revision() == head:
                return
        with self.write() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


class ChangeWatch:
    """Tells whether any other connection has committed since it was last asked (`PRAGMA data_version`)."""

    def __init__(self, database: Database) -> None:
        self._connection = database._engine.connect()  # because the watch is the database's other half
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


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DatabaseUnavailable("AGENDA_DATABASE_URL is no database URL; sqlite:///agenda.db is one") from error
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise DatabaseUnavailable(f"{parsed.render_as_string()}: only sqlite:///FILE is supported so far")
    return parsed


def _engine(url: URL) -> Engine:
    engine = create_engine(url, module=sqlite_module(), hide_parameters=True)  # addresses and links in no log

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # or the driver would begin transactions of its own
        for pragma in (
            f"busy_timeout={BUSY_SECONDS * 1000}",
            "journal_mode=WAL",
            "synchronous=FULL",  # what was settled stays settled after a power cut
            "foreign_keys=ON",
            "temp_store=MEMORY",
            "cache_size=-16384",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _reason(error: Exception) -> str:
    return str(error.orig) if isinstance(error, DBAPIError) else str(error)
