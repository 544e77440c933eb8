"""The posts that a roll call is for, as the database knows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, func, select

from calendars.model.people import Role
from scheduler.store.posts.roster import HEARS, LISTED
from scheduler.store.schema import handovers, recipients

_R, _H = recipients.c, handovers.c


@dataclass(frozen=True, kw_only=True, slots=True)
class RollPost:
    """One post on the list."""

    id: str
    site: str
    post: str
    role: Role
    hears: bool  # it is written to: no bad address, and it has not left
    suppressed: bool  # the address is bad
    address_since: datetime | None  # when it got the address that it has, by a handover or the file; None: its first


def roll_posts(connection: Connection) -> Iterator[RollPost]:
    """Every post on the list, by site and id."""
    handed = select(func.max(_H.at)).where(_H.recipient == _R.id).scalar_subquery()
    hears = case((HEARS, 1), else_=0).label("hears")
    found = connection.execute(
        select(_R.id, _R.site, _R.post, _R.role, hears, _R.suppressed_at, _R.address_since, handed.label("handed"))
        .where(LISTED)
        .order_by(_R.site, _R.id)
    )
    for row in found:
        changed = [at for at in (row.address_since, row.handed) if at is not None]
        yield RollPost(
            id=row.id,
            site=row.site,
            post=row.post,
            role=Role(row.role),
            hears=bool(row.hears),
            suppressed=row.suppressed_at is not None,
            address_since=max(changed, default=None),
        )


def address_since(connection: Connection, recipient: str) -> datetime | None:
    """When the file last gave a post another address; None: it has its first one, or there is no such post."""
    return connection.execute(select(_R.address_since).where(_R.id == recipient)).scalar()
