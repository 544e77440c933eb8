"""Follow-ups in the ledger: after a session, one mail to each post of its sites, whatever is recorded later.

All functions work in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from calendars.model.people import Role
from scheduler.planning.delivery import Purpose, State
from scheduler.store.ledger import rows, states
from scheduler.store.ledger.rows import Row
from scheduler.store.posts.answers import Reply
from scheduler.store.posts.roster import LISTED
from scheduler.store.schema import answers, deliveries, recipients

_D, _R, _A = deliveries.c, recipients.c, answers.c
# Nobody got it, nobody may have got it, and no operator dropped it.
_CAME_TO_NOTHING = (
    _D.state.in_((State.CANCELLED, State.SUPPRESSED, State.EXPIRED))
    & _D.uncertain_at.is_(None)
    & (_D.expires_at > _D.due_at)
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Addressee:
    """A post that a session was for, or that came to it instead of its own."""

    id: str
    site: str
    elsewhere: bool  # it goes to another session instead of this one
    paused_until: datetime | None  # UTC


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUpRow:
    """What the ledger has of one post's follow-up. Instants are UTC."""

    recipient: str
    state: State
    next_at: datetime | None
    accepted_at: datetime | None  # when the mail server took it
    idle: bool  # it came to nothing, and may be planned anew


def addressees(connection: Connection, event: str, uid: str, sites: Collection[str], end: datetime) -> list[Addressee]:
    """The posts that hear of an event (its id and UID) at these sites (ids), and its guests, in order of their ids.

    Not those that came onto the list after its end, asked for no more mail or have a bad address.
    """
    guest = answers.alias("guest")
    visits = exists().where(guest.c.recipient == _R.id, guest.c.instead == event)
    concerned = or_(_R.site.in_(sites), visits)
    hears = or_(_R.role == Role.HOLDER, _A.answer == Reply.YES)
    reached = and_(LISTED, _R.left_at.is_(None), _R.suppressed_at.is_(None), _R.since <= end)
    found = connection.execute(
        select(_R.id, _R.site, _R.paused_until, _A.instead)
        .join_from(recipients, answers, (_A.recipient == _R.id) & (_A.subject == uid), isouter=True)
        .where(concerned, hears, reached)
        .order_by(_R.id)
    )
    return [
        Addressee(id=row.id, site=row.site, elsewhere=row.instead is not None, paused_until=row.paused_until)
        for row in found
    ]


def follow_ups(connection: Connection, uid: str) -> list[FollowUpRow]:
    """Those of an event (its UID), in order of their posts' ids."""
    chosen = (_D.recipient, _D.state, _D.next_at, _D.accepted_at, _CAME_TO_NOTHING.label("idle"))
    found = connection.execute(select(*chosen).where(_of(uid)).order_by(_D.recipient))
    return [FollowUpRow(**{**row, "state": State(row["state"]), "idle": bool(row["idle"])}) for row in found.mappings()]


def owe(connection: Connection, uid: str, owed: Sequence[Row]) -> None:
    """Owe these, of posts that were not told yet: what waits, or came to nothing, takes their moment.

    What a node has claimed is decided anew.
    """
    states.void(connection, _of(uid))
    again = _CAME_TO_NOTHING | (_D.state == State.PLANNED)
    found = connection.execute(select(_D.recipient, _D.id).where(_of(uid), again))
    open_rows, known = {row.recipient: row.id for row in found}, {one.recipient for one in follow_ups(connection, uid)}
    groups: dict[str, list[Row]] = {}
    for row in owed:
        if row.recipient in open_rows:
            groups.setdefault(row.site, []).append(row)
    for group in groups.values():
        states.plan_anew(connection, [open_rows[one.recipient] for one in group], group[0])
    rows.add(connection, (one for one in owed if one.recipient not in known))


def withdraw(connection: Connection, uid: str, now: datetime) -> int:
    """None of an event (its UID) goes that has not gone: nobody knows any more who came. Returns how many ended."""
    states.let_go_of_what_is_on_its_way(connection, _of(uid), now)
    return states.end(connection, _of(uid), State.CANCELLED)


def _of(uid: str) -> ColumnElement[bool]:
    return (_D.purpose == Purpose.FOLLOW_UP) & (_D.subject == uid)
