"""Passwords are hashed in a thread of their own, one after the other: memory and processor stay for the feeds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from calendars.catalogue import Phrase
from scheduler.base.refusal import Refusal

Made = TypeVar("Made")
WAITING = 32  # who comes then is told to come again: each takes a tenth of a second and more
BUSY = Phrase("Many people are signing in at this moment. Try again in a minute.")


class TooBusy(Refusal):
    """Too many passwords wait to be looked at."""

    status = 503

    def __init__(self) -> None:
        super().__init__(BUSY)


class OneByOne:
    """Runs what hashes. Of one site, one."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="passwords")
        self._waiting = 0

    async def run(self, function: Callable[[], Made]) -> Made:
        """Raises TooBusy, and what the function raises."""
        if self._waiting >= WAITING:
            raise TooBusy
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, function)
        finally:
            self._waiting -= 1
