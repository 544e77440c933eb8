"""How much mail strangers may ask for: beyond it theirs waits, and only who asks again and again is refused.

An announcement to all offices of a ministry looks like a flood, and must not be turned away.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, or_, select

from calendars.model.people import ascii_domain
from scheduler.planning.delivery import WAITING, Purpose
from scheduler.store.schema import deliveries, recipients

WITHIN = timedelta(hours=1)
TO_A_MAILBOX = 3  # then it is refused
IN_ALL = 60  # then they wait
TO_A_DOMAIN = 20  # likewise, at one that the agenda does not name
_SIGNED_UP = (Purpose.CONFIRMATION, Purpose.KNOWN)  # which of them it is depends on who is known, and must not show
_D = deliveries.c
_ADDRESS = func.lower(recipients.c.address)


@dataclass(frozen=True, kw_only=True, slots=True)
class Door:
    """What this installation lets through."""

    gap: timedelta = timedelta(seconds=6)  # between two that wait
    named: bool = True  # the agenda names the domain of this address, not only one above it


def turn(connection: Connection, address: str, now: datetime, door: Door) -> datetime | None:
    """When the mail that somebody asks for may leave: now, or behind those that wait. None: this mailbox had enough.

    In the transaction that owes it.
    """
    local, domain = _folded(address)
    there = _ADDRESS.endswith(f"@{domain}", autoescape=True)
    own = or_(_ADDRESS.in_([f"{local}@{domain}"]), there & _ADDRESS.startswith(f"{local}+", autoescape=True))
    of_late = (
        select(
            func.count(),
            func.count().filter(there),
            func.count().filter(own),
            func.max(_D.due_at),
        )
        .join(recipients, recipients.c.id == _D.recipient)
        .where(_D.purpose.in_(_SIGNED_UP), _D.due_at > now - WITHIN)
    )
    in_all, at_domain, to_mailbox, last = connection.execute(of_late).one()
    if to_mailbox >= TO_A_MAILBOX:
        return None
    if in_all < IN_ALL and (door.named or at_domain < TO_A_DOMAIN):
        return now
    assert isinstance(last, datetime), "there are some"
    return max(now, last + door.gap)


def waiting(connection: Connection, now: datetime) -> int:
    """How many wait for their turn."""
    chosen = (_D.purpose.in_(_SIGNED_UP), _D.due_at > now, _D.state.in_(WAITING))
    return connection.execute(select(func.count()).where(*chosen)).scalar_one()


def _folded(address: str) -> tuple[str, str]:
    """The mailbox as it is counted, and only so: what follows a + is a tag (RFC 5233), and costs nothing."""
    local, _, host = address.rpartition("@")
    return local.lower().partition("+")[0], ascii_domain(host) or host.lower()
