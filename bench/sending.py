"""Durable sending, limiter off, against smtp-source, which keeps no record, and against the plain way, to one sink."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.campaign import accepted
from bench.measure import Figure, Line, Skipped, apart
from bench.postfix import MISSING, Postfix, postfix
from tests.support.postgres import Cluster, NoPostgres, cluster

AIMED = 64  # connections at which the aims hold
SOURCE_AIM, PLAIN_AIM = 0.4, 25.0  # of smtp-source's rate; times the plain way's
ROUNDS = ((1, 5, 2), (4, 20, 2), (16, 60, 3), (AIMED, 100, 3))  # connections, posts a site, runs
PLAIN = 600  # messages; it takes milliseconds for each
SOURCE = 6000


@dataclass(frozen=True, kw_only=True, slots=True)
class _Rates:
    """Messages a second at so many connections, of each run; their runs take turns."""

    connections: int
    octets: list[float] = field(default_factory=list)  # of a message
    sqlite: list[float] = field(default_factory=list)
    postgresql: list[float] = field(default_factory=list)
    source: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)


def run() -> Sequence[Line]:
    tools = postfix()
    if tools is None:
        return (Skipped(what="durable sending on SQLite against smtp-source", reason=MISSING),)
    try:
        with cluster("fsync=on") as server:
            every = [_rates(tools, server, *one) for one in ROUNDS]
    except NoPostgres:
        every = [_rates(tools, None, *one) for one in ROUNDS]
    other = _on_sqlite(tools, AIMED, 100, "asyncio")[0]
    without = Figure(what=f"the same at {AIMED} connections on asyncio's own loop", ours=f"{other:,.0f} messages/s")
    return (*(line for rates in every for line in _lines(rates)), without)


def _rates(tools: Postfix, server: Cluster | None, connections: int, posts: int, runs: int) -> _Rates:
    rates = _Rates(connections=connections)
    for turn in range(runs):
        rate, octets = _on_sqlite(tools, connections, posts, "uvloop")
        rates.sqlite.append(rate)
        rates.octets.append(octets)
        rates.source.append(_source(tools, connections, round(octets)))
        rates.plain.append(_plain(tools, connections))
        if server is not None and not turn:
            url = server.create()
            rates.postgresql.append(_sent(tools, url, connections, posts, "uvloop")[0])
            server.drop(url)
    return rates


def _on_sqlite(tools: Postfix, connections: int, posts: int, kind: str) -> tuple[float, float]:
    with tempfile.TemporaryDirectory(prefix="agenda-bench-") as scratch:
        return _sent(tools, f"sqlite:///{Path(scratch) / 'agenda.db'}", connections, posts, kind)


def _sent(tools: Postfix, url: str, connections: int, posts: int, kind: str) -> tuple[float, float]:
    """Messages a second from that ledger, and the octets of one."""
    count, octets = apart("bench.campaign", "publish", url, str(posts))
    with tools.sinking() as port:
        (taken,) = apart("bench.campaign", "send", url, str(port), str(connections), kind)
    assert accepted(url) == count, f"{accepted(url)} of {count:.0f} accepted"
    return count / taken, octets


def _source(tools: Postfix, connections: int, octets: int) -> float:
    with tools.sinking() as port:
        return SOURCE / tools.send(port, messages=SOURCE, connections=connections, size=octets)


def _plain(tools: Postfix, connections: int) -> float:
    with tools.sinking() as port:
        count, taken = apart("bench.plain", str(port), str(connections), str(PLAIN))
    return count / taken


def _lines(rates: _Rates) -> Sequence[Line]:
    """The best of our runs against the best of each peer's."""
    aimed = rates.connections == AIMED
    ours, source, plain = max(rates.sqlite), max(rates.source), max(rates.plain)
    lines = [
        Figure(
            what=f"durable sending on SQLite, {rates.connections} connections, {max(rates.octets) / 1024:.1f} KiB each",
            ours=f"{ours:,.0f} messages/s",
            peer=f"smtp-source, same sink, {source:,.0f} messages/s",
            ratio=f"{ours / source:.2f} of it",
            aim=f"≥ {SOURCE_AIM:g}" if aimed else "",
            met=ours / source >= SOURCE_AIM if aimed else None,
        ),
        Figure(
            what=f"the same against the plain way, {rates.connections} connections",
            ours=f"{ours:,.0f} messages/s",
            peer=f"one EmailMessage and `send_message` each, same sink, {plain:,.0f} messages/s",
            ratio=f"{ours / plain:.0f} × faster",
            aim=f"≥ {PLAIN_AIM:g} ×" if aimed else "",
            met=ours / plain >= PLAIN_AIM if aimed else None,
        ),
    ]
    return (*lines, _on_postgresql(rates, source))


def _on_postgresql(rates: _Rates, source: float) -> Line:
    what = f"durable sending on PostgreSQL, {rates.connections} connections"
    if not rates.postgresql:
        return Skipped(what=what, reason=f"it wants {NoPostgres.__doc__}")
    ours = max(rates.postgresql)
    return Figure(
        what=what,
        ours=f"{ours:,.0f} messages/s",
        peer=f"smtp-source, same sink, {source:,.0f} messages/s",
        ratio=f"{ours / source:.2f} of it",
    )
