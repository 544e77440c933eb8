"""Every row of the ledger is made here: found by its five columns, and what comes back, by the key as stored.

All functions work in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    Table,
    Text,
    and_,
    case,
    exists,
    insert,
    select,
)
from sqlalchemy.dialects import postgresql

from scheduler.planning.delivery import Purpose, State
from scheduler.planning.plan import Planned
from scheduler.store import upsert
from scheduler.store.posts import roster
from scheduler.store.schema import Instant, deliveries, microseconds, recipients

_ByBytes = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")  # as what it is compared with
staged = Table(  # a plan on its way into the ledger; empty outside a publishing transaction
    "staged",
    MetaData(),
    Column("purpose", _ByBytes, nullable=False),
    Column("subject", _ByBytes, nullable=False),
    Column("schedule", Integer, nullable=False),
    Column("rule", _ByBytes, nullable=False),
    Column("recipient", _ByBytes, nullable=False),
    Column("event", _ByBytes, nullable=False),
    Column("site", _ByBytes, nullable=False),
    Column("message_key", _ByBytes, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("moved", Integer, nullable=False),
    prefixes=["TEMPORARY"],
)

T = TypeVar("T")
CHUNK = 10_000
_D, _S = deliveries.c, staged.c
_NAMED_BY = ("purpose", "subject", "schedule", "rule", "recipient")
_STAGED = (*_NAMED_BY, "event", "site", "message_key", "due_at", "expires_at", "moved")
_ADDED = (*_STAGED, "state", "next_at", "edition")


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
    return upsert.pour(connection, deliveries, _ADDED, _values(connection, owed))


def add_once(connection: Connection, owed: Row) -> None:
    """Owe this, unless it is there already."""
    (row,) = _values(connection, (owed,), lambda instant: instant)
    given = upsert.insert(connection, deliveries).values(dict(zip(_ADDED, row, strict=True)))
    connection.execute(given.on_conflict_do_nothing())


def stage(connection: Connection, planned: Iterable[Planned]) -> None:
    """Lay a plan beside the ledger, to be compared with it; until `unstage`."""
    staged.create(connection, checkfirst=True)
    laid = upsert.pour(connection, staged, _STAGED, _laid(connection, planned))
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"CREATE UNIQUE INDEX staged_key ON {staged.name} ({', '.join(_NAMED_BY)})")
    elif laid > CHUNK:
        connection.exec_driver_sql(f"ANALYZE {staged.name}")  # or it is joined as if it were a handful of rows


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


def _values(
    connection: Connection, owed: Iterable[Row], kept: Callable[[datetime], object] = microseconds
) -> Iterator[tuple[object, ...]]:
    """Rows for what is owed: values of _ADDED. `kept`: an instant as it is given to the database."""
    made = _key_maker(connection)
    for one in owed:
        named = (one.purpose.value, one.subject, one.schedule, one.rule, one.recipient)
        due, expires = kept(one.due_at), kept(one.expires_at)
        waits = (State.SUPPRESSED.value, None) if one.kept_back else (State.PLANNED.value, due)
        yield (*named, one.event, one.site, made(*named), due, expires, 0, *waits, one.edition)


def _laid(connection: Connection, planned: Iterable[Planned]) -> Iterator[tuple[object, ...]]:
    """Likewise those of a plan: values of _STAGED. Many in a row share one moment, and all but their recipient."""
    made, last = _key_maker(connection), None
    for one in planned:
        if one.moment is not last:
            last = one.moment
            named = (one.purpose.value, one.subject, one.schedule, last.rule)
            place, when = (last.event, last.site), (microseconds(last.due), microseconds(last.expires), int(last.moved))
        yield (*named, one.recipient, *place, made(*named, one.recipient), *when)


def _key_maker(connection: Connection) -> Callable[[str, str, int, str, str], str]:
    """Makes the `message_key` of what is named so, in a transaction that writes.

    It is made once, under the installation's secret key, and never reckoned anew. Raises NoKey where no such key is
    known, when it is asked for the first.
    """
    made: Callable[[str, str, int, str, str], str] = connection.get_execution_options()["message_key"]
    return made
