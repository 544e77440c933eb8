"""The wake-up moments: APScheduler wakes, the ledger decides.

A date job does nothing but set an event, so a job that is lost, late or run twice does no harm; a steady tick
notices what timers miss (a suspended machine, a clock that jumped).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Protocol

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

from scheduler.base.clock import Clock, monotonic

log = structlog.get_logger(__name__)
HORIZON = timedelta(hours=48)  # how far ahead moments are armed
MOMENTS = 1000  # at most, in the horizon
TICK_SECONDS = 30
JUMP = timedelta(seconds=5)  # between wall and monotonic clock: more than drift, less than anything that matters


class Waker(Protocol):
    """Waits for the next moment at which the ledger wants attention."""

    def arm(self, moments: Sequence[datetime]) -> None:
        """Replace the moments to wake at. Past ones wake at once."""
        ...

    def wake(self) -> None:
        """End the wait now: something else has changed."""
        ...

    async def wait(self) -> bool:
        """Wait for a moment or a `wake`. False: there is nothing more to wait for."""
        ...


class Bell:
    """A waker that only others ring. For a present that stands still: no moment comes by itself."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def start(self) -> None:
        """Begin, in the running event loop."""

    def stop(self) -> None:
        """End."""

    def arm(self, moments: Sequence[datetime]) -> None:
        """None of them comes."""

    def wake(self) -> None:
        self._rung.set()

    async def wait(self) -> bool:
        await self._rung.wait()
        self._rung.clear()
        return True


class AlarmClock(Bell):
    """The real waker: one APScheduler date job for each distinct moment, under ids that are never used again."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._ids = count()
        self._jobs: list[str] = []
        self._seen = (clock.now(), monotonic())
        self._ticking: asyncio.Task[None] | None = None
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    def start(self) -> None:
        self._scheduler.start()
        self._ticking = asyncio.create_task(self._tick_on())

    def stop(self) -> None:
        if self._ticking is not None:
            self._ticking.cancel()
        self._scheduler.shutdown(wait=False)

    def arm(self, moments: Sequence[datetime]) -> None:
        for job in self._jobs:
            if self._scheduler.get_job(job) is not None:
                self._scheduler.remove_job(job)
        self._jobs = [f"wake-{next(self._ids)}" for _ in moments]
        for job, moment in zip(self._jobs, moments, strict=True):
            self._scheduler.add_job(self._ring, DateTrigger(run_date=moment, timezone=UTC), id=job)

    async def _ring(self) -> None:
        self._rung.set()

    async def _tick_on(self) -> None:
        """By the loop's own, monotonic timer: APScheduler's sleeps for as long as the wall clock was set back."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self._tick()

    def _tick(self) -> None:
        """Ring where the wall clock went another way than the monotonic one; and anyhow, in case a timer was lost."""
        wall, steady = self._clock.now(), monotonic()
        gone = (wall - self._seen[0]) - timedelta(seconds=steady - self._seen[1])
        if abs(gone) > JUMP:
            log.warning("clock jumped", seconds=round(gone.total_seconds()))
        self._seen = wall, steady
        self._rung.set()
