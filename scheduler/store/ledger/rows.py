"""Every row of the ledger is made here: found by its five columns, and what comes back, by the key as stored.

All functions work in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, and_, case, exists, insert, select

from scheduler.planning.delivery import Purpose, State
from scheduler.planning.plan import Planned
from scheduler.store import upsert
from scheduler.store.posts import roster
from scheduler.store.schema import deliveries, recipients, staged

T = TypeVar("T")
CHUNK = 10_000
_D, _S = deliveries.c, staged.c
_NAMED_BY = ("purpose", "subject", "schedule", "rule", "recipient")
_STAGED = (*_NAMED_BY, "event", "site", "message_key", "due_at", "expires_at", "moved")


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A message that is owed, before the ledger has it. Instants are UTC."""

    purpose: Purpose
    subject: str  # UID of the event; of service mail, an opaque id
    recipient: str  # id of a post
    site: str
    due_at: datetime
    expires_at: datetime  # from here on it is of no use
    schedule: int = 0  # schedule number; of a notice, the edition; of an invitation, how often it was owed before
    rule: str = ""  # of service mail, the id of the post that it is about
    event: str = ""  # Event.id; "" of service mail
    edition: int | None = None  # of a convocation, the edition that called
    kept_back: bool = False  # suppressed until its post is written to again


def add(connection: Connection, owed: Iterable[Row]) -> int:
    """Owe these; returns how many."""
    added = 0
    for part in parts(owed):
        connection.execute(insert(deliveries), [_values(connection, row) for row in part])
        added += len(part)
    return added


def add_once(connection: Connection, owed: Row) -> None:
    """Owe this, unless it is there already."""
    row = upsert.insert(connection, deliveries).values(_values(connection, owed))
    connection.execute(row.on_conflict_do_nothing())


def stage(connection: Connection, planned: Iterable[Planned]) -> None:
    """Lay a plan beside the ledger, to be compared with it; until `unstage`."""
    staged.create(connection, checkfirst=True)
    for part in parts(planned):
        connection.execute(insert(staged), [_keyed(connection, _planned(one)) for one in part])


def unstage(connection: Connection) -> None:
    staged.drop(connection)


def is_staged() -> ColumnElement[bool]:
    """Whether a row of the ledger and one of the staged plan have the same key."""
    return and_(*(_D[name] == _S[name] for name in _NAMED_BY))


def add_staged(connection: Connection, now: datetime) -> int:
    """Owe what the staged plan has and the ledger has not, kept back where its post wants none; returns how many.

    Nothing that was due before `now`.
    """
    muted = ~roster.wants_at(_S.due_at)
    fresh = (
        select(
            *(_S[name] for name in _STAGED),
            case((muted, State.SUPPRESSED), else_=State.PLANNED),
            case((muted, None), else_=_S.due_at),
        )
        .join_from(staged, recipients, recipients.c.id == _S.recipient)
        .where(_S.due_at >= now, ~exists().where(is_staged()))
        .order_by(_S.subject, _S.recipient, _S.purpose, _S.rule)
    )
    added = insert(deliveries).from_select([*_STAGED, "state", "next_at"], fresh)
    return connection.execute(added, execution_options={"preserve_rowcount": True}).rowcount


def parts(rows: Iterable[T]) -> Iterator[list[T]]:
    """As many at a time as go into one statement."""
    source = iter(rows)
    while part := list(islice(source, CHUNK)):
        yield part


def _keyed(connection: Connection, row: Mapping[str, object]) -> dict[str, object]:
    """With its `message_key`, in a transaction that writes. Raises NoKey where no secret key is known.

    The key is made here, once, under the installation's secret key, and never reckoned anew.
    """
    made = connection.get_execution_options()["message_key"](*(row[name] for name in _NAMED_BY))
    return {**row, "message_key": made}


def _values(connection: Connection, owed: Row) -> dict[str, object]:
    row = {
        "purpose": owed.purpose,
        "subject": owed.subject,
        "schedule": owed.schedule,
        "rule": owed.rule,
        "recipient": owed.recipient,
        "event": owed.event,
        "site": owed.site,
        "due_at": owed.due_at,
        "expires_at": owed.expires_at,
        "moved": 0,
        "state": State.SUPPRESSED if owed.kept_back else State.PLANNED,
        "next_at": None if owed.kept_back else owed.due_at,
        "edition": owed.edition,
    }
    return _keyed(connection, row)


def _planned(one: Planned) -> dict[str, object]:
    return {
        "purpose": one.purpose,
        "subject": one.subject,
        "schedule": one.schedule,
        "rule": one.moment.rule,
        "recipient": one.recipient,
        "event": one.moment.event,
        "site": one.moment.site,
        "due_at": one.moment.due,
        "expires_at": one.moment.expires,
        "moved": int(one.moment.moved),
    }
