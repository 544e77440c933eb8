"""One database into another, table by table: from SQLite to PostgreSQL, or back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, Table, func, insert, select, text

from calendars.catalogue import Phrase
from scheduler.base.refusal import EnvironmentRefusal
from scheduler.store import controls, instance, nodes
from scheduler.store.audit import chain
from scheduler.store.audit.deeds import Deed
from scheduler.store.database import Database
from scheduler.store.tables import metadata

_CHUNK = 5000
NOT_COPIED = {  # who sends from the original, or is signed in there, does so from the copy no more
    "nodes",
    "desk_sessions",
    "account_links",
    "signin_waits",
}
_COUNTED = ("deliveries", "bounces", "handovers")  # whose numbers PostgreSQL counts up by itself


AT_WORK = Phrase("{name}: a worker sends from it; stop it first (`agenda status` lists them)")
REHEARSED = Phrase("{name} belongs to a rehearsal, and no installation starts from one")
NOT_EMPTY = Phrase("{name}: table {table} is not empty; name a new database")


class NotCopied(EnvironmentRefusal):
    """The source is at work, or the target holds something already."""


def copy(
    source: Database, target: Database, deed: Deed | None = None, at: datetime | None = None
) -> Iterator[tuple[str, int]]:
    """Copy everything, in one transaction of the target; yields table and number of rows as it goes on.

    The copy does not send until it is adopted. `deed`, done at the instant `at`, goes into the copy's audit. Raises
    NotCopied, before anything is written.
    """
    source.lock_for_sending()
    with source.read() as reading, target.write() as writing:
        _refuse(reading, source, writing, target)
        for table in metadata.sorted_tables:
            if table.name not in NOT_COPIED:
                yield from _table(reading, writing, table)
        controls.put(writing, instance.MINE, instance.COPIED)
        controls.clear(writing, instance.BEFORE)
        if target.kind == "postgresql":
            _count_on(writing)
        if deed is not None and at is not None:
            chain.record(writing, deed, at)


def _refuse(reading: Connection, source: Database, writing: Connection, target: Database) -> None:
    if nodes.alive(reading):
        raise NotCopied(AT_WORK, name=source.name)
    if controls.get(reading, controls.REHEARSAL) is not None:
        raise NotCopied(REHEARSED, name=source.name)
    for table in metadata.sorted_tables:
        if writing.execute(select(table).limit(1)).first() is not None:
            raise NotCopied(NOT_EMPTY, name=target.name, table=table.name)


def _table(reading: Connection, writing: Connection, table: Table) -> Iterator[tuple[str, int]]:
    done = 0
    found = reading.execution_options(yield_per=_CHUNK).execute(select(table).order_by(*table.primary_key))
    for part in found.mappings().partitions():
        writing.execute(insert(table), [dict(row) for row in part])
        done += len(part)
        yield table.name, done
    if not done:
        yield table.name, 0


def _count_on(connection: Connection) -> None:
    """Let the next row get the number after the last."""
    for name in _COUNTED:
        last = select(func.coalesce(func.max(metadata.tables[name].c.id), 0) + 1).scalar_subquery()
        connection.execute(select(func.setval(text(f"pg_get_serial_sequence('{name}', 'id')"), last, text("false"))))
