"""Processes beside this one: what becomes of who waits when one of them is killed, stopped or slow."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

import pytest

from scheduler.base.processes import Ended, Processes, TooLong, Unsaid, within

AT_MOST = 30  # seconds that a test waits for what would never come


@pytest.fixture
def processes() -> Iterator[Processes]:
    beside = Processes(count=1, settle=nothing, warm=nothing, patience=20)
    yield beside
    beside.close()


def nothing() -> None:
    """What they begin with."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def answer_half() -> str:
    """An answer of which half is written when the process is killed."""

    def half(line: Connection, said: Any, *_: Any) -> None:
        os.write(line.fileno(), bytes(said[: len(said) // 2]))
        die()

    Connection._send = half  # type: ignore[attr-defined]  # this process ends with it
    return "never said in full"


def stop() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


class Odd(Exception):
    """Cannot be made again from what it says."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(one + two)


def raise_odd() -> None:
    raise Odd("one", "two")


def fail() -> None:
    raise ValueError("no such thing")


def take_long() -> str:
    try:
        with within(0.01):
            while True:
                pass
    except Exception:  # noqa: BLE001  # as whoever answers a failure with a page
        return "taken for a failure"


async def test_one_that_is_killed_halfway_through_its_answer_makes_nobody_wait_for_ever(processes: Processes) -> None:
    """Nor whoever comes next: a new one answers."""
    async with asyncio.timeout(AT_MOST):
        with pytest.raises(Ended):
            await processes.run(answer_half)
        assert await processes.run(partial(max, 1, 2)) == 2


async def test_one_that_was_killed_while_nothing_was_asked_is_noticed_by_nobody(processes: Processes) -> None:
    async with asyncio.timeout(AT_MOST):
        former = await processes.run(os.getpid)
        os.kill(former, signal.SIGKILL)
        assert await processes.run(os.getpid) != former


async def test_one_that_dies_is_told_from_one_that_raises(processes: Processes) -> None:
    """What is raised says where; the process lives on."""
    async with asyncio.timeout(AT_MOST):
        former = await processes.run(os.getpid)
        with pytest.raises(ValueError, match="no such thing") as raised:
            await processes.run(fail)
        assert "in fail" in raised.value.__notes__[0]
        assert await processes.run(os.getpid) == former
        with pytest.raises(Ended, match="exit code -9"):
            await processes.run(die)


async def test_one_that_is_stopped_is_ended_after_a_while(processes: Processes) -> None:
    """As by a debugger, or by memory that does not come back: nothing within it can tell."""
    async with asyncio.timeout(AT_MOST):
        await processes.run(nothing)
        processes.patience = 1
        with pytest.raises(Ended):
            await processes.run(stop)
        processes.patience = 20
        assert await processes.run(partial(max, 1, 2)) == 2


async def test_what_cannot_be_said_over_the_line_harms_only_who_asked(processes: Processes) -> None:
    async with asyncio.timeout(AT_MOST):
        former = await processes.run(os.getpid)
        with pytest.raises(Unsaid, match="Odd: onetwo") as raised:
            await processes.run(raise_odd)
        assert "in raise_odd" in raised.value.__notes__[0]
        with pytest.raises((AttributeError, TypeError)):
            await processes.run(lambda: None)
        assert await processes.run(os.getpid) == former


async def test_what_takes_too_long_is_not_taken_for_a_failure(processes: Processes) -> None:
    """Whoever answers every Exception with a page does not answer this."""
    async with asyncio.timeout(AT_MOST):
        with pytest.raises(TooLong):
            await processes.run(take_long)


async def test_many_who_ask_share_as_many_as_there_are(processes: Processes) -> None:
    async with asyncio.timeout(AT_MOST):
        assert len({*await asyncio.gather(*(processes.run(os.getpid) for _ in range(20)))}) == 1
