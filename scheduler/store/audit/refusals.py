"""Refused sign-ins: counted by account and hour. A row each would let whoever guesses passwords fill the list."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from scheduler.store.audit.chain import record
from scheduler.store.audit.deeds import Deed, Via, What
from scheduler.store.audit.tables import refused_sign_ins
from scheduler.store.upsert import insert

_F = refused_sign_ins.c


def refused(connection: Connection, account: str, at: datetime) -> int:
    """One more, of the account with that id; "" where what was typed is none, for what was typed is kept nowhere.

    The first of an hour (UTC) has a row in the list, which the others are counted with. Returns how many there were
    in that hour. To be called last in a transaction, as `record`.
    """
    hour = at.replace(minute=0, second=0, microsecond=0)
    row = insert(connection, refused_sign_ins).values(account=account, hour=hour, count=1)
    counted = row.on_conflict_do_update(index_elements=["account", "hour"], set_={"count": _F.count + 1})
    count: int = connection.execute(counted.returning(_F.count)).scalar_one()
    if count == 1:
        record(connection, Deed(who=account, what=What.REFUSED, via=Via.DESK, subject=account), at)
    return count


def counts(connection: Connection) -> dict[tuple[str, datetime], int]:
    """How many there were, by account and hour."""
    found = connection.execute(select(_F.account, _F.hour, _F.count))
    return {(account, hour): count for account, hour, count in found}
