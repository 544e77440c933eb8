"""The ledger of deliveries: each state change a guarded write, named by what it does (docs/delivery-states.md).

All functions work in the caller's transaction. Zero rows changed means that somebody else was first; that is normal.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, case, literal, select, text, update

from scheduler.planning.delivery import EXPIRABLE, MUTABLE, PLANNED_BY_EDITION, REPEATS, WAITING, State
from scheduler.store.schema import WAITING_INDEX, Instant, deliveries, recipients
from scheduler.store.turns import take_turns

_D = deliveries.c


def suppress_address(connection: Connection, recipient: str, now: datetime, why: str) -> None:
    """The address is bad: mark the post, and mute what still waits for it. `why` is scrubbed."""
    connection.execute(
        update(recipients).where(recipients.c.id == recipient).values(suppressed_at=now, suppressed_why=why)
    )
    mute(connection, recipient, now)


def mute(connection: Connection, recipient: str, now: datetime) -> None:
    """Suppress the reminders and escalations that still wait for a post, and try no more what is on its way to it."""
    own = (_D.recipient == recipient) & _D.purpose.in_(PLANNED_BY_EDITION)
    connection.execute(
        update(deliveries).where(own, _D.state.in_(MUTABLE)).values(state=State.SUPPRESSED, next_at=None, owner=None)
    )
    let_go_of_what_is_on_its_way(connection, own, now)


def let_go_of_what_is_on_its_way(connection: Connection, chosen: ColumnElement[bool], now: datetime) -> None:
    """A message between MAIL FROM and its reply cannot be called back; but whatever the reply, it is tried no more.

    Nor is one whose reply never came.
    """
    gone = (State.SENDING, State.UNCERTAIN)
    connection.execute(update(deliveries).where(_D.state.in_(gone), chosen).values(expires_at=now))


def release(connection: Connection, chosen: ColumnElement[bool]) -> None:
    """Claims on these are void: whoever holds one finds out when its intent changes no row. Refusals are forgotten."""
    waits = case((_D.attempts > 0, State.DEFERRED), else_=State.PLANNED)
    connection.execute(update(deliveries).where(chosen, _D.state == State.CLAIMED).values(state=waits, owner=None))
    connection.execute(update(deliveries).where(chosen, _D.state.in_(WAITING)).values(refusals=0))


def sweep(connection: Connection, now: datetime) -> int:
    """What time alone decides: expiry, and what follows for those that were uncertain."""
    take_turns(connection)
    return _expire(connection, now) + _resolve_uncertain(connection, now)


def _expire(connection: Connection, now: datetime) -> int:
    waiting = connection.execute(_EXPIRE_WAITING[connection.dialect.name], {"now": now}).rowcount
    on_their_way = [state for state in EXPIRABLE if state not in WAITING]
    return waiting + (
        connection.execute(
            update(deliveries)
            .where(_D.state.in_(on_their_way), _D.expires_at <= now)
            .values(state=State.EXPIRED, next_at=None, owner=None)
        ).rowcount
    )


# By the index of what waits, or each look would pass over everything that is planned; SQLite has to be told.
_EXPIRE_WAITING = {
    kind: text(f"""
        UPDATE deliveries {by_index} SET state = '{State.EXPIRED}', next_at = NULL, owner = NULL
        WHERE state IN ('{State.PLANNED}', '{State.DEFERRED}') AND expires_at <= :now""").bindparams(  # noqa: S608  # ours
        bindparam("now", type_=Instant)
    )
    for kind, by_index in (("sqlite", f"INDEXED BY {WAITING_INDEX}"), ("postgresql", ""))
}


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
