"""A plan into the ledger, set by set: what is new is added, what moved follows, what is gone ends. One transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, exists

from calendars.editions import Edition
from scheduler.planning.delivery import OPEN, PLANNED_BY_EDITION, State
from scheduler.planning.plan import Planned, plan
from scheduler.store.ledger import rows, states, wishes
from scheduler.store.posts import roster
from scheduler.store.schema import deliveries, revisions

_D = deliveries.c


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
    rows.stage(connection, planned)
    followed = states.follow_staged(connection)
    result = Reconciled(
        ended=_end(connection, edition, now, only),
        revived=states.revive_staged(connection, now) + wishes.obey_wishes(connection, now, only),
        added=rows.add_staged(connection, now),
        followed=followed,
    )
    rows.unstage(connection)
    return result


def _end(connection: Connection, edition: int, now: datetime, only: str | None) -> int:
    """Unsettled rows that the plan no longer has: superseded where the event moved on, else cancelled."""
    gone = ~exists().where(rows.is_staged()) & _D.purpose.in_(PLANNED_BY_EDITION)
    if only is not None:
        gone &= _D.recipient == only
    states.let_go_of_what_is_on_its_way(connection, gone, now)
    moved_on = exists().where(
        revisions.c.edition == edition, revisions.c.uid == _D.subject, revisions.c.schedule > _D.schedule
    )
    into = case((moved_on, State.SUPERSEDED), else_=State.CANCELLED)
    return states.end(connection, gone, into, OPEN)
