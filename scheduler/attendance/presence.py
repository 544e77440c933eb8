"""One person's minutes in a session: the union over all rows and files, never more than the session."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from scheduler.attendance.names import folded
from scheduler.attendance.values import AttendanceFile, Attendee, Interval, Meeting, Participant


@dataclass(kw_only=True, slots=True)
class _Gathered:
    """What the rows of one person come to."""

    rows: list[Attendee] = field(default_factory=list)
    own: dict[int, int] = field(default_factory=dict)  # number of a file -> the total of its rows, minutes

    def add(self, row: Attendee, file: int) -> None:
        self.rows.append(row)
        if row.minutes is not None:
            self.own[file] = self.own.get(file, 0) + row.minutes


def together(files: Iterable[AttendanceFile], session: Meeting) -> tuple[Participant, ...]:
    """Everybody seen, by name: one address is one person, and so is one name, unless two addresses have it."""
    people: dict[str, _Gathered] = {}
    names: dict[str, set[str]] = {}
    nameless: list[tuple[Attendee, int]] = []
    kept = [(row, number) for number, file in enumerate(files) for row in file.seen]
    leaders = _same_addresses(row for row, _ in kept)
    for row, number in kept:
        if not row.address:
            nameless.append((row, number))
            continue
        key = f"a:{leaders[row.address]}"
        people.setdefault(key, _Gathered()).add(row, number)
        names.setdefault(folded(row.name), set()).add(key)
    for row, number in nameless:
        name = folded(row.name)
        known = names.get(name, set())
        key = next(iter(known)) if len(known) == 1 else f"n:{name}"
        people.setdefault(key, _Gathered()).add(row, number)
    made = (_participant(key, one, session) for key, one in people.items())
    return tuple(sorted(made, key=lambda one: (folded(one.name), one.key)))


def _same_addresses(rows: Iterable[Attendee]) -> dict[str, str]:
    """Of each address the one that stands for its person: an e-mail and the UPN beside it are one person's."""
    over: dict[str, str] = {}

    def leader(address: str) -> str:
        while (above := over.setdefault(address, address)) != address:
            over[address] = over[above]
            address = above
        return address

    for row in rows:
        if row.address:
            first = leader(row.address)
            if row.other_address:
                over[leader(row.other_address)] = first
    return {address: leader(address) for address in list(over)}


def _participant(key: str, one: _Gathered, session: Meeting) -> Participant:
    first = next((row for row in one.rows if row.address), one.rows[0])
    intervals = _union([piece for row in one.rows for piece in row.intervals], session)
    measured = sum((end - begin).total_seconds() for begin, end in intervals)
    certain = [_certain(row, session) for row in one.rows if row.minutes is not None and row.lacks_time]
    known = [float(measured)] if any(row.intervals for row in one.rows) else []
    best = max([*known, *certain], default=None)
    return Participant(
        key=key,
        name=first.name,
        address=first.address,
        addresses=frozenset(filter(None, (a for row in one.rows for a in (row.address, row.other_address)))),
        site=next((row.site for row in one.rows if row.site), ""),
        intervals=intervals,
        minutes=None if best is None else int(best // 60),
        own_minutes=max(one.own.values(), default=None),
        listed=any(row.listed for row in one.rows),
    )


def _certain(row: Attendee, session: Meeting) -> float:
    """Seconds of a total that lie within the session wherever in its span they are."""
    assert row.minutes is not None
    total = row.minutes * 60.0
    if row.span is None:
        return min(total, _length((session.start, session.end)))
    within = _within(row.span, session)
    inside = _length(within) if within else 0.0
    outside = _length(row.span) - inside
    return max(0.0, min(total - outside, inside))


def _union(intervals: Sequence[Interval], session: Meeting) -> tuple[Interval, ...]:
    """Disjoint, in order, within the session."""
    made: list[Interval] = []
    begin: datetime | None = None
    end = session.start
    for piece in sorted(found for one in intervals if (found := _within(one, session))):
        if begin is not None and piece[0] <= end:
            end = max(end, piece[1])
            continue
        if begin is not None:
            made.append((begin, end))
        begin, end = piece
    return (*made, (begin, end)) if begin is not None else ()


def _within(interval: Interval, session: Meeting) -> Interval | None:
    begin, end = max(interval[0], session.start), min(interval[1], session.end)
    return (begin, end) if begin < end else None


def _length(interval: Interval) -> float:
    return (interval[1] - interval[0]).total_seconds()
