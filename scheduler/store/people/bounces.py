"""What came back, and whom that mutes: bad addresses at once, full mailboxes and the like after a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, or_, select, update

from scheduler.planning.delivery import State
from scheduler.planning.doubt import (
    FLOOD_WITHIN,
    UNDECIDED_FOR,
    WENT_OUT_WITHIN,
    Circumstances,
    CountsAs,
    Kind,
    Recent,
    counts_as,
    went_out,
)
from scheduler.store.ledger import alarms, wishes
from scheduler.store.posts import hearers
from scheduler.store.schema import bounces, deliveries, recipients
from scheduler.store.upsert import insert

SCORE_DAYS = timedelta(days=30)
FORGIVABLE = ("soft", "doubted")  # with a successor, another address, or an operator who writes there again
SUPPRESSED_AT = 5  # days, of the last thirty, on which something came back
_B, _D, _R = bounces.c, deliveries.c, recipients.c
_LEFT = (State.ACCEPTED, State.UNCERTAIN, State.BOUNCED)
_WENT_OUT = or_(_D.state.in_(_LEFT), _D.accepted_at.is_not(None), _D.uncertain_at.is_not(None))


@dataclass(frozen=True, kw_only=True, slots=True)
class SentDelivery:
    """A delivery that something came back about."""

    id: int
    recipient: str
    sent_at: datetime | None  # UTC; None: nobody knows
    edition: int | None  # that it told of


@dataclass(frozen=True, kw_only=True, slots=True)
class CameBack:
    """What came back about it."""

    digest: str  # of the message: one that comes twice counts once
    kind: Kind  # as it says of itself
    status: str  # RFC 3463
    text: str  # the server's words, scrubbed


@dataclass(frozen=True, kw_only=True, slots=True)
class Suppressed:
    """A post that nothing more goes to. Its address is for masking only."""

    recipient: str
    site: str
    address: str
    since: datetime  # UTC
    why: str  # scrubbed


def sent(connection: Connection, message_key: str, now: datetime) -> SentDelivery | None:
    """The delivery that bears this Message-ID, if it went out, and not long ago; None: nothing can come back of it."""
    when = func.coalesce(_D.uncertain_at, _D.accepted_at).label("sent_at")
    chosen = select(_D.id, _D.recipient, _D.edition, when).where(_D.message_key == message_key, _WENT_OUT)
    row = connection.execute(chosen).first()
    if row is None or not went_out(row.sent_at, now):
        return None
    return SentDelivery(id=row.id, recipient=row.recipient, sent_at=row.sent_at, edition=row.edition)


def record(
    connection: Connection, one: SentDelivery, report: CameBack, *, now: datetime, blames: bool, proven: bool
) -> CountsAs | None:
    """Note what came back, and what follows from it. None: it was noted before.

    `blames`: it speaks of the post's address. `proven`: nobody else can have made it, as far as this installation asks.
    """
    former = one.sent_at is not None and hearers.happened_since(connection, one.recipient, one.sent_at)
    found = counts_as(report.kind, Circumstances(former, blames, proven), recent(connection, now))
    row = insert(connection, bounces).values(
        digest=report.digest,
        recipient=one.recipient,
        delivery=one.id,
        at=now,
        kind=found,
        status=report.status,
        text=report.text,
    )
    if connection.execute(row.on_conflict_do_nothing(), execution_options={"preserve_rowcount": True}).rowcount < 1:
        return None
    if found == "doubted":
        _tell_of_doubts(connection, one.recipient, now)
        return found
    end(connection, one.id, now)
    if blames and (found == "hard" or (found == "soft" and scores_too_often(connection, one.recipient, now))):
        alarms.suppress(connection, one.recipient, now, f"{report.status} {report.text}".strip())
    return found


def _tell_of_doubts(connection: Connection, recipient: str, now: datetime) -> None:
    """Once: by the first report that is doubted while no other waits for somebody to decide."""
    waiting = connection.execute(select(func.count()).where(_B.kind == "doubted", _B.at > now - UNDECIDED_FOR))
    if waiting.scalar_one() == 1:
        alarms.raise_doubt(connection, recipient, now)


def recent(connection: Connection, now: datetime) -> Recent:
    """What came back and what went out of late."""
    hard = select(func.count()).where(_B.kind.in_(("hard", "doubted")), _B.at > now - FLOOD_WITHIN)
    since = now - WENT_OUT_WITHIN
    out = select(func.count()).where(or_(_D.accepted_at > since, _D.uncertain_at > since))
    return Recent(hard=connection.execute(hard).scalar_one(), out=connection.execute(out).scalar_one())


def end(connection: Connection, delivery: int, now: datetime) -> None:
    """It did not arrive."""
    connection.execute(
        update(deliveries)
        .where(_D.id == delivery, _D.state.in_((State.ACCEPTED, State.UNCERTAIN)))
        .values(state=State.BOUNCED, bounced_at=now, next_at=None, owner=None)
    )


def scores_too_often(connection: Connection, recipient: str, now: datetime) -> bool:
    return _days(connection, recipient, now) >= SUPPRESSED_AT


def _days(connection: Connection, recipient: str, now: datetime) -> int:
    """On how many days something came back of late: at most one a day counts."""
    found = connection.execute(
        select(_B.at).where(_B.recipient == recipient, _B.kind == "soft", _B.at > now - SCORE_DAYS)
    )
    return len({at.date() for at in found.scalars()})


def suppressed(connection: Connection) -> list[Suppressed]:
    """Every post whose address counts as bad, by site."""
    found = connection.execute(
        select(_R.id, _R.site, _R.address, _R.suppressed_at, _R.suppressed_why)
        .where(_R.suppressed_at.is_not(None), _R.removed_at.is_(None))
        .order_by(_R.site, _R.id)
    )
    return [
        Suppressed(
            recipient=row.id, site=row.site, address=row.address, since=row.suppressed_at, why=row.suppressed_why
        )
        for row in found
    ]


def lift(connection: Connection, recipient: str, now: datetime) -> int | None:
    """Write to a post again; what lies ahead is planned anew, and what came back is forgiven.

    Returns how many reminders that is; None where nothing was suppressed.
    """
    lifted = update(recipients).where(_R.id == recipient, _R.suppressed_at.is_not(None))
    if connection.execute(lifted.values(suppressed_at=None, suppressed_why="")).rowcount < 1:
        return None
    connection.execute(
        update(bounces).where(_B.recipient == recipient, _B.kind.in_(FORGIVABLE)).values(kind="forgiven")
    )
    return wishes.obey_wishes(connection, now, recipient)
