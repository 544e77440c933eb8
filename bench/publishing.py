"""One workshop moved, for 100,000 posts: how long `publish` takes, and what a calendar program notices meanwhile.

`python -m bench.publishing URL 0` publishes the agenda, `… URL 1` the same with the workshop a day later: each prints
the seconds, the reminders that it added, those that it ended and the notices that it owes. `… URL million` publishes
another agenda, of 1,001,280 reminders, and prints the same. `… URL peer` puts as many
rows as the second adds, by the driver alone (PostgreSQL: COPY), into a table with as many indexes, and prints the
seconds. `bench.moving` runs it beside an earlier build.
"""

from __future__ import annotations

import http.client
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection

from bench.agendas import BEFORE_ALL, DUE, TOKENS, at_one_moment, first_edition, shipped_draft, with_posts
from bench.measure import ROOT, Figure, Line, Skipped, apart, seconds
from bench.planning import crowded_draft, row_of
from bench.webpeers import FEED, agenda_serving, found
from calendars.model.agenda import Draft
from scheduler.base.clock import monotonic
from scheduler.planning.plan import Member, plan
from scheduler.publishing.prospect import Act
from scheduler.publishing.publish import Published, publish_draft
from scheduler.store.database import Database
from tests.support.postgres import NoPostgres, cluster

POSTS = 672  # at each of 149 sites
EVERY = 0.01  # seconds from one request to the next
QUIET = 6  # seconds of reading before the publication, to compare with
AIM_SECONDS = 30.0
PATIENCE = 30  # seconds after the commit, until the feed has to be the new one


@dataclass(frozen=True, kw_only=True, slots=True)
class _Watched:
    """What was seen of one publication, in seconds."""

    published: float
    added: float  # reminders
    ended: float  # likewise
    notices: float
    peer: float  # seconds of bare inserts of as many rows
    quiet: Sequence[float]  # answers of a feed beforehand
    meanwhile: Sequence[float]
    noticed: float  # from the end of the publication to the first feed with the new day


def run() -> Sequence[Line]:
    if found("taskset") is None:
        return (Skipped(what="a change for 100,000 posts", reason="taskset is not here (Debian: util-linux)"),)
    with tempfile.TemporaryDirectory(prefix="agenda-bench-") as scratch:
        on_sqlite = _lines("SQLite", _watched(f"sqlite:///{Path(scratch) / 'agenda.db'}"))
    try:
        with cluster("fsync=on") as server:
            return (*on_sqlite, *_lines("PostgreSQL", _watched(server.create())))
    except NoPostgres as error:
        return (*on_sqlite, Skipped(what="the same on PostgreSQL", reason=f"it wants {error}"))


def _lines(kind: str, seen: _Watched) -> Sequence[Figure]:
    did = f"{seen.notices:,.0f} notices, {seen.ended:,.0f} reminders superseded, {seen.added:,.0f} new"
    busy, quiet = _p99(seen.meanwhile), _p99(seen.quiet)
    bare = "COPY" if kind == "PostgreSQL" else "executemany"
    return (
        Figure(
            what=f"one workshop moved for {149 * POSTS:,} posts on {kind}, one transaction: {did}",
            ours=f"{seen.published:.1f} s",
            peer=f"bare {bare} of the rows that it adds, as many indexes, {seen.peer:.1f} s",
            ratio=f"{seen.published / seen.peer:.1f} ×",
            aim=f"< {AIM_SECONDS:g} s",
            met=seen.published < AIM_SECONDS,
        ),
        Figure(
            what=f"a feed read each {EVERY * 1000:.0f} ms meanwhile, p99 of {len(seen.meanwhile):,} answers",
            ours=f"{busy * 1000:.1f} ms, the slowest {max(seen.meanwhile) * 1000:.0f} ms",
            peer=f"before it, p99 {quiet * 1000:.1f} ms",
            ratio=f"{busy / quiet:.1f} ×; the new day {seen.noticed:.1f} s after the end",
        ),
    )


