"""Convocations in the ledger: one for each event, schedule number and post, and what a publication makes of them.

All functions work in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select

from scheduler.planning.delivery import REVOCABLE, Purpose, State
from scheduler.store.ledger import rows, states
from scheduler.store.ledger.rows import Row
from scheduler.store.posts import hearers
from scheduler.store.schema import deliveries

_D = deliveries.c
_OWN = _D.purpose == Purpose.CONVOCATION
_UNSETTLED = _D.state.in_((*REVOCABLE, State.SENDING))
# Nobody got it, nobody may have got it, and no operator dropped it: who is called again is written to after all.
_CAME_TO_NOTHING = (
    _D.state.in_((State.CANCELLED, State.SUPPRESSED, State.SUPERSEDED, State.EXPIRED))
    & _D.uncertain_at.is_(None)
    & (_D.expires_at > _D.due_at)
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """What calls the posts of one site to one event. Instants are UTC."""

    event: str  # Event.id
    uid: str
    schedule: int
    site: str
    leaves: datetime
    expires: datetime
    posts: frozenset[str] = field(default=frozenset())  # ids of those that are called now


def convened(connection: Connection, uid: str, schedule: int) -> frozenset[str]:
    """The posts (ids) that were called to an event's hour already: it went out, or it waits."""
    found = select(_D.recipient).where(_of(uid, schedule), ~_CAME_TO_NOTHING)
    return frozenset(connection.execute(found).scalars())


def waiting(connection: Connection) -> frozenset[str]:
    """The events (ids) to which somebody is still to be called."""
    return frozenset(connection.execute(select(_D.event).where(_OWN, _UNSETTLED).distinct()).scalars())


def follow(connection: Connection, calls: Mapping[tuple[str, str], Call], now: datetime) -> None:
    """What still waits, after a change: what moved is called under its new schedule number, what is off no more.

    `calls` are those of the edition in force, by Event.id and site, to the events that `waiting` named.
    """
    of = (_D.subject, _D.event, _D.schedule, _D.site)
    for row in connection.execute(select(*of).where(_OWN, _UNSETTLED).distinct()).all():
        call = calls.get((row.event, row.site))
        if call is None or call.schedule != row.schedule:
            _end(connection, _of(row.subject, row.schedule) & (_D.site == row.site), call, now)


def _end(connection: Connection, chosen: ColumnElement[bool], call: Call | None, now: datetime) -> None:
    """These rows end; who cannot have read one is called anew, in the name of the edition that called first."""
    state = State.CANCELLED if call is None else State.SUPERSEDED
    untold = chosen & _D.uncertain_at.is_(None) & _D.state.in_((State.PLANNED, State.DEFERRED, State.CLAIMED))
    again = connection.execute(select(_D.recipient, _D.edition).where(untold)).all()
    states.let_go_of_what_is_on_its_way(connection, chosen, now)
    states.end(connection, chosen, state)
    if call is not None:
        for edition in dict.fromkeys(row.edition for row in again):
            _plan(connection, edition, call, [row.recipient for row in again if row.edition == edition])


def convene(connection: Connection, edition: int, calls: Sequence[Call]) -> int:
    """Owe the posts that are called their convocations, those that are there and hear of changes. Returns how many."""
    there = {one.id: one.site for one in hearers.hearers(connection)} if calls else {}
    return sum(
        _plan(connection, edition, call, sorted(post for post in call.posts if there.get(post) == call.site))
        for call in calls
    )


def _plan(connection: Connection, edition: int, call: Call, posts: Sequence[str]) -> int:
    """A row for each post; where one came to nothing before, it is that one again."""
    known = select(_D.recipient, _D.id).where(_of(call.uid, call.schedule), _CAME_TO_NOTHING)
    idle = {row.recipient: row.id for row in connection.execute(known)}
    again = [post for post in posts if post in idle]
    if again:
        states.plan_anew(connection, [idle[post] for post in again], _row(edition, call, again[0]))
    rows.add(connection, (_row(edition, call, post) for post in posts if post not in idle))
    return len(posts)


def _of(uid: str, schedule: int) -> ColumnElement[bool]:
    return _OWN & (_D.subject == uid) & (_D.schedule == schedule)


def _row(edition: int, call: Call, post: str) -> Row:
    return Row(
        purpose=Purpose.CONVOCATION,
        subject=call.uid,
        schedule=call.schedule,
        recipient=post,
        event=call.event,
        site=call.site,
        due_at=call.leaves,
        expires_at=call.expires,
        edition=edition,
    )
