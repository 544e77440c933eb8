"""How often a password may be tried, for one account and from one client: after a few, each waits longer.

What is counted stands under keyed digests. A try counts before its password is looked at, so that many at once gain
nothing; one that was right is taken back. Each function works in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from scheduler.store.accounts.tables import signin_waits
from scheduler.store.upsert import insert as upsert

FIRST = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=15)  # an account is not locked: whoever guesses at it must not keep its owner out
FORGOTTEN_AFTER = timedelta(hours=24)  # without a try
_W = signin_waits.c


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """What is counted, and how often it may be tried without a wait."""

    digest: str
    free: int


def admit(connection: Connection, counted: Iterable[Counted], now: datetime) -> timedelta | None:
    """None where a password may be tried, which counts; else how long until it may. A refusal does not count."""
    ordered = sorted(counted, key=lambda one: one.digest)  # in one order, or two at once would wait for each other
    known = {one.digest: _locked(connection, one.digest, now) for one in ordered}
    waits = [until - now for _, until in known.values() if until > now]
    if waits:
        return max(waits)
    for one in ordered:
        count = known[one.digest][0] + 1
        values = {"count": count, "last_at": now, "until": now + wait(count, one.free)}
        connection.execute(update(signin_waits).where(_W.digest == one.digest).values(**values))
    return None


def wait(count: int, free: int) -> timedelta:
    """After the `count`-th try: none for the first ones, then 5 seconds, and each time twice as long."""
    if count < free:
        return timedelta()
    doubled: int = 2 ** min(count - free, 16)
    return min(LONGEST_WAIT, FIRST * doubled)


def clear(connection: Connection, digest: str) -> None:
    """It was the right password."""
    connection.execute(delete(signin_waits).where(_W.digest == digest))


def take_back(connection: Connection, digest: str, now: datetime) -> None:
    """One try was right; others from there may have been wrong."""
    right = update(signin_waits).where(_W.digest == digest, _W["count"] > 0)
    connection.execute(right.values(count=_W["count"] - 1, until=now))


def forget(connection: Connection, now: datetime) -> None:
    """What nobody tried for a day."""
    connection.execute(delete(signin_waits).where(_W.last_at <= now - FORGOTTEN_AFTER))


def _locked(connection: Connection, digest: str, now: datetime) -> tuple[int, datetime]:
    """Count and end of the wait, kept from others until the commit."""
    new = {"digest": digest, "count": 0, "last_at": now, "until": now}
    connection.execute(upsert(connection, signin_waits).values(new).on_conflict_do_nothing())
    kept = select(_W["count"], _W.last_at, _W.until).where(_W.digest == digest).with_for_update()
    count, last_at, until = connection.execute(kept).one()
    return (count, until) if last_at > now - FORGOTTEN_AFTER else (0, now)
