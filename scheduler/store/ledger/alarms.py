"""An address that is bad, and what follows: a site with nobody left to write to is an alarm, not a quiet row."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from scheduler.planning.delivery import Purpose
from scheduler.store import editions
from scheduler.store.audit import chain
from scheduler.store.audit.deeds import Deed, Via, What
from scheduler.store.ledger import servicemail, states
from scheduler.store.ledger.servicemail import ServiceMail
from scheduler.store.posts import roster
from scheduler.store.schema import recipients

LASTS = timedelta(days=3)
BY_ITSELF = "bounces"  # who writes to a bad address no more, in the audit


def suppress(connection: Connection, recipient: str, now: datetime, why: str) -> None:
    """Write to a post no more; if its site has nobody left, owe the coordinator a mail. `why` is scrubbed."""
    states.suppress_address(connection, recipient, now, why)
    site = connection.execute(select(recipients.c.site).where(recipients.c.id == recipient)).scalar_one()
    if site in roster.uncovered_sites(connection):
        _raise(connection, site, now)
    deed = Deed(
        who=BY_ITSELF, what=What.SUPPRESSED, via=Via.SERVICE, subject=recipient, details={"site": site}, reason=why,
        about=recipient,
    )  # fmt: skip
    chain.record(connection, deed, now)


def last_left(connection: Connection, recipient: str, now: datetime) -> None:
    """Where the site of a post that left just now has nobody left, owe the coordinator a mail, with the way back."""
    site, holder = connection.execute(
        select(recipients.c.site, recipients.c.holder).where(recipients.c.id == recipient)
    ).one()
    if site in roster.uncovered_sites(connection):
        _raise(connection, site, now, Purpose.LEFT, roster.bearer(recipient, holder))


def raise_doubt(connection: Connection, recipient: str, now: datetime) -> None:
    """Owe the coordinator a mail: so many reports came that addresses are bad that they are doubted."""
    found = editions.load(connection)
    if found is None:
        return
    site = connection.execute(select(recipients.c.site).where(recipients.c.id == recipient)).scalar_one()
    servicemail.keep_coordinator(connection, found.edition.agenda.sender.reply_to, site, now)
    _owe(connection, Purpose.DOUBT, f"doubt-{now:%Y%m%dT%H%M%S}", site, now)


def _raise(connection: Connection, site: str, now: datetime, purpose: Purpose = Purpose.ALARM, about: str = "") -> None:
    """Once a day for each site."""
    found = editions.load(connection)
    if found is None:
        return
    servicemail.keep_coordinator(connection, found.edition.agenda.sender.reply_to, site, now)
    _owe(connection, purpose, f"{site}-{now:%Y%m%d}", site, now, about)


def _owe(connection: Connection, purpose: Purpose, subject: str, site: str, now: datetime, about: str = "") -> None:
    to = servicemail.COORDINATOR
    mail = ServiceMail(purpose=purpose, recipient=to, subject=subject, site=site, until=now + LASTS, about=about)
    servicemail.owe(connection, mail, now)
