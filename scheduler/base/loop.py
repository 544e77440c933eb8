"""The event loop of everything that runs: uvloop where it installs, else asyncio's own."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from scheduler.base.heavy import load

T = TypeVar("T")


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """Gives uvloop's, or asyncio's own: uvloop is not made for every platform."""
    if importlib.util.find_spec("uvloop") is None:
        return asyncio.new_event_loop
    made: Callable[[], asyncio.AbstractEventLoop] = load("uvloop").new_event_loop
    return made


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run to completion in a loop of its own. Signals are the caller's."""
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        return runner.run(main)
