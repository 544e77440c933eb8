"""Durable sending, limiter off: against smtp-source, which keeps no record, the former build, and the plain way.

All of them send to the same kind of sink, and take turns; a figure is the median of its runs.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench import former
from bench.measure import ROOT, Figure, Line, Skipped, apart
from bench.postfix import MISSING, Postfix, postfix
from tests.support.postgres import Cluster, NoPostgres, cluster

RUNS = 5
PLAIN_AIM = 25.0  # times the plain way's rate
PLAIN, PLAIN_RUNS = 600, 2  # messages; it takes milliseconds for each
SOURCE = 6000


@dataclass(frozen=True, kw_only=True, slots=True)
class _Round:
    """One way of sending, and what it aims at."""

    connections: int
    posts: int  # a site
    pipelining: bool = True  # whether the sink offers it
    kind: str = "sqlite"
    of_source: float | None = None  # aimed at: of smtp-source's rate
    of_former: float | None = None  # times the former build's

    @property
    def what(self) -> str:
        database = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[self.kind]
        without = "" if self.pipelining else ", a server without PIPELINING"
        return f"durable sending on {database}, {self.connections} connections, {self.posts} posts a site{without}"


ROUNDS = (
    _Round(connections=64, posts=100, of_source=0.4, of_former=2.0),
    _Round(connections=16, posts=60, of_former=2.0),
    _Round(connections=4, posts=20, of_former=2.0),
    _Round(connections=1, posts=10, of_source=0.28, of_former=2.0),
    _Round(connections=16, posts=60, pipelining=False, of_source=0.19),
    _Round(connections=64, posts=60, kind="postgresql", of_former=1.8),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sent:
    """One run."""

    rate: float  # messages a second
    processor: float  # microseconds a message


@dataclass(frozen=True, kw_only=True, slots=True)
class _Runs:
    """What took turns: each run of ours beside one of each peer."""

    ours: list[_Sent] = field(default_factory=list)
    former: list[_Sent] = field(default_factory=list)
    source: list[float] = field(default_factory=list)


def run() -> Sequence[Line]:
    tools = postfix()
    if tools is None:
        return (Skipped(what="durable sending against smtp-source and the former build", reason=MISSING),)
    try:
        with cluster("fsync=on") as server:
            return tuple(line for one in ROUNDS for line in _lines(tools, server, one))
    except NoPostgres as error:
        reason = f"it wants {error}"
        return tuple(
            line
            for one in ROUNDS
            for line in (_lines(tools, None, one) if one.kind == "sqlite" else (Skipped(what=one.what, reason=reason),))
        )


def _lines(tools: Postfix, server: Cluster | None, one: _Round) -> Iterator[Line]:
    runs = _taken(tools, server, one)
    ours, spent = median(each.rate for each in runs.ours), median(each.processor for each in runs.ours)
    source = median(runs.source)
    said = f"{ours:,.0f} messages/s, {spent:,.0f} µs of processor each"
    yield Figure(
        what=one.what,
        ours=said,
        peer=f"smtp-source, the same sink, {source:,.0f} messages/s",
        ratio=f"{ours / source:.2f} of it",
        aim="" if one.of_source is None else f"≥ {one.of_source:g}",
        met=None if one.of_source is None else ours / source >= one.of_source,
    )
    yield _against_former(one, runs, said)
    if one is ROUNDS[0]:
        yield _against_plain(tools, one, ours)


def _against_former(one: _Round, runs: _Runs, said: str) -> Line:
    what = f"{one.what}, against the former build"
    if not runs.former:
        return Skipped(what=what, reason=former.MISSING)
    pairs = list(zip(runs.ours, runs.former, strict=True))
    times = median(ours.rate / before.rate for ours, before in pairs)
    spent = median(ours.processor / before.processor for ours, before in pairs)
    rate, processor = (median(getattr(each, name) for each in runs.former) for name in ("rate", "processor"))
    return Figure(
        what=what,
        ours=said,
        peer=f"commit {former.COMMIT}, in alternating runs, {rate:,.0f} messages/s, {processor:,.0f} µs each",
        ratio=f"{times:.2f} ×, {spent:.2f} of its processor time",
        aim="" if one.of_former is None else f"≥ {one.of_former:g} ×",
        met=None if one.of_former is None else times >= one.of_former,
    )


def _against_plain(tools: Postfix, one: _Round, ours: float) -> Line:
    plain = max(_plain(tools, one.connections) for _ in range(PLAIN_RUNS))
    return Figure(
        what=f"the same against the plain way, {one.connections} connections",
        ours=f"{ours:,.0f} messages/s",
        peer=f"one EmailMessage and `send_message` each, same sink, {plain:,.0f} messages/s",
        ratio=f"{ours / plain:.0f} × faster",
        aim=f"≥ {PLAIN_AIM:g} ×",
        met=ours / plain >= PLAIN_AIM,
    )


def _taken(tools: Postfix, server: Cluster | None, one: _Round) -> _Runs:
    runs, before = _Runs(), former.former()
    for _ in range(RUNS):
        sent, octets = _sent(tools, server, one, ROOT)
        runs.ours.append(sent)
        if before is not None:
            runs.former.append(_sent(tools, server, one, before)[0])
        with tools.sinking(pipelining=one.pipelining) as port:
            runs.source.append(SOURCE / tools.send(port, messages=SOURCE, connections=one.connections, size=octets))
    return runs


def _sent(tools: Postfix, server: Cluster | None, one: _Round, build: Path) -> tuple[_Sent, int]:
    """One run of a build over a ledger of its own, and the octets of a message."""
    if server is None or one.kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="agenda-bench-") as scratch:
            return _campaign(tools, f"sqlite:///{Path(scratch) / 'agenda.db'}", one, build)
    url = server.create()
    try:
        return _campaign(tools, url, one, build)
    finally:
        server.drop(url)


def _campaign(tools: Postfix, url: str, one: _Round, build: Path) -> tuple[_Sent, int]:
    count, octets = apart("bench.campaign", "publish", url, str(one.posts), build=build)
    with tools.sinking(pipelining=one.pipelining) as port:
        arguments = ("send", url, str(port), str(one.connections), "uvloop")
        taken, worked = apart("bench.campaign", *arguments, build=build)
    (taken_in,) = apart("bench.campaign", "accepted", url, build=build)
    assert taken_in == count, f"{taken_in:.0f} of {count:.0f} accepted"
    return _Sent(rate=count / taken, processor=worked / count * 1e6), round(octets)


def _plain(tools: Postfix, connections: int) -> float:
    with tools.sinking() as port:
        count, taken = apart("bench.plain", str(port), str(connections), str(PLAIN))
    return count / taken
