"""What waits: owed, of use still, and not begun to be sent. Every screen and figure counts it here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from scheduler.planning.delivery import WAITING, Purpose, State
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Deliveries of one purpose about one event."""

    purpose: Purpose
    event: str  # Event.id; "" of service mail
    count: int
    sites: int
    first_at: datetime  # UTC: when the first of them wants to go


@dataclass(frozen=True, kw_only=True, slots=True)
class Resumption:
    """What letting mail go on would do at this moment."""

    going: tuple[Batch, ...]  # they are due, and go one after the other, at an hour that their sites can bear
    past: tuple[Batch, ...]  # they wanted to go meanwhile, and are of no use any more
    replaced: int  # of what is due, reminders that a newer one of the same event and post takes the place of

    @property
    def count(self) -> int:
        """How many mails go."""
        return sum(one.count for one in self.going) - self.replaced


def of_day(connection: Connection, now: datetime, day: tuple[datetime, datetime]) -> tuple[Batch, ...]:
    """What still waits of that which falls due on one day (from midnight to midnight, UTC)."""
    return _batches(connection, and_(_waits(now), _D.due_at >= day[0], _D.due_at < day[1]))


def resumption(connection: Connection, now: datetime, since: datetime) -> Resumption:
    """`since`: when mail was stopped, UTC."""
    due = and_(_waits(now), _D.next_at <= now)
    newer = deliveries.alias("newer")
    same = (newer.c[name] == _D[name] for name in ("recipient", "subject", "schedule", "purpose"))
    behind = exists().where(*same, newer.c.due_at > _D.due_at, newer.c.due_at <= now, newer.c.expires_at > now)
    ended = and_(_D.state == State.EXPIRED, _D.expires_at >= since)
    ending = and_(_D.state.in_((*WAITING, State.CLAIMED)), _D.expires_at <= now)
    replaced = select(func.count()).where(due, behind, _D.purpose == Purpose.REMINDER)
    return Resumption(
        going=_batches(connection, due),
        past=_batches(connection, or_(ended, ending)),
        replaced=connection.execute(replaced).scalar_one(),
    )


def _batches(connection: Connection, chosen: ColumnElement[bool]) -> tuple[Batch, ...]:
    """The first to go first."""
    first = func.min(func.coalesce(_D.next_at, _D.due_at)).label("first_at")
    columns = (func.count().label("count"), func.count(_D.site.distinct()).label("sites"), first)
    found = connection.execute(
        select(_D.purpose, _D.event, *columns).where(chosen).group_by(_D.purpose, _D.event).order_by(first, _D.event)
    )
    return tuple(Batch(**{**row, "purpose": Purpose(row["purpose"])}) for row in found.mappings())


def largest_wave(connection: Connection, now: datetime) -> int:
    """The most that still fall due at one instant."""
    size = func.count().label("size")
    found = connection.execute(
        select(size).where(_waits(now), _D.due_at >= now).group_by(_D.due_at).order_by(size.desc()).limit(1)
    )
    return found.scalar() or 0
