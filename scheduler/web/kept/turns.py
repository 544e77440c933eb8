"""Pages leave one by one, and whoever polls a feed comes between two of them."""

from __future__ import annotations

import asyncio
from collections import deque


class Turns:
    """One turn for each round of the event loop, in the order in which they were asked for.

    Fifty readers whose pages are all in memory would otherwise be answered in one round, and a feed after all of them.
    """

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._taken = False  # the turn of this round

    async def mine(self) -> None:
        """Returns when it is the caller's turn: at once where nobody had one in this round."""
        loop = asyncio.get_running_loop()
        if not self._taken:
            self._taken = True
            loop.call_soon(self._next, loop)
            return
        turn = loop.create_future()
        self._waiting.append(turn)
        await turn

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():  # who waited may have gone
                turn.set_result(None)
                loop.call_soon(self._next, loop)
                return
        self._taken = False
