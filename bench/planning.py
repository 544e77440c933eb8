"""Planning 1,000,000 reminders: 16 times the shipped events, 84 posts at each of the 149 sites."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from bench.agendas import BEFORE_ALL, TOKENS, first_edition, shipped_draft, with_events, with_posts
from bench.measure import Figure, Line, against_calibration, apart, seconds
from calendars.editions import Edition
from calendars.model.agenda import Draft
from scheduler.planning.plan import Member, Planned, plan
from scheduler.publishing.prospect import Act
from scheduler.publishing.publish import publish_draft
from scheduler.store.database import Database, sqlite_module

MILLION = 1_000_000
AIM_SECONDS = 20.0
FLAT_MB = 8.0  # what the tenfold plan may take more
TIMES, POSTS = 16, 84
_STAGED = "INSERT INTO d VALUES (?,?,?,?,?,?,?,?,?)"
_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"
_TABLE = (
    "CREATE TABLE d (subject, schedule, rule, recipient, event, site, message_key, due, expires);"
    "CREATE UNIQUE INDEX u ON d (subject, schedule, rule, recipient);"
    "CREATE INDEX n ON d (due); CREATE INDEX r ON d (recipient); CREATE INDEX m ON d (message_key);"
)


def run() -> Sequence[Line]:
    small, small_mb = min(apart("bench.planning", "plan", str(MILLION // 10)) for _ in range(3))
    large, large_mb = min(apart("bench.planning", "plan", str(MILLION)) for _ in range(2))
    peer, ratio = against_calibration(large)
    rows, ours, raw = apart("bench.planning", "ledger")
    return (
        Figure(
            what="1,000,000 reminders planned, streamed",
            ours=f"{large:.1f} s",
            peer=peer,
            ratio=ratio,
            aim=f"< {AIM_SECONDS:g} s",
            met=large < AIM_SECONDS,
        ),
        Figure(
            what="memory that planning them adds",
            ours=f"{large_mb:.1f} MB",
            peer=f"100,000 of them: {small_mb:.1f} MB, {small:.1f} s",
            ratio=f"{large_mb - small_mb:+.1f} MB",
            aim=f"flat: ≤ {FLAT_MB:g} MB more",
            met=large_mb - small_mb <= FLAT_MB,
        ),
        Figure(
            what=f"the same into the ledger: `publish`, {rows:,.0f} rows, one durable transaction",
            ours=f"{ours:.0f} s, {rows / ours:,.0f} rows/s",
            peer=f"bare sqlite3.executemany of those rows, as many indexes, {raw:.0f} s",
            ratio=f"{ours / raw:.2f} ×",
        ),
    )


def crowded_draft() -> Draft:
    """What makes a little over a million reminders."""
    draft = shipped_draft()
    return with_posts(replace(draft, agenda=with_events(draft.agenda, TIMES)), POSTS)


def _members(draft: Draft) -> list[Member]:
    return [Member(recipient=recipient, since=BEFORE_ALL) for recipient in draft.recipients]


def _planned(edition: Edition, members: Sequence[Member]) -> islice[Planned]:
    return islice(plan(edition, members), MILLION)


def _plan(count: int) -> tuple[float, float]:
    """Seconds, and the megabytes by which the process grew at its largest."""
    draft = crowded_draft()
    edition, members = first_edition(draft.agenda, BEFORE_ALL), _members(draft)
    _reset_peak()
    before = _peak_mb()
    taken = seconds(lambda: sum(1 for _ in islice(plan(edition, members), count)))
    return taken, _peak_mb() - before


def _reset_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # VmHWM starts again from the present size


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _ledger() -> tuple[int, float, float]:
    draft = crowded_draft()
    with tempfile.TemporaryDirectory(prefix="agenda-bench-") as scratch:
        database = Database(f"sqlite:///{Path(scratch) / 'agenda.db'}")
        added: list[int] = []

        def publish() -> None:
            done = publish_draft(database, draft, Act(at=BEFORE_ALL, author="bench", reason="bench"), confirmed=True)
            added.append(done.ledger.added)

        ours = seconds(publish)
        database.close()
        edition, members = first_edition(draft.agenda, BEFORE_ALL), _members(draft)
        rows = [row_of(one) for one in plan(edition, members)]
        raw = seconds(lambda: _insert(Path(scratch) / "bare.db", rows))
    return added[0], ours, raw


def row_of(one: Planned) -> tuple[object, ...]:
    due, expires = int(one.moment.due.timestamp()), int(one.moment.expires.timestamp())
    key = (one.subject, one.schedule, one.moment.rule, one.recipient)
    made = TOKENS.message_key(one.purpose, one.subject, one.schedule, one.moment.rule, one.recipient)
    return (*key, one.moment.event, one.moment.site, made, due, expires)


def _insert(path: Path, rows: Sequence[tuple[object, ...]]) -> None:
    module = sqlite_module()
    connection: sqlite3.Connection = module.connect(path)
    connection.executescript(_PRAGMAS + _TABLE)
    with connection:
        connection.executemany(_STAGED, rows)
    connection.close()


if __name__ == "__main__":
    print(*(_ledger() if sys.argv[1] == "ledger" else _plan(int(sys.argv[2]))))
