"""The posts that are written to: taken in from recipients.csv, leaving and coming back, addresses found bad."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, and_, case, func, select, update
from sqlalchemy.dialects.sqlite import insert

from calendars.model import LANGUAGES, Recipient
from scheduler.delivery import State
from scheduler.plan import Member
from scheduler.store import ledger
from scheduler.store.schema import deliveries, recipients

_R = recipients.c
_CHUNK = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """A post as it stands, for the page that it sees when it leaves and for the administrator."""

    recipient: Recipient
    left: bool


def import_posts(connection: Connection, posted: Sequence[Recipient], now: datetime) -> int:
    """Make the roster what the file says; returns how many rows were new or changed.

    The id is the post: a corrected address is the same post, but no longer one that was found bad. A post that is
    gone from the file is marked removed; one that returns joined anew.
    """
    changed = 0
    for start in range(0, len(posted), _CHUNK):
        rows = [_row(recipient, now) for recipient in posted[start : start + _CHUNK]]
        changed += _upsert(connection, rows)
    listed = {recipient.id for recipient in posted}
    present = connection.execute(select(_R.id).where(_R.removed_at.is_(None))).scalars()
    gone = [key for key in present if key not in listed]
    for start in range(0, len(gone), _CHUNK):
        part = gone[start : start + _CHUNK]
        connection.execute(update(recipients).where(_R.id.in_(part)).values(removed_at=now))
    return changed + len(gone)


def _row(recipient: Recipient, now: datetime) -> dict[str, object]:
    return {
        "id": recipient.id,
        "site": recipient.site,
        "address": recipient.address,
        "language": recipient.language,
        "post": recipient.post,
        "joined": recipient.joined.isoformat(),
        "since": now,
        "confirmed_at": now,
    }


def _upsert(connection: Connection, rows: list[dict[str, object]]) -> int:
    statement = insert(recipients)
    new = statement.excluded
    returns = _R.removed_at.is_not(None)
    same_address = new.address == _R.address
    differs = (
        (new.site != _R.site)
        | ~same_address
        | (new.language != _R.language)
        | (new.post != _R.post)
        | (new.joined != _R.joined)
        | returns
    )
    merged = statement.on_conflict_do_update(
        index_elements=["id"],
        set_={
            "site": new.site,
            "address": new.address,
            "language": new.language,
            "post": new.post,
            "joined": new.joined,
            "since": case((returns, new.since), else_=_R.since),
            "removed_at": None,
            "suppressed_at": case((same_address, _R.suppressed_at), else_=None),
        },
        where=differs,
    )
    return connection.execute(merged.values(rows)).rowcount


def members(connection: Connection) -> Iterator[Member]:
    """Every post of the roster that the file still lists, with the instant at which it was taken in."""
    found = connection.execute(select(recipients).where(_R.removed_at.is_(None)).order_by(_R.id))
    for row in found.mappings():
        yield Member(recipient=_recipient(row), since=row["since"])


def find(connection: Connection, recipient: str) -> Post | None:
    """A post by its id; None where there is none, or it is no longer listed."""
    row = (
        connection.execute(select(recipients).where(_R.id == recipient, _R.removed_at.is_(None)))
        .mappings()
        .one_or_none()
    )
    return None if row is None else Post(recipient=_recipient(row), left=row["left_at"] is not None)


def leave(connection: Connection, recipient: str, now: datetime) -> None:
    """Stop the reminders of a post. Leaving twice is leaving once."""
    connection.execute(update(recipients).where(_R.id == recipient, _R.left_at.is_(None)).values(left_at=now))
    ledger.mute(connection, recipient, now)


def come_back(connection: Connection, recipient: str, now: datetime) -> None:
    """Take a post's leave back: what is still to fall due is planned again; what fell due meanwhile stays unsent."""
    connection.execute(update(recipients).where(_R.id == recipient).values(left_at=None))
    plan_again(connection, now, recipient)


def plan_again(connection: Connection, now: datetime, recipient: str | None = None) -> int:
    """Suppressed deliveries whose reason has ended and that fall due from `now` on: planned again."""
    d = deliveries.c
    reachable = select(_R.id).where(_R.left_at.is_(None), _R.suppressed_at.is_(None), _R.removed_at.is_(None))
    if recipient is not None:
        reachable = reachable.where(_R.id == recipient)
    return connection.execute(
        update(deliveries)
        .where(d.state == State.SUPPRESSED, d.due_at >= now, d.recipient.in_(reachable))
        .values(state=State.PLANNED, next_at=d.due_at)
    ).rowcount


def uncovered_sites(connection: Connection) -> list[str]:
    """Sites that the roster knows and where nobody is left to write to: all removed, gone or bad addresses."""
    alive = and_(_R.removed_at.is_(None), _R.left_at.is_(None), _R.suppressed_at.is_(None))
    living = func.sum(case((alive, 1), else_=0))
    found = connection.execute(select(_R.site).group_by(_R.site).having(living == 0).order_by(_R.site))
    return list(found.scalars())


def _recipient(row: RowMapping) -> Recipient:
    language = next(known for known in LANGUAGES if known == row["language"])
    return Recipient(
        id=row["id"],
        site=row["site"],
        address=row["address"],
        language=language,
        post=row["post"],
        joined=date.fromisoformat(row["joined"]),
    )
