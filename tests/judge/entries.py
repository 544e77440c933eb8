"""A calendar's entries as vobject reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache

import vobject


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    uid: str
    sequence: int
    status: str
    summary: str
    description: str
    start: datetime | date  # UTC, or a day
    end: datetime | date  # exclusive
    modified: datetime  # UTC
    attendees: tuple[str, ...]  # addresses

    @property
    def live(self) -> bool:
        return self.status != "CANCELLED"


@cache
def entries(body: bytes) -> tuple[Entry, ...]:
    """Every entry, in order. A calendar that was seen before is not read again."""
    return tuple(_entry(one) for one in vobject.readOne(body.decode()).contents.get("vevent", []))


def method(body: bytes) -> str | None:
    """METHOD, as the calendar itself has it."""
    found = vobject.readOne(body.decode()).contents.get("method")
    return str(found[0].value) if found else None


def _entry(one: vobject.base.Component) -> Entry:
    return Entry(
        uid=one.uid.value,
        sequence=int(one.sequence.value),
        status=one.status.value,
        summary=one.summary.value,
        description=one.description.value if "description" in one.contents else "",
        start=_utc(one.dtstart.value),
        end=_utc(one.dtend.value),
        modified=_utc_instant(one.dtstamp.value),
        attendees=tuple(found.value.partition(":")[2].lower() for found in one.contents.get("attendee", [])),
    )


def _utc(value: datetime | date) -> datetime | date:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _utc_instant(value: datetime) -> datetime:
    return value.astimezone(UTC)
