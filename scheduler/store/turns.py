"""Who waits for whom on PostgreSQL: advisory locks, held until the commit. SQLite has one writer at a time anyway."""

from __future__ import annotations

from sqlalchemy import Connection, text

CHANNEL = "agenda"  # told after each commit of an administrator or of a page
LOCK = 0x41474E44  # advisory: shared by senders, taken alone by whoever changes what is owed
_ALONE = text("SELECT pg_advisory_xact_lock(:key)").bindparams(key=LOCK)
_AMONG_OTHERS = text("SELECT pg_advisory_xact_lock_shared(:key)").bindparams(key=LOCK)
_IN_TURN = text("SELECT pg_advisory_xact_lock(:key)").bindparams(key=LOCK + 1)
_IN_CHAIN = text("SELECT pg_advisory_xact_lock(:key)").bindparams(key=LOCK + 2)


def take_alone(connection: Connection) -> None:
    """Wait until no sender writes, and keep them waiting until the commit; then tell every node."""
    connection.execute(_ALONE)
    connection.exec_driver_sql(f"NOTIFY {CHANNEL}")


def take_among_others(connection: Connection) -> None:
    """Wait only for who has taken it alone: senders do not stand in each other's way."""
    connection.execute(_AMONG_OTHERS)


def take_turns(connection: Connection) -> None:
    """On PostgreSQL, keep other nodes from doing the same until the commit: two sweeps at once would deadlock."""
    if connection.dialect.name == "postgresql":
        connection.execute(_IN_TURN)


def take_chain(connection: Connection) -> None:
    """On PostgreSQL, keep every other writer of the audit waiting until the commit: its rows form one chain.

    Taken last in a transaction: who holds it should wait for nobody any more.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_IN_CHAIN)
