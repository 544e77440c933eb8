"""How fast mail may leave: token buckets for the relay and for each domain, so that a fan-out looks like no attack.

A relay that says 4.7.x (RFC 3463: too much, too fast) is given half as much, and more again little by little.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

from scheduler.base.clock import SimulatedClock, monotonic
from scheduler.base.variables import Pace

UNLIMITED = 600.0  # messages a minute: half of it after the first 4.7.x where no pace is set; regained, there is none
LEAST = 1.0  # a minute
REGAINED = 0.1  # of the own pace, for each minute without a 4.7.x
ONE_IN = 3  # messages, that may be what anybody can ask for
ONE_STORM = 60.0  # seconds: several 4.7.x in this time say the same thing


class Timing(Protocol):
    """A clock for waiting by, in seconds."""

    def now(self) -> float: ...

    async def wait_until(self, moment: float) -> None: ...


class SteadyTiming:
    """The machine's monotonic clock."""

    def now(self) -> float:
        return monotonic()

    async def wait_until(self, moment: float) -> None:
        await asyncio.sleep(moment - monotonic())


class SimulatedTiming:
    """A rehearsal's: whoever waits moves its clock on."""

    def __init__(self, clock: SimulatedClock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock.now().timestamp()

    async def wait_until(self, moment: float) -> None:
        self._clock.advance_to(max(self._clock.now(), datetime.fromtimestamp(moment, UTC)))


class Rate:
    """One bucket: messages spread evenly, `per_minute` of them; None: no limit until the first 4.7.x."""

    def __init__(self, per_minute: float | None) -> None:
        self._own = per_minute or UNLIMITED
        self._limited = per_minute is not None
        self._slowed: tuple[float, float] | None = None  # at which instant, to how many a minute
        self._next = 0.0

    def per_minute(self, now: float) -> float | None:
        """What is granted at the moment; None: no limit."""
        if self._slowed is not None:
            since, slow = self._slowed
            regained = slow + self._own * REGAINED * (now - since) / 60
            if regained < self._own:
                return regained
            self._slowed = None
        return self._own if self._limited else None

    def slow_down(self, now: float) -> bool:
        """Halve what is granted. False: it was halved a moment ago, for the same reason."""
        if self._slowed is not None and now - self._slowed[0] < ONE_STORM:
            return False
        self._slowed = now, max(LEAST, (self.per_minute(now) or self._own) / 2)
        return True

    def book(self, now: float) -> float:
        """Take the next turn; returns when it comes."""
        granted = self.per_minute(now)
        if granted is None:
            return now
        turn = max(self._next, now)
        self._next = turn + 60 / granted
        return turn


def gap(pace: Pace) -> timedelta:
    """Between two of what anybody can ask for, where these take their share and no more."""
    return timedelta(minutes=ONE_IN / (pace.per_minute or UNLIMITED))


class Share:
    """How much of what is taken on may be what anybody can ask for: a third, while anything else waits."""

    def __init__(self) -> None:
        self._saved = 0  # turns that count towards the next: one that is taken costs three

    def of(self, limit: int) -> int:
        """How many of the next `limit`. What nobody asked for is not saved up."""
        self._saved = min(self._saved, ONE_IN - 1) + limit
        return self._saved // ONE_IN

    def took(self, asked: int) -> None:
        """So many were."""
        self._saved = max(0, self._saved - ONE_IN * asked)


class Limiter:
    """Grants one message at a time, when the relay and the recipient's domain can both take it."""

    def __init__(self, pace: Pace, timing: Timing | None = None, domain_per_minute: int | None = None) -> None:
        self._timing = timing or SteadyTiming()
        self._relay = Rate(pace.per_minute)
        self._domains: dict[str, Rate] = {}  # of those that are limited; an agenda knows a few hundred
        self._per_domain = domain_per_minute
        self._hurry = asyncio.Event()
        self.burst = pace.connections if pace.per_minute else None  # claims worth holding at a time

    @property
    def per_minute(self) -> float | None:
        """What the relay is given at the moment; None: no limit."""
        return self._relay.per_minute(self._timing.now())

    async def take(self, domain: str) -> None:
        """Wait for the turn of a message to that domain."""
        if (rate := self._of(domain)) is not None:
            await self._wait(rate.book)
        await self._wait(self._relay.book)

    def slow_down(self, domain: str | None) -> bool:
        """The relay said 4.7.x, about a message to that domain if it was about one.

        False: it is being slowed down for that already.
        """
        now = self._timing.now()
        if domain is not None and (rate := self._of(domain)) is not None:
            rate.slow_down(now)
        return self._relay.slow_down(now)

    def hurry(self) -> None:
        """End all waiting: whoever waits finds out that nothing more is to be sent."""
        self._hurry.set()

    def _of(self, domain: str) -> Rate | None:
        if self._per_domain is None:
            return None
        return self._domains.setdefault(domain.lower(), Rate(self._per_domain))

    async def _wait(self, book: Callable[[float], float]) -> None:
        now = self._timing.now()
        turn = book(now)
        if turn <= now or self._hurry.is_set():
            return
        waiting, hurried = (asyncio.ensure_future(one) for one in (self._timing.wait_until(turn), self._hurry.wait()))
        try:
            await asyncio.wait({waiting, hurried}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
            hurried.cancel()
