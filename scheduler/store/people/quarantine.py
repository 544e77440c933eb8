"""Messages that came in and could not be read or applied: when, why, and, of a mail server's pipe, what they held.

Bounded in number and in time: who floods it pushes out the oldest, and what it holds of people goes after a month.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, delete, func, select, update

from scheduler.store.schema import quarantine
from scheduler.store.upsert import insert

Source = Literal["pipe", "maildir", "imap"]
KEPT_FOR = timedelta(days=30)
MOST_LISTED = 1_000
MOST_KEPT = 50  # of which the message itself is here: elsewhere it lies in its mailbox
_Q = quarantine.c


@dataclass(frozen=True, kw_only=True, slots=True)
class Quarantined:
    digest: str  # of the message's bytes
    at: datetime  # UTC
    source: Source
    reason: str  # a word, with nothing of the message's own
    octets: int
    kept: bool  # here; else in the mailbox that it came from


def put(connection: Connection, one: Quarantined, raw: bytes | None) -> None:
    """Note it, and keep `raw` where it lies nowhere else. What is older, or too many, goes."""
    values = {"at": one.at, "source": one.source, "reason": one.reason, "octets": one.octets, "raw": raw}
    row = insert(connection, quarantine).values(digest=one.digest, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["digest"], set_=values))
    newest = select(_Q.digest).order_by(_Q.at.desc(), _Q.digest).limit(MOST_LISTED)
    connection.execute(delete(quarantine).where((_Q.at < one.at - KEPT_FOR) | _Q.digest.not_in(newest)))
    with_raw = select(_Q.digest).where(_Q.raw.is_not(None)).order_by(_Q.at.desc(), _Q.digest).limit(MOST_KEPT)
    too_many = update(quarantine).where(_Q.raw.is_not(None), _Q.digest.not_in(with_raw))
    connection.execute(too_many.values(raw=None))


def listed(connection: Connection) -> list[Quarantined]:
    """The newest first."""
    kept = _Q.raw.is_not(None).label("kept")
    found = connection.execute(
        select(_Q.digest, _Q.at, _Q.source, _Q.reason, _Q.octets, kept).order_by(_Q.at.desc(), _Q.digest)
    )
    return [Quarantined(**row) for row in found.mappings()]


def count(connection: Connection, now: datetime) -> int:
    """Of the last month."""
    found = connection.execute(select(func.count()).where(_Q.at >= now - KEPT_FOR))
    return int(found.scalar_one())


def message(connection: Connection, digest: str) -> bytes | None:
    """What it held, where it is kept here."""
    return connection.execute(select(_Q.raw).where(_Q.digest == digest)).scalar()


def forget(connection: Connection, digest: str) -> None:
    """It was taken in after all, or nobody wants it."""
    connection.execute(delete(quarantine).where(_Q.digest == digest))
