"""What a bad address costs its post, and what writing to it again would bring: found out without doing it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from calendars.model.agenda import Draft
from scheduler.planning.delivery import WAITING, State
from scheduler.publishing.prospect import Act, prospect
from scheduler.publishing.publish import enact_draft
from scheduler.store.database import Database
from scheduler.store.ledger import deliveries
from scheduler.store.ledger.deliveries import Chosen, Listed
from scheduler.store.people import bounces

MISSED = (State.SUPPRESSED, State.REJECTED, State.BOUNCED, State.EXPIRED)
SHOWN = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Missed:
    """What a post did not get, and what it is to get."""

    missed: tuple[Listed, ...]  # that was sent and came back, or was not sent for its address's sake
    waiting: tuple[Listed, ...]  # in the ledger as it stands


def missed(connection: Connection, recipient: str, now: datetime) -> Missed:
    """Of a post (its id), as it stands at `now`: what is kept back and does not fall due before is not missed yet."""
    found = deliveries.listing(connection, Chosen(recipient=recipient, states=MISSED), SHOWN)
    gone = tuple(one for one in found if one.state is not State.SUPPRESSED or one.due_at <= now)
    return Missed(missed=gone, waiting=_waiting(connection, recipient))


def with_draft(database: Database, draft: Draft, recipient: str, now: datetime) -> tuple[Listed, ...]:
    """What would wait for the post if the draft were published at this moment."""

    def published(connection: Connection) -> None:
        found = prospect(connection, draft, Act(at=now), database.tokens)
        enact_draft(connection, found, draft, at=now, tokens=database.tokens)

    return _supposing(database, recipient, published)


def when_lifted(database: Database, recipient: str, now: datetime) -> tuple[Listed, ...]:
    """What would wait for the post if it were written to again, at the address that it has."""

    def lifted(connection: Connection) -> None:
        bounces.lift(connection, recipient, now)

    return _supposing(database, recipient, lifted)


def _supposing(database: Database, recipient: str, change: Callable[[Connection], None]) -> tuple[Listed, ...]:
    with database.suppose() as connection:
        change(connection)
        return _waiting(connection, recipient)


def _waiting(connection: Connection, recipient: str) -> tuple[Listed, ...]:
    return tuple(deliveries.listing(connection, Chosen(recipient=recipient, states=WAITING), SHOWN))
