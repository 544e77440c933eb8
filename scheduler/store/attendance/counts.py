"""How many people came, by site: of each session what files, hands and, after `retencion`, kept figures say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, and_, exists, func, or_, select

from scheduler.attendance.values import Meeting
from scheduler.store.attendance.rows import Placed, kept_rows, placed
from scheduler.store.attendance.tables import (
    attendance_files,
    attendance_kept,
    attendance_sessions,
    attendance_typed,
    shares_hour,
)
from scheduler.store.schema import IN_FORCE, revisions

UTC_ZONE = "UTC"  # what is kept has instants, and leaves nothing to a zone
_S, _F = attendance_sessions.c, attendance_files.c
_T, _K, _R = attendance_typed.c, attendance_kept.c, revisions.c

# Of sessions as they stand now: what was said of an hour that the session has no more says nothing of its new one.
_AS_NOW = or_(_R.start.is_(None), shares_hour(_R.start, _R.end))
_SESSIONS = attendance_sessions.outerjoin(revisions, and_(_R.event == _S.event, _R.edition == IN_FORCE))
_STANDING = select(attendance_sessions).select_from(_SESSIONS).where(_AS_NOW)


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionAttendance:
    """One session, counted by site."""

    event: str  # Event.id
    held: bool | None  # None: nobody has said, and no file was read
    by_site: Mapping[str, int]  # by site id, the people present from the threshold; a typed zero stands here, too
    unmatched: int  # people present who belong to no site yet
    unknown: int  # people whose time is not known: not counted, told beside
    source: Literal["file", "hand", ""]  # file: at least one was read, whatever was typed beside
    author: str  # of the last word about it
    at: datetime | None  # UTC: of that word
    files: int
    own_total: int | None  # people by the files' own summaries, added up; None: no file has one
    own_files: int  # how many of the files that total is of
    threshold: int  # minutes from which a person counts as present; after `retencion`, that of then
    typed: frozenset[str]  # sites whose figure was typed, and stands before that of the files
    reason: str = ""  # why it was held, or not
    kept_at: datetime | None = None  # UTC: when `retencion` ended the people and left these figures

    @property
    def present(self) -> int:
        """People present of a known site: those of none are told beside."""
        return sum(self.by_site.values())

    @property
    def came(self) -> frozenset[str]:
        """The sites (ids) of which at least one person was present."""
        return frozenset(site for site, count in self.by_site.items() if count)


@dataclass(frozen=True, slots=True)
class FileCounts:
    """What the files of one session say."""

    by_site: Mapping[str, int]
    unmatched: int
    unknown: int


def attended(connection: Connection, threshold: int) -> dict[str, SessionAttendance]:
    """Every session of which anything was recorded, by Event.id. `threshold`: minutes, Agenda.present_from."""
    return {row.event: _session(connection, row, threshold) for row in connection.execute(_STANDING)}


def of_event(connection: Connection, event: str, threshold: int) -> SessionAttendance | None:
    """One session; None where nothing was recorded."""
    row = connection.execute(_STANDING.where(_S.event == event)).one_or_none()
    return None if row is None else _session(connection, row, threshold)


def held(connection: Connection) -> dict[str, bool]:
    """Whether a session took place, by Event.id: every session of which that is known here."""
    recorded = or_(exists().where(_F.event == _S.event), exists().where(_T.event == _S.event))
    found = connection.execute(select(_S.event, _S.held, recorded).select_from(_SESSIONS).where(_AS_NOW))
    said = {event: _held(word, recorded=bool(some)) for event, word, some in found}
    return {event: held for event, held in said.items() if held is not None}


def counted(connection: Connection, row: Row[Any], threshold: int) -> FileCounts:
    """What the files of a session (a row of `attendance_sessions`) say of who was present."""
    if row.kept_at is not None:
        kept = connection.execute(select(_K.site, _K["count"]).where(_K.event == row.event))
        by_site = {site: int(count) for site, count in kept}
        return FileCounts(by_site, int(row.kept_unmatched or 0), int(row.kept_unknown or 0))
    meeting = Meeting(event=row.event, start=row.start, end=row.end, zone=UTC_ZONE)
    return count(placed(kept_rows(connection, row.event), meeting), threshold)


def count(people: Iterable[Placed], threshold: int) -> FileCounts:
    """Of whom the time is not known, nobody says that they were present."""
    by_site: Counter[str] = Counter()
    unknown = 0
    for one in people:
        present = one.participant.present(threshold)
        by_site[one.site] += present is True
        unknown += present is None
    unmatched = by_site.pop("", 0)
    return FileCounts({site: n for site, n in by_site.items() if n}, unmatched, unknown)


def _session(connection: Connection, row: Row[Any], threshold: int) -> SessionAttendance:
    found = counted(connection, row, threshold)
    files, own_files, own = connection.execute(
        select(func.count(), func.count(_F.own_total), func.sum(_F.own_total))
        .select_from(attendance_files)
        .where(_F.event == row.event)
    ).one()
    typed = {site: int(n) for site, n in connection.execute(select(_T.site, _T["count"]).where(_T.event == row.event))}
    source: Literal["file", "hand", ""] = "file" if files else "hand" if typed else ""
    return SessionAttendance(
        event=row.event,
        held=_held(row.held, recorded=bool(source)),
        by_site=dict(found.by_site) | typed,
        unmatched=found.unmatched,
        unknown=found.unknown,
        source=source,
        author=row.author,
        at=row.at,
        files=files,
        own_total=None if own is None else int(own),
        own_files=own_files,
        threshold=threshold if row.kept_at is None else row.kept_from,
        typed=frozenset(typed),
        reason=row.reason,
        kept_at=row.kept_at,
    )


def _held(word: int | None, *, recorded: bool) -> bool | None:
    """By what somebody said of it, else because somebody came; None where neither is known."""
    return (True if recorded else None) if word is None else bool(word)
