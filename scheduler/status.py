"""What is wrong, in one screen; and whether this installation is fit to run. Values, printed elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from calendars.editions import shifted
from calendars.zones import zone_data
from scheduler import report
from scheduler.delivery import State
from scheduler.report import Posts, Totals
from scheduler.settings import Pace
from scheduler.store import controls, editions, roster
from scheduler.store.schema import deliveries

_D = deliveries.c


@dataclass(frozen=True, kw_only=True, slots=True)
class Today:
    """The reminders of one day, by the agenda's zone."""

    due: int
    accepted: int
    waiting: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    edition: int | None
    author: str
    published: datetime | None
    zone_version: str
    zone_agrees: bool  # this process reckons with the data that the edition was published with
    shifted: tuple[str, ...]  # event ids that it puts at another time than was published: their mail is withheld
    stopped_since: str | None
    totals: Totals
    today: Today
    late_since: datetime | None
    next_at: datetime | None
    uncovered: tuple[str, ...]  # site ids with nobody left to write to
    posts: Posts

    @property
    def alerts(self) -> int:
        """How many things want somebody to act."""
        held = self.totals.of(State.HELD, State.UNCERTAIN)
        marks = (self.stopped_since, self.late_since, self.uncovered, held, self.shifted)
        return sum(bool(mark) for mark in marks)


def status(connection: Connection, now: datetime, day: tuple[datetime, datetime]) -> Status:
    """How things stand at `now`; `day` is today from midnight to midnight, as instants."""
    found = editions.load(connection)
    return Status(
        edition=None if found is None else found.edition.number,
        author="" if found is None else found.edition.author,
        published=None if found is None else found.edition.at,
        zone_version=zone_data().version,
        zone_agrees=found is None or found.edition.zone_digest == zone_data().digest,
        shifted=() if found is None else shifted(found.edition),
        stopped_since=controls.get(connection, controls.STOPPED),
        totals=report.totals(connection),
        today=_today(connection, day),
        late_since=report.late_since(connection, now - timedelta(minutes=5)),
        next_at=connection.execute(select(func.min(_D.next_at)).where(_D.next_at > now)).scalar(),
        uncovered=tuple(roster.uncovered_sites(connection)),
        posts=report.posts(connection),
    )


def _today(connection: Connection, day: tuple[datetime, datetime]) -> Today:
    accepted = func.count().filter(_D.state == State.ACCEPTED)
    waiting = func.count().filter(_D.state.in_((State.PLANNED, State.DEFERRED, State.CLAIMED, State.SENDING)))
    row = connection.execute(
        select(func.count(), accepted, waiting).where(
            _D.due_at >= day[0], _D.due_at < day[1], _D.state.not_in((State.SUPERSEDED, State.CANCELLED))
        )
    ).one()
    return Today(due=row[0], accepted=row[1], waiting=row[2])


def largest_fan_out(connection: Connection, now: datetime) -> int:
    """The most deliveries that still fall due at one instant."""
    size = func.count().label("size")
    found = connection.execute(
        select(size)
        .where(_D.due_at >= now, _D.state.in_((State.PLANNED, State.DEFERRED)))
        .group_by(_D.due_at)
        .order_by(size.desc())
        .limit(1)
    )
    return found.scalar() or 0


def fan_out_time(count: int, pace: Pace) -> timedelta | None:
    """How long so many messages take at the pace; None where nothing limits them."""
    return None if pace.per_minute is None else timedelta(minutes=count / pace.per_minute)
