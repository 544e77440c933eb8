"""The ledger of deliveries: each state change a guarded write, named by what it does (docs/delivery-states.md).

All functions work in the caller's transaction. Zero rows changed means that somebody else was first; that is normal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, case, exists, func, literal, or_, select, tuple_, update

from scheduler.delivery import EXPIRABLE, MUTABLE, REPEATS, WAITING, Decision, Outcome, Purpose, State
from scheduler.store import nodes
from scheduler.store.claiming import Delivery, not_stopped
from scheduler.store.postgresql import take_turns
from scheduler.store.schema import attempts, deliveries, recipients

_D = deliveries.c


@dataclass(frozen=True, kw_only=True, slots=True)
class Settlement:
    """What became of an attempt, to be written under the fence of its claim."""

    delivery: Delivery
    decision: Decision
    outcome: Outcome  # its text is scrubbed
    began_at: datetime  # the intent
    at: datetime

    @property
    def reply(self) -> str:
        """The server's words with its code, as they are kept."""
        return " ".join(str(part) for part in (self.outcome.code, self.outcome.text) if part)[:500]


# Built once: what every message goes through twice should not be put together anew each time.
_INTEND = (
    update(deliveries)
    .where(tuple_(_D.id, _D.fence).in_(bindparam("claims", expanding=True)), _D.owner == bindparam("by"))
    .where(_D.state == State.CLAIMED, _D.expires_at > bindparam("at"), not_stopped())
    .where(nodes.is_alive(_D.owner))  # whose lease ran out while it stood still finds its claims with others
    .values(state=State.SENDING, attempts=_D.attempts + 1, next_at=None)
    .returning(_D.id)
)
# Under the fence of the claim. A node that was taken for dead knows better than `uncertain`, if nobody claimed since.
_OWN_ATTEMPT = (
    (_D.id == bindparam("of"))
    & (_D.fence == bindparam("under"))
    & or_((_D.state == State.SENDING) & (_D.owner == bindparam("by")), _D.state == State.UNCERTAIN)
)
_RECORDED = exists().where(
    attempts.c.delivery == _D.id, attempts.c.fence == _D.fence, attempts.c.state == bindparam("to")
)
_RECORD = attempts.insert().from_select(
    ["delivery", "fence", "owner", "began_at", "ended_at", "state", "stage", "code", "status", "reply"],
    select(
        _D.id,
        _D.fence,
        *(
            bindparam(name, type_=attempts.c[column].type)
            for name, column in (
                ("by", "owner"), ("began", "began_at"), ("ended", "ended_at"), ("to", "state"),
                ("stage", "stage"), ("code", "code"), ("status", "status"), ("words", "reply"),
            )
        ),
    ).where(_OWN_ATTEMPT, ~_RECORDED),
)  # fmt: skip
_SETTLE = (
    update(deliveries)
    .where(_OWN_ATTEMPT)
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
    rows = [_settled(one) | {"by": owner} for one in settlements]
    connection.execute(_RECORD, rows)
    connection.execute(_SETTLE, rows)
    for one in settlements:
        if one.decision.suppress:
            suppress_address(connection, one.delivery.recipient, one.at, one.reply)


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
        "words": one.reply,
        "began": one.began_at,
        "ended": one.at,
        "stage": one.outcome.stage,
        "code": one.outcome.code,
        "status": one.outcome.status,
    }


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