def _p99(taken: Sequence[float]) -> float:
    return sorted(taken)[len(taken) * 99 // 100]


def _watched(url: str) -> _Watched:
    apart("bench.publishing", url, "0")
    with tempfile.TemporaryDirectory(prefix="agenda-bench-") as folder:
        environment = {"AGENDA_DATABASE_URL": url, "AGENDA_SECRET_KEY": "a-key-of-the-benchmark"}
        with agenda_serving(Path(folder), **environment) as base:
            return _watch(url, base)


def _watch(url: str, base: str) -> _Watched:
    reader = _Reader(base)
    before = reader.read()
    until = monotonic() + QUIET
    while monotonic() < until:
        reader.read()
    quiet = reader.so_far()
    command = (sys.executable, "-m", "bench.publishing", url, "1")
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        while child.poll() is None:
            reader.read()
        ended_at = monotonic()
        assert child.stdout is not None
        published, added, ended, notices = (float(word) for word in child.stdout.read().split())
    meanwhile = reader.so_far()
    while reader.read() == before:
        assert monotonic() < ended_at + PATIENCE, "the feed is still the old one"
    noticed = monotonic() - ended_at
    (peer,) = apart("bench.publishing", url, "peer")
    return _Watched(
        published=published,
        added=added,
        ended=ended,
        notices=notices,
        peer=peer,
        quiet=quiet,
        meanwhile=meanwhile,
        noticed=noticed,
    )


class _Reader:
    """A calendar program that is always there."""

    def __init__(self, base: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=PATIENCE)
        self._taken: list[float] = []

    def so_far(self) -> Sequence[float]:
        """Seconds that each answer took since this was last asked."""
        taken, self._taken = self._taken, []
        return taken

    def read(self) -> bytes:
        """The feed's bytes, and a pause until it is time for the next."""
        body: list[bytes] = []
        self._taken.append(taken := seconds(lambda: body.append(self._ask())))
        Event().wait(max(0.0, EVERY - taken))
        return body[0]

    def _ask(self) -> bytes:
        self._connection.request("GET", FEED)
        return self._connection.getresponse().read()


def _publish(url: str, draft: Draft, days: int) -> tuple[float, int, int, int]:
    database = Database(url, migrating=True, tokens=TOKENS)
    done: list[Published] = []

    def publish() -> None:
        at = BEFORE_ALL + timedelta(days=days)
        done.append(publish_draft(database, draft, Act(at=at, author="bench", reason="bench"), confirmed=True))

    taken = seconds(publish)
    database.close()
    return taken, done[0].ledger.added, done[0].ledger.ended, done[0].notices


def _bare(url: str) -> float:
    """The rows of the moved workshop, a notice and its reminders for each post, ready in memory."""
    draft = with_posts(_moved(1), POSTS)
    members = [Member(recipient=one, since=BEFORE_ALL) for one in draft.recipients]
    reminders = [row_of(one) for one in plan(first_edition(draft.agenda, BEFORE_ALL), members)]
    notices = {row[3]: (row[0], 2, "", *row[3:]) for row in reminders}
    rows = [*reminders, *notices.values()]
    database = Database(url)
    columns = (
        "subject TEXT, schedule INT, rule TEXT, recipient TEXT, event TEXT, site TEXT, key TEXT, due INT, expires INT"
    )

    def insert() -> None:
        with database.write() as connection:
            connection.exec_driver_sql(f"CREATE TABLE bare ({columns})")
            for index in ("recipient, subject, rule, schedule", "expires, due", "key", "schedule, due, expires"):
                connection.exec_driver_sql(f"CREATE INDEX bare_{index.replace(', ', '_')} ON bare ({index})")
            if database.kind == "sqlite":
                values = ", ".join("?" * len(rows[0]))
                connection.exec_driver_sql(f"INSERT INTO bare VALUES ({values})", rows)  # because it is ours
            else:
                _copied(connection, rows)

    taken = seconds(insert)
    database.close()
    return taken


def _copied(connection: Connection, rows: Sequence[tuple[object, ...]]) -> None:
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy("COPY bare FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _moved(days: int) -> Draft:
    """The agenda with its one workshop, under the agenda's own reminder rules, so many days later."""
    draft = at_one_moment(shipped_draft(), DUE + timedelta(days=days))
    (event,) = draft.agenda.events
    return replace(draft, agenda=replace(draft.agenda, events=(replace(event, rules=None),)))


def _main(url: str, what: str) -> None:
    if what == "peer":
        print(_bare(url))
    elif what == "million":
        print(*_publish(url, crowded_draft(), 0))
    else:
        days = int(what)
        print(*_publish(url, with_posts(_moved(days), POSTS), days))


if __name__ == "__main__":
    _main(*sys.argv[1:])
