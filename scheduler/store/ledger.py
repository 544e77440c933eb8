"""The ledger of deliveries: each state change a guarded write, named by what it does (docs/delivery-states.md).

All functions work in the caller's transaction. Zero rows changed means that somebody else was first; that is normal.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)

from scheduler.delivery import EXPIRABLE, MUTABLE, REPEATS, UNCERTAIN_WAIT, WAITING, Decision, Purpose, State
from scheduler.store.controls import STOPPED
from scheduler.store.schema import controls, deliveries, recipients

_D = deliveries.c


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """A claimed row with what it takes to compose and send it. Instants are UTC."""

    id: int
    fence: int
    purpose: Purpose
    subject: str
    event: str
    site: str
    schedule: int
    rule: str
    recipient: str
    address: str
    language: str
    post: str
    message_key: str
    due_at: datetime
    expires_at: datetime
    attempts: int
    refusals: int
    first: bool  # nothing of this schedule has gone to this recipient before: the .ics file goes with it

    @classmethod
    def from_row(cls, row: RowMapping) -> Delivery:
        return cls(**{**row, "purpose": Purpose(row["purpose"])})


@dataclass(frozen=True, kw_only=True, slots=True)
class Settlement:
    """What became of an attempt, to be written under the fence of its claim."""

    delivery: Delivery
    decision: Decision
    reply: str  # scrubbed
    at: datetime


def _not_stopped() -> ColumnElement[bool]:
    return ~exists().where(controls.c.name == STOPPED)


def claim_due(
    connection: Connection, owner: str, now: datetime, limit: int, withheld: Collection[str] = ()
) -> list[Delivery]:
    """Take up to `limit` due deliveries, nearest event first; none of the `withheld` events, nothing while stopped."""
    due = (
        select(_D.id)
        .where(_D.state.in_(WAITING), _D.next_at <= now, _D.expires_at > now, _not_stopped())
        .where(_D.event.not_in(withheld))
        .order_by(_D.expires_at, _D.next_at, _D.id)
        .limit(limit)
    )
    claimed = connection.execute(
        update(deliveries)
        .where(_D.id.in_(due))
        .values(state=State.CLAIMED, owner=owner, fence=_D.fence + 1)
        .returning(_D.id)
    )
    return _described(connection, claimed.scalars().all())


def _described(connection: Connection, ids: Sequence[int]) -> list[Delivery]:
    told = deliveries.alias("told")
    earlier = exists().where(
        told.c.recipient == _D.recipient,
        told.c.subject == _D.subject,
        told.c.schedule == _D.schedule,
        told.c.id != _D.id,
        or_(told.c.state.in_((State.ACCEPTED, State.SENDING, State.UNCERTAIN)), told.c.uncertain_at.is_not(None)),
    )
    own = [getattr(_D, name) for name in _OWN_COLUMNS]
    spoken = func.coalesce(recipients.c.chosen_language, recipients.c.language).label("language")
    contact = (recipients.c.address, spoken, recipients.c.post)
    found = connection.execute(
        select(*own, *contact, (~earlier).label("first"))
        .join(recipients, recipients.c.id == _D.recipient)
        .where(_D.id.in_(ids))
        .order_by(_D.expires_at, _D.due_at, _D.id)
    )
    return [Delivery.from_row(row) for row in found.mappings()]


_OWN_COLUMNS = (
    "id", "fence", "purpose", "subject", "event", "site", "schedule", "rule", "recipient", "message_key",
    "due_at", "expires_at", "attempts", "refusals",
)  # fmt: skip


# Built once: what every message goes through twice should not be put together anew each time.
_INTEND = (
    update(deliveries)
    .where(tuple_(_D.id, _D.fence).in_(bindparam("claims", expanding=True)), _D.owner == bindparam("by"))
    .where(_D.state == State.CLAIMED, _D.expires_at > bindparam("at"), _not_stopped())
    .values(state=State.SENDING, attempts=_D.attempts + 1, next_at=None)
    .returning(_D.id)
)
_SETTLE = (
    update(deliveries)
    .where(_D.id == bindparam("of"), _D.fence == bindparam("under"), _D.owner == bindparam("by"))
    .where(_D.state == State.SENDING)
    .values(
        state=bindparam("to"),
        next_at=bindparam("then"),
        refusals=_D.refusals + bindparam("refused"),
        accepted_at=bindparam("accepted"),
        uncertain_at=func.coalesce(bindparam("uncertain", type_=_D.uncertain_at.type), _D.uncertain_at),
        reply=bindparam("words"),
        owner=None,
    )
)


def intend_if_still_claimed(connection: Connection, owner: str, claims: Sequence[Delivery], now: datetime) -> set[int]:
    """Commit the intent to send, just before MAIL FROM. Returns the ids that may go.

    Left out: what expired, was superseded, cancelled or suppressed since the claim; everything while stopped.
    """
    pairs = [(delivery.id, delivery.fence) for delivery in claims]
    return set(connection.execute(_INTEND, {"claims": pairs, "by": owner, "at": now}).scalars())


def settle_if_still_sending(connection: Connection, owner: str, settlements: Sequence[Settlement]) -> None:
    """Write what became of attempts, and keep a bad address from being written to again."""
    if not settlements:
        return
    connection.execute(_SETTLE, [_settled(one) | {"by": owner} for one in settlements])
    for one in settlements:
        if one.decision.suppress:
            suppress_address(connection, one.delivery.recipient, one.at)


def _settled(one: Settlement) -> dict[str, object]:
    state = one.decision.state
    return {
        "of": one.delivery.id,
        "under": one.delivery.fence,
        "to": state,
        "then": one.decision.next_at,
        "refused": int(one.decision.refused),
        "accepted": one.at if state is State.ACCEPTED else None,
        "uncertain": one.at if state is State.UNCERTAIN else None,
        "words": one.reply[:500],
    }


def suppress_address(connection: Connection, recipient: str, now: datetime) -> None:
    """The server says that the address is bad: mark the post, and mute what still waits for it."""
    connection.execute(update(recipients).where(recipients.c.id == recipient).values(suppressed_at=now))
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


def release_claims(connection: Connection, owner: str, claims: Sequence[Delivery]) -> None:
    """Give claims back unsent, to be due as they were."""
    _give_back(connection, owner, [(claim, None) for claim in claims])


def postpone_claims(connection: Connection, owner: str, claims: Sequence[tuple[Delivery, datetime]]) -> None:
    """Give claims back, to be looked at again at the given instants."""
    _give_back(connection, owner, claims)


def _give_back(connection: Connection, owner: str, claims: Sequence[tuple[Delivery, datetime | None]]) -> None:
    if not claims:
        return
    until = bindparam("until", type_=_D.next_at.type)
    statement = (
        update(deliveries)
        .where(_D.id == bindparam("of"), _D.fence == bindparam("under"))
        .where(_D.owner == owner, _D.state == State.CLAIMED)
        .values(
            state=case((_D.attempts > 0, State.DEFERRED), else_=State.PLANNED),
            owner=None,
            next_at=func.coalesce(until, _D.next_at),
        )
    )
    rows = [{"of": claim.id, "under": claim.fence, "until": moment} for claim, moment in claims]
    connection.execute(statement, rows)


def sweep(connection: Connection, now: datetime) -> int:
    """What time alone decides: expiry, overdue reminders that a newer one replaces, repeats of uncertain ones."""
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


def abandon_others(connection: Connection, owner: str, now: datetime) -> int:
    """What a former owner left: claims go back, and what was being sent is uncertain. Returns how many of the latter.

    Only for the one service that works on this database: whoever else owned a row is dead.
    """
    others = or_(_D.owner != owner, _D.owner.is_(None))
    connection.execute(
        update(deliveries)
        .where(_D.state == State.CLAIMED, others)
        .values(state=case((_D.attempts > 0, State.DEFERRED), else_=State.PLANNED), owner=None)
    )
    return connection.execute(
        update(deliveries)
        .where(_D.state == State.SENDING, others)
        .values(state=State.UNCERTAIN, uncertain_at=now, next_at=now + UNCERTAIN_WAIT, owner=None)
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
