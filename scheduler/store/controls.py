"""Switches and marks of a database: one row each, read inside the transactions that obey them."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from scheduler.store.schema import controls
from scheduler.store.upsert import insert

STOPPED = "stopped"  # no further MAIL FROM leaves; the value says since when
STOPPED_BY = "stopped by"  # by whose hand and why, as JSON (scheduler/store/brake.py)
INBOX = "inbox"  # when `agenda inbox` was last run
IMAP = "imap"  # followed by a mailbox: how far it was read, where its server keeps no marks
REHEARSAL = "rehearsal"  # a simulated clock writes here; the value is its present instant
DAYS = "days"  # what waits for another day than today's days off give, as JSON
STEPS = "steps"  # of a rehearsal's script: how many were published


def get(connection: Connection, name: str) -> str | None:
    return connection.execute(select(controls.c.value).where(controls.c.name == name)).scalar()


def put(connection: Connection, name: str, value: str) -> None:
    row = insert(connection, controls).values(name=name, value=value)
    connection.execute(row.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


def clear(connection: Connection, name: str) -> None:
    connection.execute(delete(controls).where(controls.c.name == name))
