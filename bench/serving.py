"""A site's feed over HTTP on one core, against nginx with the exported file and Radicale with the same calendar.

The load comes from `wrk` on the other core. Then how long single requests take while 1,000 connections are open.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Event

from sqlalchemy import func, select

from bench.agendas import at_one_moment, shipped_draft
from bench.crowd import CONNECTIONS, RATE
from bench.measure import Figure, Line, Skipped, apart
from bench.sink import sinking
from bench.webpeers import (
    CLIENT_CORE,
    FEED,
    RADICALE_USER,
    agenda_serving,
    fetched,
    found,
    nginx_serving,
    on_core,
    radicale_serving,
)
from scheduler.base.clock import SystemClock
from scheduler.publishing.prospect import Act
from scheduler.publishing.publish import publish_draft
from scheduler.store.database import Database
from scheduler.store.schema import deliveries

NGINX_AIM, RADICALE_AIM, UNCHANGED_AIM, P99_AIM_MS = 0.5, 25.0, 1.0, 50.0
RUNS, SECONDS = 5, 2  # short ones, in turns: on a shared machine some of them have it to themselves
AHEAD = timedelta(seconds=8)  # of the mails that fall due: until the server runs
PROGRAMS = {"taskset": "util-linux", "wrk": "wrk", "nginx": "nginx-light"}  # and Debian's packages that have them
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")


def run() -> Sequence[Line]:
    missing = [package for program, package in PROGRAMS.items() if found(program) is None]
    if missing:
        reason = f"not all is here (Debian: apt-get install {' '.join(missing)})"
        return (Skipped(what="a site's feed over HTTP, against nginx and Radicale", reason=reason),)
    with tempfile.TemporaryDirectory(prefix="agenda-bench-") as scratch:
        return (*_throughput(Path(scratch)), *_latency(Path(scratch)))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Load:
    """One of those that are compared, and the best rate of its runs."""

    url: str
    connections: int = 32
    headers: Sequence[str] = ()
    rates: list[float] = field(default_factory=list)

    def measure(self) -> None:
        options = [word for header in self.headers for word in ("-H", header)]
        command = ("wrk", "-t1", f"-c{self.connections}", f"-d{SECONDS}s", *options, self.url)
        done = subprocess.run(on_core(CLIENT_CORE, command), check=True, capture_output=True, text=True, timeout=60)
        told = _RATE.search(done.stdout)
        assert told is not None, done.stdout
        assert "Non-2xx" not in done.stdout, done.stdout
        assert "Socket errors" not in done.stdout, done.stdout
        self.rates.append(float(told[1]))

    @property
    def best(self) -> float:
        return max(self.rates)


def _throughput(folder: Path) -> Sequence[Line]:
    (ours := folder / "ours").mkdir()
    (theirs := folder / "nginx").mkdir()
    with agenda_serving(ours) as base:
        body, tag = fetched(base + FEED)
        with nginx_serving(theirs, body) as nginx:
            assert fetched(nginx)[0] == body
            whole, unchanged = _Load(url=base + FEED), _Load(url=base + FEED, headers=[f"If-None-Match: {tag}"])
            file = _Load(url=nginx)
            _in_turns(whole, unchanged, file)
            what = f"{body.count(b'BEGIN:VEVENT')} events, {len(body):,} bytes"
        return (
            _against_nginx(what, whole.best, file.best),
            _against_radicale(folder, body, _Load(url=base + FEED)),
            _unchanged(whole.best, unchanged.best),
        )


def _in_turns(*loads: _Load) -> None:
    for _ in range(RUNS):
        for load in loads:
            load.measure()


def _against_nginx(what: str, ours: float, nginx: float) -> Figure:
    return Figure(
        what=f"200s of a site's feed on one core ({what})",
        ours=f"{ours:,.0f} requests/s",
        peer=f"nginx, one worker, the same file, {nginx:,.0f} requests/s",
        ratio=f"{ours / nginx:.2f} of it",
        aim=f"≥ {NGINX_AIM:g}",
        met=ours / nginx >= NGINX_AIM,
    )


def _against_radicale(folder: Path, body: bytes, ours: _Load) -> Line:
    what = "the same against Radicale"
    (theirs := folder / "radicale").mkdir()
    try:
        with radicale_serving(theirs, body) as url:
            assert fetched(url)[0].count(b"BEGIN:VEVENT") == body.count(b"BEGIN:VEVENT")
            radicale = _Load(url=url, connections=8, headers=[f"Authorization: {RADICALE_USER}"])
            _in_turns(radicale, ours)
    except subprocess.CalledProcessError:
        return Skipped(what=what, reason="pip cannot install radicale")
    return Figure(
        what=what,
        ours=f"{ours.best:,.0f} requests/s",
        peer=f"Radicale, the same calendar, {radicale.best:,.0f} requests/s",
        ratio=f"{ours.best / radicale.best:.0f} ×",
        aim=f"≥ {RADICALE_AIM:g} ×",
        met=ours.best / radicale.best >= RADICALE_AIM,
    )


def _unchanged(whole: float, unchanged: float) -> Figure:
    return Figure(
        what="304s of it",
        ours=f"{unchanged:,.0f} requests/s",
        peer=f"its 200s, {whole:,.0f} requests/s",
        ratio=f"{unchanged / whole:.2f} ×",
        aim=f"≥ {UNCHANGED_AIM:g} ×",
        met=unchanged >= whole * UNCHANGED_AIM,
    )


def _latency(folder: Path) -> Sequence[Line]:
    (ours := folder / "crowded").mkdir()
    (theirs := folder / "crowded-nginx").mkdir()
    with agenda_serving(ours) as base:
        quiet = _p99(base + FEED)
        with nginx_serving(theirs, fetched(base + FEED)[0]) as nginx:
            peer = _p99(nginx)
    with sinking() as relay:
        busy, sent = _while_sending(folder, relay)
    return (
        _p99_figure(f"p99 with {CONNECTIONS:,} open connections, {RATE} requests/s", quiet, peer),
        _p99_figure(f"the same while mails go out at the default pace ({sent} of them)", busy, peer),
    )


def _p99(url: str) -> float:
    """Milliseconds, the better of two runs; from a process on the other core."""
    return min(apart("bench.crowd", url)[0] for _ in range(2))


def _p99_figure(what: str, ours: float, peer: float) -> Figure:
    return Figure(
        what=what,
        ours=f"{ours:.1f} ms",
        peer=f"nginx, as many, {peer:.1f} ms",
        ratio=f"{ours / peer:.1f} ×",
        aim=f"< {P99_AIM_MS:g} ms",
        met=ours < P99_AIM_MS,
    )


def _while_sending(folder: Path, relay: int) -> tuple[float, int]:
    """p99 in milliseconds, and how many mails the relay accepted meanwhile: one for each site falls due at once."""
    (ours := folder / "sending").mkdir()
    now = SystemClock().now()
    due = now + AHEAD
    database = Database(f"sqlite:///{ours / 'agenda.db'}")
    draft = at_one_moment(shipped_draft(), due)
    publish_draft(database, draft, Act(at=now, author="bench", reason="bench"), confirmed=True)
    with agenda_serving(ours, AGENDA_SMTP_URL=f"smtp://127.0.0.1:{relay}") as base:
        Event().wait((due - SystemClock().now()).total_seconds() + 1)
        before = _accepted(database)
        taken = _p99(base + FEED)
        sent = _accepted(database) - before
    database.close()
    assert sent, "no mail was sent"
    return taken, sent


def _accepted(database: Database) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count(deliveries.c.accepted_at))).scalar_one()
