"""What came back and blames no post: what speaks of the installation, and what cannot be told whose it is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, func, select

from scheduler.store.schema import bounces, lost_bounces, recipients
from scheduler.store.upsert import insert

BLAMED_DAYS = timedelta(days=3)
BLAMED_AT = 3  # posts, of these days, whose mail was refused for what is no fault of their address
LOST_DAYS = timedelta(days=30)
_B, _R, _L = bounces.c, recipients.c, lost_bounces.c


@dataclass(frozen=True, kw_only=True, slots=True)
class InstallationBlamed:
    """Mail that came back for what is no fault of an address: policy, block lists, our sender, the message itself."""

    posts: int  # of the last three days
    why: str  # the last words, scrubbed

    @property
    def alarming(self) -> bool:
        return self.posts >= BLAMED_AT


@dataclass(frozen=True, kw_only=True, slots=True)
class LostReports:
    """Reports of the last thirty days of which nothing proves whose they are. They blame nobody."""

    count: int
    naming: int  # of these, how many named the address of a post: by that alone they count for nothing


def installation_blamed(connection: Connection, now: datetime) -> InstallationBlamed:
    """What came back of late and speaks of us."""
    recent = (_B.kind == "installation", _B.at > now - BLAMED_DAYS)
    posts = connection.execute(select(func.count(_B.recipient.distinct())).where(*recent)).scalar_one()
    last = select(_B.status, _B.text).where(*recent).order_by(_B.at.desc(), _B.id.desc()).limit(1)
    row = connection.execute(last).first()
    return InstallationBlamed(posts=posts, why="" if row is None else f"{row.status} {row.text}".strip())


def count_lost(connection: Connection, addresses: Collection[str], now: datetime) -> None:
    """One report more that cannot be told whose; `addresses` are whom it names."""
    lowered = [address.lower() for address in addresses]
    known = select(exists().where(func.lower(_R.address).in_(lowered), _R.removed_at.is_(None)))
    naming = int(bool(lowered) and bool(connection.execute(known).scalar()))
    row = insert(connection, lost_bounces).values(day=now.date().isoformat(), count=1, naming=naming)
    more = {"count": _L["count"] + 1, "naming": _L.naming + naming}
    connection.execute(row.on_conflict_do_update(index_elements=["day"], set_=more))


def lost(connection: Connection, now: datetime) -> LostReports:
    """How many there were of late."""
    since = (now - LOST_DAYS).date().isoformat()
    totals = select(func.coalesce(func.sum(_L["count"]), 0), func.coalesce(func.sum(_L.naming), 0))
    row = connection.execute(totals.where(_L.day > since)).one()
    return LostReports(count=int(row[0]), naming=int(row[1]))
