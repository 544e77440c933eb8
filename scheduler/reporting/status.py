"""What is wrong, in one screen; and whether this installation is fit to run. Values, printed elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from calendars.model.agenda import Agenda
from calendars.model.events import Event
from calendars.shifts import Shift, shifts
from calendars.zones import ZoneData, zone_data
from scheduler.base.variables import Pace
from scheduler.planning.delivery import State
from scheduler.publishing.day_shifts import DayShift, kept
from scheduler.publishing.following import awaiting
from scheduler.reporting import report
from scheduler.reporting.acceptances import Acceptances, lacking_soon
from scheduler.reporting.feasts import OpenFeast, open_feasts
from scheduler.reporting.report import Posts, Totals, Uncovered
from scheduler.reporting.returns import Returns, came_back
from scheduler.reporting.rolls import Roll, roll_if_called
from scheduler.reporting.waiting import Wave, overdue, waves
from scheduler.store import backup, controls, editions, nodes
from scheduler.store.editions import InForce
from scheduler.store.ledger import invited
from scheduler.store.nodes import Node
from scheduler.store.people import floods
from scheduler.store.schema import deliveries

_D = deliveries.c
UNREAD = timedelta(days=1)  # that what comes in may lie there


@dataclass(frozen=True, kw_only=True, slots=True)
class Today:
    """What falls due on one day, by the agenda's zone."""

    due: int
    accepted: int
    waves: tuple[Wave, ...]  # of what waits

    @property
    def waiting(self) -> int:
        return sum(count for _, count in self.waves)


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerReading:
    """Invitations, and whether their answers are read."""

    on: bool  # AGENDA_INVITATIONS, in this environment
    posts: int  # that chose invitations
    read_at: datetime | None  # when `agenda inbox` last ran, UTC

    def unread(self, now: datetime) -> bool:
        """Do invitations leave while nobody reads what comes back?"""
        return self.on and (self.read_at is None or now - self.read_at > UNREAD)

    @property
    def missed(self) -> bool:
        """Did posts choose invitations that they do not get?"""
        return self.posts > 0 and not self.on


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    at: datetime
    agenda: Agenda | None  # None: nothing is published yet
    edition: int | None
    author: str
    published: datetime | None
    zone_data: ZoneData  # that this process reckons with
    zone_agrees: bool  # this process reckons with the data that the edition was published with
    shifted: tuple[Shift, ...]  # what it puts at another time than was published: that mail is withheld
    stopped_since: str | None
    totals: Totals
    today: Today
    late_since: datetime | None
    next_at: datetime | None
    uncovered: tuple[Uncovered, ...]
    lacking: tuple[Acceptances, ...]  # events that begin soon, and fewer come from some site than their rule wants
    posts: Posts
    nodes: tuple[Node, ...]  # that send, and are alive
    differing: tuple[str, ...]  # of these, the owners that reckon with other zone data than the edition
    adopted: bool  # False: the database was copied or restored, and nothing is sent from it
    answering: AnswerReading
    came_back: Returns
    backed_up: datetime | None  # by `agenda backup`, the last time
    queued: int  # mails of those who sign up, that wait because too many do
    days: tuple[DayShift, ...] = ()  # what waits for another day than the days off give, as it was found at the start
    feasts: tuple[OpenFeast, ...] = ()  # whose date is to be announced, and that touch something planned
    roll: Roll | None = None  # None: it was never called
    awaiting: tuple[Event, ...] = ()  # over, and their follow-up waits for somebody to record who came
    short_key: bool = False  # what is signed here can be forged: whoever has the key says so

    @property
    def alerts(self) -> int:
        """How many things want somebody to act."""
        held = self.totals.of(State.HELD, State.UNCERTAIN)
        marks = (
            self.stopped_since,
            self.late_since,
            self.uncovered,
            held,
            self.shifted,
            self.paused,
            not self.adopted,
            self.answering.unread(self.at) or self.answering.missed,
            self.lacking,
            self.came_back.doubted,
            self.came_back.blamed.alarming,
            self.queued,
            self.short_key,
            self.days,
            self.roll is not None and self.roll.proposed,
            self.edition is None,
        )
        return sum(bool(mark) for mark in marks)

    @property
    def paused(self) -> tuple[Node, ...]:
        """The nodes that leave the mail server alone: their breaker is open."""
        return tuple(node for node in self.nodes if node.relay.failures)

    def done_by(self, pace: Pace) -> datetime | None:
        """When what waits of today's will have gone, if nothing comes between; None where nothing waits or limits it.

        Each node that is alive keeps the pace for itself.
        """
        if pace.per_minute is None or not self.today.waves:
            return None
        each = timedelta(minutes=1) / (pace.per_minute * max(1, len(self.nodes)))
        done = self.at
        for moment, count in self.today.waves:
            done = max(done, moment) + each * count
        return done


