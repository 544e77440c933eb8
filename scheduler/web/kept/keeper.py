"""Public pages in front of all others: from memory, or rendered once for everybody who waits for the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Receive, Scope, Send

from scheduler.web.kept.asked import LANG, PageAsked, PublicPages, asked_alike
from scheduler.web.kept.declared import PublicRoute
from scheduler.web.kept.making import Crowded, PageMaker, RendersHere
from scheduler.web.kept.memory import PageMemory, RenderedPage
from scheduler.web.kept.turns import Turns
from scheduler.web.showing import Showing, Still

KEPT = (200, 404, 503)  # a failure is not
NOWHERE = "/404"  # of the page for whatever address there is no other
CROWDED = "/503"  # of the page for who is told to come again; nobody is led there


@dataclass(kw_only=True)
class Keeper:
    """Answers what asks for a public page, and passes on the rest.

    What is kept ends with the minute, and with what is shown: an edition, what attendance says.
    """

    showing: Showing
    routes: Sequence[PublicRoute]
    maker: PageMaker
    inner: ASGIApp
    nowhere: Callable[[Scope], bool]  # does it ask by GET or HEAD for what the inner application has not either
    memory: PageMemory = field(default_factory=PageMemory)
    _turns: Turns = field(default_factory=Turns)
    _still: Still | None = None
    _pages: PublicPages | None = None
    _making: dict[PageAsked, asyncio.Future[RenderedPage]] = field(default_factory=dict)  # of the same showing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        still, pages = self._now()
        asked = pages.asked(scope)
        if asked is None and self.nowhere(scope):
            asked = asked_alike(NOWHERE, scope)
        if asked is None:
            await self.inner(scope, receive, send)
            return
        page = self.memory.get(asked) or await self._made(asked, still)
        await self._turns.mine()
        await page.send(scope, send)

    def _now(self) -> tuple[Still, PublicPages]:
        """What is shown at this moment; where that is another, nothing of the former one is kept."""
        showing, still = self.showing, self._still
        same = still is not None and still.shows(showing)
        if still is None or self._pages is None or not same:
            former, still = still, showing.still()
            self.memory.clear()
            self._making = {}
            self._still = still
            if self._pages is None or former is None or former.of is not still.of:
                self._pages = PublicPages(self.routes, still.of)
        return still, self._pages

    async def _made(self, asked: PageAsked, still: Still) -> RenderedPage:
        try:
            return await self._shared(asked, still, self.maker.make)
        except Crowded:
            return await self._come_again(asked)

    async def _come_again(self, asked: PageAsked) -> RenderedPage:
        """In the reader's language, rendered here and once: to refuse has to cost less than to answer.

        Of what is shown by now: whoever was told so may have waited, and what was shown then is not kept any more.
        """
        still, _ = self._now()
        chosen = f"{LANG}={asked.language}" if LANG in dict(parse_qsl(asked.query)) else ""
        refused = PageAsked(
            path=CROWDED, query=chosen, language=asked.language, office=None, gzip=asked.gzip, kept=True
        )
        return self.memory.get(refused) or await self._shared(refused, still, self.maker.here)

    async def _shared(self, asked: PageAsked, still: Still, make: RendersHere) -> RenderedPage:
        """Rendered for the first who asks; whoever asks meanwhile waits for the same."""
        making = self._making.get(asked)
        if making is None:
            making = self._making[asked] = asyncio.ensure_future(make(asked, still))
            making.add_done_callback(lambda done: self._done(asked, still, done))
        return await asyncio.shield(making)

    def _done(self, asked: PageAsked, still: Still, made: asyncio.Future[RenderedPage]) -> None:
        if still is not self._still:
            return  # it was for those who asked before
        self._making.pop(asked, None)
        if asked.kept and not made.cancelled() and made.exception() is None and made.result().status in KEPT:
            self.memory.put(asked, made.result())
