"""Whom an administrator once assigned to a site: keyed hashes, for the sessions to come, until `retencion`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from scheduler.store.attendance.tables import attendance_places
from scheduler.store.upsert import insert

_L = attendance_places.c


def remember(connection: Connection, hashes: Sequence[str], site: str, at: datetime) -> None:
    """`hashes`: of one person under each key, the current one first, of no session (Tokens.people)."""
    forget(connection, hashes[1:])
    values = {"site": site, "at": at}
    row = insert(connection, attendance_places).values(person=hashes[0], **values)
    connection.execute(row.on_conflict_do_update(index_elements=["person"], set_=values))


def remembered(connection: Connection) -> dict[str, str]:
    """By hash, the site (its id)."""
    return {row.person: row.site for row in connection.execute(select(_L.person, _L.site))}


def used(connection: Connection, hashes: Collection[str], at: datetime) -> None:
    """They were found by it again: what is of use is kept on."""
    connection.execute(update(attendance_places).where(_L.person.in_(hashes), _L.at < at).values(at=at))


def forget(connection: Connection, hashes: Collection[str]) -> int:
    """Returns how many there were."""
    return connection.execute(delete(attendance_places).where(_L.person.in_(hashes))).rowcount


def forget_before(connection: Connection, moment: datetime) -> int:
    """Whom nobody assigned, and no session showed, since then. Returns how many there were."""
    return connection.execute(delete(attendance_places).where(_L.at < moment)).rowcount
