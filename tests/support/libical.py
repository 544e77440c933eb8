"""Feeds as libical reads them (the C library behind Evolution, KDE and Thunderbird's peers), through ctypes.

Debian's package libical3. Its own zone files are switched off: what it knows of a zone, it has from the feed.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache

from tests.support.wanted import leave_out

LIBRARY = "libical.so.3"


class _Time(ctypes.Structure):  # struct icaltimetype, libical 3
    _fields_ = [
        *((name, ctypes.c_int) for name in ("year", "month", "day", "hour", "minute", "second")),
        ("is_date", ctypes.c_int),
        ("is_daylight", ctypes.c_int),
        ("zone", ctypes.c_void_p),
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One VEVENT."""

    uid: str
    summary: str
    description: str  # "" where it has none
    status: str
    sequence: int
    start: datetime | date  # an instant in UTC, or a whole day
    end: datetime | date


@cache
def library() -> ctypes.CDLL:
    """The library, or a skipped test; a failed one where CI=true promises that it is there."""
    try:
        found = ctypes.CDLL(LIBRARY)
    except OSError:
        leave_out(f"{LIBRARY} (Debian: libical3)")
    component = ctypes.c_void_p
    for name, result, arguments in (
        ("icalparser_parse_string", component, [ctypes.c_char_p]),
        ("icalcomponent_free", None, [component]),
        ("icalcomponent_count_errors", ctypes.c_int, [component]),
        ("icalrestriction_check", ctypes.c_int, [component]),
        ("icalcomponent_string_to_kind", ctypes.c_int, [ctypes.c_char_p]),
        ("icalcomponent_get_first_component", component, [component, ctypes.c_int]),
        ("icalcomponent_get_next_component", component, [component, ctypes.c_int]),
        ("icalcomponent_get_uid", ctypes.c_char_p, [component]),
        ("icalcomponent_get_summary", ctypes.c_char_p, [component]),
        ("icalcomponent_get_description", ctypes.c_char_p, [component]),
        ("icalcomponent_get_status", ctypes.c_int, [component]),
        ("icalproperty_status_to_string", ctypes.c_char_p, [ctypes.c_int]),
        ("icalcomponent_get_sequence", ctypes.c_int, [component]),
        ("icalcomponent_get_dtstart", _Time, [component]),
        ("icalcomponent_get_dtend", _Time, [component]),
        ("icaltime_as_timet_with_zone", ctypes.c_long, [_Time, ctypes.c_void_p]),
        ("set_zone_directory", None, [ctypes.c_char_p]),
        ("icaltimezone_set_builtin_tzdata", None, [ctypes.c_int]),
    ):
        function = getattr(found, name)
        function.restype, function.argtypes = result, arguments
    found.set_zone_directory(b"/nonexistent")
    found.icaltimezone_set_builtin_tzdata(1)
    return found


def read(body: bytes) -> list[Entry]:
    """Every entry of a calendar, in order. Asserts that libical finds no error and no broken restriction in it."""
    ical = library()
    root = ical.icalparser_parse_string(body)
    assert root is not None
    try:
        assert ical.icalcomponent_count_errors(root) == 0
        assert ical.icalrestriction_check(root) == 1
        return [_entry(ical, component) for component in _components(ical, root)]
    finally:
        ical.icalcomponent_free(root)


def _components(ical: ctypes.CDLL, root: int) -> Iterator[int]:
    kind = ical.icalcomponent_string_to_kind(b"VEVENT")
    component = ical.icalcomponent_get_first_component(root, kind)
    while component is not None:
        yield component
        component = ical.icalcomponent_get_next_component(root, kind)


def _entry(ical: ctypes.CDLL, component: int) -> Entry:
    return Entry(
        uid=ical.icalcomponent_get_uid(component).decode(),
        summary=ical.icalcomponent_get_summary(component).decode(),
        description=(ical.icalcomponent_get_description(component) or b"").decode(),
        status=ical.icalproperty_status_to_string(ical.icalcomponent_get_status(component)).decode(),
        sequence=ical.icalcomponent_get_sequence(component),
        start=_moment(ical, ical.icalcomponent_get_dtstart(component)),
        end=_moment(ical, ical.icalcomponent_get_dtend(component)),
    )


def _moment(ical: ctypes.CDLL, value: _Time) -> datetime | date:
    if value.is_date:
        return date(value.year, value.month, value.day)
    assert value.zone is not None, "floating: neither UTC nor a zone that the feed explains"
    return datetime.fromtimestamp(ical.icaltime_as_timet_with_zone(value, value.zone), UTC)
