"""A million deliveries on PostgreSQL, planned and taken through the ledger; and two workers against one.

`python -m bench.scale URL` is the first: it prints rows, seconds to publish them and for one sweep, the rate of each
tenth, and megabytes resident after the first tenth and after the last.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from sqlalchemy import update

from bench.agendas import BEFORE_ALL, DUE, TOKENS
from bench.campaign import accepted
from bench.measure import ROOT, Figure, Line, Skipped, apart, seconds
from bench.planning import crowded_draft
from bench.sink import delaying
from calendars.zones import zone_data
from scheduler.base.clock import monotonic
from scheduler.planning.delivery import Decision, Outcome, State
from scheduler.publishing.prospect import Act
from scheduler.publishing.publish import publish_draft
from scheduler.store import nodes
from scheduler.store.database import Database
from scheduler.store.ledger import claiming, settling, states
from scheduler.store.ledger.claiming import Claim, Wanted
from scheduler.store.ledger.settling import Intent, Settlement
from scheduler.store.schema import deliveries
from tests.support.postgres import Cluster, NoPostgres, cluster

FLAT_AIM, FLAT_MB, TWICE_AIM = 0.8, 32.0, 1.7
BATCH = 512  # as the dispatcher claims without a pace
OWNER = "bench"
LEASE = timedelta(hours=1)
DELAY_MS, CONNECTIONS, WORKER_POSTS = 5, 4, 27  # as many posts a site as make a whole number of batches for two
NOW = DUE + timedelta(seconds=1)
_ACCEPTED = Outcome(kind="accepted", stage="body", code=250, status="2.0.0", text="Ok: queued")
_DONE = Decision(state=State.ACCEPTED)


def run() -> Sequence[Line]:
    try:
        with cluster("fsync=on") as server:
            return (*_million(server.create()), _two_workers(server))
    except NoPostgres as error:
        return (Skipped(what="a million deliveries, and two workers, on PostgreSQL", reason=f"it wants {error}"),)


def _million(url: str) -> Sequence[Line]:
    rows, planned, swept, *rates, before, after = apart("bench.scale", url, patience=900)
    first, last = rates[0], rates[-1]
    what = f"{rows:,.0f} deliveries on PostgreSQL"
    return (
        Figure(
            what=f"{what}: `publish`, one durable transaction", ours=f"{planned:.0f} s, {rows / planned:,.0f} rows/s"
        ),
        Figure(what=f"{what}, all due at once: one sweep for what expired or was replaced", ours=f"{swept:.1f} s"),
        Figure(
            what=f"{what}, all due at once: claimed, intended and settled, the last tenth",
            ours=f"{last:,.0f} deliveries/s",
            peer=f"the first tenth {first:,.0f} deliveries/s, the slowest {min(rates):,.0f}",
            ratio=f"{last / first:.2f} of it",
            aim=f"flat: ≥ {FLAT_AIM:g}",
            met=last / first >= FLAT_AIM,
        ),
        Figure(
            what="memory that this adds, resident",
            ours=f"{after:.0f} MB after the last tenth",
            peer=f"after the first {before:.0f} MB",
            ratio=f"{after - before:+.1f} MB",
            aim=f"flat: ≤ {FLAT_MB:g} MB more",
            met=after - before <= FLAT_MB,
        ),
    )


def _take_a_million(url: str) -> tuple[float, ...]:
    database = Database(url, migrating=True, tokens=TOKENS)
    added: list[int] = []

    def publish() -> None:
        done = publish_draft(
            database, crowded_draft(), Act(at=BEFORE_ALL, author="bench", reason="bench"), confirmed=True
        )
        added.append(done.ledger.added)

    planned = seconds(publish)
    (rows,) = added
    with database.write() as connection:  # after a long outage
        due = {"next_at": DUE, "due_at": DUE, "expires_at": DUE + timedelta(days=1)}
        connection.execute(update(deliveries).values(due))
        nodes.join(connection, OWNER, NOW, zone_data().digest, LEASE)
    swept = seconds(lambda: _sweep(database))
    rates, resident = _in_tenths(database, rows)
    database.close()
    return rows, planned, swept, *rates, resident[0], resident[-1]


def _sweep(database: Database) -> None:
    with database.write_as_sender() as connection:
        states.sweep(connection, NOW)


def _in_tenths(database: Database, rows: int) -> tuple[list[float], list[float]]:
    """Deliveries a second, and megabytes resident afterwards, of each tenth."""
    rates, resident = [], []
    taken = 0
    for tenth in range(1, 11):
        began, before = monotonic(), taken
        while taken < rows * tenth // 10:
            taken += _take_one_batch(database)
        rates.append((taken - before) / (monotonic() - began))
        resident.append(_resident_mb())
    return rates, resident


def _take_one_batch(database: Database) -> int:
    """Three transactions, as the dispatcher's for a batch that its senders finish at the same time."""
    with database.write_as_sender() as connection:
        claims = claiming.claim_due(connection, OWNER, NOW, Wanted(limit=BATCH))
    with database.write_as_sender() as connection:
        intents = [Intent(id=one.id, fence=one.fence, edition=1, method="") for one in claims]
        may_go = settling.intend_if_still_claimed(connection, OWNER, intents, NOW)
    with database.write_as_sender() as connection:
        settling.settle_if_still_sending(connection, OWNER, [_settled(one) for one in claims])
    assert len(may_go) == len(claims) > 0, f"{len(may_go)} of {len(claims)} may go"
    return len(claims)


def _settled(claim: Claim) -> Settlement:
    return Settlement(claim=claim, decision=_DONE, outcome=_ACCEPTED, began_at=NOW, at=NOW)


def _resident_mb() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def _two_workers(server: Cluster) -> Line:
    one, two = (_working(server, workers) for workers in (1, 2))
    return Figure(
        what=f"two workers, {CONNECTIONS} connections each, to a sink that waits {DELAY_MS} ms before each reply",
        ours=f"{two:,.0f} messages/s",
        peer=f"one worker {one:,.0f} messages/s",
        ratio=f"{two / one:.2f} ×",
        aim=f"≥ {TWICE_AIM:g} ×",
        met=two / one >= TWICE_AIM,
    )


def _working(server: Cluster, workers: int) -> float:
    """Messages a second of so many processes, from the word to go until the last has finished."""
    url = server.create()
    count, _ = apart("bench.campaign", "publish", url, str(WORKER_POSTS))
    with delaying(DELAY_MS) as port, ExitStack() as stack:
        command = (sys.executable, "-m", "bench.campaign", "wait", url, str(port), str(CONNECTIONS), "uvloop")
        children = [stack.enter_context(_Child(command)) for _ in range(workers)]
        taken = seconds(lambda: _all_finish(children))
    assert accepted(url) == count, f"{accepted(url)} of {count:.0f} accepted"
    server.drop(url)
    return count / taken


class _Child(subprocess.Popen[str]):
    """A process that waits to be told, ready to begin."""

    def __init__(self, command: Sequence[str]) -> None:
        super().__init__(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.stdin is not None
        assert self.stdout is not None
        assert self.stdout.readline() == "ready\n"


def _all_finish(children: Sequence[_Child]) -> None:
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline(), "a worker died"


if __name__ == "__main__":
    print(*_take_a_million(sys.argv[1]))
