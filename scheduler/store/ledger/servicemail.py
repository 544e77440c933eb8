"""Service mail in the ledger: deliveries of no event, asked for a moment ago and due at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from scheduler.planning.delivery import Purpose
from scheduler.store.ledger import rows
from scheduler.store.ledger.rows import Row
from scheduler.store.schema import recipients
from scheduler.store.upsert import insert

# The recipient of what only the administrator reads: the mailbox of `remitente: responder_a`, no post of any site. No
# id of a file holds a colon: a post that is called so is another.
COORDINATOR = ":coordinacion"


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceMail:
    """One that is asked for."""

    purpose: Purpose
    recipient: str  # id of a post, or COORDINATOR
    subject: str  # opaque: under one subject it is owed once
    site: str
    until: datetime  # from here on it is of no use, UTC
    about: str = ""  # of the post that it is about: its id, or its bearer (roster) where a link is signed for it


def owe(connection: Connection, mail: ServiceMail, now: datetime) -> None:
    """Owe it, due now."""
    row = Row(
        purpose=mail.purpose,
        subject=mail.subject,
        rule=mail.about,
        recipient=mail.recipient,
        site=mail.site,
        due_at=now,
        expires_at=mail.until,
    )
    rows.add_once(connection, row)


def keep_coordinator(connection: Connection, address: str, site: str, now: datetime) -> None:
    """A row to owe the coordinator's mail to. Marked as removed, so that nobody takes it for a post."""
    fresh = {"address": address, "site": site, "removed_at": now, "erased_at": None}
    row = insert(connection, recipients).values(
        id=COORDINATOR, origin="alarm", post="", language="es", joined=now.date().isoformat(), since=now, **fresh
    )
    connection.execute(row.on_conflict_do_update(index_elements=["id"], set_=fresh))
