"""Reports that are doubted: listed, accepted, dismissed; those that nobody decides about count as soft in the end."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, func, select, update

from scheduler.planning.doubt import UNDECIDED_FOR, lapsed
from scheduler.store.ledger import alarms, states
from scheduler.store.people import bounces as noted
from scheduler.store.posts import hearers
from scheduler.store.schema import bounces, deliveries, recipients

_B, _D, _R = bounces.c, deliveries.c, recipients.c
_SENT_AT = func.coalesce(_D.uncertain_at, _D.accepted_at).label("sent_at")
_DOUBTED = (
    select(_B.id, _B.recipient, _B.delivery, _B.at, _B.status, _B.text, _R.site, _R.address, _SENT_AT)
    .join_from(bounces, recipients, _R.id == _B.recipient)
    .outerjoin(deliveries, _D.id == _B.delivery)
    .where(_B.kind == "doubted")
    .order_by(_B.id)
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubted:
    """A report that an address is bad, one of too many. The address is for masking only."""

    recipient: str
    site: str
    address: str
    at: datetime  # UTC: when it came
    status: str  # RFC 3463
    text: str  # the server's words, scrubbed


def undecided(connection: Connection, now: datetime) -> list[Doubted]:
    """In the order in which they came."""
    return [
        Doubted(
            recipient=row.recipient, site=row.site, address=row.address, at=row.at, status=row.status, text=row.text
        )
        for row in _waiting(connection, now)
    ]


def count(connection: Connection, now: datetime) -> int:
    wanted = select(func.count()).where(_B.kind == "doubted", _B.at > now - UNDECIDED_FOR)
    return connection.execute(wanted).scalar_one()


def accept(connection: Connection, posts: Collection[str], now: datetime) -> int:
    """They are right: these posts (Recipient.id) are written to no more. Returns how many reports that settles.

    No alarm leaves for a site that has nobody left by this: whoever decides knows, and `agenda status` names it.
    """
    found = [row for row in _waiting(connection, now) if row.recipient in posts]
    for row in found:
        former = row.sent_at is not None and hearers.happened_since(connection, row.recipient, row.sent_at)
        _settle(connection, row.id, "forgiven" if former else "hard")
        if row.delivery is not None:
            states.bounce(connection, row.delivery, now)
        if not former:
            states.suppress_address(connection, row.recipient, now, f"{row.status} {row.text}".strip())
    return len(found)


def dismiss(connection: Connection, posts: Collection[str], now: datetime) -> int:
    """They are wrong, and count for nothing. Returns how many reports that settles."""
    found = [row for row in _waiting(connection, now) if row.recipient in posts]
    for row in found:
        _settle(connection, row.id, "dismissed")
    return len(found)


def lapse(connection: Connection, now: datetime) -> int:
    """What waited for a week counts as soft: its message did not arrive, and its post scores. Returns how many."""
    found = [row for row in connection.execute(_DOUBTED).all() if lapsed(row.at, now)]
    for row in found:
        _settle(connection, row.id, "soft")
        if row.delivery is not None:
            states.bounce(connection, row.delivery, now)
        if noted.scores_too_often(connection, row.recipient, now):
            alarms.suppress(connection, row.recipient, now, f"{row.status} {row.text}".strip())
    return len(found)


def _waiting(connection: Connection, now: datetime) -> list[Row[tuple[object, ...]]]:
    found: list[Row[tuple[object, ...]]] = list(connection.execute(_DOUBTED))
    return [row for row in found if not lapsed(row.at, now)]


def _settle(connection: Connection, report: int, kind: str) -> None:
    connection.execute(update(bounces).where(_B.id == report, _B.kind == "doubted").values(kind=kind))
