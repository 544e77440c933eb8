"""Told at start-up and with each edition: what is planned for another day than today's lists of days off give.

It stops nothing: what was planned leaves on the day that it waits for until somebody publishes.
"""

from __future__ import annotations

from datetime import datetime

import structlog

from calendars.days.listed import SOURCE
from scheduler.publishing.day_shifts import DayShift, differing_days, keep, kept
from scheduler.store import editions
from scheduler.store.audit import chain
from scheduler.store.audit.deeds import Deed, Via, What
from scheduler.store.database import Database
from scheduler.store.editions import InForce

log = structlog.get_logger(__name__)
WATCH = "days off"  # who says so, in the audit


class DayWatch:
    """Looks at each edition once, and keeps what it found for `agenda status`."""

    def __init__(self) -> None:
        self._known: InForce | None = None

    def look(self, database: Database, now: datetime) -> None:
        with database.read() as connection:
            current = editions.current(connection, self._known)
            if current is None or current is self._known:
                return
            found, number = differing_days(connection, current, now), current.edition.number
            noted = kept(connection, number)
        if found != noted:
            with database.write() as connection:
                keep(connection, number, found)
                if found:
                    figures = {"n": sum(one.reminders for one in found)}
                    deed = Deed(who=WATCH, what=What.DAYS_DIFFER, via=Via.SERVICE, subject=str(number), details=figures)
                    chain.record_once(connection, deed, now)
        _tell(found, number)
        self._known = current


def _tell(found: tuple[DayShift, ...], edition: int) -> None:
    for one in found:
        log.warning(
            "another day by these days off",
            event_id=one.event,
            site=one.site,
            rule=one.rule,
            promised=one.promised.isoformat(),
            now=one.now.isoformat(),
        )
    if found:
        log.error(
            "reminders wait for another day than today's lists of days off give; they leave as planned: see "
            "`agenda impact --shifted` and put it in force by `agenda publish --shifted`",
            reminders=sum(one.reminders for one in found),
            edition=edition,
            lists=SOURCE,
        )
