"""The ledger of deliveries: each state change a guarded write, named by what it does (docs/delivery-states.md).

All functions work in the caller's transaction. Zero rows changed means that somebody else was first; that is normal.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, case, exists, literal, select, update

from scheduler.delivery import EXPIRABLE, MUTABLE, REPEATS, WAITING, Purpose, State
from scheduler.store.postgresql import take_turns
from scheduler.store.schema import deliveries, recipients

_D = deliveries.c


def suppress_address(connection: Connection, recipient: str, now: datetime, why: str) -> None:
    """The address is bad: mark the post, and mute what still waits for it. `why` is scrubbed."""
    connection.execute(
        update(recipients).where(recipients.c.id == recipient).values(suppressed_at=now, suppressed_why=why)
    )
    mute(connection, recipient, now)


def mute(connection: Connection, recipient: str, now: datetime) -> None:
    """Suppress the reminders that still wait for a post, and try no more what is on its way to it."""
    own = (_D.recipient == recipient) & (_D.purpose == Purpose.REMINDER)
    connection.execute(
        update(deliveries).where(own, _D.state.in_(MUTABLE)).values(state=State.SUPPRESSED, next_at=None, owner=None)
    )
    let_go_of_what_is_on_its_way(connection, own, now)


def let_go_of_what_is_on_its_way(connection: Connection, chosen: ColumnElement[bool], now: datetime) -> None:
    """A message between MAIL FROM and its reply cannot be called back; but whatever the reply, it is tried no more."""
    connection.execute(update(deliveries).where(_D.state == State.SENDING, chosen).values(expires_at=now))


def sweep(connection: Connection, now: datetime) -> int:
    """What time alone decides: expiry, overdue reminders that a newer one replaces, repeats of uncertain ones."""
    take_turns(connection)
    return _expire(connection, now) + _collapse(connection, now) + _resolve_uncertain(connection, now)


def _expire(connection: Connection, now: datetime) -> int:
    return connection.execute(
        update(deliveries)
        .where(_D.state.in_(EXPIRABLE), _D.expires_at <= now)
        .values(state=State.EXPIRED, next_at=None, owner=None)
    ).rowcount


def _collapse(connection: Connection, now: datetime) -> int:
    """Of several overdue reminders of one event for one recipient, only the newest is still of use."""
    newer = deliveries.alias("newer")
    replaced = exists().where(
        newer.c.recipient == _D.recipient,
        newer.c.subject == _D.subject,
        newer.c.schedule == _D.schedule,
        newer.c.purpose == _D.purpose,
        newer.c.due_at > _D.due_at,
        newer.c.due_at <= now,
        newer.c.state.in_((*WAITING, State.CLAIMED, State.SENDING, State.UNCERTAIN, State.ACCEPTED)),
    )
    return connection.execute(
        update(deliveries)
        .where(_D.state.in_(WAITING), _D.next_at <= now, _D.due_at < now, replaced)
        .values(state=State.EXPIRED, next_at=None)
    ).rowcount


def _resolve_uncertain(connection: Connection, now: datetime) -> int:
    return connection.execute(
        update(deliveries)
        .where(_D.state == State.UNCERTAIN, _D.next_at <= now)
        .values(
            state=case((_D.repeats < REPEATS, State.DEFERRED), else_=State.HELD),
            next_at=case((_D.repeats < REPEATS, literal(now, _D.next_at.type)), else_=None),
            repeats=_D.repeats + case((_D.repeats < REPEATS, 1), else_=0),
        )
    ).rowcount


def next_moments(connection: Connection, after: datetime, until: datetime, limit: int) -> list[datetime]:
    """The distinct instants in (after, until] at which a row wants attention; the very next one if there is none."""
    wanted = (
        select(_D.next_at)
        .where(_D.state.in_((*WAITING, State.UNCERTAIN)), _D.next_at > after)
        .group_by(_D.next_at)
        .order_by(_D.next_at)
    )
    near = connection.execute(wanted.where(_D.next_at <= until).limit(limit)).scalars().all()
    return list(near or connection.execute(wanted.limit(1)).scalars())


def due_of(connection: Connection, message_key: str) -> datetime | None:
    """When the delivery of this Message-ID was due; None for one that is not in the ledger (a test mail)."""
    return connection.execute(select(_D.due_at).where(_D.message_key == message_key)).scalar()
