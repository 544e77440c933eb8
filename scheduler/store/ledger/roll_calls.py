"""Roll calls in the ledger: each post is asked once, and once more; each coordinator gets one list.

All functions work in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, insert, select

from scheduler.planning.delivery import WAITING, Purpose, State
from scheduler.store.ledger import rows, states
from scheduler.store.ledger.rows import Row
from scheduler.store.roll_tables import roll_calls
from scheduler.store.schema import deliveries

FIRST, AGAIN = "first", "again"  # `rule` of what asks a post
_D, _C = deliveries.c, roll_calls.c
_OURS = _D.purpose == Purpose.ROLL_CALL
_ON_ITS_WAY = (*WAITING, State.CLAIMED, State.SENDING)
_FAILED = (State.BOUNCED, State.REJECTED)
_ENDED = (State.CANCELLED, State.SUPERSEDED, State.EXPIRED)


@dataclass(frozen=True, kw_only=True, slots=True)
class RollCall:
    """One that was called."""

    number: int
    at: datetime  # UTC
    author: str
    ends_at: datetime  # when its last list goes, UTC


@dataclass(frozen=True, kw_only=True, slots=True)
class RollRow:
    """What the ledger has of one post's being asked."""

    recipient: str
    rule: str  # FIRST or AGAIN
    schedule: int  # how often this post was asked anew before, for it had got another address
    due_at: datetime
    state: State

    @property
    def waits(self) -> bool:
        return self.state in _ON_ITS_WAY

    @property
    def ended(self) -> bool:
        """Did it never leave, and never will?"""
        return self.state in _ENDED

    @property
    def failed(self) -> bool:
        return self.state in _FAILED


def last(connection: Connection) -> RollCall | None:
    """The last one; None before the first."""
    row = connection.execute(select(roll_calls).order_by(_C.number.desc()).limit(1)).mappings().one_or_none()
    return None if row is None else RollCall(**row)


def find(connection: Connection, number: int) -> RollCall | None:
    row = connection.execute(select(roll_calls).where(_C.number == number)).mappings().one_or_none()
    return None if row is None else RollCall(**row)


def keep(connection: Connection, call: RollCall) -> None:
    """Put a new one on record."""
    values = {"number": call.number, "at": call.at, "author": call.author, "ends_at": call.ends_at}
    connection.execute(insert(roll_calls).values(**values))


def asked(connection: Connection, number: int) -> Mapping[str, Sequence[RollRow]]:
    """What the ledger has of a call's mails to posts, by their ids, the oldest first."""
    found = connection.execute(
        select(_D.recipient, _D.rule, _D.schedule, _D.due_at, _D.state)
        .where(_OURS, _D.subject == subject(number))
        .order_by(_D.recipient, _D.schedule, _D.due_at)
    )
    by_post: dict[str, list[RollRow]] = {}
    for row in found:
        one = RollRow(
            recipient=row.recipient, rule=row.rule, schedule=row.schedule, due_at=row.due_at, state=State(row.state)
        )
        by_post.setdefault(row.recipient, []).append(one)
    return by_post


def accepted(connection: Connection) -> Mapping[str, datetime]:
    """When the mail server last took a roll call's mail to each post that none came back from, by its id."""
    found = connection.execute(
        select(_D.recipient, func.max(_D.accepted_at).label("at"))
        .where(_OURS, _D.state == State.ACCEPTED)
        .group_by(_D.recipient)
    )
    return {row.recipient: row.at for row in found}


def owe(connection: Connection, owed: Sequence[Row]) -> None:
    """Owe these, and let go of what the same posts were to be asked by before: their address is another now."""
    for row in owed:
        if row.schedule:
            states.end(connection, _of(row) & (_D.schedule < row.schedule), State.SUPERSEDED)
        rows.add_once(connection, row)


def _of(row: Row) -> ColumnElement[bool]:
    return _OURS & (_D.subject == row.subject) & (_D.recipient == row.recipient)


def subject(number: int, region: str = "") -> str:
    """Of the mails of a call; of the list of a region, by the id of that."""
    return f"roll-{number}/{region}" if region else f"roll-{number}"


def number_of(subject: str) -> int:
    return int(subject.partition("/")[0].removeprefix("roll-"))


def region_of(subject: str) -> str:
    return subject.partition("/")[2]
