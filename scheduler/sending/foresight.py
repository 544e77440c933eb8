"""A message that waits, as it would leave: the very words and bytes, found out as for sending, and not sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection

from scheduler.planning.delivery import Purpose
from scheduler.sending.claims import Contents
from scheduler.sending.errand import ServiceErrand
from scheduler.sending.letters import Letters
from scheduler.sending.notice_content import Tellings
from scheduler.store.editions import InForce
from scheduler.store.ledger import claiming
from scheduler.store.ledger.inviting import Inviting

OF_EVENTS = (Purpose.NOTICE, Purpose.CONVOCATION, Purpose.REMINDER, Purpose.INVITATION, Purpose.ESCALATION)
_NOBODY = ""  # owns no claim, so that nothing ends


def foreseen(
    connection: Connection, under: InForce, letters: Letters, site: str, at: datetime, *, of: tuple[str | None, bool]
) -> Iterator[bytes]:
    """The mail about an event that goes next to a site (its id), one for each language there, dated when it is due.

    `of` is an event (its id), or any; and whether reminders alone are meant. What has nothing to say is left out.
    """
    event, reminders = of
    purposes = (Purpose.REMINDER,) if reminders else OF_EVENTS
    claims = claiming.next_of_site(connection, site, purposes, event)
    contents = Contents(tellings=Tellings(), inviting=Inviting(answered=letters.invitations))
    for errand in contents.settle(connection, _NOBODY, claims, under, at):
        yield letters.write(errand, max(at, errand.claim.due_at))


def foreseen_call(connection: Connection, under: InForce, letters: Letters, site: str, at: datetime) -> list[bytes]:
    """The roll call's mail that goes next to a site (its id), one for each language there, dated when it is due."""
    claims = claiming.next_of_site(connection, site, (Purpose.ROLL_CALL,))
    return [letters.write(ServiceErrand(claim=one, under=under), max(at, one.due_at)) for one in claims]
