"""The public pages: which they are, and the process that renders them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Message, Scope

from scheduler.base.processes import Processes, within
from scheduler.base.refusal import Refusal
from scheduler.web.http.compression import compressed
from scheduler.web.kept.asked import PageAsked
from scheduler.web.kept.declared import PublicRoute
from scheduler.web.kept.keeper import CROWDED, Keeper
from scheduler.web.kept.making import PageMaker
from scheduler.web.kept.memory import PageMemory, RenderedPage
from scheduler.web.pages.around import Around
from scheduler.web.pages.errors import ErrorPages
from scheduler.web.pages.home import Home
from scheduler.web.pages.months import Months
from scheduler.web.pages.offices import Offices
from scheduler.web.pages.work import Work
from scheduler.web.people.form import SignUpForm
from scheduler.web.people.privacy import PrivacyPage
from scheduler.web.showing import Showing, Still

log = structlog.get_logger(__name__)
SECONDS: float = 20  # that a page may take
PATIENCE = SECONDS + 10  # with a process that does not even say that it took too long


def public_routes(showing: Showing) -> list[PublicRoute]:
    """Every page that is the same for everybody who asks for the same."""
    return [
        *Home(showing).routes(),
        *Offices(showing).routes(),
        *Around(showing).routes(),
        *Months(showing).routes(),
        *Work(showing).routes(),
        *SignUpForm(showing).routes(),
        *PrivacyPage(showing).routes(),
    ]


def kept(showing: Showing, routes: Sequence[BaseRoute], inner: ASGIApp) -> tuple[Keeper, PageMaker]:
    """The application of those routes with its public pages kept; and what renders them, open while it is served."""
    memory = PageMemory()
    processes = Processes(count=1, settle=_settle, warm=_warm, patience=PATIENCE)
    maker = PageMaker(here=Renderer().page, there=_rendered_there, processes=processes, on_idle=memory.clear)

    def nowhere(scope: Scope) -> bool:
        read = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        return read and all(route.matches(scope)[0] is Match.NONE for route in routes)

    keeper = Keeper(
        showing=showing, routes=public_routes(showing), maker=maker, inner=inner, nowhere=nowhere, memory=memory
    )
    return keeper, maker


class Renderer:
    """Renders one page after the other; the application of the latest showing stays put together."""

    def __init__(self) -> None:
        self._still: Still | None = None
        self._pages: ASGIApp | None = None

    async def page(self, asked: PageAsked, still: Still) -> RenderedPage:
        """The page as it would be sent to whoever asks so. What fails is answered as a failure, and logged."""
        if self._pages is None or self._still is not still:
            self._still, self._pages = still, _application(still)
        said: list[Message] = []

        async def hear(message: Message) -> None:
            said.append(message)

        try:
            await self._pages(asked.scope(), _nothing_more, hear)
        except Exception:
            if not said:
                raise
            log.exception("a page failed", path=asked.path)  # its reader is answered so
        start, *bodies = said
        body = b"".join(one["body"] for one in bodies)
        return RenderedPage(status=start["status"], headers=list(start["headers"]), body=body)


def _application(still: Still) -> ASGIApp:
    """The public pages alone, and those that say why there is none."""
    errors = ErrorPages(still)
    handlers = {HTTPException: errors.failed, Refusal: errors.refused, Exception: errors.failed}
    routes = [*public_routes(still), Route(CROWDED, errors.crowded)]
    inner = Starlette(routes=routes, exception_handlers=handlers)
    inner.router.redirect_slashes = False
    return compressed(inner)


async def _nothing_more() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


class _Bench:
    """Of the process beside: what it renders with, and the showing that it was given last."""

    def __init__(self) -> None:
        self.renderer = Renderer()
        self.loop = asyncio.Runner()
        self.still: Still | None = None

    def at(self, name: tuple[object, ...], minute: datetime, given: Still | None) -> Still | None:
        """The showing of that name at that minute; None where another one was given last."""
        found = given or self.still
        if found is None or found.name != name:
            return None
        if found is not self.still or found.minute != minute:
            self.still = replace(found, minute=minute)
        return self.still


_bench: _Bench | None = None  # of this process, if it is the one beside


def _settle() -> None:
    global _bench  # one process, one bench
    _bench = _Bench()


def _warm() -> None:
    """To begin is all that takes long."""


def _rendered_there(
    asked: PageAsked, name: tuple[object, ...], minute: datetime, given: Still | None
) -> RenderedPage | None:
    assert _bench is not None, "it was set when the process began"
    still = _bench.at(name, minute, given)
    if still is None:
        return None
    with within(SECONDS):
        return _bench.loop.run(_bench.renderer.page(asked, still))
