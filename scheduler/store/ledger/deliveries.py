"""The ledger as an operator sees it: lists of deliveries, their attempts, and what the operator decides of them.

All functions work in the caller's transaction. Decisions are guarded by state (docs/delivery-states.md), and rows that
a node holds are left to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, literal, null, or_, select, true, update

from scheduler.planning.delivery import PLANNED_BY_EDITION, Purpose, State
from scheduler.store.posts import roster
from scheduler.store.schema import attempts, deliveries, recipients

_D, _A = deliveries.c, attempts.c


class Order(StrEnum):
    """What an operator can decide of a delivery."""

    HOLD = "hold"  # it does not go until released
    RELEASE = "release"  # what is held goes after all
    RETRY = "retry"  # now, and not at its next turn
    DROP = "drop"  # it does not go, ever


ACTS_ON = {
    Order.HOLD: (State.PLANNED, State.DEFERRED, State.UNCERTAIN),
    Order.RELEASE: (State.HELD,),
    Order.RETRY: (State.DEFERRED, State.UNCERTAIN, State.HELD),
    Order.DROP: (State.HELD, State.UNCERTAIN),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """Which deliveries are meant: those that fit whatever is given."""

    ids: tuple[int, ...] = ()
    states: tuple[State, ...] = ()
    site: str | None = None
    event: str | None = None
    purpose: Purpose | None = None

    @property
    def everything(self) -> bool:
        return self == Chosen()

    def condition(self) -> ColumnElement[bool]:
        given: list[ColumnElement[bool]] = [true()]
        if self.ids:
            given.append(_D.id.in_(self.ids))
        if self.states:
            given.append(_D.state.in_(self.states))
        wanted = ((_D.site, self.site), (_D.event, self.event), (_D.purpose, self.purpose))
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
    return _decide(connection, Order.HOLD, chosen, words, state=State.HELD, next_at=None, owner=None)


def drop(connection: Connection, chosen: Chosen, words: str) -> int:
    """End what is held or uncertain, for good: it is of use at no moment, so that no publication plans it again."""
    return _decide(
        connection, Order.DROP, chosen, words, state=State.CANCELLED, next_at=None, owner=None, expires_at=_D.due_at
    )


def release(connection: Connection, chosen: Chosen, words: str, now: datetime) -> int:
    """Let what is held go: at once if it is due, else when it is."""
    return _let_go(connection, Order.RELEASE, chosen, words, now)


def retry(connection: Connection, chosen: Chosen, words: str, now: datetime) -> int:
    """Try at once what waits for another attempt, is uncertain or held."""
    return _let_go(connection, Order.RETRY, chosen, words, now)


def _let_go(connection: Connection, order: Order, chosen: Chosen, words: str, now: datetime) -> int:
    """Back among those that are sent; expired where that is too late, suppressed where the post wants none by now."""
    wanted = exists().where(recipients.c.id == _D.recipient, roster.LISTED, roster.wants_at(_D.due_at))
    muted = and_(_D.purpose.in_(PLANNED_BY_EDITION), ~wanted)
    past = _D.expires_at <= now
    moment = literal(now, _D.next_at.type)
    again = or_(_D.state == State.UNCERTAIN, and_(_D.state == State.HELD, _D.uncertain_at.is_not(None)))
    return _decide(
        connection,
        order,
        chosen,
        words,
        state=case((past, State.EXPIRED), (muted, State.SUPPRESSED), else_=State.DEFERRED),
        next_at=case((or_(past, muted), null()), (_D.due_at > now, _D.due_at), else_=moment),
        repeats=_D.repeats + case((again & ~past & ~muted, 1), else_=0),
    )


def _decide(connection: Connection, order: Order, chosen: Chosen, words: str, **values: object) -> int:
    return connection.execute(
        update(deliveries).where(_D.state.in_(ACTS_ON[order]), chosen.condition()).values(reply=words, **values)
    ).rowcount
