"""What came back, and whom that mutes: bad addresses at once, full mailboxes and the like after a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, func, select, update

from scheduler.planning.delivery import State
from scheduler.store.ledger import alarms, wishes
from scheduler.store.posts import hearers
from scheduler.store.schema import bounces, deliveries, recipients
from scheduler.store.upsert import insert

Kind = Literal["hard", "soft"]
SCORE_DAYS = timedelta(days=30)
SUPPRESSED_AT = 5  # days, of the last thirty, on which something came back
_B, _D, _R = bounces.c, deliveries.c, recipients.c


@dataclass(frozen=True, kw_only=True, slots=True)
class SentDelivery:
    """A delivery that something came back about."""

    id: int
    recipient: str
    sent_at: datetime | None  # UTC; None: nobody knows


@dataclass(frozen=True, kw_only=True, slots=True)
class Suppressed:
    """A post that nothing more goes to. Its address is for masking only."""

    recipient: str
    site: str
    address: str
    since: datetime  # UTC
    why: str  # scrubbed


def sent(connection: Connection, message_key: str) -> SentDelivery | None:
    """The delivery that bears this Message-ID; None: it was not sent from here."""
    when = func.coalesce(_D.accepted_at, _D.uncertain_at).label("sent_at")
    row = connection.execute(select(_D.id, _D.recipient, when).where(_D.message_key == message_key)).first()
    return None if row is None else SentDelivery(id=row.id, recipient=row.recipient, sent_at=row.sent_at)


def record(
    connection: Connection,
    one: SentDelivery,
    *,
    digest: str,
    kind: Kind,
    status: str,
    text: str,
    now: datetime,
    blames: bool,
) -> bool:
    """Note a bounce and what follows from it. False: it was noted before. `blames`: it speaks of the post's address.

    One of a message to whoever held the post before says nothing of the address that it has now.
    """
    former = one.sent_at is not None and hearers.happened_since(connection, one.recipient, one.sent_at)
    counts_as = "forgiven" if former else kind
    row = insert(connection, bounces).values(
        digest=digest, recipient=one.recipient, delivery=one.id, at=now, kind=counts_as, status=status, text=text
    )
    if connection.execute(row.on_conflict_do_nothing(), execution_options={"preserve_rowcount": True}).rowcount < 1:
        return False
    connection.execute(
        update(deliveries)
        .where(_D.id == one.id, _D.state.in_((State.ACCEPTED, State.UNCERTAIN)))
        .values(state=State.BOUNCED, bounced_at=now, next_at=None, owner=None)
    )
    if blames and not former and (kind == "hard" or _days(connection, one.recipient, now) >= SUPPRESSED_AT):
        alarms.suppress(connection, one.recipient, now, f"{status} {text}".strip())
    return True


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
    connection.execute(update(bounces).where(_B.recipient == recipient, _B.kind == "soft").values(kind="forgiven"))
    return wishes.obey_wishes(connection, now, recipient)
