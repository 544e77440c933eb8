"""Wall time and instants, by the one time-zone database in the process. The only module that imports pytz.

Wall times are naive `datetime`; instants are aware and in `datetime.timezone.utc`; offsets are east of UTC.
A zone is an IANA name; one that the database does not know raises `pytz.UnknownTimeZoneError` (a KeyError).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from typing import Literal

import icalendar
import pytz
from pytz.tzfile import build_tzinfo

# Without it icalendar reads the system's zone files, which have been an hour wrong.
icalendar.use_pytz()  # type: ignore[no-untyped-call]  # because icalendar gives it no types

FIRST_YEAR = 1970
LAST_YEAR = 2037  # the last that pytz has rules for
_FIRST_INSTANT = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC) - timedelta(days=1)
# What starts on the last day of 2037 in one zone starts, and ends, in 2038 in others; no zone changes so early.
_LAST_INSTANT = datetime(LAST_YEAR + 1, 1, 15, tzinfo=UTC)
_DAY = timedelta(days=1)
_OWN_FOLDER = pytz.__file__.removesuffix("__init__.py") + "zoneinfo"
_ZI_VERSION = re.compile(r"# version (\d{4}[a-z]+)")
_SUMMER_IN_MEXICO = timedelta(hours=-5)  # of 2021: long past, so no later release says otherwise
_STRIDE = timedelta(days=7)  # shorter than any time between two changes of one zone since 1970


class WallTimeError(ValueError):
    """A wall time that names no instant, or not one alone."""

    def __init__(self, wall: datetime, zone: str, message: str) -> None:
        super().__init__(message)
        self.wall = wall
        self.zone = zone


class WallTimeOutOfRange(WallTimeError):
    """The database has no rules for this year."""


class NonexistentWallTime(WallTimeError):
    """Clocks skip this wall time. `before` and `after` are the nearest walls, to the second, that exist."""

    def __init__(self, wall: datetime, zone: str, before: datetime, after: datetime) -> None:
        super().__init__(wall, zone, f"{wall} does not exist in {zone}: clocks go from {before} to {after}")
        self.before = before
        self.after = after


class RepeatedWallTime(WallTimeError):
    """Clocks show this wall time twice. `first` and `second` are the two instants, UTC."""

    def __init__(self, wall: datetime, zone: str, first: datetime, second: datetime) -> None:
        super().__init__(wall, zone, f"{wall} exists twice in {zone}: at {first} and at {second}; say which")
        self.first = first
        self.second = second


class NeedlessFold(WallTimeError):
    """A choice between two instants was given for a wall time that has one."""


class UnusableZoneData(Exception):
    """The zone files are missing, or of a form that pytz misreads as UTC."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OffsetChange:
    """One moment at which a zone's offset changes."""

    at: datetime  # the first instant of the new offset, UTC, whole seconds
    before: timedelta
    after: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class ZoneData:
    version: str  # as the files name it, else as pytz does if they are its own; "?" where nobody says
    digest: str  # SHA-256 in hex over all zone files: equal digests, equal times
    folder: str | None  # where PYTZ_TZDATADIR has put other files in their place; None: pytz's own


def is_zone(name: str) -> bool:
    """Is it an IANA name, in its exact spelling, that the database knows?"""
    return name in pytz.all_timezones_set


def to_instant(wall: datetime, zone: str, fold: Literal[0, 1] | None = None) -> datetime:
    """The instant of a wall time, UTC. `fold` chooses the earlier (0) or the later (1) of two.

    Raises NonexistentWallTime, RepeatedWallTime (without `fold`), NeedlessFold, WallTimeOutOfRange.
    """
    instants = _candidates(wall, zone)
    if not instants:
        skip = _skip(wall, zone)
        raise NonexistentWallTime(wall, zone, to_wall(skip - timedelta(seconds=1), zone), to_wall(skip, zone))
    if len(instants) == 1:
        if fold is not None:
            raise NeedlessFold(wall, zone, f"{wall} exists once in {zone}: there is nothing to choose")
        return instants[0]
    first, second = instants
    if fold is None:
        raise RepeatedWallTime(wall, zone, first, second)
    return second if fold else first


def nearest_instant(wall: datetime, zone: str) -> datetime:
    """The instant of a reminder's hour, UTC: in a gap the first after it, of two the first.

    Raises WallTimeOutOfRange only.
    """
    return next(iter(_candidates(wall, zone)), None) or _skip(wall, zone)


def to_wall(instant: datetime, zone: str) -> datetime:
    """What the clocks of the zone show at an instant: naive."""
    return (instant + offset_at(instant, zone)).replace(tzinfo=None)


