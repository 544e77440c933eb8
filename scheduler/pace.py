"""How fast mail may leave: a token bucket, so that a fan-out does not look like an attack to the relay."""

from __future__ import annotations

import asyncio

from scheduler.clock import monotonic
from scheduler.settings import Pace


class Limiter:
    """Grants one message at a time; at most `per_minute` in a minute, spread evenly. No limit: grants at once."""

    def __init__(self, pace: Pace) -> None:
        self._interval = 60 / pace.per_minute if pace.per_minute else 0.0
        self._next = monotonic()
        self.burst = pace.connections if pace.per_minute else None  # claims worth holding at a time

    async def take(self) -> None:
        """Wait for this message's turn."""
        if not self._interval:
            return
        now = monotonic()
        turn = max(self._next, now)
        self._next = turn + self._interval
        if turn > now:
            await asyncio.sleep(turn - now)
