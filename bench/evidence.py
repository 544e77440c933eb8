"""A pack of evidence of 100,000 deliveries: how long it takes to make, to verify, to redact and to compare, and in how
much memory.

`python -m bench.evidence URL FOLDER WHAT` does one of these in a process of its own, and prints the seconds and the
most megabytes that were resident. `… peer` writes the two largest tables as they are, by the driver and `csv` alone.
"""

from __future__ import annotations

import csv
import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, text

from bench.agendas import BEFORE_ALL, TOKENS, shipped_draft, with_posts
from bench.measure import Figure, Line, Skipped, apart, seconds
from calendars.model.agenda import Draft
from calendars.model.events import Timed
from scheduler.evidence.against import compare
from scheduler.evidence.pack import Making, Pack, make, redact
from scheduler.evidence.verifying import verify
from scheduler.publishing.prospect import Act
from scheduler.publishing.publish import publish_draft
from scheduler.store.audit.deeds import Deed, What
from scheduler.store.database import Database
from tests.support.postgres import NoPostgres, cluster

POSTS = 134  # at each of 149 sites
PATIENCE = 600  # seconds
AIM_SECONDS, AIM_MB = 60.0, 300.0
TABLES = ("deliveries", "attempts")
MOVED = "taller-europa-2021"
_ACCEPTED = text("""
    UPDATE deliveries SET state = 'accepted', next_at = NULL, attempts = 1, fence = 1, edition = 2,
        accepted_at = CASE purpose WHEN 'notice' THEN :at ELSE due_at END, reply = '250 2.0.0 queued as ' || id
    WHERE state = 'planned'""")
_TRIED = text("""
    INSERT INTO attempts (delivery, fence, state, owner, began_at, ended_at, stage, code, status, reply)
    SELECT id, 1, 'accepted', 'bench', accepted_at, accepted_at, 'body', 250, '2.0.0', reply FROM deliveries
    WHERE state = 'accepted'""")


def run() -> Sequence[Line]:
    with tempfile.TemporaryDirectory(prefix="agenda-bench-") as scratch:
        on_sqlite = _lines("SQLite", f"sqlite:///{Path(scratch) / 'agenda.db'}", Path(scratch), peer=True)
    try:
        with tempfile.TemporaryDirectory(prefix="agenda-bench-") as scratch, cluster("fsync=on") as server:
            return (*on_sqlite, *_lines("PostgreSQL", server.create(), Path(scratch), peer=False))
    except NoPostgres as error:
        return (*on_sqlite, Skipped(what="the same on PostgreSQL", reason=f"it wants {error}"))


def _lines(kind: str, url: str, folder: Path, *, peer: bool) -> Sequence[Figure]:
    owed, notices = _filled(url)
    made, resident = apart("bench.evidence", url, str(folder), "make", patience=PATIENCE)
    bare = apart("bench.evidence", url, str(folder), "peer", patience=PATIENCE)[0] if peer else 0.0
    first = Figure(
        what=f"`agenda evidence` of {owed:,} deliveries on {kind}, attempts, {notices:,} notices with their texts",
        ours=f"{made:.1f} s, {resident:.0f} MB resident at most",
        peer=f"the two largest tables by bare sqlite3 and csv, no salts and no hashes, {bare:.1f} s" if peer else "",
        ratio=f"{made / bare:.1f} ×" if peer else "",
        aim=f"< {AIM_SECONDS:g} s, < {AIM_MB:g} MB",
        met=made < AIM_SECONDS and resident < AIM_MB,
    )
    return (first, *(_later(url, folder, act, what) for act, what in _ACTS if peer))


_ACTS = (
    ("redact", "the redacted pack of it"),
    ("verify", "`agenda evidence --verify` of it"),
    ("compare", "`--verify` of it `--against` the redacted one"),
)


def _later(url: str, folder: Path, act: str, what: str) -> Figure:
    taken, resident = apart("bench.evidence", url, str(folder), act, patience=PATIENCE)
    return Figure(
        what=what,
        ours=f"{taken:.1f} s, {resident:.0f} MB resident at most",
        aim=f"< {AIM_SECONDS:g} s, < {AIM_MB:g} MB",
        met=taken < AIM_SECONDS and resident < AIM_MB,
    )


def _filled(url: str) -> tuple[int, int]:
    """A database in which all was sent, one workshop was moved, and that was told. Returns deliveries and notices."""
    draft = with_posts(shipped_draft(), POSTS)
    database = Database(url, migrating=True, tokens=TOKENS)
    at = BEFORE_ALL + timedelta(days=1)
    for content, moment in ((draft, BEFORE_ALL), (_moved(draft), at)):
        publish_draft(database, content, Act(at=moment, author="bench", reason="bench"), confirmed=True)
    with database.write() as connection:
        connection.execute(_ACCEPTED, {"at": int((at + timedelta(hours=1)).timestamp()) * 1_000_000})
        connection.execute(_TRIED)
    with database.read() as connection:
        found = _count(connection, "1 = 1"), _count(connection, "purpose = 'notice'")
    database.close()
    return found


def _count(connection: Connection, which: str) -> int:
    counted: int = connection.execute(text(f"SELECT count(*) FROM deliveries WHERE {which}")).scalar_one()  # ours
    return counted


def _moved(draft: Draft) -> Draft:
    """The draft with one workshop a day later."""
    events = tuple(
        replace(one, when=replace(one.when, wall=one.when.wall + timedelta(days=1)))
        if one.id == MOVED and isinstance(one.when, Timed)
        else one
        for one in draft.agenda.events
    )
    assert events != draft.agenda.events
    return replace(draft, agenda=replace(draft.agenda, events=events))


def _act(url: str, folder: Path, what: str) -> None:
    full, redacted = folder / "full", folder / "redacted"
    match what:
        case "make":
            database = Database(url, tokens=TOKENS)
            making = Making(at=BEFORE_ALL + timedelta(days=9), base_url="https://agenda.example", answered=False)
            make(database, full, making, _deed)
            database.close()
        case "redact":
            redact(full, redacted)
        case "verify":
            assert not verify(full).flaws
        case "compare":
            assert not compare(full, verify(full), redacted, verify(redacted)).flaws
        case "peer":
            _bare(Path(url.removeprefix("sqlite:///")), folder)


def _deed(made: Pack) -> Deed:
    return Deed(who="bench", what=What.EVIDENCE_MADE, subject=made.head)


def _bare(file: Path, folder: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        for table in TABLES:
            with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as out:
                csv.writer(out).writerows(connection.execute(f"SELECT * FROM {table}"))  # ours


if __name__ == "__main__":
    place, where, which = sys.argv[1:]
    took = seconds(lambda: _act(place, Path(where), which))
    status = Path("/proc/self/status").read_text(encoding="ascii")
    print(took, int(status.partition("VmHWM:")[2].split()[0]) / 1024)
