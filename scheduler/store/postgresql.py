"""PostgreSQL: many nodes. Its own locks, leases by its clock and LISTEN/NOTIFY; no queue of ours beside it."""

from __future__ import annotations

from typing import Any

import psycopg
import structlog
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import URL

log = structlog.get_logger(__name__)
CHANNEL = "agenda"  # told after each commit of an administrator or of a page
LOCK = 0x41474E44  # advisory: shared by senders, taken alone by whoever changes what is owed
CONNECT_SECONDS = 10
_OPTIONS = " ".join(
    f"-c {name}={value}"
    for name, value in (
        ("lock_timeout", "60s"),
        ("idle_in_transaction_session_timeout", "30s"),  # a process that was stopped must not hold its locks for ever
        ("timezone", "UTC"),
    )
)
_ARGUMENTS: dict[str, Any] = {
    "connect_timeout": CONNECT_SECONDS,
    "application_name": "agenda",
    "options": _OPTIONS,
    "keepalives_idle": 30,
    "tcp_user_timeout": 30_000,  # ms
}
_ALONE = text("SELECT pg_advisory_xact_lock(:key)").bindparams(key=LOCK)
_AMONG_OTHERS = text("SELECT pg_advisory_xact_lock_shared(:key)").bindparams(key=LOCK)
_IN_TURN = text("SELECT pg_advisory_xact_lock(:key)").bindparams(key=LOCK + 1)


def postgresql_engine(url: URL) -> Engine:
    return create_engine(url, connect_args=_ARGUMENTS, pool_pre_ping=True, hide_parameters=True)


def take_alone(connection: Connection) -> None:
    """Wait until no sender writes, and keep them waiting until the commit; then tell every node."""
    connection.execute(_ALONE)
    connection.exec_driver_sql(f"NOTIFY {CHANNEL}")


def take_among_others(connection: Connection) -> None:
    """Wait only for who has taken it alone: senders do not stand in each other's way."""
    connection.execute(_AMONG_OTHERS)


def passes_on_postgresql(error: BaseException | None) -> bool:
    """A server that is a standby for now; a transaction that its process slept through."""
    return isinstance(error, psycopg.errors.ReadOnlySqlTransaction | psycopg.errors.IdleInTransactionSessionTimeout)


def take_turns(connection: Connection) -> None:
    """On PostgreSQL, keep other nodes from doing the same until the commit: two sweeps at once would deadlock."""
    if connection.dialect.name == "postgresql":
        connection.execute(_IN_TURN)


class NotificationWatch:
    """Tells whether anybody has committed a change since it was last asked (LISTEN).

    A connection that was lost is opened anew; what was said meanwhile is unknown, so that counts as a change.
    """

    def __init__(self, url: URL) -> None:
        self._conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection: psycopg.Connection | None = self._listen()

    def changed(self) -> bool:
        # Asked without waiting, again and again: one loop serves both databases, and a lost connection is made anew.
        if self._connection is not None:
            try:
                return bool(list(self._connection.notifies(timeout=0)))
            except psycopg.OperationalError:
                self.close()
        try:
            self._connection = self._listen()
        except psycopg.OperationalError as error:
            log.error("cannot listen to the database", reason=str(error).strip())
            return False
        return True

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _listen(self) -> psycopg.Connection:
        connection = psycopg.connect(self._conninfo, autocommit=True, connect_timeout=CONNECT_SECONDS)
        connection.execute(f"LISTEN {CHANNEL}")
        return connection
