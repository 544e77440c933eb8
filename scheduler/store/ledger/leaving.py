"""What an edition has on its way: its notices and convocations, and the reminders of what it set to another hour.

Read only, and in figures: fifteen thousand rows are counted where they lie.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from scheduler.planning.delivery import NEWS, OPEN, PLANNED_BY_EDITION, WAITING, Purpose, State
from scheduler.store.schema import deliveries

_D = deliveries.c
_GONE = or_(_D.state.in_((State.SENDING, State.ACCEPTED, State.BOUNCED)), _D.uncertain_at.is_not(None))


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """Mails that wait."""

    mails: int = 0
    first: datetime | None = None  # UTC: when the first of them leaves


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """One notice or convocation that waits."""

    purpose: Purpose
    recipient: str
    event: str  # Event.id
    uid: str
    site: str
    leaves: datetime  # UTC


def news(connection: Connection, edition: int) -> list[News]:
    """The notices and convocations that an edition (its number) owed and that wait, also those with nothing to say."""
    of = (_D.purpose, _D.recipient, _D.event, _D.subject.label("uid"), _D.site, _D.next_at.label("leaves"))
    found = connection.execute(select(*of).where(_owed_by(edition), _D.state.in_(WAITING)).order_by(_D.id))
    return [News(**{**row, "purpose": Purpose(row["purpose"])}) for row in found.mappings()]


def has_gone(connection: Connection, edition: int) -> bool:
    """Has one of them gone, or may it have?"""
    return connection.execute(select(_D.id).where(_owed_by(edition), _GONE).limit(1)).first() is not None


def _owed_by(edition: int) -> ColumnElement[bool]:
    notice = and_(_D.purpose == Purpose.NOTICE, _D.schedule == edition)
    return or_(notice, and_(_D.purpose == Purpose.CONVOCATION, _D.edition == edition))


def reminders(connection: Connection, schedules: Mapping[str, int]) -> Waiting:
    """The reminders of these events (UID -> schedule number) that wait for no news of their event to go first."""
    if not schedules:
        return Waiting()
    told = deliveries.alias("told")
    awaited = exists().where(
        told.c.recipient == _D.recipient,
        told.c.subject == _D.subject,
        told.c.purpose.in_(NEWS),
        told.c.state.in_(OPEN),
    )
    own = or_(*(and_(_D.subject == uid, _D.schedule == number) for uid, number in schedules.items()))
    waits = and_(_D.purpose.in_(PLANNED_BY_EDITION), own, _D.state.in_(WAITING), ~awaited)
    mails, first = connection.execute(select(func.count(), func.min(_D.next_at)).where(waits)).one()
    return Waiting(mails=mails, first=first)
