"""Processes beside this one, for what keeps a processor busy: a busy thread beside the event loop makes all wait.

What they are asked is a function of a module, so that its name is all that has to travel.

They are not those of concurrent.futures: these share one pipe for what they answer, and this process holds both ends of
it. One that is killed halfway through an answer leaves a reader who waits for the rest, and every page with it, until
the service is killed in turn. Here each has a line of its own, which ends with it.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from types import FrameType
from typing import Any, NoReturn, TypeVar

from scheduler.base.logs import configure_logs

Made = TypeVar("Made")
NICENESS = 5  # feeds and mail come first


class Ended(Exception):
    """A process ended while it was asked something, or did not answer and was ended."""


class _NotBegun(Exception):
    """It ended before it began with what it was asked."""


class Unsaid(Exception):
    """What was raised cannot be made again on this side: its name and its words instead."""


class TooLong(BaseException):
    """What was asked of a process took longer than it may. What catches every Exception on the way is not meant."""


@dataclass(kw_only=True)
class Processes:
    """As many as are wanted, all alike. They begin with `open`, or when something is asked; new ones where some end."""

    count: int
    settle: Callable[[], None]  # in each of them, when it begins
    warm: Callable[[], None]  # likewise, once it has begun: what the first that is asked would wait for
    patience: float  # seconds after which one that has not answered is ended: it may be stopped, or deaf to `within`
    _hall: _Hall | None = None

    def open(self) -> None:
        """Begin, so that the first that is asked does not wait for it."""
        hall = self._opened()
        for _ in range(self.count):
            hall.threads.submit(hall.ask, self.warm, self.patience)

    def close(self) -> None:
        """End them, each once it has done what it is at."""
        if self._hall is not None:
            self._hall.close()
            self._hall = None

    @property
    def are_open(self) -> bool:
        return self._hall is not None

    async def run(self, function: Callable[[], Made]) -> Made:
        """What it comes to, by one of the processes that there are; by a new one where it has ended.

        Raises what the function raises, or Unsaid; and Ended where the process ended while it ran: a new one begins
        with the next that is asked. Whether it may be asked twice, the caller knows.
        """
        hall = self._opened()
        made: Made = await asyncio.get_running_loop().run_in_executor(hall.threads, hall.ask, function, self.patience)
        return made

    def _opened(self) -> _Hall:
        if self._hall is None:
            threads = ThreadPoolExecutor(self.count, thread_name_prefix="beside")
            self._hall = _Hall(settle=self.settle, threads=threads)
        return self._hall


@dataclass(kw_only=True)
class _Hall:
    """The processes between one opening and its end; a thread of ours waits for each that is at work."""

    settle: Callable[[], None]
    threads: ThreadPoolExecutor
    _idle: list[_Beside] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _closed: bool = False

    def ask(self, function: Callable[[], Any], patience: float) -> Any:
        for _ in ("as it is", "anew"):  # nothing of this was begun
            beside = self._taken()
            try:
                return beside.ask(function, patience)
            except _NotBegun:
                continue
            finally:
                self._give_back(beside)
        raise Ended("new processes end at once")

    def close(self) -> None:
        with self._lock:
            self._closed = True
            for beside in self._idle:
                beside.let_go()
            self._idle.clear()
        self.threads.shutdown(wait=False, cancel_futures=True)

    def _taken(self) -> _Beside:
        with self._lock:
            while self._idle:
                beside = self._idle.pop()
                if beside.process.is_alive():
                    return beside
                beside.let_go()
            return _beside(self.settle)

    def _give_back(self, beside: _Beside) -> None:
        with self._lock:
            if self._closed or not beside.process.is_alive():
                beside.let_go()
            else:
                self._idle.append(beside)


@dataclass(frozen=True, kw_only=True)
class _Beside:
    """One process, and the only end of its line that is open here."""

    process: SpawnProcess
    line: Connection

    def ask(self, function: Callable[[], Any], patience: float) -> Any:
        """What it comes to. Raises what it raises, _NotBegun, Ended."""
        watch = threading.Timer(patience, self.process.kill)
        watch.daemon = True
        watch.start()
        begun = False
        try:
            self.line.send(function)
            begun = self.line.recv()
            done, made, trace = self.line.recv()
        except (EOFError, OSError) as error:  # the line has ended, maybe within a word
            self.process.join(patience)
            if not begun:
                raise _NotBegun from error
            raise Ended(f"exit code {self.process.exitcode}") from error
        finally:
            watch.cancel()
        if not done:
            made.add_note(trace)
            raise made
        return made

    def let_go(self) -> None:
        """It ends when it next listens; who waits for it is no more than a thread."""
        self.line.close()
        threading.Thread(target=self.process.join, daemon=True).start()


def _beside(settle: Callable[[], None]) -> _Beside:
    spawned = multiprocessing.get_context("spawn")
    ours, its = spawned.Pipe()
    process = spawned.Process(target=_serves, args=(its, settle), daemon=True)
    process.start()
    its.close()
    return _Beside(process=process, line=ours)


def _serves(line: Connection, settle: Callable[[], None]) -> None:
    """What each of them does, until its line ends."""
    os.nice(NICENESS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the server's, which ends this process
    signal.signal(signal.SIGALRM, _too_long)
    configure_logs()
    settle()
    try:
        while True:
            function = line.recv()
            line.send(True)
            line.send(_outcome(function))
    except (EOFError, OSError):  # nobody asks any more
        return


def _outcome(function: Callable[[], Any]) -> tuple[bool, Any, str]:
    """Whether it came to something, that or what it raised, and where."""
    try:
        return True, function(), ""
    except (Exception, TooLong) as error:  # noqa: BLE001  # it belongs to whoever asked
        return False, _sayable(error), traceback.format_exc()


def _sayable(error: BaseException) -> BaseException:
    """As it is, if the other side can make it again: one with arguments of its own cannot be made of its words."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  # this process's own
    except Exception:  # noqa: BLE001  # whatever its class objects to
        return Unsaid(f"{type(error).__name__}: {error}")
    return error


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
