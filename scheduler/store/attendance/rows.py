"""What a file says of people, as rows without their names and addresses, and back to what can be joined and counted.

A row has keyed hashes in the place of names and addresses. They are equal where those were, so that the reader's own
way to join rows and files (scheduler/attendance/presence.py) works on them as on the people themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from scheduler.attendance.names import folded
from scheduler.attendance.presence import together
from scheduler.attendance.values import AttendanceFile, Attendee, Interval, Meeting, Participant
from scheduler.store.attendance.tables import attendance_files, attendance_seen

MATCHED = ("hand", "address", "post", "site", "remembered", "")  # by what a site was found, the surest first
Hide = Callable[[str], str]  # "a:" and an address, or "n:" and a folded name -> its hash
_P = attendance_seen.c


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenRow:
    """One row of one file, as it is kept."""

    file: str  # digest
    row: int
    attendee: Attendee  # with hashes for names and addresses
    site: str  # Representation.id; "": nobody knows
    matched: str  # one of MATCHED


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """One person of a session, and where they belong."""

    participant: Participant
    site: str  # "": nobody knows


def keys_of(attendee: Attendee) -> tuple[str, ...]:
    """By what a row is known again: its addresses, else the name."""
    addresses = tuple(f"a:{one}" for one in (attendee.address, attendee.other_address) if one)
    return (*addresses, name_key(attendee.name))


def name_key(name: str) -> str:
    """Of somebody without an address, as `Participant.key` has it."""
    return f"n:{folded(name)}"


def hidden(attendee: Attendee, hide: Hide) -> Attendee:
    """The same with hashes for names and addresses, and without what a file says of a site."""
    return replace(
        attendee,
        name=hide(name_key(attendee.name)),
        address=hide(f"a:{attendee.address}") if attendee.address else "",
        other_address=hide(f"a:{attendee.other_address}") if attendee.other_address else "",
        site="",
    )


def kept_rows(connection: Connection, event: str) -> list[SeenRow]:
    """All rows of an event's files, in a fixed order."""
    found = connection.execute(select(attendance_seen).where(_P.event == event).order_by(_P.file, _P.row))
    return [_seen(row) for row in found]


def placed(rows: Iterable[SeenRow], meeting: Meeting) -> tuple[Placed, ...]:
    """Everybody in these rows, each once, with the site of the surest match of any file."""
    files: dict[str, list[SeenRow]] = {}
    for row in rows:
        files.setdefault(row.file, []).append(row)
    people = together([_file(tuple(row.attendee for row in one)) for one in files.values()], meeting)
    found: dict[str, list[tuple[int, str]]] = {}
    owners = owners_of(people)
    for row in (row for one in files.values() for row in one):
        owner = owner_of(row.attendee, owners)
        if owner is not None:
            found.setdefault(owner.key, []).append((MATCHED.index(row.matched), row.site))
    return tuple(Placed(participant=one, site=min(found.get(one.key, [(0, "")]))[1]) for one in people)


def owners_of(people: Sequence[Participant]) -> Mapping[str, Participant]:
    """Each person by all that rows of theirs may be known by."""
    names = {name_key(one.name): one for one in reversed(people)}
    return names | {one.key: one for one in people} | {f"a:{a}": one for one in people for a in one.addresses}


def owner_of(attendee: Attendee, owners: Mapping[str, Participant]) -> Participant | None:
    """Whose row it is."""
    return next((owners[key] for key in keys_of(attendee) if key in owners), None)


def values_of(event: str, one: SeenRow) -> dict[str, object]:
    """As a row of `attendance_seen`."""
    seen = one.attendee
    return {
        "event": event,
        "file": one.file,
        "row": one.row,
        "name": seen.name,
        "address": seen.address,
        "other_address": seen.other_address,
        "site": one.site,
        "matched": one.matched,
        "intervals": _text(seen.intervals),
        "span": _text(() if seen.span is None else (seen.span,)),
        "minutes": seen.minutes,
        "listed": int(seen.listed),
    }


def _seen(row: Row[Any]) -> SeenRow:
    attendee = Attendee(
        name=row.name,
        address=row.address,
        other_address=row.other_address,
        intervals=_intervals(row.intervals),
        span=next(iter(_intervals(row.span)), None),
        minutes=row.minutes,
        listed=bool(row.listed),
        line=row.row,
    )
    return SeenRow(file=row.file, row=row.row, attendee=attendee, site=row.site, matched=row.matched)


def _file(seen: tuple[Attendee, ...]) -> AttendanceFile:
    """Of what a file was, only its people matter here."""
    return AttendanceFile(program="", encoding="", delimiter="", zone="", order=None, seen=seen, totals={}, remarks=())


def _text(intervals: Sequence[Interval]) -> str:
    """Joined by spaces, each as from-until in seconds since 1970."""
    return " ".join(f"{int(start.timestamp())}-{int(end.timestamp())}" for start, end in intervals)


def _intervals(text: str) -> tuple[Interval, ...]:
    pairs = (one.split("-") for one in text.split())
    return tuple((datetime.fromtimestamp(int(a), UTC), datetime.fromtimestamp(int(b), UTC)) for a, b in pairs)


def hashes_of(connection: Connection, event: str) -> frozenset[str]:
    """All hashes that stand for somebody in an event's rows."""
    found = connection.execute(select(_P.name, _P.address, _P.other_address).where(_P.event == event))
    return frozenset(one for row in found for one in row if one)


def known_files(connection: Connection, event: str) -> frozenset[str]:
    """The digests of the files that were read of an event."""
    digests = select(attendance_files.c.digest).where(attendance_files.c.event == event)
    return frozenset(connection.execute(digests).scalars())


def knows(connection: Connection, event: str, hashes: Collection[str]) -> bool:
    """Whether somebody behind one of these hashes is kept of an event."""
    theirs = or_(_P.name.in_(hashes), _P.address.in_(hashes), _P.other_address.in_(hashes))
    return connection.execute(select(_P.row).where(_P.event == event, theirs).limit(1)).first() is not None


def of_address(connection: Connection, address: str, hashes: Callable[[str, str], tuple[str, ...]]) -> list[object]:
    """What is kept of whoever has this address, by session. `hashes`: Tokens.people."""
    found: list[object] = []
    for event in connection.execute(select(_P.event).distinct().order_by(_P.event)).scalars():
        own = hashes(event, f"a:{address.strip().lower()}")
        theirs = or_(_P.address.in_(own), _P.other_address.in_(own))
        seen = connection.execute(select(attendance_seen).where(_P.event == event, theirs).order_by(_P.file, _P.row))
        for row in seen:
            stays = [[start.isoformat(), end.isoformat()] for start, end in _intervals(row.intervals)]
            found.append({"event": event, "site": row.site, "there": stays, "minutes": row.minutes})
    return found
