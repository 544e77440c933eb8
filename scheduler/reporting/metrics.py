"""Ledger -> figures for whoever watches the service: one look over the table, whatever its size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, type_coerce

from calendars.editions import Edition
from calendars.shifts import shifts
from calendars.zones import zone_data
from scheduler.reporting.returns import Returns, came_back
from scheduler.reporting.rolls import roll_if_called
from scheduler.reporting.waiting import Overdue, overdue
from scheduler.store import controls, editions, nodes
from scheduler.store.nodes import Node
from scheduler.store.posts import roster
from scheduler.store.schema import Number, deliveries

LATENESS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 6 * 60, 24 * 60))  # bounds of the histogram
_D = deliveries.c
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class StateTally:
    """The deliveries of one purpose in one state."""

    purpose: str
    state: str
    count: int
    attempts: int
    refusals: int  # 5xx answers
    repeats: int  # sent again after `uncertain`
    uncertain: int  # how many have ever been
    accepted: int  # by the mail server, whatever came after
    within: tuple[int, ...]  # of these, how many were accepted within each bound of LATENESS from their due moment
    lateness: timedelta  # of all these together


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    tallies: tuple[StateTally, ...]
    waiting: Overdue
    nodes: tuple[Node, ...]  # that are alive
    uncovered: tuple[str, ...]  # site ids with nobody left to write to
    edition: int
    zone_digest: str  # of the data that the edition was published with
    shifted: int  # events that the data of this process puts at another time than was published
    came_back: Returns
    sites: int
    proven: int  # of these, how many have confirmed their clock and their mailbox
    stopped: bool
    adopted: bool  # False: the database is another installation's, and nothing is sent from it


def figures(connection: Connection, edition: Edition, now: datetime, *, adopted: bool) -> Figures:
    """How things stand at `now`, with `edition` as the one that this process shows."""
    called = roll_if_called(connection, edition)
    return Figures(
        tallies=tuple(state_tallies(connection)),
        waiting=overdue(connection, now),
        nodes=tuple(nodes.alive(connection)),
        uncovered=tuple(roster.uncovered_sites(connection)),
        edition=editions.number_in_force(connection) or 0,
        zone_digest=edition.zone_digest,
        shifted=len({shift.event for shift in shifts(edition)}),
        came_back=came_back(connection, now),
        sites=len(edition.agenda.representations),
        proven=0 if called is None else called.proven,
        stopped=controls.get(connection, controls.STOPPED) is not None,
        adopted=adopted,
    )


def zone_data_agrees(found: Figures) -> bool:
    """Whether this process reckons with the data that the edition was published with."""
    return found.zone_digest == zone_data().digest


def state_tallies(connection: Connection) -> Sequence[StateTally]:
    lateness = type_coerce(_D.accepted_at, Number) - type_coerce(_D.due_at, Number)
    within = [func.count().filter(lateness <= bound // _MICROSECOND) for bound in LATENESS]
    found = connection.execute(
        select(
            _D.purpose,
            _D.state,
            func.count(),
            func.sum(_D.attempts),
            func.sum(_D.refusals),
            func.sum(_D.repeats),
            func.count(_D.uncertain_at),
            func.count(_D.accepted_at),
            func.coalesce(func.sum(lateness), 0),
            *within,
        ).group_by(_D.purpose, _D.state)
    )
    return [
        StateTally(
            purpose=row[0],
            state=row[1],
            count=row[2],
            attempts=int(row[3]),
            refusals=int(row[4]),
            repeats=int(row[5]),
            uncertain=row[6],
            accepted=row[7],
            lateness=int(row[8]) * _MICROSECOND,
            within=tuple(row[9:]),
        )
        for row in found
    ]