def offset_at(instant: datetime, zone: str) -> timedelta:
    """The offset in force at an instant, east of UTC. Raises WallTimeOutOfRange past the first days of 2038."""
    if not _FIRST_INSTANT <= instant < _LAST_INSTANT:
        wall = instant.replace(tzinfo=None)
        raise WallTimeOutOfRange(wall, zone, f"no rules for {instant}: known from {FIRST_YEAR} to {LAST_YEAR}")
    return _offset(instant, _tzinfo(zone))


def changes(zone: str, first: datetime, last: datetime) -> tuple[OffsetChange, ...]:
    """Every change of offset in the zone after one instant and up to another, in order."""
    found = []
    step = first
    while step < last:
        reach = min(step + _STRIDE, last)
        if offset_at(step, zone) != offset_at(reach, zone):
            at = _boundary(step, reach, zone)
            found.append(OffsetChange(at=at, before=offset_at(step, zone), after=offset_at(at, zone)))
        step = reach
    return tuple(found)


@cache
def zone_data() -> ZoneData:
    """Which data this process reckons with. Reads every zone file once."""
    digest = hashlib.sha256()
    for name in sorted(pytz.all_timezones):
        content = _resource(name)[1]
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    folder = _resource("UTC")[0]
    return ZoneData(version=_version(folder), digest=digest.hexdigest(), folder=folder)


@cache
def rules_digest(zone: str) -> str:
    """SHA-256 in hex over one zone's file: another one, and its hours may be others."""
    return hashlib.sha256(_resource(zone)[1]).hexdigest()


def refuse_unusable_data() -> None:
    """Raises UnusableZoneData where this process cannot tell one known hour of the past, and so none of the future.

    Files that zic wrote without `-b fat` hold their rules in a part that pytz does not read: every zone would be UTC.
    """
    name = "America/Mexico_City"
    try:
        with pytz.open_resource(name) as resource:  # type: ignore[attr-defined]  # because types-pytz lacks it
            zone = build_tzinfo(name, resource)
    except OSError as error:
        raise UnusableZoneData("there are no zone files where PYTZ_TZDATADIR says") from error
    if _offset(datetime(2021, 7, 15, tzinfo=UTC), zone) != _SUMMER_IN_MEXICO:
        raise UnusableZoneData("the zone files of PYTZ_TZDATADIR cannot be read by pytz: make them with `zic -b fat`")


def _version(folder: str | None) -> str:
    own = pytz.OLSON_VERSION  # type: ignore[attr-defined]  # because types-pytz lacks it
    if folder is None:
        return str(own)
    try:
        first = _resource("tzdata.zi")[1].partition(b"\n")[0].decode("ascii", "replace")
    except OSError:
        return "?"
    found = _ZI_VERSION.fullmatch(first)
    return "?" if found is None else found[1]


def _resource(name: str) -> tuple[str | None, bytes]:
    """One zone file: the folder that it lies in, unless that is pytz's own; and its bytes."""
    with pytz.open_resource(name) as resource:  # type: ignore[attr-defined]  # because types-pytz lacks it
        folder = str(resource.name).removesuffix(f"/{name}")
        return None if folder == _OWN_FOLDER else folder, resource.read()


def _candidates(wall: datetime, zone: str) -> list[datetime]:
    """The instants at which the zone's clocks show `wall`, in order: none, one or two.

    Both offsets in force about that time are tried, and what comes back as the same wall is kept. pytz's own
    `localize(is_dst=...)` names the wrong one of two in Dublin and Casablanca, whose summer is flagged as standard.
    """
    if not FIRST_YEAR <= wall.year <= LAST_YEAR:
        raise WallTimeOutOfRange(wall, zone, f"no rules for {wall.year}: known from {FIRST_YEAR} to {LAST_YEAR}")
    known = _tzinfo(zone)
    plain = wall.replace(tzinfo=UTC, fold=0)
    offsets = {_offset(plain - _DAY, known), _offset(plain + _DAY, known)}
    instants = sorted(plain - offset for offset in offsets)
    return [instant for instant in instants if instant + _offset(instant, known) == plain]


def _skip(wall: datetime, zone: str) -> datetime:
    """The first instant after the gap that `wall` lies in."""
    plain = wall.replace(tzinfo=UTC, microsecond=0)
    return _boundary(plain - _DAY, plain + _DAY, zone)


def _boundary(before: datetime, after: datetime, zone: str) -> datetime:
    """The first instant, to the second, of the offset in force at `after`, where `before` has another."""
    known = _tzinfo(zone)
    old = _offset(before, known)
    while (middle := before + timedelta(seconds=(after - before) // timedelta(seconds=2))) > before:
        before, after = (middle, after) if _offset(middle, known) == old else (before, middle)
    return after


def _offset(instant: datetime, zone: tzinfo) -> timedelta:
    offset = instant.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


@cache
def _tzinfo(zone: str) -> tzinfo:
    return pytz.timezone(zone)
