"""One workshop moved, for 100,000 posts: how long `publish` takes, and what a calendar program notices meanwhile.

`python -m bench.publishing URL 0` publishes the agenda, `… URL 1` the same with the workshop a day later: each prints
the seconds, and the rows that it added and those that it ended.
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
from urllib.parse import urlsplit

from bench.agendas import BEFORE_ALL, DUE, at_one_moment, shipped_draft, with_posts
from bench.measure import ROOT, Figure, Line, Skipped, apart, seconds
from bench.webpeers import FEED, agenda_serving, found
from calendars.model import Draft
from scheduler.clock import monotonic
from scheduler.publish import Published, publish_draft
from scheduler.store.database import Database
from tests.postgres import NoPostgres, cluster

POSTS = 672  # at each of 149 sites
EVERY = 0.01  # seconds from one request to the next
PATIENCE = 30  # seconds after the commit, until the feed has to be the new one


@dataclass(frozen=True, kw_only=True, slots=True)
class _Watched:
    """What was seen of one publication, in seconds."""

    published: float
    added: float
    ended: float
    slowest: float  # answer of a feed meanwhile, of `requests`
    requests: int
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
        return (*on_sqlite, Skipped(what="the same on PostgreSQL", reason=str(error)))


def _lines(kind: str, seen: _Watched) -> Sequence[Figure]:
    rows = seen.added + seen.ended
    return (
        Figure(
            what=f"one workshop moved for {149 * POSTS:,} posts on {kind}, one transaction",
            ours=f"{seen.published:.1f} s",
            ratio=f"{rows / seen.published:,.0f} rows/s ({seen.added:,.0f} added, {seen.ended:,.0f} ended)",
        ),
        Figure(
            what=f"a feed read each {EVERY * 1000:.0f} ms meanwhile, its slowest answer",
            ours=f"{seen.slowest * 1000:.0f} ms of {seen.requests:,} answers",
            ratio=f"the new day {seen.noticed:.1f} s after the end",
        ),
    )


def _watched(url: str) -> _Watched:
    apart("bench.publishing", url, "0")
    with tempfile.TemporaryDirectory(prefix="agenda-bench-") as folder:
        environment = {"AGENDA_DATABASE_URL": url, "AGENDA_SECRET_KEY": "a key of the benchmark"}
        with agenda_serving(Path(folder), **environment) as base:
            return _watch(url, base)


def _watch(url: str, base: str) -> _Watched:
    reader = _Reader(base)
    before = reader.read()
    command = (sys.executable, "-m", "bench.publishing", url, "1")
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        while child.poll() is None:
            reader.read()
        ended_at = monotonic()
        assert child.stdout is not None
        published, added, ended = (float(word) for word in child.stdout.read().split())
    while reader.read() == before:
        assert monotonic() < ended_at + PATIENCE, "the feed is still the old one"
    return _Watched(
        published=published,
        added=added,
        ended=ended,
        slowest=max(reader.taken),
        requests=len(reader.taken),
        noticed=monotonic() - ended_at,
    )


class _Reader:
    """A calendar program that is always there."""

    def __init__(self, base: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=PATIENCE)
        self.taken: list[float] = []

    def read(self) -> bytes:
        """The feed's bytes, and a pause until it is time for the next."""
        body: list[bytes] = []
        self.taken.append(taken := seconds(lambda: body.append(self._ask())))
        Event().wait(max(0.0, EVERY - taken))
        return body[0]

    def _ask(self) -> bytes:
        self._connection.request("GET", FEED)
        return self._connection.getresponse().read()


def _publish(url: str, days: int) -> tuple[float, int, int]:
    draft = with_posts(_moved(days), POSTS)
    database = Database(url, migrating=True)
    done: list[Published] = []

    def publish() -> None:
        at = BEFORE_ALL + timedelta(days=days)
        done.append(publish_draft(database, draft, at=at, author="bench", reason="bench", confirmed=True))

    taken = seconds(publish)
    database.close()
    return taken, done[0].ledger.added, done[0].ledger.ended


def _moved(days: int) -> Draft:
    """The agenda with its one workshop, under the agenda's own reminder rules, so many days later."""
    draft = at_one_moment(shipped_draft(), DUE + timedelta(days=days))
    (event,) = draft.agenda.events
    return replace(draft, agenda=replace(draft.agenda, events=(replace(event, rules=None),)))


if __name__ == "__main__":
    print(*_publish(sys.argv[1], int(sys.argv[2])))
