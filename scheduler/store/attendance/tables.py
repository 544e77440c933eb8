"""The tables of attendance. People stand here as keyed hashes, and only until `retencion` leaves the figures alone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, ColumnElement, ForeignKey, ForeignKeyConstraint, Integer, Table, Text, and_

from scheduler.store.schema import Instant, metadata

HourEnd = datetime | ColumnElement[datetime]

attendance_sessions = Table(  # events of which somebody said something, or a file was read
    "attendance_sessions",
    metadata,
    Column("event", Text, primary_key=True),
    Column("start", Instant, nullable=False),  # of the session that was recorded: nobody is counted outside it
    Column("end", Instant, nullable=False),
    Column("held", Integer),  # 1, 0; NULL: nobody has said
    Column("reason", Text, nullable=False, server_default=""),  # of that word; `retencion` empties it
    Column("author", Text, nullable=False),  # of the last word about this session
    Column("at", Instant, nullable=False),  # of that word
    Column("kept_at", Instant),  # when `retencion` ended its people; from then on, attendance_kept counts
    Column("kept_from", Integer),  # minutes from which they counted as present
    Column("kept_unmatched", Integer),
    Column("kept_unknown", Integer),
    sqlite_strict=True,
)


def shares_hour(start: HourEnd, end: HourEnd) -> ColumnElement[bool]:
    """Whether what is recorded is of a session between these two, be it at a corrected hour."""
    recorded = attendance_sessions.c
    return and_(recorded.start < end, recorded.end > start)


attendance_files = Table(  # what was read; of the file itself nothing is kept
    "attendance_files",
    metadata,
    Column("event", Text, ForeignKey("attendance_sessions.event"), primary_key=True),
    Column("digest", Text, primary_key=True),  # SHA-256 of its bytes
    Column("at", Instant, nullable=False),
    Column("author", Text, nullable=False),
    Column("program", Text, nullable=False),  # AttendanceFile.program
    Column("encoding", Text, nullable=False),
    Column("zone", Text, nullable=False),  # that its times were taken to be in
    Column("date_order", Text, nullable=False),
    Column("people", Integer, nullable=False),
    Column("own_total", Integer),  # people by the file's own summary; NULL: it has none
    sqlite_strict=True,
)

attendance_seen = Table(  # one row of one file; `retencion` ends them
    "attendance_seen",
    metadata,
    Column("event", Text, primary_key=True),
    Column("file", Text, primary_key=True),
    Column("row", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),  # keyed hashes, others in each session; of who was erased, chance
    Column("address", Text, nullable=False),  # "": the file has none
    Column("other_address", Text, nullable=False),
    Column("site", Text, nullable=False),  # "": nobody knows
    Column("matched", Text, nullable=False),  # by what: hand, address, post, site, remembered; "": by nothing
    Column("intervals", Text, nullable=False),  # "from-until from-until", seconds since 1970; "": not told
    Column("span", Text, nullable=False),  # first and last seen, likewise; "": not told
    Column("minutes", Integer),  # the file's own total; NULL: not told
    Column("listed", Integer, nullable=False),  # 1: a list without times says that they came
    ForeignKeyConstraint(["event", "file"], ["attendance_files.event", "attendance_files.digest"]),
    sqlite_strict=True,
)

attendance_typed = Table(  # what somebody typed stands before what files say of that site
    "attendance_typed",
    metadata,
    Column("event", Text, ForeignKey("attendance_sessions.event"), primary_key=True),
    Column("site", Text, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("author", Text, nullable=False),
    Column("at", Instant, nullable=False),
    sqlite_strict=True,
)

attendance_kept = Table(  # by site, what the files said when `retencion` ended their people
    "attendance_kept",
    metadata,
    Column("event", Text, ForeignKey("attendance_sessions.event"), primary_key=True),
    Column("site", Text, primary_key=True),
    Column("count", Integer, nullable=False),
    sqlite_strict=True,
)

attendance_places = Table(  # whom an administrator assigned to a site, for the sessions to come
    "attendance_places",
    metadata,
    Column("person", Text, primary_key=True),  # keyed hash, of no session
    Column("site", Text, nullable=False),
    Column("at", Instant, nullable=False),  # when it was last said or used
    sqlite_strict=True,
)
