"""What `retencion` and an erasure take out of attendance: the people. The figures by site stay."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from scheduler.store.attendance import places
from scheduler.store.attendance.counts import counted
from scheduler.store.attendance.tables import attendance_kept, attendance_places, attendance_seen, attendance_sessions

Hashes = Callable[[str, str], tuple[str, ...]]  # Tokens.people
_S, _P = attendance_sessions.c, attendance_seen.c


def end_before(connection: Connection, moment: datetime, at: datetime, threshold: int) -> int:
    """Of sessions that ended before that moment, leave the figures by site alone. Returns how many sessions that were.

    `threshold`: minutes from which a person counted as present; `at`: now. Whoever was assigned to a site and was not
    seen since is forgotten, too.
    """
    places.forget_before(connection, moment)
    over = select(attendance_sessions).where(_S.end < moment, _S.kept_at.is_(None))
    ended = list(connection.execute(over))
    for row in ended:
        _end(connection, row, at, threshold)
    return len(ended)


def _end(connection: Connection, row: Row[Any], at: datetime, threshold: int) -> None:
    found = counted(connection, row, threshold)
    if found.by_site:
        rows = [{"event": row.event, "site": site, "count": n} for site, n in found.by_site.items()]
        connection.execute(insert(attendance_kept), rows)
    connection.execute(delete(attendance_seen).where(_P.event == row.event))
    kept = {"kept_at": at, "kept_from": threshold, "kept_unmatched": found.unmatched, "kept_unknown": found.unknown}
    connection.execute(update(attendance_sessions).where(_S.event == row.event).values(reason="", **kept))


def forget_addresses(connection: Connection, addresses: Collection[str]) -> None:
    """Let nobody know these addresses again in what is kept of people: they count on, under hashes of nothing."""
    keys = [f"a:{address.strip().lower()}" for address in addresses if address]
    if not keys or not _any(connection):
        return
    hashes: Hashes = connection.get_execution_options()["people"]
    places.forget(connection, [one for key in keys for one in hashes("", key)])
    for event in connection.execute(select(_P.event).distinct()).scalars().all():
        own = {one for key in keys for one in hashes(event, key)}
        theirs = or_(_P.address.in_(own), _P.other_address.in_(own))
        rows = connection.execute(select(_P.name, _P.address, _P.other_address).where(_P.event == event, theirs)).all()
        for known in {one for row in rows for one in row if one}:
            chance = secrets.token_hex(32)
            for column in ("name", "address", "other_address"):
                same = update(attendance_seen).where(_P.event == event, _P[column] == known)
                connection.execute(same.values({column: chance}))


def _any(connection: Connection) -> bool:
    """Whether anybody is kept; where nobody is, there may be no key to know them by."""
    kept = (select(one).limit(1) for one in (attendance_seen.c.event, attendance_places.c.person))
    return any(connection.execute(one).first() is not None for one in kept)
