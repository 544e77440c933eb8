"""What waits: owed, of use still, and not begun to be sent. Every screen and figure counts it here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, select

from scheduler.planning.delivery import WAITING, State
from scheduler.store.schema import deliveries

LATE_AFTER = timedelta(minutes=5)
_D = deliveries.c
Wave = tuple[datetime, int]  # an instant (UTC), and how many want to go then


@dataclass(frozen=True, kw_only=True, slots=True)
class Overdue:
    """Of what waits, that which wanted to go by now."""

    due: int
    late: int  # of these, for LATE_AFTER or longer
    late_since: datetime | None  # the oldest moment among the late, UTC; None where nothing is


def _waits(now: datetime) -> ColumnElement[bool]:
    """Taken by a node and not begun, it waits as well; past its use, nothing does."""
    return and_(_D.state.in_((*WAITING, State.CLAIMED)), _D.expires_at > now)


def overdue(connection: Connection, now: datetime) -> Overdue:
    late = _D.next_at <= now - LATE_AFTER
    found = connection.execute(
        select(func.count(), func.count().filter(late), func.min(_D.next_at).filter(late)).where(
            _waits(now), _D.next_at <= now
        )
    ).one()
    return Overdue(due=found[0], late=found[1], late_since=found[2])


def waves(connection: Connection, now: datetime, day: tuple[datetime, datetime]) -> tuple[Wave, ...]:
    """What waits of that which falls due on one day (from midnight to midnight, UTC), by when it wants to go."""
    found = connection.execute(
        select(_D.next_at, func.count())
        .where(_waits(now), _D.due_at >= day[0], _D.due_at < day[1])
        .group_by(_D.next_at)
        .order_by(_D.next_at)
    )
    return tuple((at, count) for at, count in found)


def largest_wave(connection: Connection, now: datetime) -> int:
    """The most that still fall due at one instant."""
    size = func.count().label("size")
    found = connection.execute(
        select(size).where(_waits(now), _D.due_at >= now).group_by(_D.due_at).order_by(size.desc()).limit(1)
    )
    return found.scalar() or 0
