"""Processes beside this one, for what keeps a processor busy: a busy thread beside the event loop makes all wait.

What they are asked is a function of a module, so that its name is all that has to travel.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import NoReturn, TypeVar

from scheduler.base.logs import configure_logs

Made = TypeVar("Made")
NICENESS = 5  # feeds and mail come first


class TooLong(Exception):
    """What was asked of a process took longer than it may."""


@dataclass(kw_only=True)
class Processes:
    """As many as are wanted, all alike. They begin with `open`, or when something is asked; new ones where some end."""

    count: int
    settle: Callable[[], None]  # in each of them, when it begins
    warm: Callable[[], None]  # likewise, once it has begun: what the first that is asked would wait for
    _pool: ProcessPoolExecutor | None = None

    def open(self) -> None:
        """Begin, so that the first that is asked does not wait for it."""
        pool = self._opened()
        for _ in range(self.count):
            pool.submit(self.warm)

    def close(self) -> None:
        """End them, at once."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    @property
    def are_open(self) -> bool:
        return self._pool is not None

    async def run(self, function: Callable[[], Made]) -> Made:
        """What it comes to, by the processes that there are; by new ones where those have ended.

        Raises what the function raises, and BrokenProcessPool where they ended while it ran: new ones begin with the
        next that is asked. Whether it may be asked twice, the caller knows.
        """
        for _ in ("as they are", "anew"):
            pool = self._opened()
            try:
                future = asyncio.get_running_loop().run_in_executor(pool, function)
            except BrokenProcessPool:  # ended while nothing was asked of them: nothing of this was begun
                self._ended(pool)
                continue
            try:
                return await future
            except BrokenProcessPool:
                self._ended(pool)
                raise
        raise BrokenProcessPool("new processes ended at once")

    def _opened(self) -> ProcessPoolExecutor:
        if self._pool is None:
            begins = partial(_begins, self.settle)
            spawned = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.count, mp_context=spawned, initializer=begins)
        return self._pool

    def _ended(self, pool: ProcessPoolExecutor) -> None:
        """Another who waited for the same may have opened new ones by now: those stay."""
        if pool is self._pool:
            self.close()


def _begins(settle: Callable[[], None]) -> None:
    os.nice(NICENESS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the server's, which ends this process
    signal.signal(signal.SIGALRM, _too_long)
    configure_logs()
    settle()


def _too_long(_number: int, _frame: FrameType | None) -> NoReturn:
    raise TooLong


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """In one of these processes: TooLong is raised in the block once it takes longer."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
