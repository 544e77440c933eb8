"""One database, SQLite or PostgreSQL: opening it, its transactions, its migrations, and who may send from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import IO, Any, Literal, Protocol

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from calendars.catalogue import Phrase
from scheduler.base.heavy import load
from scheduler.base.refusal import EnvironmentRefusal
from scheduler.base.tokens import LEAST, SHORT, UNSET, ChainKey, NoKey, Tokens, key_beside, key_file
from scheduler.store.sqlite import SAFE_SQLITE, DatabaseInUse, FileWatch, lock_file, sqlite_engine, sqlite_module
from scheduler.store.turns import take_alone, take_among_others

__all__ = ["SAFE_SQLITE", "ChangeWatch", "Database", "DatabaseInUse", "DatabaseUnavailable", "sqlite_module"]

Kind = Literal["sqlite", "postgresql"]
Migrated = Callable[[Connection, str | None], None]
HEAD = "0019"  # the revision that the last of migrations/ leads to: asking Alembic takes longer than most commands
_REVISION = text("SELECT version_num FROM alembic_version")
_PASSING = {"25006", "25P03"}  # SQLSTATE: a standby for now; a transaction that its process slept through
_POSTGRESQL, _MIGRATING = "scheduler.store.postgresql", "scheduler.store.migrating"  # loaded where they are wanted


EMPTY = Phrase("{name} is empty: run `agenda migrate` once, then start again")
EARLIER = Phrase("{name} was made by an earlier version: run `agenda migrate` once, then start again")
NO_URL = Phrase(
    "AGENDA_DATABASE_URL is no database URL; write sqlite:///agenda.db or postgresql+psycopg://user@host/name"
)
NO_SUCH_DATABASE = Phrase(
    "{url}: not a database this program knows; write sqlite:///agenda.db or postgresql+psycopg://user@host/name"
)


class DatabaseUnavailable(EnvironmentRefusal):
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
    `migrated` is called in the transaction that migrates, with the revision of before, or None.
    """

    def __init__(
        self, url: str, *, migrating: bool = False, tokens: Tokens | None = None, migrated: Migrated | None = None
    ) -> None:
        self._tokens = tokens
        self._migrated = migrated
        self.url = _parse(url)
        self.kind: Kind = "sqlite" if self.url.get_backend_name() == "sqlite" else "postgresql"
        self._engine = self._made()
        self._lock: IO[bytes] | None = None
        self._opened: tuple[int, int] | None = None
        try:
            if self.file is not None:
                self.file.touch(mode=0o600)  # it holds addresses; its journal takes the same mode
                self._opened = _identity(self.file)
            self._prepare(migrating=migrating or self.file is not None)
        except (DBAPIError, OSError) as error:
            self._engine.dispose()
            raise DatabaseUnavailable(f"{self.name}: {_reason(error)}") from error
        except (DatabaseUnavailable, NoKey):
            self._engine.dispose()
            raise

    @property
    def file(self) -> Path | None:
        """Where a SQLite database is, itself and not a link to it; None of PostgreSQL."""
        if self._named is None:
            return None
        return self._named.resolve() if self._named.is_symlink() else self._named

    @property
    def _named(self) -> Path | None:
        return Path(str(self.url.database)) if self.kind == "sqlite" else None

    @property
    def in_place(self) -> bool:
        """Whether a SQLite file is still the one that was opened: not deleted since, nor another put in its place."""
        return self.file is None or self._opened == _identity(self.file)

    @property
    def name(self) -> str:
        """What messages call it: the URL without its password."""
        return self.url.render_as_string()

    @property
    def has_tokens(self) -> bool:
        """Whether anything can be signed here."""
        return self._tokens is not None or self.file is not None

    @property
    def tokens(self) -> Tokens:
        """What is signed here is signed with these. Raises NoKey where PostgreSQL was opened without any."""
        if self._tokens is None:
            if self.file is None:
                raise NoKey(UNSET)
            beside_link = self._named is not None and key_file(self._named).exists()
            self._tokens = Tokens(key_beside(self._named if self._named and beside_link else self.file))
        return self._tokens

    def _message_key(self, purpose: str, subject: str, schedule: int, rule: str, recipient: str) -> str:
        return self.tokens.message_key(purpose, subject, schedule, rule, recipient)

    def _people(self, session: str, person: str) -> tuple[str, ...]:
        return self.tokens.people(session, person)

    def _chain_key(self) -> ChainKey | None:
        """None where PostgreSQL was opened without any."""
        return self.tokens.chain_keys[0] if self.has_tokens else None

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
    def suppose(self) -> Iterator[Connection]:
        """As `write`, to see what would come of it: nothing of it stays, and nobody is told."""
        options = {"writes": True, "message_key": self._message_key}
        with self._engine.connect().execution_options(**options) as connection:
            change = connection.begin()
            try:
                if self.kind == "postgresql":
                    take_alone(connection)
                yield connection
            finally:
                change.rollback()

    @contextmanager
    def write_as_sender(self, kept: Connection | None = None) -> Iterator[Connection]:
        """A step of deliveries, under guards: beside those of other nodes, apart from `write`. Nobody is told.

        `kept` is a connection that the caller has and goes on having (`connect_to_write`).
        """
        with self._begun(kept) as connection:
            if self.kind == "postgresql":
                take_among_others(connection)
            yield connection

    @contextmanager
    def write_own_row(self) -> Iterator[Connection]:
        """A write to what nobody else writes: it waits for no publication, however long that takes."""
        with self._begun() as connection:
            yield connection

    @contextmanager
    def _begun(self, kept: Connection | None = None) -> Iterator[Connection]:
        with nullcontext(kept) if kept else self.connect_to_write() as connection, connection.begin():
            yield connection

    def connect_to_write(self) -> Connection:
        """For transactions that write, one after another. To be closed by the caller."""
        options = {
            "writes": True,
            "message_key": self._message_key,
            "chain_key": self._chain_key,
            "people": self._people,
        }
        return self._engine.connect().execution_options(**options)

    def has_own_tables(self, connection: Connection) -> bool:
        """Whether the tables are still those of this program: another version may have migrated them meanwhile."""
        return _revision(connection) == HEAD

    def watch(self) -> ChangeWatch:
        """To be closed by the caller."""
        if self.kind == "sqlite":
            return FileWatch(self._engine)
        watch: ChangeWatch = load(_POSTGRESQL).NotificationWatch(self.url)
        return watch

    def behind_transaction_pool(self) -> bool:
        """Whether each transaction may get another connection, so that LISTEN and prepared statements are lost."""
        if self.kind == "sqlite":
            return False
        pooled: bool = load(_POSTGRESQL).behind_transaction_pool(self.url)
        return pooled

    def lock_for_sending(self) -> None:
        """Keep every other sending process away from a SQLite file until `close`; on PostgreSQL there may be many.

        Raises DatabaseInUse.
        """
        if self.file is not None:
            self._lock = lock_file(self.file)

    def copy_into(self, file: Path) -> None:
        """SQLite's online backup into a file, whoever writes meanwhile. Not of PostgreSQL."""
        with closing(sqlite_module().connect(file)) as copy, self._engine.connect() as connection:
            source: Any = connection.connection.driver_connection
            source.backup(copy)

    def close(self) -> None:
        self._engine.dispose()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _made(self) -> Engine:
        if self.kind == "sqlite":
            return sqlite_engine(self.url)
        made: Engine = load(_POSTGRESQL).postgresql_engine(self.url)
        return made

    def _prepare(self, *, migrating: bool) -> None:
        with self._engine.connect() as connection:
            found = _revision(connection)
        if found == HEAD:
            return
        migrations = load(_MIGRATING)
        try:
            if not migrating:
                migrations.refuse_unknown(found)
                raise DatabaseUnavailable(EMPTY if found is None else EARLIER, name=self.name)
            given = self._tokens if self.file is None else self.tokens
            if found is None and given is not None and given.short:
                raise NoKey(SHORT.of(least=LEAST))
            with self.write() as connection:
                migrations.migrate(connection)
                if self._migrated is not None:
                    self._migrated(connection, found)
        except migrations.CommandError as error:
            raise DatabaseUnavailable(f"{self.name}: {error}") from error


