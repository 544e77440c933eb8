"""What follows a session of which it is known who came: one mail to each post, found out first, then owed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from calendars.days.off import DaysOff
from calendars.editions import Edition, ends
from calendars.model.events import Event, EventStatus
from scheduler.planning.delivery import Purpose, State
from scheduler.planning.follow_ups import goes_to, settled_at, stale_at
from scheduler.store.attendance import counts
from scheduler.store.ledger.rows import Row
from scheduler.store.people import follow_ups
from scheduler.store.people.follow_ups import FollowUpRow

_SENT = frozenset({State.SENDING, State.UNCERTAIN, State.ACCEPTED, State.BOUNCED, State.REJECTED})


@dataclass(frozen=True, kw_only=True, slots=True)
class Sequel:
    """The mails that are owed to posts that were not told yet, by who is said to have come."""

    thanks: tuple[Row, ...]  # to posts of sites that came
    asks: tuple[Row, ...]  # to posts of those that did not
    told: int  # posts that were told before, and hear no more of it
    fresh: int  # of these mails, those that nothing owed before
    stale: bool  # the session is over for too long: nobody is told

    @property
    def rows(self) -> tuple[Row, ...]:
        return (*self.thanks, *self.asks)

    @property
    def first(self) -> datetime | None:
        """When the first of them leaves, UTC."""
        return min((one.due_at for one in self.rows), default=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Followed:
    """How it stands with the follow-ups of a session that is over."""

    awaits: bool  # nobody has recorded who came, so nobody can be told apart
    stale: bool  # the session is over for too long: none leaves any more
    until: datetime  # UTC: from then on it is
    waiting: int
    first: datetime | None  # UTC: when the first of them leaves
    gone: int  # left, or may have
    others: int  # did not leave: their post wants none, or came to nothing else


def sequel(connection: Connection, edition: Edition, event: Event, came: Collection[str], said_at: datetime) -> Sequel:
    """What recording at the instant `said_at` (UTC) that these sites (ids) came would owe.

    Whoever goes to another session instead is not asked. Only of an event that has a date.
    """
    end = ends(edition.agenda, event)
    assert end is not None, "somebody came to it"
    uid = edition.revisions[event.id].uid
    known = {one.recipient: one for one in follow_ups.follow_ups(connection, uid)}
    told = sum(one.state in _SENT for one in known.values())
    if said_at >= stale_at(end):
        return Sequel(thanks=(), asks=(), told=told, fresh=0, stale=True)
    rows = [row for row in _rows(connection, edition, event, came, settled_at(end, said_at)) if _open(known, row)]
    return Sequel(
        thanks=tuple(one for one in rows if one.site in came),
        asks=tuple(one for one in rows if one.site not in came),
        told=told,
        fresh=sum(one.recipient not in known or known[one.recipient].idle for one in rows),
        stale=False,
    )


def follow(connection: Connection, edition: Edition, event: Event, said_at: datetime) -> None:
    """Owe what follows from what is recorded now, or take back what nothing is recorded for any more."""
    if not event.follow_up:
        return
    found, uid = counts.of_event(connection, event.id, edition.agenda.present_from), edition.revisions[event.id].uid
    if found is None or not found.source:
        follow_ups.withdraw(connection, uid, said_at)
    else:
        follow_ups.owe(connection, uid, sequel(connection, edition, event, found.came, said_at).rows)


def followed(connection: Connection, edition: Edition, event: Event, at: datetime) -> Followed | None:
    """How it stands at the instant `at` (UTC); None where none is wanted, or it is not over."""
    end = ends(edition.agenda, event)
    if not event.follow_up or end is None or end > at or event.status is EventStatus.CANCELLED:
        return None
    found = counts.of_event(connection, event.id, edition.agenda.present_from)
    if found is not None and found.held is False:
        return None
    rows = follow_ups.follow_ups(connection, edition.revisions[event.id].uid)
    waits = [one for one in rows if one.state in (State.PLANNED, State.DEFERRED, State.CLAIMED, State.HELD)]
    gone = sum(one.state in _SENT for one in rows)
    return Followed(
        awaits=found is None or not found.source,
        stale=at >= stale_at(end),
        until=stale_at(end),
        waiting=len(waits),
        first=min((one.next_at for one in waits if one.next_at is not None), default=None),
        gone=gone,
        others=len(rows) - len(waits) - gone,
    )


def awaiting(connection: Connection, edition: Edition, at: datetime) -> tuple[Event, ...]:
    """The events whose follow-up waits for somebody to record who came, in the agenda's order."""
    over = ((event, followed(connection, edition, event, at)) for event in edition.agenda.events if event.follow_up)
    return tuple(event for event, one in over if one is not None and one.awaits and not one.stale)


def _rows(
    connection: Connection, edition: Edition, event: Event, came: Collection[str], settled: datetime
) -> Iterator[Row]:
    agenda, uid = edition.agenda, edition.revisions[event.id].uid
    end, days = ends(agenda, event), DaysOff.of(agenda)
    assert end is not None, "as `sequel` has it"
    sites = {site.id: site for site in agenda.representations}
    moments = dict[str, datetime]()
    addressed = [site.id for site in agenda.addressed(event)]
    for post in follow_ups.addressees(connection, event.id, uid, addressed, end):
        if post.site not in sites or (post.elsewhere and post.site not in came):
            continue
        leaves = moments.setdefault(post.site, goes_to(sites[post.site], settled, days))
        paused = post.paused_until is not None and post.paused_until > leaves
        if leaves < stale_at(end) and not paused:
            yield Row(
                purpose=Purpose.FOLLOW_UP,
                subject=uid,
                recipient=post.id,
                event=event.id,
                site=post.site,
                due_at=leaves,
                expires_at=stale_at(end),
            )


def _open(known: dict[str, FollowUpRow], row: Row) -> bool:
    """Was its post not told yet?"""
    one = known.get(row.recipient)
    return one is None or one.idle or one.state in (State.PLANNED, State.DEFERRED, State.CLAIMED)
