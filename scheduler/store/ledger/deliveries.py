"""The ledger as an operator sees it: lists of deliveries, their attempts, and what the operator decides of them.

All functions work in the caller's transaction. Decisions are guarded by state (docs/delivery-states.md), and rows that
a node holds are left to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, func, select, true

from scheduler.planning.delivery import REVOCABLE, WAITING, Purpose, State
from scheduler.planning.transitions import acts_on
from scheduler.store.ledger import states
from scheduler.store.schema import attempts, deliveries

_D, _A = deliveries.c, attempts.c
MOST_BUNDLES = 1_000  # that somebody may step through


class Order(StrEnum):
    """What an operator can decide of a delivery."""

    HOLD = "hold"  # it does not go until released
    RELEASE = "release"  # what is held goes after all
    RETRY = "retry"  # now, and not at its next turn
    DROP = "drop"  # it does not go, ever


ACTS_ON = {order: acts_on(f"deliveries.{order}") for order in Order}


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """Which deliveries are meant: those that fit whatever is given."""

    ids: tuple[int, ...] = ()
    states: tuple[State, ...] = ()
    site: str | None = None
    event: str | None = None
    purpose: Purpose | None = None
    among: tuple[str, ...] | None = None  # sites of which one is meant; None: any
    recipient: str | None = None
    after: int | None = None  # made after the row of this id

    @property
    def everything(self) -> bool:
        return self == Chosen()

    def condition(self) -> ColumnElement[bool]:
        given: list[ColumnElement[bool]] = [true()]
        if self.ids:
            given.append(_D.id.in_(self.ids))
        if self.states:
            given.append(_D.state.in_(self.states))
        if self.among is not None:
            given.append(_D.site.in_(self.among))
        if self.after is not None:
            given.append(_D.id > self.after)
        wanted = (
            (_D.site, self.site),
            (_D.event, self.event),
            (_D.purpose, self.purpose),
            (_D.recipient, self.recipient),
        )
        given.extend(column == value for column, value in wanted if value is not None)
        return and_(*given)


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A row of the ledger, without the address. Instants are UTC."""

    id: int
    purpose: str
    event: str  # "" of service mail
    site: str
    recipient: str
    rule: str  # "" of service mail
    due_at: datetime
    expires_at: datetime
    next_at: datetime | None
    state: State
    attempts: int
    accepted_at: datetime | None
    reply: str  # the last words of the server or of an operator, scrubbed


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One transaction with the mail server. Instants are UTC."""

    began_at: datetime | None  # None: the node died, and nobody knows
    ended_at: datetime
    state: str  # that it led to
    stage: str | None
    code: int | None
    status: str | None
    owner: str
    reply: str  # scrubbed


@dataclass(frozen=True, kw_only=True, slots=True)
class Bundle:
    """What waits for one site that says the same, in whatever languages: of one moment, event, purpose and rule."""

    site: str
    event: str  # "" of service mail
    purpose: Purpose
    rule: str
    next_at: datetime  # UTC
    count: int


def bundles(
    connection: Connection, chosen: Chosen, purposes: Sequence[Purpose], limit: int = MOST_BUNDLES
) -> list[Bundle]:
    """The next first."""
    key = [_D[name] for name in ("site", "event", "purpose", "rule", "next_at")]
    wanted = (chosen.condition(), _D.purpose.in_(purposes), _D.next_at.is_not(None))
    found = connection.execute(
        select(*key, func.count().label("count"))
        .where(*wanted)
        .group_by(*key)
        .order_by(_D.next_at, _D.site, _D.event, _D.purpose, _D.rule)
        .limit(limit)
    )
    return [Bundle(**{**row, "purpose": Purpose(row["purpose"])}) for row in found.mappings()]


def ids_of(connection: Connection, one: Bundle) -> list[int]:
    """The rows of a bundle, by their ids."""
    same = (_D[name] == getattr(one, name) for name in ("site", "event", "purpose", "rule", "next_at"))
    return list(connection.execute(select(_D.id).where(*same, _D.state.in_(WAITING)).order_by(_D.id)).scalars())


def count(connection: Connection, chosen: Chosen) -> int:
    return connection.execute(select(func.count()).select_from(deliveries).where(chosen.condition())).scalar_one()


def listing(connection: Connection, chosen: Chosen, limit: int) -> list[Listed]:
    """Up to `limit` of them, in the order in which they fell due."""
    columns = [_D[name] for name in Listed.__dataclass_fields__]
    found = connection.execute(select(*columns).where(chosen.condition()).order_by(_D.due_at, _D.id).limit(limit))
    return [Listed(**{**row, "state": State(row["state"])}) for row in found.mappings()]


def attempts_of(connection: Connection, delivery: int) -> list[Attempt]:
    """What came of each attempt, the first one first."""
    columns = [_A[name] for name in Attempt.__dataclass_fields__]
    found = connection.execute(select(*columns).where(_A.delivery == delivery).order_by(_A.fence, _A.ended_at))
    return [Attempt(**row) for row in found.mappings()]


def hold(connection: Connection, chosen: Chosen, words: str) -> int:
    """Keep what waits, or is uncertain, from going. Returns how many; `words` say who decided it and why, scrubbed."""
    return states.hold(connection, _within(Order.HOLD, chosen), words)


def drop(connection: Connection, chosen: Chosen, words: str) -> int:
    """End what is held or uncertain, for good."""
    return states.drop(connection, _within(Order.DROP, chosen), words)


def release(connection: Connection, chosen: Chosen, words: str, now: datetime) -> int:
    """Let what is held go: at once if it is due, else when it is."""
    return states.let_go(connection, _within(Order.RELEASE, chosen), words, now)


def retry(connection: Connection, chosen: Chosen, words: str, now: datetime) -> int:
    """Try at once what waits for another attempt, is uncertain or held."""
    return states.let_go(connection, _within(Order.RETRY, chosen), words, now)


def decided_with(connection: Connection, words: str) -> tuple[dict[State, int], int]:
    """How those stand of which something was decided in these words; and how many go that may have arrived before."""
    again = func.count(_D.uncertain_at).filter(_D.state == State.DEFERRED)
    found = connection.execute(
        select(_D.state, func.count().label("size"), again.label("again"))
        .where(_D.reply == words)
        .group_by(_D.state)
        .order_by(_D.state)
    ).all()
    return {State(row.state): row.size for row in found}, sum(row.again for row in found)


def hold_what_may_have_gone(connection: Connection, backup_from: datetime, now: datetime) -> int:
    """Hold whatever was unsettled in a backup and has fallen due: the lost original may have sent it since.

    What fell due before the backup and had not gone yet is held as well. Returns how many.
    """
    words = f"unknown since the backup of {backup_from:%Y-%m-%dT%H:%MZ}: the lost database may have sent it"
    unsettled = _D.state.in_((*REVOCABLE, State.SENDING)) & (_D.state != State.HELD)
    return states.hold(connection, unsettled & (_D.due_at <= now), words)


def _within(order: Order, chosen: Chosen) -> ColumnElement[bool]:
    """Those that the order acts on."""
    return _D.state.in_(ACTS_ON[order]) & chosen.condition()
