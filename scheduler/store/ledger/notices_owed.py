"""Notices of changes in the ledger: written with the edition that makes them, in place of those not settled yet."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, exists

from scheduler.planning.delivery import NEWS, OPEN, Purpose, State
from scheduler.store.ledger import rows, states
from scheduler.store.ledger.rows import Row
from scheduler.store.posts import hearers
from scheduler.store.schema import deliveries, recipients

_D, _R = deliveries.c, recipients.c
_Posts = Mapping[tuple[str | None, str, bool], Sequence[str]]  # of one event or all, at a site, as guests or not


@dataclass(frozen=True, kw_only=True, slots=True)
class Owed:
    """What the posts of one site have to hear of one event. Instants are UTC."""

    event: str  # Event.id
    uid: str
    site: str
    guest: bool  # only those at the site who come to it instead of their own session
    leaves: datetime
    expires: datetime


def owe(
    connection: Connection, edition: int, owed: Sequence[Owed], now: datetime, newcomers: Collection[str] = ()
) -> int:
    """Plan the notices of an edition for all but the `newcomers` (ids), who join with it; returns how many.

    They go to the holders of each site, and to whoever else is involved in the event there.

    Whatever an earlier edition owed of the same event to the same sites, and is not settled, is superseded: what each
    post was last told is compared when its notice leaves, so nothing is lost. Those of posts that nothing is written to
    are suppressed until that ends.
    """
    for uid in dict.fromkeys(one.uid for one in owed):
        _supersede(connection, uid, [one.site for one in owed if one.uid == uid], now)
    posts = _posts(connection, newcomers) if owed else {}
    planned = rows.add(connection, (_row(edition, one, post) for one in owed for post in _concerned(posts, one)))
    _keep_for_the_deaf(connection, edition, owed, newcomers)
    return planned


def _keep_for_the_deaf(connection: Connection, edition: int, owed: Sequence[Owed], newcomers: Collection[str]) -> None:
    deaf: dict[str, list[str]] = {}
    for post, site in hearers.deaf(connection) if owed else ():
        if post not in newcomers:
            deaf.setdefault(site, []).append(post)
    missed = ((one, post) for one in owed if not one.guest for post in deaf.get(one.site, ()))
    rows.add(connection, (_row(edition, one, post, kept_back=True) for one, post in missed))


def follow_moved(connection: Connection, recipient: str | None = None) -> None:
    """Notices and convocations that wait, of all posts or of one, go with their post to its site: what it has to hear
    there, and at which hours, is found out when they leave.
    """
    waiting = _D.purpose.in_(NEWS) & _D.state.in_(OPEN)
    if recipient is not None:
        waiting &= _D.recipient == recipient
    states.follow_posts(connection, waiting)


def _posts(connection: Connection, newcomers: Collection[str]) -> _Posts:
    posts: dict[tuple[str | None, str, bool], list[str]] = {}
    for post, site in hearers.hearing(connection):
        if post not in newcomers:
            posts.setdefault((None, site, False), []).append(post)
    for other in hearers.involved(connection):
        posts.setdefault((other.event, other.site, other.guest), []).append(other.id)
    return posts


def _concerned(posts: _Posts, one: Owed) -> Iterator[str]:
    if not one.guest:
        yield from posts.get((None, one.site, False), ())
    yield from posts.get((one.event, one.site, one.guest), ())


def _supersede(connection: Connection, uid: str, sites: Collection[str], now: datetime) -> None:
    there = exists().where(_R.id == _D.recipient, _R.site.in_(sites))
    earlier = (_D.purpose == Purpose.NOTICE) & (_D.subject == uid) & there
    states.end(connection, earlier, State.SUPERSEDED, OPEN)
    states.let_go_of_what_is_on_its_way(connection, earlier, now)


def _row(edition: int, one: Owed, post: str, *, kept_back: bool = False) -> Row:
    return Row(
        purpose=Purpose.NOTICE,
        subject=one.uid,
        schedule=edition,
        recipient=post,
        event=one.event,
        site=one.site,
        due_at=one.leaves,
        expires_at=one.expires,
        kept_back=kept_back,
    )
