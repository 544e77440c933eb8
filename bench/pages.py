"""What people who read pages cost whoever polls a feed, and the first page from memory, beside the build before it was.

That build is a checkout of commit 421c8ae with its own `.venv`, in the folder that PREVIOUS_BUILD names:
`git worktree add ../previous 421c8ae && make -C ../previous .venv/.ready`. The readers are `wrk`, without a pause
between two pages, and give way to the one that is measured: `python -m bench.pages URL` prints its p50 and p99 in
milliseconds.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from threading import Event
from urllib.parse import urlsplit

from bench.former import COMMIT, MISSING
from bench.former import former as checkout_before
from bench.measure import AGENDA, ROOT, Figure, Line, Skipped, apart, seconds
from bench.postfix import free_port, wait_for
from bench.webpeers import CLIENT_CORE, FEED, found, on_core
from scheduler.base.clock import monotonic

PAGES = ("/", "/sites/tokio", "/calendar")
READERS = (12, 50)
TURNS = 5
LATENCY_AIM, RATE_AIM = 3.0, 50.0  # times its own p99 at rest; times the former build's pages a second
EVERY, SPELL = 0.01, 4.0  # seconds between two polls of the feed, and of polling
_LOADED = ("taskset", "nice", "wrk")
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Build:
    """One of the two that take turns."""

    command: Sequence[str]
    checkout: Path

    @contextmanager
    def serving(self, folder: Path, **environment: str) -> Iterator[tuple[int, str]]:
        """`agenda serve` with its database in the folder; gives its process id and its address."""
        port = free_port()
        kept = {name: text for name, text in os.environ.items() if not name.startswith("AGENDA_")}
        kept |= {"PYTHONPATH": str(self.checkout), "AGENDA_TRUSTED_PROXIES": "127.0.0.1", **environment}
        command = (*self.command, "serve", "--config", str(self.checkout / "config"), "--port", str(port))
        with subprocess.Popen(command, cwd=folder, env=kept, stderr=subprocess.DEVNULL) as server:
            try:
                wait_for(port, 120)
                yield server.pid, f"http://127.0.0.1:{port}"
            finally:
                server.terminate()
                server.wait(timeout=60)


OURS = Build(command=AGENDA, checkout=ROOT)


def previous() -> Build | None:
    """The build of the commit before; None where no variable names it."""
    checkout = checkout_before()
    if checkout is None:
        return None
    return Build(command=(str(checkout / ".venv" / "bin" / "agenda"),), checkout=checkout)


@dataclass(kw_only=True)
class _Taken:
    """What the turns of one build gave: p50 and p99 in milliseconds by how many read pages, and pages a second."""

    polls: dict[int, list[tuple[float, float]]] = field(default_factory=dict)
    rates: list[float] = field(default_factory=list)

    def p50(self, readers: int) -> float:
        return median(one for one, _ in self.polls[readers])

    def p99(self, readers: int) -> float:
        return median(one for _, one in self.polls[readers])

    def times(self, readers: int) -> float:
        """The p99 in times of that of the same turn at rest."""
        pairs = zip(self.polls[readers], self.polls[0], strict=True)
        return median(busy / rest for (_, busy), (_, rest) in pairs)


def run() -> Sequence[Line]:
    former = previous()
    missing = [program for program in _LOADED if found(program) is None]
    if former is None or missing:
        reason = MISSING if former is None else f"there is no {missing[0]}"
        return (Skipped(what="a feed while people read pages, and the first page from memory", reason=reason),)
    ours, theirs = _Taken(), _Taken()
    for _ in range(TURNS):
        for build, taken in ((OURS, ours), (former, theirs)):
            with tempfile.TemporaryDirectory(prefix="agenda-bench-") as scratch:
                _turn(build, taken, Path(scratch))
    return (*(_latency(count, ours, theirs) for count in READERS), _rate(ours, theirs))


def _turn(build: Build, taken: _Taken, folder: Path) -> None:
    with build.serving(folder) as (_, base):
        for path in (*PAGES, "/?q=tokio"):  # the last is never kept: whatever renders it has begun by then
            _read(base + path)
        for count in (0, *READERS):
            with _reading(base, count):
                p50, p99 = apart("bench.pages", base + FEED)
            taken.polls.setdefault(count, []).append((p50, p99))
        taken.rates.append(_pages_a_second(base))


def _read(url: str) -> None:
    with urllib.request.urlopen(url, timeout=60) as answer:
        answer.read()


@contextmanager
def _reading(base: str, count: int) -> Iterator[None]:
    """That many connections read the pages, the first of them by one more where they do not come out even."""
    with ExitStack() as stack:
        for number, path in enumerate(PAGES if count else ()):
            connections = count // len(PAGES) + (number < count % len(PAGES))
            stack.enter_context(_loaded(base + path, connections))
        yield


@contextmanager
def _loaded(url: str, connections: int) -> Iterator[None]:
    load = ("nice", "-n", "19", "wrk", "-t1", f"-c{connections}", "-d600s", url)
    with subprocess.Popen(on_core(CLIENT_CORE, load), stdout=subprocess.DEVNULL) as readers:
        try:
            Event().wait(0.5)  # until all of them are connected
            yield
        finally:
            readers.terminate()


def _pages_a_second(base: str) -> float:
    command = on_core(CLIENT_CORE, ("wrk", "-t1", "-c32", "-d3s", f"{base}/"))
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    told = _RATE.search(done.stdout)
    assert told is not None, done.stdout
    assert "Non-2xx" not in done.stdout, done.stdout
    return float(told[1])


def _latency(count: int, ours: _Taken, theirs: _Taken) -> Figure:
    return Figure(
        what=f"a feed polled each 10 ms while {count} clients read `/`, a site and the month without a pause",
        ours=f"p50 {ours.p50(count):.1f} ms, p99 {ours.p99(count):.1f} ms; at rest p99 {ours.p99(0):.1f} ms",
        peer=f"commit {COMMIT}, in turns: p50 {theirs.p50(count):.0f} ms, p99 {theirs.p99(count):.0f} ms",
        ratio=f"{ours.times(count):.1f} × its p99 at rest",
        aim=f"≤ {LATENCY_AIM:g} ×",
        met=ours.times(count) <= LATENCY_AIM,
    )


def _rate(ours: _Taken, theirs: _Taken) -> Figure:
    ratio = median(one / other for one, other in zip(ours.rates, theirs.rates, strict=True))
    return Figure(
        what="the first page from memory, 32 connections",
        ours=f"{median(ours.rates):,.0f} pages/s",
        peer=f"commit {COMMIT}, in turns, {median(theirs.rates):,.0f} pages/s",
        ratio=f"{ratio:.0f} ×",
        aim=f"≥ {RATE_AIM:g} ×",
        met=ratio >= RATE_AIM,
    )


def _polled(url: str) -> tuple[float, float]:
    """p50 and p99 of the answers, in milliseconds."""
    target = urlsplit(url)
    connection = HTTPConnection(target.netloc, timeout=60)
    taken: list[float] = []

    def poll() -> None:
        connection.request("GET", target.path)
        assert connection.getresponse().read().startswith(b"BEGIN:VCALENDAR")

    until = monotonic() + SPELL
    while monotonic() < until:
        taken.append(one := seconds(poll))
        Event().wait(max(0.0, EVERY - one))
    taken.sort()
    return taken[len(taken) // 2] * 1000, taken[int(len(taken) * 0.99)] * 1000


if __name__ == "__main__":
    os.sched_setaffinity(0, {CLIENT_CORE})
    print(*_polled(sys.argv[1]))
