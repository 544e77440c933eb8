"""Told at start-up and with each edition, on every kind of node: which hours in force this zone data does not give."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import Connection

from calendars.shifts import shifts
from calendars.zones import zone_data
from scheduler.store import editions
from scheduler.store.audit import chain
from scheduler.store.audit.deeds import Deed, Facts, Via, What
from scheduler.store.database import Database
from scheduler.store.editions import InForce

log = structlog.get_logger(__name__)
WATCH = "zone data"  # who says so, in the audit


class ZoneWatch:
    """Looks at each edition once."""

    def __init__(self) -> None:
        self._known: InForce | None = None
        self._waits: Deed | None = None  # what is to go into the audit

    def look(self, connection: Connection) -> None:
        current = editions.current(connection, self._known)
        if current is not None and current is not self._known:
            self._waits = _tell(current)
        self._known = current

    def note(self, database: Database, at: datetime) -> None:
        """Write what was found into the audit: once for each edition and zone data, whichever node says it."""
        if self._waits is not None:
            with database.write_own_row() as connection:
                chain.record_once(connection, self._waits, at)
            self._waits = None


def _tell(current: InForce) -> Deed | None:
    found = shifts(current.edition)
    for one in found:
        log.warning(
            "another hour by this machine's zone data",
            event_id=one.event,
            site=one.site,
            promised=one.promised.isoformat(timespec="minutes"),
            now="none, or two" if one.now is None else one.now.isoformat(timespec="minutes"),
        )
    if not found:
        return None
    data = zone_data()
    log.error(
        "hours in force are others by this machine's zone data; their mail waits: renew the data, or see "
        "`agenda diff --shifted` and put it in force by `agenda publish --shifted`",
        sessions=len(found),
        edition=current.edition.number,
        zone_version=data.version,
        zone_digest=data.digest[:16],
    )
    figures: Facts = {"n": len(found), "zones": data.version, "digest": data.digest[:16]}
    return Deed(who=WATCH, what=What.HOURS_WAIT, via=Via.SERVICE, subject=str(current.edition.number), details=figures)
