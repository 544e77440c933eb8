"""Where pages are rendered: one at a time, in a process of its own that begins with the first and ends when idle."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import structlog

from scheduler.base.processes import Ended, Processes, TooLong
from scheduler.web.kept.asked import PageAsked
from scheduler.web.kept.memory import RenderedPage
from scheduler.web.showing import Still

log = structlog.get_logger(__name__)

PAGES = 256  # of those that are kept, waiting to be rendered; who comes then is told to come again
SEARCHES = 32  # of the others: they wait behind the pages
IDLE_SECONDS = 300  # without anything to render, and the process ends


# Renders one page in this very process.
RendersHere = Callable[[PageAsked, Still], Awaitable[RenderedPage]]
# Renders one in the process beside, of the showing of that name at this minute; None where the process was given
# another one last, and has to be given this.
RendersThere = Callable[[PageAsked, tuple[object, ...], datetime, Still | None], RenderedPage | None]


class Crowded(Exception):
    """More pages wait to be rendered than may wait; or the processes that render them end, and end again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Order:
    asked: PageAsked
    still: Still
    page: asyncio.Future[RenderedPage]


@dataclass(kw_only=True)
class PageMaker:
    """Renders in a process once it is opened, as long as pages are served; before that, here.

    Who asks while there is no process is answered here, once, and it begins meanwhile: on a quiet day nobody waits.
    """

    here: RendersHere
    there: RendersThere
    processes: Processes
    on_idle: Callable[[], None]  # called when the process ends for want of work
    idle_seconds: float = IDLE_SECONDS
    _served: bool = False
    _pages: deque[_Order] = field(default_factory=deque)
    _searches: deque[_Order] = field(default_factory=deque)
    _working: asyncio.Task[None] | None = None
    _resting: asyncio.TimerHandle | None = None

    def open(self) -> None:
        """From now on pages are rendered in the process, which begins when there is one to render."""
        self._served = True

    def close(self) -> None:
        """End it, at once. Who still waits gets no page."""
        self._served = False
        self._stay()
        if self._working is not None:
            self._working.cancel()
        self.processes.close()

    async def make(self, asked: PageAsked, still: Still) -> RenderedPage:
        """Raises Crowded."""
        waiting, most = (self._pages, PAGES) if asked.kept else (self._searches, SEARCHES)
        if len(waiting) >= most:
            raise Crowded
        order = _Order(asked=asked, still=still, page=asyncio.get_running_loop().create_future())
        waiting.append(order)
        if self._working is None:
            self._stay()
            self._working = asyncio.create_task(self._work())
        return await order.page

    async def _work(self) -> None:
        """Until nothing waits."""
        try:
            while order := self._next():
                await self._serve(order)
        finally:
            self._working = None
            for left in (*self._pages, *self._searches):
                left.page.cancel()
        if self.processes.are_open:
            self._resting = asyncio.get_running_loop().call_later(self.idle_seconds, self._rest)

    def _next(self) -> _Order | None:
        """The pages first: they are for many."""
        waiting = self._pages or self._searches
        return waiting.popleft() if waiting else None

    async def _serve(self, order: _Order) -> None:
        try:
            page = await self._made(order)
        except Exception as error:  # noqa: BLE001  # it belongs to whoever waits for the page
            order.page.set_exception(error)
        except asyncio.CancelledError:
            order.page.cancel()
            raise
        else:
            order.page.set_result(page)

    async def _made(self, order: _Order) -> RenderedPage:
        if not self._served:
            return await self.here(order.asked, order.still)
        if not self.processes.are_open:
            await asyncio.to_thread(self.processes.open)
            return await self.here(order.asked, order.still)
        for _ in ("as it is", "anew"):  # it depends on nothing that passes: a page may be rendered twice
            try:
                return await self._made_there(order)
            except Ended as error:  # killed for want of memory, maybe
                log.error("the process of the pages ended", reason=str(error))
            except TooLong as error:
                log.error("a page took too long", path=order.asked.path)
                raise Crowded from error
        raise Crowded

    async def _made_there(self, order: _Order) -> RenderedPage:
        asked, still = order.asked, order.still
        for given in (None, still):
            page = await self.processes.run(partial(self.there, asked, still.name, still.minute, given))
            if page is not None:
                return page
        raise AssertionError("it was given the showing")

    def _stay(self) -> None:
        if self._resting is not None:
            self._resting.cancel()
            self._resting = None

    def _rest(self) -> None:
        self.processes.close()
        self.on_idle()
