"""The bytes of an attendance file -> who was seen in the session, and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from calendars.catalogue import Phrase
from calendars.model.text import Said
from scheduler.attendance.lists import listed
from scheduler.attendance.moments import Moments
from scheduler.attendance.names import folded
from scheduler.attendance.opening.books import is_book, rows_of_book
from scheduler.attendance.opening.encoding import text_of
from scheduler.attendance.opening.rows import FileRow, delimiter_of, rows_of
from scheduler.attendance.people import people_of, refuse_cut
from scheduler.attendance.programs import program_of, totals_of
from scheduler.attendance.questions import AttendanceRefusal
from scheduler.attendance.tables import SeenTable, tables_of
from scheduler.attendance.values import AttendanceFile, Attendee, Choices, Meeting

NONE_GIVEN = Choices()

_COUNT_DIFFERS = Phrase(
    "The file says that {said} {said:person|people} took part, and names {found}: it may be cut off."
)
_LISTED = Phrase("The list gives no times: who is on it counts as present.")
_NO_MOMENTS = Phrase("The file holds no date: nothing in it says that it is of this session.")
_ALL_UNKNOWN = Phrase("The file does not say how long anybody stayed.")


@dataclass(frozen=True, kw_only=True, slots=True)
class _OpenFile:
    rows: tuple[FileRow, ...]
    encoding: str
    delimiter: str
    ended: bool  # the last row has its line end
    remarks: tuple[Said, ...]


def read(content: bytes, name: str, session: Meeting, choices: Choices = NONE_GIVEN) -> AttendanceFile:
    """What the file is, its bytes say; its name only stands before what is refused. Times without a zone are those of
    `choices.zone`, else of the session's.

    Raises AttendanceRefusal, and of it AttendanceQuestion where an answer of a person helps.
    """
    try:
        opened = _opened(content, choices)
        tables, outside = tables_of(opened.rows, choices)
        if tables:
            return _of_tables(opened, tables, outside, session, choices)
        return _list(opened, session, choices)
    except AttendanceRefusal as refusal:
        refusal.file = name
        raise


def _of_tables(
    opened: _OpenFile,
    tables: Sequence[SeenTable],
    outside: Sequence[FileRow],
    session: Meeting,
    choices: Choices,
) -> AttendanceFile:
    if not opened.ended:
        refuse_cut(tables)
    moments = Moments(tables, session, choices)
    found = people_of(tables, moments, session, choices)
    totals = totals_of(outside, found.seen)
    return AttendanceFile(
        program=program_of(tables),
        encoding=opened.encoding,
        delimiter=opened.delimiter,
        zone=moments.zone,
        order=moments.order,
        seen=found.seen,
        totals=totals,
        remarks=(*opened.remarks, *found.remarks, *_about(found.seen, totals)),
    )


def _opened(content: bytes, choices: Choices) -> _OpenFile:
    if is_book(content):
        return _OpenFile(rows=rows_of_book(content), encoding="", delimiter="", ended=True, remarks=())
    found = text_of(content, choices.encoding)
    delimiter = delimiter_of(found.text)
    return _OpenFile(
        rows=rows_of(found.text, delimiter),
        encoding=found.encoding,
        delimiter=delimiter,
        ended=found.text.endswith("\n"),
        remarks=found.remarks,
    )


def _list(opened: _OpenFile, session: Meeting, choices: Choices) -> AttendanceFile:
    seen = listed(opened.rows, choices)
    return AttendanceFile(
        program="list",
        encoding=opened.encoding,
        delimiter=opened.delimiter,
        zone=session.zone,
        order=None,
        seen=seen,
        totals={},
        remarks=(*opened.remarks, _LISTED),
    )


def _about(seen: Sequence[Attendee], totals: Mapping[str, int]) -> Iterator[Said]:
    said = totals.get("participants")
    found = len({one.address or folded(one.name) for one in seen})
    if said is not None and said > found:
        yield _COUNT_DIFFERS.of(said=said, found=found)
    if not any(one.intervals or one.span for one in seen):
        yield _NO_MOMENTS
    if seen and all(one.unknown for one in seen):
        yield _ALL_UNKNOWN
