"""Questions in the ledger: each post is asked once whether it comes to an event, at the hour that the event has.

All functions work in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, case, literal, select

from calendars.model.people import Role
from scheduler.planning.delivery import Purpose, State
from scheduler.store.ledger import rows, states
from scheduler.store.ledger.claiming import Claim
from scheduler.store.ledger.rows import Row
from scheduler.store.posts.roster import LISTED, wants_at
from scheduler.store.schema import Instant, deliveries, recipients

_D, _R = deliveries.c, recipients.c
# Nobody got it, nobody may have got it, and no operator dropped it.
_CAME_TO_NOTHING = (
    _D.state.in_((State.CANCELLED, State.SUPPRESSED, State.EXPIRED))
    & _D.uncertain_at.is_(None)
    & (_D.expires_at > _D.due_at)
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Holder:
    """A holder on the list, and what keeps mail from it. Instants are UTC."""

    id: str
    site: str
    left: bool  # it asked for no more reminders
    suppressed: bool  # its address is bad
    paused_until: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedPost:
    """A post that was asked, or is to be. Instants are UTC."""

    recipient: str
    site: str
    state: State
    due_at: datetime
    accepted_at: datetime | None  # when the mail server took it


def holders(connection: Connection) -> list[Holder]:
    """Every holder on the list, in order of their ids."""
    chosen = (_R.id, _R.site, _R.left_at, _R.suppressed_at, _R.paused_until)
    found = connection.execute(select(*chosen).where(LISTED, _R.role == Role.HOLDER).order_by(_R.id))
    return [
        Holder(
            id=row.id,
            site=row.site,
            left=row.left_at is not None,
            suppressed=row.suppressed_at is not None,
            paused_until=row.paused_until,
        )
        for row in found
    ]


def asked(connection: Connection, uid: str, schedule: int) -> list[AskedPost]:
    """The posts that were asked about an event's hour, in order of their ids; not those that nobody can have got it."""
    chosen = (_D.recipient, _D.site, _D.state, _D.due_at, _D.accepted_at)
    found = connection.execute(select(*chosen).where(_of(uid, schedule), ~_CAME_TO_NOTHING).order_by(_D.recipient))
    return [AskedPost(**{**row, "state": State(row["state"])}) for row in found.mappings()]


def ask(connection: Connection, owed: Iterable[Row]) -> int:
    """Owe these, of posts that were not asked before; returns how many. What came to nothing is planned anew."""
    wanted = list(owed)
    if not wanted:
        return 0
    uid, schedule = wanted[0].subject, wanted[0].schedule
    known = select(_D.recipient, _D.id).where(_of(uid, schedule), _CAME_TO_NOTHING)
    idle = {row.recipient: row.id for row in connection.execute(known)}
    for one in wanted:
        if one.recipient in idle:
            states.plan_anew(connection, [idle[one.recipient]], one)
    rows.add(connection, (one for one in wanted if one.recipient not in idle))
    return len(wanted)


def unwanted(connection: Connection, claims: Sequence[Claim], now: datetime) -> Mapping[int, State]:
    """Of claimed questions, by Claim.id, those that are not to go for their post's sake, and what becomes of each.

    It is on the list no more, or at another site; or it wants no mail now.
    """
    wants = wants_at(literal(now, Instant))
    ends = case((~LISTED | (_R.site != _D.site), State.CANCELLED), (~wants, State.SUPPRESSED), else_=None).label("into")
    found = connection.execute(
        select(_D.id, ends).join(recipients, _R.id == _D.recipient).where(_D.id.in_([claim.id for claim in claims]))
    )
    return {row.id: State(row.into) for row in found if row.into is not None}


def _of(uid: str, schedule: int) -> ColumnElement[bool]:
    return (_D.purpose == Purpose.QUESTION) & (_D.subject == uid) & (_D.schedule == schedule)