def status(
    connection: Connection,
    now: datetime,
    day: tuple[datetime, datetime],
    *,
    adopted: bool = True,
    invitations: bool = False,
) -> Status:
    """How things stand at `now`; `day` is today from midnight to midnight, as instants."""
    found = editions.load(connection)
    alive = tuple(nodes.alive(connection))
    return Status(
        at=now,
        agenda=None if found is None else found.edition.agenda,
        edition=None if found is None else found.edition.number,
        author="" if found is None else found.edition.author,
        published=None if found is None else found.edition.at,
        zone_data=zone_data(),
        zone_agrees=found is None or found.edition.zone_digest == zone_data().digest,
        shifted=() if found is None else shifts(found.edition),
        stopped_since=controls.get(connection, controls.STOPPED),
        totals=report.totals(connection),
        today=_today(connection, now, day),
        late_since=overdue(connection, now).late_since,
        next_at=connection.execute(select(func.min(_D.next_at)).where(_D.next_at > now)).scalar(),
        uncovered=tuple(report.uncovered(connection)),
        lacking=() if found is None else lacking_soon(connection, found.edition, now),
        posts=report.posts(connection),
        nodes=alive,
        differing=_differing(alive, found),
        adopted=adopted,
        answering=answering(connection, on=invitations),
        came_back=came_back(connection, now),
        backed_up=backup.last(connection),
        queued=floods.waiting(connection, now),
        days=() if found is None else kept(connection, found.edition.number),
        feasts=() if found is None else open_feasts(connection, found.edition, now),
        roll=None if found is None else roll_if_called(connection, found.edition),
        awaiting=() if found is None else awaiting(connection, found.edition, now),
    )


def _differing(alive: tuple[Node, ...], found: InForce | None) -> tuple[str, ...]:
    """The owners that reckon with other zone data than the edition in force."""
    if found is None:
        return ()
    return tuple(node.owner for node in alive if node.zone_digest != found.edition.zone_digest)


def answering(connection: Connection, *, on: bool) -> AnswerReading:
    """How it stands with invitations, where they are switched on or off."""
    read = controls.get(connection, controls.INBOX)
    return AnswerReading(
        on=on,
        posts=len(invited.invited_posts(connection)),
        read_at=None if read is None else datetime.fromisoformat(read),
    )


def _today(connection: Connection, now: datetime, day: tuple[datetime, datetime]) -> Today:
    accepted = func.count().filter(_D.state == State.ACCEPTED)
    of_today = (_D.due_at >= day[0], _D.due_at < day[1], _D.state.not_in((State.SUPERSEDED, State.CANCELLED)))
    row = connection.execute(select(func.count(), accepted).where(*of_today)).one()
    return Today(due=row[0], accepted=row[1], waves=waves(connection, now, day))


def fan_out_time(count: int, pace: Pace) -> timedelta | None:
    """How long so many messages take at the pace; None where nothing limits them."""
    return None if pace.per_minute is None else timedelta(minutes=count / pace.per_minute)
