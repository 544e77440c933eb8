"""What came back, and whom that mutes: bad addresses at once, full mailboxes and the like after a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, or_, select, update

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
    public_key,
    went_out,
)
from scheduler.store.ledger import alarms, states, wishes
from scheduler.store.posts import hearers
from scheduler.store.schema import TRIED, bounces, deliveries, recipients
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
    edition: int | None = None  # that it told of
    address: str = ""  # that its post has today
    corrected: bool = False  # the post got another address since
    message_key: str = ""
    public: bool = False  # whoever knows the public calendar can reckon its Message-ID: it is of before that was signed


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
    return _found(connection, TRIED & (_D.message_key == message_key), now)


def last_sent(connection: Connection, recipient: str, now: datetime) -> SentDelivery | None:
    """The last delivery that went out to a post; None where none did, or long ago."""
    return _found(connection, _D.recipient == recipient, now)


def _found(connection: Connection, which: ColumnElement[bool], now: datetime) -> SentDelivery | None:
    when = func.coalesce(_D.uncertain_at, _D.accepted_at).label("sent_at")
    row = connection.execute(
        select(deliveries, when, _R.address, _R.address_since)
        .join(recipients, _R.id == _D.recipient)
        .where(which, _WENT_OUT)
        .order_by(when.desc().nulls_last(), _D.id.desc())
        .limit(1)
    ).first()
    if row is None or not went_out(row.sent_at, now):
        return None
    corrected = row.address_since is not None and (row.sent_at is None or row.sent_at < row.address_since)
    return SentDelivery(
        id=row.id,
        recipient=row.recipient,
        sent_at=row.sent_at,
        edition=row.edition,
        address=row.address,
        corrected=corrected,
        message_key=row.message_key,
        public=row.message_key == public_key(row.purpose, row.subject, row.schedule, row.rule, row.recipient),
    )


def record(
    connection: Connection, one: SentDelivery, report: CameBack, *, now: datetime, blames: bool, proven: bool
) -> CountsAs | None:
    """Note what came back, and what follows from it. None: it was noted before.

    `blames`: it speaks of the post's address. `proven`: nobody else can have made it, as far as this installation asks.
    One of a message to whoever held the post before, or to an address that was corrected since, says nothing of the
    address that it has now.
    """
    handed_over = one.sent_at is not None and hearers.happened_since(connection, one.recipient, one.sent_at)
    about = Circumstances(handed_over or one.corrected, blames, proven)
    found = counts_as(report.kind, about, recent(connection, now))
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
    states.bounce(connection, one.id, now)
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


def scores_too_often(connection: Connection, recipient: str, now: datetime) -> bool:
    return _days(connection, recipient, now) >= SUPPRESSED_AT


def _days(connection: Connection, recipient: str, now: datetime) -> int:
    """On how many days something came back of late: at most one a day counts."""
    corrected = connection.execute(select(_R.address_since).where(_R.id == recipient)).scalar()
    since = max(now - SCORE_DAYS, corrected or now - SCORE_DAYS)
    found = connection.execute(select(_B.at).where(_B.recipient == recipient, _B.kind == "soft", _B.at > since))
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
