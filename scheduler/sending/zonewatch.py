"""Told at start-up and with each edition, on every kind of node: which hours in force this zone data does not give."""

from __future__ import annotations

import structlog
from sqlalchemy import Connection

from calendars.shifts import shifts
from calendars.zones import zone_data
from scheduler.store import editions
from scheduler.store.editions import InForce

log = structlog.get_logger(__name__)


class ZoneWatch:
    """Looks at each edition once."""

    def __init__(self) -> None:
        self._known: InForce | None = None

    def look(self, connection: Connection) -> None:
        current = editions.current(connection, self._known)
        if current is not None and current is not self._known:
            _tell(current)
        self._known = current


def _tell(current: InForce) -> None:
    found = shifts(current.edition)
    for one in found:
        log.warning(
            "another hour by this machine's zone data",
            event_id=one.event,
            site=one.site,
            promised=one.promised.isoformat(timespec="minutes"),
            now="none, or two" if one.now is None else one.now.isoformat(timespec="minutes"),
        )
    if found:
        data = zone_data()
        log.error(
            "hours in force are others by this machine's zone data; their mail waits: renew the data, or see "
            "`agenda diff --shifted` and put it in force by `agenda publish --shifted`",
            sessions=len(found),
            edition=current.edition.number,
            zone_version=data.version,
            zone_digest=data.digest[:16],
        )
