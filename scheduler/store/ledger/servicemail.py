"""Service mail in the ledger: deliveries of no event, asked for a moment ago and due at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from scheduler.planning.delivery import Purpose, State
from scheduler.store.ledger.rows import keyed
from scheduler.store.schema import deliveries, recipients
from scheduler.store.upsert import insert

# The recipient of what only the administrator reads: the mailbox of `remitente: responder_a`, no post of any site. No
# id of a file holds a colon: a post that is called so is another.
COORDINATOR = ":coordinacion"


def owe(
    connection: Connection,
    purpose: Purpose,
    recipient: str,
    *,
    subject: str,
    site: str,
    now: datetime,
    until: datetime,
    about: str = "",
) -> None:
    """Owe it, due now and of use `until`; under one subject once. `subject` is opaque, `about` the id of a post."""
    row = {
        "purpose": purpose,
        "subject": subject,
        "schedule": 0,
        "rule": about,
        "recipient": recipient,
        "event": "",
        "site": site,
        "due_at": now,
        "expires_at": until,
        "moved": 0,
        "state": State.PLANNED,
        "next_at": now,
    }
    connection.execute(insert(connection, deliveries).values(keyed(connection, row)).on_conflict_do_nothing())


def keep_coordinator(connection: Connection, address: str, site: str, now: datetime) -> None:
    """A row to owe the coordinator's mail to. Marked as removed, so that nobody takes it for a post."""
    fresh = {"address": address, "site": site, "removed_at": now, "erased_at": None}
    row = insert(connection, recipients).values(
        id=COORDINATOR, origin="alarm", post="", language="es", joined=now.date().isoformat(), since=now, **fresh
    )
    connection.execute(row.on_conflict_do_update(index_elements=["id"], set_=fresh))
