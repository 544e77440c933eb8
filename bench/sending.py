"""Durable sending from a SQLite ledger, limiter off, against smtp-source, which keeps no record, to the same smtp-sink.

`python -m bench.sending PORT CONNECTIONS POSTS LOOP` is one run: it prints messages, seconds, octets a message.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from bench.agendas import BEFORE_ALL, at_one_moment, shipped_draft, with_posts
from bench.composing import campaign_of, composed
from bench.measure import Figure, Line, Skipped, apart
from bench.postfix import MISSING, Postfix, postfix
from scheduler import loop
from scheduler.clock import SimulatedClock, monotonic
from scheduler.delivery import State
from scheduler.logs import configure_logs
from scheduler.mail.smtp_url import parse_smtp_url
from scheduler.publish import publish_draft
from scheduler.service import Sending, Service
from scheduler.settings import Pace
from scheduler.store.database import Database
from scheduler.store.schema import deliveries
from scheduler.tokens import Tokens

AIM, AIMED = 0.2, 16  # of smtp-source's rate, at so many connections
DUE = datetime(2021, 10, 20, 15, tzinfo=UTC)
RUNS = ((1, 5, 2), (4, 20, 2), (AIMED, 40, 3))  # connections, posts a site, runs


def run() -> Sequence[Line]:
    tools = postfix()
    if tools is None:
        return (Skipped(what="durable sending on SQLite against smtp-source", reason=MISSING),)
    lines = [_compared(tools, connections, posts, runs) for connections, posts, runs in RUNS]
    plain = _rate(tools, AIMED, 40, "asyncio")[0]
    without = Figure(what=f"the same at {AIMED} connections on asyncio's own loop", ours=f"{plain:,.0f} messages/s")
    return (*lines, without)


def _compared(tools: Postfix, connections: int, posts: int, runs: int) -> Figure:
    """The best of our runs and the best of the peer's, taken in turns."""
    ours, theirs, octets = 0.0, 0.0, 0
    for _ in range(runs):
        rate, octets = _rate(tools, connections, posts, "uvloop")
        ours = max(ours, rate)
        theirs = max(theirs, _peer(tools, connections, octets))
    ratio = ours / theirs
    aimed = connections == AIMED
    return Figure(
        what=f"durable sending on SQLite, {connections} connections, {octets / 1024:.1f} KiB each",
        ours=f"{ours:,.0f} messages/s",
        peer=f"smtp-source, same sink, {theirs:,.0f} messages/s",
        ratio=f"{ratio:.2f} of it",
        aim=f"≥ {AIM:g}" if aimed else "",
        met=ratio >= AIM if aimed else None,
    )


def _rate(tools: Postfix, connections: int, posts: int, kind: str) -> tuple[float, int]:
    with tools.sinking() as port:
        messages, taken, octets = apart("bench.sending", str(port), str(connections), str(posts), kind)
    return messages / taken, round(octets)


def _peer(tools: Postfix, connections: int, octets: int) -> float:
    messages = 6000
    with tools.sinking() as port:
        return messages / tools.send(port, messages=messages, connections=connections, size=octets)


class Once:
    """A waker that waits for nothing: what is due is sent, and that is all."""

    def arm(self, moments: Sequence[datetime]) -> None:
        """Nothing else falls due."""

    def wake(self) -> None:
        """Nothing waits."""

    async def wait(self) -> bool:
        return False


def _send(port: int, connections: int, posts: int, kind: str) -> tuple[int, float, float]:
    configure_logs()  # as `agenda serve` does: a line for each delivery is part of the work
    draft = with_posts(at_one_moment(shipped_draft(), DUE), posts)
    with tempfile.TemporaryDirectory(prefix="agenda-bench-") as scratch:
        database = Database(f"sqlite:///{Path(scratch) / 'agenda.db'}")
        publish_draft(database, draft, at=BEFORE_ALL, author="bench", reason="bench", confirmed=True)
        sending = Sending(
            smtp=parse_smtp_url(f"smtp://127.0.0.1:{port}"),
            pace=Pace(per_minute=None, connections=connections),
            base_url="https://agenda.example",
            tokens=Tokens(["a key of the benchmark"]),
        )

        async def send() -> float:
            service = Service(
                database=database, sending=sending, clock=SimulatedClock(DUE + timedelta(seconds=1)), waker=Once()
            )
            began = monotonic()
            await service.run()
            return monotonic() - began

        taken = asyncio.run(send()) if kind == "asyncio" else loop.run(send())
        accepted = _accepted(database)
        database.close()
    assert accepted == len(draft.recipients), f"{accepted} of {len(draft.recipients)} accepted"
    octets = sum(map(len, composed(campaign_of(at_one_moment(shipped_draft(), DUE))))) / (accepted / posts)
    return accepted, taken, octets


def _accepted(database: Database) -> int:
    with database.read() as connection:
        found = select(func.count()).select_from(deliveries).where(deliveries.c.state == State.ACCEPTED)
        return connection.execute(found).scalar_one()


if __name__ == "__main__":
    print(*_send(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
