"""The report to the commission over 149 sites and 100,000 deliveries, beside bare SQL of the same counts.

`python -m bench.report FILE` gathers the figures of a SQLite file, writes both languages' documents and one of them as
a page; it prints the seconds of the gathering, of all of it, and the megabytes of the process at its largest.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bench.agendas import BEFORE_ALL, TOKENS, shipped_draft, with_posts
from bench.measure import Figure, Line, apart, best
from scheduler.base.clock import monotonic
from scheduler.printing import html
from scheduler.publishing.prospect import Act
from scheduler.publishing.publish import publish_draft
from scheduler.reporting.commission.gather import ReportWanted, gather
from scheduler.reporting.commission.informe import informe
from scheduler.store import editions
from scheduler.store.database import Database

POSTS = 135  # at each of 149 sites: two events of five reminders each make 100,575 deliveries
AT = datetime(2022, 2, 20, 18, tzinfo=UTC)
AIM_SECONDS, AIM_MB = 10.0, 300.0
# Everything has left, a hundredth came back, a third has answered, and of one workshop somebody typed who came.
_HAPPENED = (
    """UPDATE deliveries SET state = CASE id % 100 WHEN 0 THEN 'bounced' ELSE 'accepted' END, edition = 1, attempts = 1,
        accepted_at = due_at + 1000000 * (id % 3600), next_at = NULL""",
    """INSERT INTO answers (recipient, subject, event, answer, via, at, start)
        SELECT d.recipient, d.subject, d.event, CASE d.id % 9 WHEN 1 THEN 'no' ELSE 'yes' END, 'link', d.due_at, r.start
        FROM deliveries d JOIN revisions r ON r.event = d.event
        WHERE d.rule = 'PT1H' AND d.id % 3 = 1 AND r.edition = 1 ON CONFLICT DO NOTHING""",
    """INSERT INTO attendance_sessions (event, start, "end", held, author, at)
        SELECT event, start, "end", 1, 'bench', "end" FROM revisions WHERE event = 'taller-europa-2021'""",
    """INSERT INTO attendance_typed (event, site, "count", author, at)
        SELECT DISTINCT event, site, 2, 'bench', 0 FROM deliveries WHERE event = 'taller-europa-2021'""",
)
# What the same figures take without this program: a statement each, and nothing said about them.
_BARE = (
    """SELECT event, site, count(DISTINCT recipient), count(DISTINCT CASE state WHEN 'accepted' THEN recipient END),
        count(DISTINCT CASE state WHEN 'bounced' THEN recipient END) FROM deliveries GROUP BY event, site""",
    """SELECT a.event, r.site, a.answer, count(*) FROM answers a JOIN recipients r ON r.id = a.recipient
        GROUP BY 1, 2, 3""",
    "SELECT purpose, state, count(*) FROM deliveries GROUP BY purpose, state",
    "SELECT site, accepted_at / 900000000, count(*) FROM deliveries WHERE state = 'accepted' GROUP BY 1, 2",
    "SELECT schedule, due_at, accepted_at, count(*) FROM deliveries WHERE purpose = 'notice' GROUP BY 1, 2, 3",
    'SELECT event, site, "count" FROM attendance_typed',
    "SELECT site, count(*), count(polled_at) FROM feed_tokens GROUP BY site",
)


def run() -> Sequence[Line]:
    with tempfile.TemporaryDirectory(prefix="agenda-bench-") as scratch:
        file = Path(scratch) / "agenda.db"
        rows = _made(file)
        gathered, whole, megabytes = apart("bench.report", str(file))
        bare = best(lambda: _asked(file))
    what = f"the report over 149 sites and {rows:,} deliveries on SQLite"
    return (
        Figure(
            what=f"{what}: its figures gathered",
            ours=f"{gathered:.1f} s",
            peer=f"bare sqlite3, {len(_BARE)} statements of the same counts, {bare:.2f} s",
            ratio=f"{gathered / bare:.1f} ×",
        ),
        Figure(
            what="the same, with both languages' documents and a page",
            ours=f"{whole:.1f} s",
            aim=f"< {AIM_SECONDS:g} s",
            met=whole < AIM_SECONDS,
        ),
        Figure(
            what="memory of that process at its largest",
            ours=f"{megabytes:.0f} MB",
            aim=f"< {AIM_MB:g} MB",
            met=megabytes < AIM_MB,
        ),
    )


def _made(file: Path) -> int:
    """A campaign that is over; how many deliveries it had."""
    database = Database(f"sqlite:///{file}", tokens=TOKENS)
    act = Act(at=BEFORE_ALL, author="bench", reason="bench")
    publish_draft(database, with_posts(shipped_draft(), POSTS), act, confirmed=True)
    database.close()
    with closing(sqlite3.connect(file)) as connection, connection:
        for statement in _HAPPENED:
            connection.execute(statement)
        [count] = connection.execute("SELECT count(*) FROM deliveries").fetchone()
    return int(count)


def _asked(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        for statement in _BARE:
            connection.execute(statement).fetchall()


def _largest_mb() -> float:
    """VmHWM of this process."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _report(file: Path) -> tuple[float, float]:
    """Seconds of the gathering, and of all of it."""
    database, began = Database(f"sqlite:///{file}", tokens=TOKENS), monotonic()
    with database.read() as connection:
        now = editions.load(connection)
        assert now is not None, "it was published just now"
        figures = gather(connection, now, ReportWanted(at=AT))
    gathered = monotonic() - began
    documents = [informe(figures, language) for language in ("en", "es")]
    html.page(documents[-1])
    database.close()
    return gathered, monotonic() - began


if __name__ == "__main__":
    print(*_report(Path(sys.argv[1])), _largest_mb())
