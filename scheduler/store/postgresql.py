"""PostgreSQL: many nodes. Its own locks, leases by its clock and LISTEN/NOTIFY; no queue of ours beside it.

Loaded only where a PostgreSQL database is opened: its driver takes long.
"""

from __future__ import annotations

from typing import Any

import psycopg
import structlog
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL

from scheduler.store.turns import CHANNEL

log = structlog.get_logger(__name__)
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
_SERVER_PROCESS = "SELECT pg_backend_pid()"


def postgresql_engine(url: URL) -> Engine:
    return create_engine(url, connect_args=_ARGUMENTS, pool_pre_ping=True, hide_parameters=True)


def behind_transaction_pool(url: URL) -> bool:
    """Whether something in between gives each transaction another connection to the server (PgBouncer does).

    Two transactions, of which the second holds what the first had: asked again, the first finds itself elsewhere.
    """
    conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
    options: dict[str, Any] = {"autocommit": True, "connect_timeout": CONNECT_SECONDS, "prepare_threshold": None}
    with psycopg.connect(conninfo, **options) as one, psycopg.connect(conninfo, **options) as other:
        before = one.execute(_SERVER_PROCESS).fetchone()
        with other.transaction():
            other.execute(_SERVER_PROCESS)
            return one.execute(_SERVER_PROCESS).fetchone() != before


class NotificationWatch:
    """Tells whether anybody has committed a change since it was last asked (LISTEN).

    A connection that was lost is opened anew; what was said meanwhile is unknown, so that counts as a change.
    """

    def __init__(self, url: URL) -> None:
        self._conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection: psycopg.Connection | None = None
        self._listen_again()

    def changed(self) -> bool:
        # Asked without waiting, again and again: one loop serves both databases, and a lost connection is made anew.
        if self._connection is not None:
            try:
                return bool(list(self._connection.notifies(timeout=0)))
            except psycopg.OperationalError:
                self.close()
        return self._listen_again()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _listen_again(self) -> bool:
        """False where the server is away; the next look tries again."""
        try:
            self._connection = self._listen()
        except psycopg.OperationalError as error:
            log.error("cannot listen to the database", reason=str(error).strip())
            return False
        return True

    def _listen(self) -> psycopg.Connection:
        connection = psycopg.connect(self._conninfo, autocommit=True, connect_timeout=CONNECT_SECONDS)
        connection.execute(f"LISTEN {CHANNEL}")
        return connection