def _revision(connection: Connection) -> str | None:
    """Up to which migration its tables are made; None of an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(_REVISION).scalar()
    return found


def will_pass(error: DBAPIError) -> bool:
    """Whether waiting may mend it: locked, full, read-only, restarting, out of reach; not a wrong statement."""
    return isinstance(error, OperationalError) or error.connection_invalidated or _state_of(error) in _PASSING


def _state_of(error: DBAPIError) -> str | None:
    """PostgreSQL's SQLSTATE for it; SQLite has none."""
    state: str | None = getattr(error.orig, "sqlstate", None)
    return state


def _identity(file: Path) -> tuple[int, int] | None:
    """Device and inode; None where there is no such file."""
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DatabaseUnavailable(NO_URL) from error
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    named = bool(parsed.database) and parsed.database != ":memory:"
    if parsed.drivername not in ("sqlite", "postgresql+psycopg") or not named:
        raise DatabaseUnavailable(NO_SUCH_DATABASE, url=parsed.render_as_string())
    return parsed


_POOLER = (
    "a connection pooler (PgBouncer) stands in between: name PostgreSQL itself, or give this program "
    "pool_mode = session and ignore_startup_parameters = options"
)


def _reason(error: Exception) -> str:
    words = str(error.orig).strip() if isinstance(error, DBAPIError) else str(error)
    return f"{words}; {_POOLER}" if "unsupported startup parameter" in words else words
