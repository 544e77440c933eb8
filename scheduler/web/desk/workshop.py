"""Where the desk's screens are made: processes beside the one that serves, which only hands over and waits.

Reading the files, reckoning what would happen and rendering keep a processor busy; a busy thread beside the event loop
made a feed's p99 thirty times longer. A screen is a function of a module, so that its name is all that has to travel.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from functools import partial
from types import FrameType
from typing import NoReturn

import structlog
from sqlalchemy.exc import DBAPIError

from calendars.catalogue import Phrase
from scheduler.base.logs import configure_logs
from scheduler.base.refusal import EnvironmentRefusal, Refusal
from scheduler.store.database import will_pass
from scheduler.web.desk.asked import Answer, Asked
from scheduler.web.desk.declared import Screen
from scheduler.web.desk.place import Place, halted
from scheduler.web.desk.rendering import refused
from scheduler.web.site import DeskHome

log = structlog.get_logger(__name__)

PROCESSES = 2
WAITING = 64  # screens asked for and not made yet; who asks then is told to come again
SECONDS = 60  # that a screen may take
NICENESS = 5  # feeds and mail come first

_AWAY = Phrase("The database is away or busy. Nothing was saved; try again in a minute.")
_CUT_OFF = Phrase("That was cut off. Look whether it was done before you try again.")
_BUSY = Phrase("Too much is being reckoned at the moment. Try again in a minute.")


class Busy(EnvironmentRefusal):
    """More is asked of the desk than it can make."""


@dataclass(kw_only=True)
class Workshop:
    """The processes of one desk."""

    home: DeskHome
    base_url: str
    _pool: ProcessPoolExecutor | None = None
    _asked: int = 0

    def open(self) -> None:
        """Start the processes, so that the first screen does not wait for them."""
        self._pool = ProcessPoolExecutor(
            PROCESSES,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_settle_in,
            initargs=(self.home, self.base_url),
        )
        for _ in range(PROCESSES):
            self._pool.submit(_warm)

    def close(self) -> None:
        """End them, at once."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    async def make(self, screen: Screen, asked: Asked) -> Answer:
        """The screen's answer. Raises what it raises; Busy."""
        if self._asked >= WAITING:
            raise Busy(_BUSY)
        self._asked += 1
        try:
            return await self._begun(partial(_made, screen, asked))
        except BrokenProcessPool as error:  # killed for want of memory, maybe while it made this
            log.error("the desk's processes ended", reason=str(error))
            raise Busy(_CUT_OFF) from error
        finally:
            self._asked -= 1

    async def _begun(self, made: Callable[[], Answer]) -> Answer:
        """It is made by the processes there are; by new ones where those have ended, be it before or while it is."""
        for _ in ("as they are", "anew"):
            pool = self._opened()
            try:
                future = asyncio.get_running_loop().run_in_executor(pool, made)
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
            self.open()
        assert self._pool is not None, "it was opened above"
        return self._pool

    def _ended(self, pool: ProcessPoolExecutor) -> None:
        """Another who waited for the same may have opened new ones by now: those stay."""
        if pool is self._pool:
            self.close()


_place: Place | None = None  # of this process, if it is one of a workshop


def _settle_in(home: DeskHome, base_url: str) -> None:
    global _place  # one process, one place
    os.nice(NICENESS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the server's, which ends this process
    signal.signal(signal.SIGALRM, _too_long)
    configure_logs()
    _place = Place(folder=home.folder, base_url=base_url, settings=home.settings)


def _too_long(_number: int, _frame: FrameType | None) -> NoReturn:
    raise Busy(_BUSY)


def _warm() -> None:
    assert _place is not None, "it was set when the process began"
    _place.draft()


def _made(screen: Screen, asked: Asked) -> Answer:
    """A refusal is put in words here, where what it names is known."""
    assert _place is not None, "it was set when the process began"
    signal.setitimer(signal.ITIMER_REAL, SECONDS)  # who waits longer has given up, and others wait
    try:
        return replace(screen(_place, asked), halted=halted(_place, asked.language))
    except Refusal as refusal:
        if isinstance(refusal, EnvironmentRefusal):
            log.error("a screen could not be made", path=asked.path, reason=str(refusal))
        return refused(refusal, asked)
    except DBAPIError as error:
        if not will_pass(error):
            raise
        log.error("a screen found no database", reason=str(error.orig).strip())
        return refused(EnvironmentRefusal(_AWAY), asked)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
