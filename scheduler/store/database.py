"""One database, SQLite or PostgreSQL: opening it, its transactions, its migrations, and who may send from it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal, Protocol

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from scheduler.base.tokens import UNSET, NoKey, Tokens, key_beside
from scheduler.store.postgresql import (
    NotificationWatch,
    passes_on_postgresql,
    postgresql_engine,
    take_alone,
    take_among_others,
)
from scheduler.store.sqlite import SAFE_SQLITE, DatabaseInUse, FileWatch, lock_file, sqlite_engine, sqlite_module

__all__ = ["SAFE_SQLITE", "ChangeWatch", "Database", "DatabaseInUse", "DatabaseUnavailable", "sqlite_module"]

Kind = Literal["sqlite", "postgresql"]
MIGRATIONS = Path(__file__).parent / "migrations"


class DatabaseUnavailable(Exception):
    """The database cannot be opened or does not answer."""


class ChangeWatch(Protocol):
    """Tells whether anybody else has committed since it was last asked."""

    def changed(self) -> bool: ...

    def close(self) -> None: ...


class Database:
    """Synchronous transactions over one database.

    A SQLite file is made and migrated when it is opened; a PostgreSQL database by `migrate` alone, since other nodes
    of another version may be at work on it. Raises DatabaseUnavailable where it cannot be opened, read or migrated.
    `tokens` sign the Message-IDs of what is owed from now on; without them, of a SQLite file, the key beside it.
    """

    def __init__(self, url: str, *, migrating: bool = False, tokens: Tokens | None = None) -> None:
        self._tokens = tokens
        self.url = _parse(url)
        self.kind: Kind = "sqlite" if self.url.get_backend_name() == "sqlite" else "postgresql"
        self._engine = sqlite_engine(self.url) if self.kind == "sqlite" else postgresql_engine(self.url)
        self._lock: IO[bytes] | None = None
        try:
            if self.file is not None:
                self.file.touch(mode=0o600)  # it holds addresses; its journal takes the same mode
            self._prepare(migrating=migrating or self.file is not None)
        except (CommandError, DBAPIError, OSError) as error:
            self._engine.dispose()
            raise DatabaseUnavailable(f"{self.name}: {_reason(error)}") from error
        except (DatabaseUnavailable, NoKey):
            self._engine.dispose()
            raise

    @property
    def file(self) -> Path | None:
        """Where a SQLite database is; None of PostgreSQL."""
        return Path(str(self.url.database)) if self.kind == "sqlite" else None

    @property
    def name(self) -> str:
        """What messages call it: the URL without its password."""
        return self.url.render_as_string()

    @property
    def tokens(self) -> Tokens:
        """What is signed here is signed with these. Raises NoKey where PostgreSQL was opened without any."""
        if self._tokens is None:
            if self.file is None:
                raise NoKey(UNSET)
            self._tokens = Tokens(key_beside(self.file))
        return self._tokens

    def _message_key(self, purpose: str, subject: str, schedule: int, rule: str, recipient: str) -> str:
        return self.tokens.message_key(purpose, subject, schedule, rule, recipient)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One moment of the database, however many statements look at it."""
        connection = self._engine.connect()
        if self.kind == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A change of what is owed, or to whom: apart from every other write. Afterwards every node looks anew."""
        with self._begun() as connection:
            if self.kind == "postgresql":
                take_alone(connection)
            yield connection

    @contextmanager
    def write_as_sender(self) -> Iterator[Connection]:
        """A step of deliveries, under guards: beside those of other nodes, apart from `write`. Nobody is told."""
        with self._begun() as connection:
            if self.kind == "postgresql":
                take_among_others(connection)
            yield connection

    @contextmanager
    def write_own_row(self) -> Iterator[Connection]:
        """A write to what nobody else writes: it waits for no publication, however long that takes."""
        with self._begun() as connection:
            yield connection

    @contextmanager
    def _begun(self) -> Iterator[Connection]:
        options = {"writes": True, "message_key": self._message_key}
        with self._engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    def has_own_tables(self, connection: Connection) -> bool:
        """Whether the tables are still those of this program: another version may have migrated them meanwhile."""
        return MigrationContext.configure(connection).get_current_revision() == self._head

    def watch(self) -> ChangeWatch:
        """To be closed by the caller."""
        return FileWatch(self._engine) if self.kind == "sqlite" else NotificationWatch(self.url)

    def lock_for_sending(self) -> None:
        """Keep every other sending process away from a SQLite file until `close`; on PostgreSQL there may be many.

        Raises DatabaseInUse.
        """
        if self.kind == "sqlite":
            self._lock = lock_file(self.url)

    def close(self) -> None:
        self._engine.dispose()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _prepare(self, *, migrating: bool) -> None:
        config = Config()
        config.set_main_option("script_location", MIGRATIONS.as_posix())
        scripts = ScriptDirectory.from_config(config)
        self._head = scripts.get_current_head()
        with self._engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
        if found == self._head:
            return
        if not migrating:
            scripts.get_revision(found or "head")  # raises where the database is newer than this program
            state = "is empty" if found is None else "was made by an earlier version"
            raise DatabaseUnavailable(f"{self.name} {state}: run `agenda migrate` once, then start again")
        with self.write() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def will_pass(error: DBAPIError) -> bool:
    """Whether waiting may mend it: locked, full, read-only, restarting, out of reach; not a wrong statement."""
    return isinstance(error, OperationalError) or error.connection_invalidated or passes_on_postgresql(error.orig)


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DatabaseUnavailable(f"AGENDA_DATABASE_URL is no database URL; {_FORMS}") from error
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    named = bool(parsed.database) and parsed.database != ":memory:"
    if parsed.drivername not in ("sqlite", "postgresql+psycopg") or not named:
        raise DatabaseUnavailable(f"{parsed.render_as_string()}: not a database this program knows; {_FORMS}")
    return parsed


_FORMS = "write sqlite:///agenda.db or postgresql+psycopg://user@host/name"


def _reason(error: Exception) -> str:
    return str(error.orig).strip() if isinstance(error, DBAPIError) else str(error)
