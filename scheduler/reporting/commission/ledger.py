"""What the report asks of the ledger in a few grouped statements: hours of arrival, and how fast changes spread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate

from sqlalchemy import Connection, func, select, type_coerce

from calendars.model.agenda import Agenda
from calendars.zones import to_wall
from scheduler.planning.delivery import WAITING, Purpose, State
from scheduler.reporting.commission.figures import MailFigures, Speed
from scheduler.reporting.metrics import StateTally
from scheduler.store.schema import Instant, Number, deliveries, editions

FAILED = (State.BOUNCED, State.REJECTED)
UNKNOWN = (State.UNCERTAIN, State.SENDING)
TO_LEAVE = (*WAITING, State.CLAIMED, State.HELD)
_QUARTER = timedelta(minutes=15) // timedelta(microseconds=1)  # every zone's offset of today is a multiple of it
_D = deliveries.c


@dataclass(frozen=True, kw_only=True, slots=True)
class TakenNotices:
    """So many notices of one edition that were taken, due and taken at the same instants."""

    count: int
    whole: timedelta  # from publication to acceptance
    wait: timedelta  # from publication to the moment at which they were due


def arrivals(connection: Connection, agenda: Agenda) -> tuple[int, ...]:
    """Of the mails that the mail server took, how many in each hour of the day by the clocks of their sites.

    The clock of a site that the agenda has no more is not known.
    """
    zones = {site.id: site.zone for site in agenda.representations}
    quarter = (type_coerce(_D.accepted_at, Number) // _QUARTER * _QUARTER).label("quarter")
    found = connection.execute(
        select(_D.site, type_coerce(quarter, Instant), func.count())
        .where(_D.state == State.ACCEPTED)
        .group_by(_D.site, quarter)
    )
    hours = [0] * 24
    for site, at, count in found:
        if site in zones:
            hours[to_wall(at, zones[site]).hour] += count
    return tuple(hours)


def told_by_edition(connection: Connection) -> Mapping[int, Sequence[TakenNotices]]:
    """The notices that were taken, by the edition that owed them."""
    found = connection.execute(
        select(_D.schedule, editions.c.at, _D.due_at, _D.accepted_at, func.count())
        .join(editions, editions.c.number == _D.schedule)
        .where(_D.purpose == Purpose.NOTICE, _D.state == State.ACCEPTED)
        .group_by(_D.schedule, editions.c.at, _D.due_at, _D.accepted_at)
    )
    told: dict[int, list[TakenNotices]] = {}
    for edition, published, due, accepted, count in found:
        told.setdefault(edition, []).append(TakenNotices(count=count, whole=accepted - published, wait=due - published))
    return told


def notice_states(connection: Connection) -> Mapping[int, Mapping[State, int]]:
    """How many notices of each edition stand in each state."""
    found = connection.execute(
        select(_D.schedule, _D.state, func.count()).where(_D.purpose == Purpose.NOTICE).group_by(_D.schedule, _D.state)
    )
    states: dict[int, dict[State, int]] = {}
    for edition, state, count in found:
        states.setdefault(edition, {})[State(state)] = count
    return states


def count_of(states: Mapping[State, int], chosen: Iterable[State]) -> int:
    """Of one edition's notices, those in any of the states."""
    return sum(states.get(state, 0) for state in chosen)


def speed(told: Sequence[TakenNotices]) -> Speed | None:
    """None of nothing."""
    if not told:
        return None
    whole = [(one.whole, one.count) for one in told]
    return Speed(
        median=percentile(whole, 50),
        p95=percentile(whole, 95),
        wait=percentile([(one.wait, one.count) for one in told], 50),
        late=percentile([(one.whole - one.wait, one.count) for one in told], 50),
    )


def percentile(values: Iterable[tuple[timedelta, int]], hundredth: int) -> timedelta:
    """The nearest rank: the least value that so many hundredths of all do not exceed. Of at least one value."""
    ordered = sorted(values)
    rank = -(-sum(count for _, count in ordered) * hundredth // 100)
    reached = accumulate(count for _, count in ordered)
    return next(value for (value, _), so_far in zip(ordered, reached, strict=True) if so_far >= rank)


def mails(tallies: Iterable[StateTally]) -> tuple[MailFigures, ...]:
    """Mails by purpose, in order of how often they were taken; those that never left are no figure of a report."""
    counted: dict[str, dict[str, int]] = {}
    for one in tallies:
        into = "accepted" if one.state == State.ACCEPTED else "failed" if one.state in FAILED else ""
        into = "uncertain" if one.state in UNKNOWN else into
        if into:
            sums = counted.setdefault(one.purpose, {"accepted": 0, "failed": 0, "uncertain": 0})
            sums[into] += one.count
    found = (MailFigures(purpose=purpose, **sums) for purpose, sums in counted.items())
    return tuple(sorted(found, key=lambda one: (-one.accepted, one.purpose)))
