"""The tables of a file -> everybody seen: who stands in a table of people is one, whatever repeats them below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from calendars.catalogue import Phrase
from calendars.model.text import Said
from scheduler.attendance.actions import by_actions
from scheduler.attendance.moments import Moments, refuse_another_session
from scheduler.attendance.names import folded
from scheduler.attendance.questions import AttendanceRefusal
from scheduler.attendance.row_reader import RowReader, is_of_persons
from scheduler.attendance.tables import SeenTable
from scheduler.attendance.values import Attendee, Choices, Interval, Meeting
from scheduler.attendance.words import Field

CUT = Phrase("the file ends in the middle of this row: it is cut off. Download it again.")
NO_ROWS = Phrase("nobody stands below these heads: the file is cut off, or the table was emptied. Download it again.")
_ONLY_BELOW = Phrase(
    "{n} {n:row|rows} of the table of activities {n:names|name} somebody who is not among the participants, and "
    "{n:counts|count} all the same."
)
_LESS_BELOW = Phrase(
    "The activities of {n} {n:person|people} come to less than the total that the file gives: the total counts, less "
    "what may lie outside the session."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PeopleRead:
    seen: tuple[Attendee, ...]
    remarks: tuple[Said, ...]


def people_of(tables: Sequence[SeenTable], moments: Moments, session: Meeting, choices: Choices) -> PeopleRead:
    """Everybody of the tables. Raises AttendanceRefusal."""
    if not any(table.rows for table in tables):
        raise AttendanceRefusal("no-rows", NO_ROWS, place=tables[0].header.place())
    reader = RowReader(moments, choices, tables)
    persons, joins = list[Attendee](), list[Attendee]()
    said = list[Said]()
    for table in tables:
        if table.has(Field.ACTION, Field.MOMENT):
            found, remarks = by_actions(table, reader, moments, session, choices)
            joins += found
            said += remarks
            continue
        found = [
            reader.timed(table, row, person) for row in table.rows if (person := reader.person(table, row)) is not None
        ]
        (persons if is_of_persons(table) else joins).extend(found)
    refuse_another_session(reader.spans, session, moments, told=choices.zone is not None)
    seen = _once(joins)
    if persons:
        seen, more = _with_activities(_once(persons), seen)
        said += more
    return PeopleRead(seen=tuple(seen), remarks=(*moments.remarks, *reader.remarks(), *said))


def refuse_cut(tables: Sequence[SeenTable]) -> None:
    """For a text that ends without a line end: is its last row shorter than the others of its table?"""
    if not tables or not tables[-1].rows:
        return
    *others, last = tables[-1].rows
    wide = min((len(row.cells) for row in others), default=len(tables[-1].header.cells))
    if len(last.cells) < wide:
        raise AttendanceRefusal("cut-off", CUT, place=last.place(len(last.cells) - 1), value="")


def _once(seen: Sequence[Attendee]) -> list[Attendee]:
    """Without the rows that are there twice: blocks are copied, and files are joined by hand."""
    return list({replace(one, line=0): one for one in reversed(seen)}.values())[::-1]


def _with_activities(persons: list[Attendee], joins: list[Attendee]) -> tuple[list[Attendee], list[Said]]:
    """The true times of each person out of the activities, beside the totals of the table of people."""
    places = _places(persons)
    times: dict[int, list[Interval]] = {}
    below = []
    for one in joins:
        at = next((places[key] for key in _keys(one) if key in places), None)
        if at is None:
            below.append(one)
        else:
            times.setdefault(at, []).extend(one.intervals)
    seen = [
        replace(one, intervals=tuple(times[at]), span=one.span or _only(one.intervals)) if times.get(at) else one
        for at, one in enumerate(persons)
    ]
    less = sum(at in times and seen[at].lacks_time for at in range(len(seen)))
    said: list[Said] = [_ONLY_BELOW.of(n=len(below))] if below else []
    return seen + below, [*said, *([_LESS_BELOW.of(n=less)] if less else [])]


def _places(persons: list[Attendee]) -> dict[str, int]:
    """By address and by name; a name that two have leads to neither."""
    places: dict[str, int] = {}
    doubled = set()
    for at, one in enumerate(persons):
        for key in _keys(one):
            if places.setdefault(key, at) != at:
                doubled.add(key)
    return {key: at for key, at in places.items() if key not in doubled or key.startswith("a:")}


def _keys(one: Attendee) -> list[str]:
    return [*(f"a:{address}" for address in (one.address, one.other_address) if address), f"n:{folded(one.name)}"]


def _only(intervals: tuple[Interval, ...]) -> Interval | None:
    return intervals[0] if intervals else None
