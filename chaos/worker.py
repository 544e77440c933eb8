"""A worker of the campaign: the real service, on the shared clock, in a process that may be killed at any moment."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import OperationalError

from chaos.clock import ShiftedClock
from scheduler.base import loop
from scheduler.base.clock import monotonic
from scheduler.base.logs import configure_logs
from scheduler.base.refusal import ENVIRONMENT
from scheduler.base.tokens import Tokens
from scheduler.base.variables import Pace
from scheduler.mail.relay.smtp import SmtpSettings, Timeouts
from scheduler.sending import dispatch, presence
from scheduler.sending.runtime import Bell
from scheduler.sending.service import Sending, Service
from scheduler.store.database import Database, DatabaseUnavailable
from scheduler.store.ledger import journal

LEASE_SECONDS = 3
KEY = "a-key-of-the-campaign-for-nothing-else"  # AGENDA_SECRET_KEY of its commands
TOKENS = Tokens([KEY])
CONNECTIONS = 4  # of one worker: what a kill can leave in the air
PATIENCE = Timeouts(connect=1.0, command=0.6, dot=0.6, courtesy=0.3)
_BATCH = 8  # claims at a time: several workers are to share what falls due at one moment
_LOOK_SECONDS, _TICK_SECONDS = 0.02, 0.5


@dataclass(frozen=True, kw_only=True)
class Post:
    """What a worker has to know; it is handed over to the new process."""

    database: str  # URL
    smtp: SmtpSettings
    clock: Path
    skew: timedelta
    log: Path


class HastyTiming:
    """A minute of the pace that the relay is given takes a second."""

    def now(self) -> float:
        return monotonic() * 60

    async def wait_until(self, moment: float) -> None:
        await asyncio.sleep(moment / 60 - monotonic())


class Lookout(Bell):
    """A waker for a clock that is set by others: it looks at it all the time, and rings now and then anyhow."""

    def __init__(self, clock: ShiftedClock) -> None:
        super().__init__()
        self._clock = clock
        self._next: datetime | None = None
        self._parent = os.getppid()

    def arm(self, moments: Sequence[datetime]) -> None:
        self._next = min(moments, default=None)

    async def wait(self) -> bool:
        tick = monotonic() + _TICK_SECONDS
        while os.getppid() == self._parent:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._rung.wait(), _LOOK_SECONDS)
            if self._rung.is_set() or monotonic() >= tick or (self._next and self._clock.now() >= self._next):
                self._rung.clear()
                return True
        return False  # the campaign is gone


def hasten() -> None:
    """What takes minutes of real time elsewhere takes seconds here."""
    presence.LEASE = timedelta(seconds=LEASE_SECONDS)
    presence.BEAT_SECONDS = 1
    journal.TRY_AGAIN_SECONDS = 1
    dispatch.BATCH = _BATCH


def work(post: Post) -> None:
    """The whole life of a worker process. It exits as `agenda worker` does."""
    log = os.open(post.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 2)
    hasten()
    configure_logs()
    try:
        with closing(Database(post.database, tokens=TOKENS)) as database:
            database.lock_for_sending()
            loop.run(_serve(database, post))
    except (DatabaseUnavailable, OperationalError):  # it was started while the database was away
        sys.exit(ENVIRONMENT)


async def _serve(database: Database, post: Post) -> None:
    clock = ShiftedClock(post.clock, post.skew)
    service = Service(database=database, sending=_sending(post.smtp), clock=clock, waker=Lookout(clock))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, service.drain)
    await service.run()


def _sending(smtp: SmtpSettings) -> Sending:
    return Sending(
        smtp=smtp,
        pace=Pace(per_minute=None, connections=CONNECTIONS),
        base_url="https://agenda.example",
        tokens=TOKENS,
        timing=HastyTiming(),
        timeouts=PATIENCE,
    )
