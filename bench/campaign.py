"""A campaign in a ledger, due at one moment, and the service that sends it, limiter off.

`python -m bench.campaign publish URL POSTS` makes it, with so many posts at each of the 149 sites: it prints their
number, and the octets of a message. `… send URL PORT CONNECTIONS LOOP` sends what is due and prints the seconds, and
those of the processor; `… wait` the same, once it is told to on its input, after it has said that it is ready. `…
accepted URL` prints how many the server took. Run by its path, it measures the build that PYTHONPATH names.
"""

from __future__ import annotations

import asyncio
import resource
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select

from bench.agendas import BEFORE_ALL, DUE, TOKENS, at_one_moment, shipped_draft, with_posts
from bench.composing import campaign_of, composed
from scheduler.base import loop
from scheduler.base.clock import monotonic
from scheduler.base.logs import configure_logs
from scheduler.base.variables import Pace
from scheduler.mail.relay.smtp_url import parse_smtp_url
from scheduler.planning.delivery import State
from scheduler.publishing.prospect import Act
from scheduler.publishing.publish import publish_draft
from scheduler.sending.service import Sending, Service
from scheduler.store.database import Database
from scheduler.store.schema import deliveries


class Once:
    """A waker that waits for nothing: what is due is sent, and that is all."""

    def arm(self, moments: Sequence[datetime]) -> None:
        """Nothing else falls due."""

    def wake(self) -> None:
        """Nothing waits."""

    async def wait(self) -> bool:
        return False


class Going:
    """A clock that goes on from a moment, as the system's does: what is kept for one instant helps nobody."""

    def __init__(self, start: datetime) -> None:
        self._start, self._began = start, monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=monotonic() - self._began)


def _publish(url: str, posts: int) -> tuple[int, float]:
    known = at_one_moment(shipped_draft(), DUE)
    draft = with_posts(known, posts)
    database = Database(url, migrating=True, tokens=TOKENS)
    publish_draft(database, draft, Act(at=BEFORE_ALL, author="bench", reason="bench"), confirmed=True)
    database.close()
    octets = sum(map(len, composed(campaign_of(known)))) / len(known.recipients)
    return len(draft.recipients), octets


def _send(url: str, port: int, connections: int, kind: str, *, waiting: bool) -> tuple[float, float]:
    configure_logs()  # as `agenda serve` does: what it writes for each delivery is part of the work
    database = Database(url, tokens=TOKENS)
    sending = Sending(
        smtp=parse_smtp_url(f"smtp://127.0.0.1:{port}"),
        pace=Pace(per_minute=None, connections=connections),
        base_url="https://agenda.example",
        tokens=TOKENS,
    )
    if waiting:
        print("ready", flush=True)
        sys.stdin.readline()

    async def send() -> tuple[float, float]:
        clock = Going(DUE + timedelta(seconds=1))
        service = Service(database=database, sending=sending, clock=clock, waker=Once())
        began, worked = monotonic(), _processor()
        await service.run()
        return monotonic() - began, _processor() - worked

    taken = asyncio.run(send()) if kind == "asyncio" else loop.run(send())
    database.close()
    return taken


def _processor() -> float:
    """Seconds that this process has taken, its threads and the kernel on its behalf included."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def accepted(url: str) -> int:
    """How many the mail server took, by the ledger."""
    database = Database(url, tokens=TOKENS)
    with database.read() as connection:
        found = select(func.count()).select_from(deliveries).where(deliveries.c.state == State.ACCEPTED)
        count = connection.execute(found).scalar_one()
    database.close()
    return count


def _main(what: str, url: str, *more: str) -> None:
    if what == "publish":
        print(*_publish(url, int(more[0])))
    elif what == "accepted":
        print(accepted(url))
    else:
        port, connections, kind = more
        print(*_send(url, int(port), int(connections), kind, waiting=what == "wait"), flush=True)


if __name__ == "__main__":
    _main(*sys.argv[1:])
