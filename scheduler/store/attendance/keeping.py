"""What is recorded of a session: files that were read, figures that were typed, and whether it was held at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, delete, insert, or_, select, update

from scheduler.attendance.values import Meeting
from scheduler.store import upsert
from scheduler.store.attendance.rows import SeenRow, values_of
from scheduler.store.attendance.tables import (
    attendance_files,
    attendance_kept,
    attendance_seen,
    attendance_sessions,
    attendance_typed,
    shares_hour,
)

HAND: Literal["hand"] = "hand"
_S, _F, _P, _T = attendance_sessions.c, attendance_files.c, attendance_seen.c, attendance_typed.c
_OF_A_SESSION = (attendance_seen, attendance_files, attendance_typed, attendance_kept, attendance_sessions)


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptFile:
    """A file that was read; of itself nothing is kept."""

    digest: str  # SHA-256 of its bytes, hexadecimal
    program: str  # AttendanceFile.program
    encoding: str
    zone: str
    order: str  # "" where no date of it left that open
    people: int
    own_total: int | None  # people by its own summary; None: it has none
    author: str
    at: datetime  # UTC


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """Who says something of a session, and when."""

    author: str
    at: datetime  # UTC


def give_way(connection: Connection, meeting: Meeting) -> datetime | None:
    """End what is recorded of an hour that the session has no more, and return that hour, UTC; None: nothing is."""
    another = ~shares_hour(meeting.start, meeting.end)
    former = connection.execute(select(_S.start).where(_S.event == meeting.event, another)).scalar()
    for table in _OF_A_SESSION if former is not None else ():
        connection.execute(delete(table).where(table.c.event == meeting.event))
    return former


def say(connection: Connection, meeting: Meeting, word: Word, *, held: tuple[bool, str] | None = None) -> None:
    """Note that somebody said something of a session; `held`: whether it was, and why."""
    values: dict[str, object] = {"start": meeting.start, "end": meeting.end, "author": word.author, "at": word.at}
    if held is not None:
        values |= {"held": int(held[0]), "reason": held[1]}
    row = upsert.insert(connection, attendance_sessions).values(event=meeting.event, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["event"], set_=values))


def add_file(connection: Connection, event: str, file: KeptFile, rows: Sequence[SeenRow]) -> None:
    """A file's people. The session has to be noted before (`say`)."""
    connection.execute(
        insert(attendance_files).values(
            event=event,
            digest=file.digest,
            at=file.at,
            author=file.author,
            program=file.program,
            encoding=file.encoding,
            zone=file.zone,
            date_order=file.order,
            people=file.people,
            own_total=file.own_total,
        )
    )
    if rows:
        connection.execute(insert(attendance_seen), [values_of(event, row) for row in rows])


def files(connection: Connection, event: str) -> tuple[KeptFile, ...]:
    """In the order in which they were read."""
    found = connection.execute(select(attendance_files).where(_F.event == event).order_by(_F.at, _F.digest))
    return tuple(
        KeptFile(
            digest=row.digest,
            program=row.program,
            encoding=row.encoding,
            zone=row.zone,
            order=row.date_order,
            people=row.people,
            own_total=row.own_total,
            author=row.author,
            at=row.at,
        )
        for row in found
    )


def forget_file(connection: Connection, event: str, digest: str) -> None:
    """A file was read by mistake: its people count no more."""
    connection.execute(delete(attendance_seen).where(_P.event == event, _P.file == digest))
    connection.execute(delete(attendance_files).where(_F.event == event, _F.digest == digest))


def type_in(connection: Connection, event: str, figures: Mapping[str, int], word: Word) -> None:
    """People by site (its id), as somebody says: they stand before what files say of that site."""
    for site, count in figures.items():
        values = {"count": count, "author": word.author, "at": word.at}
        row = upsert.insert(connection, attendance_typed).values(event=event, site=site, **values)
        connection.execute(row.on_conflict_do_update(index_elements=["event", "site"], set_=values))


def forget_typed(connection: Connection, event: str, sites: Collection[str]) -> int:
    """From now on files, if any, speak for these sites again. Returns how many figures went."""
    gone = delete(attendance_typed).where(_T.event == event, _T.site.in_(sites))
    return connection.execute(gone).rowcount


def assign(connection: Connection, event: str, hashes: Collection[str], site: str) -> int:
    """Whoever stands behind one of these hashes belongs to that site (its id), by hand. Returns how many rows."""
    theirs = or_(_P.name.in_(hashes), _P.address.in_(hashes), _P.other_address.in_(hashes))
    changed = update(attendance_seen).where(_P.event == event, theirs, or_(_P.site != site, _P.matched != HAND))
    return connection.execute(changed.values(site=site, matched=HAND)).rowcount
