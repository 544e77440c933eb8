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
    """Mails that wait, and those that have gone, or may have."""

    mails: int = 0
    first: datetime | None = None  # UTC: when the first of them leaves
    gone: int = 0


def news(connection: Connection, edition: int) -> Waiting:
    """The notices and convocations that an edition (its number) owed."""
    notice = and_(_D.purpose == Purpose.NOTICE, _D.schedule == edition)
    call = and_(_D.purpose == Purpose.CONVOCATION, _D.edition == edition)
    return _counted(connection, or_(notice, call))


def reminders(connection: Connection, schedules: Mapping[str, int]) -> Waiting:
    """The reminders of these events (UID -> schedule number) that wait for no news of their event to go first."""
    told = deliveries.alias("told")
    awaited = exists().where(
        told.c.recipient == _D.recipient,
        told.c.subject == _D.subject,
        told.c.purpose.in_(NEWS),
        told.c.state.in_(OPEN),
    )
    own = or_(*(and_(_D.subject == uid, _D.schedule == number) for uid, number in schedules.items()))
    if not schedules:
        return Waiting()
    return _counted(connection, and_(_D.purpose.in_(PLANNED_BY_EDITION), own), ~awaited)


def _counted(connection: Connection, own: ColumnElement[bool], free: ColumnElement[bool] | None = None) -> Waiting:
    waits = own & _D.state.in_(WAITING)
    found = select(func.count(), func.min(_D.next_at)).where(waits if free is None else waits & free)
    mails, first = connection.execute(found).one()
    gone = connection.execute(select(func.count()).where(own, _GONE)).scalar_one()
    return Waiting(mails=mails, first=first, gone=gone)
