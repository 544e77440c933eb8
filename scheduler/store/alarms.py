"""An address that is bad, and what follows: a site with nobody left to write to is an alarm, not a quiet row."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from scheduler.delivery import Purpose, State
from scheduler.plan import message_key
from scheduler.store import editions, ledger, roster
from scheduler.store.schema import deliveries, recipients
from scheduler.store.upsert import insert

# The recipient of alarms: the mailbox of `remitente: responder_a`, no post of any site. No id of a file holds a colon:
# a post that is called so is another.
COORDINATOR = ":coordinacion"
LASTS = timedelta(days=3)


def suppress(connection: Connection, recipient: str, now: datetime, why: str) -> None:
    """Write to a post no more; if its site has nobody left, owe the coordinator a mail. `why` is scrubbed."""
    ledger.suppress_address(connection, recipient, now, why)
    site = connection.execute(select(recipients.c.site).where(recipients.c.id == recipient)).scalar_one()
    if site in roster.uncovered_sites(connection):
        _raise(connection, site, now)


def _raise(connection: Connection, site: str, now: datetime) -> None:
    """Once a day for each site."""
    found = editions.load(connection)
    if found is None:
        return
    _keep_coordinator(connection, found.edition.agenda.sender.reply_to, site, now)
    subject = f"{site}-{now:%Y%m%d}"
    row = insert(connection, deliveries).values(
        purpose=Purpose.ALARM,
        subject=subject,
        schedule=0,
        rule="",
        recipient=COORDINATOR,
        event="",
        site=site,
        message_key=message_key(Purpose.ALARM, subject, 0, "", COORDINATOR),
        due_at=now,
        expires_at=now + LASTS,
        moved=0,
        state=State.PLANNED,
        next_at=now,
    )
    connection.execute(row.on_conflict_do_nothing())


def _keep_coordinator(connection: Connection, address: str, site: str, now: datetime) -> None:
    """A row to owe the mail to. Marked as removed, so that nobody takes it for a post."""
    fresh = {"address": address, "site": site, "removed_at": now, "erased_at": None}
    row = insert(connection, recipients).values(
        id=COORDINATOR, origin="alarm", post="", language="es", joined=now.date().isoformat(), since=now, **fresh
    )
    connection.execute(row.on_conflict_do_update(index_elements=["id"], set_=fresh))
