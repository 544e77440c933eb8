"""A plan into the ledger, set by set: what is new is added, what moved follows, what is gone ends. One transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, case, exists, insert, or_, select, update

from calendars.editions import Edition
from scheduler.planning.delivery import MUTABLE, PLANNED_BY_EDITION, REVOCABLE, State
from scheduler.planning.plan import Planned, plan
from scheduler.store.ledger import states, wishes
from scheduler.store.ledger.rows import keyed, parts, planned_row
from scheduler.store.posts import roster
from scheduler.store.schema import deliveries, recipients, revisions, staged

_D, _S = deliveries.c, staged.c
_COPIED = (
    "purpose", "subject", "schedule", "rule", "recipient", "event", "site", "message_key", "due_at", "expires_at",
    "moved",
)  # fmt: skip
_FOLLOWS = ("site", "due_at", "expires_at", "moved")


@dataclass(frozen=True, kw_only=True, slots=True)
class Reconciled:
    """How many rows a publication touched."""

    added: int
    followed: int  # same key, another moment or site
    ended: int  # superseded or cancelled
    revived: int


def replan(connection: Connection, edition: Edition, recipient: str, now: datetime) -> Reconciled:
    """Make what one post still waits for what the edition in force owes it now: it joined, moved, chose or answered."""
    found = roster.member(connection, recipient)
    return reconcile(connection, edition.number, plan(edition, () if found is None else (found,)), now, only=recipient)


def reconcile(
    connection: Connection, edition: int, planned: Iterable[Planned], now: datetime, only: str | None = None
) -> Reconciled:
    """Make the unsettled reminders and escalations those of `planned`.

    That is the whole plan of the edition in force, or of `only` one post.
    What was accepted, or is being sent, stays. Nothing that was due before `now` is added.
    """
    states.sweep(connection, now)
    staged.create(connection, checkfirst=True)
    for part in parts(planned):
        connection.execute(insert(staged), [keyed(connection, planned_row(one)) for one in part])
    followed = _follow(connection)
    result = Reconciled(
        ended=_end(connection, edition, now, only),
        revived=_revive(connection, now) + wishes.obey_wishes(connection, now, only),
        added=_add(connection, now),
        followed=followed,
    )
    staged.drop(connection)
    return result


def _same_key() -> ColumnElement[bool]:
    return and_(
        _D.purpose == _S.purpose,
        _D.subject == _S.subject,
        _D.schedule == _S.schedule,
        _D.rule == _S.rule,
        _D.recipient == _S.recipient,
    )


def _follow(connection: Connection) -> int:
    """Unsettled rows whose moment or site changed under the same key take the new ones; a claim on them is void."""
    differs = or_(*(_D[name] != _S[name] for name in _FOLLOWS))
    taken = {name: _S[name] for name in _FOLLOWS}
    connection.execute(update(deliveries).where(_same_key(), _D.state == State.SUPPRESSED, differs).values(**taken))
    return connection.execute(
        update(deliveries)
        .where(_same_key(), _D.state.in_(MUTABLE), differs)
        .values(**taken, state=State.PLANNED, next_at=_S.due_at, owner=None)
    ).rowcount


def _end(connection: Connection, edition: int, now: datetime, only: str | None) -> int:
    """Unsettled rows that the plan no longer has: superseded where the event moved on, else cancelled."""
    gone = ~exists().where(_same_key()) & _D.purpose.in_(PLANNED_BY_EDITION)
    if only is not None:
        gone &= _D.recipient == only
    states.let_go_of_what_is_on_its_way(connection, gone, now)
    moved_on = exists().where(
        revisions.c.edition == edition, revisions.c.uid == _D.subject, revisions.c.schedule > _D.schedule
    )
    return connection.execute(
        update(deliveries)
        .where(_D.state.in_((*REVOCABLE, State.SUPPRESSED)), gone)
        .values(state=case((moved_on, State.SUPERSEDED), else_=State.CANCELLED), next_at=None, owner=None)
    ).rowcount


def _revive(connection: Connection, now: datetime) -> int:
    """Cancelled rows that the plan has again and that lie ahead; muted for a muted post. What was dropped stays so."""
    taken = {name: _S[name] for name in _FOLLOWS}
    muted = exists().where(recipients.c.id == _S.recipient, ~roster.wants_at(_S.due_at))
    return connection.execute(
        update(deliveries)
        .where(_same_key(), _D.state == State.CANCELLED, _D.expires_at > _D.due_at, _S.due_at >= now)
        .values(
            **taken,
            state=case((muted, State.SUPPRESSED), else_=State.PLANNED),
            next_at=case((muted, None), else_=_S.due_at),
        )
    ).rowcount


def _add(connection: Connection, now: datetime) -> int:
    muted = ~roster.wants_at(_S.due_at)
    fresh = (
        select(
            *(_S[name] for name in _COPIED),
            case((muted, State.SUPPRESSED), else_=State.PLANNED),
            case((muted, None), else_=_S.due_at),
        )
        .join_from(staged, recipients, recipients.c.id == _S.recipient)
        .where(_S.due_at >= now, ~exists().where(_same_key()))
        .order_by(_S.subject, _S.recipient, _S.purpose, _S.rule)
    )
    added = insert(deliveries).from_select([*_COPIED, "state", "next_at"], fresh)
    return connection.execute(added, execution_options={"preserve_rowcount": True}).rowcount
