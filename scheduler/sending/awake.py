"""The sending service with what wakes it: the clock, or in a demo, whose clock stands still, only what happens."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from scheduler.base.clock import SimulatedClock, SystemClock
from scheduler.sending.runtime import AlarmClock, Bell
from scheduler.sending.service import Sending, Service
from scheduler.store.database import Database


@asynccontextmanager
async def awake(database: Database, sending: Sending, present: datetime | None) -> AsyncIterator[Service]:
    """`present`: a demo's; None: the clock's."""
    clock = SystemClock() if present is None else SimulatedClock(present)
    waker = AlarmClock(clock) if present is None else Bell()
    waker.start()
    try:
        yield Service(database=database, sending=sending, clock=clock, waker=waker)
    finally:
        waker.stop()
