"""For who watches: is the process alive, can it do its work, and its figures. Nothing here names anybody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import structlog
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from scheduler.base.clock import monotonic
from scheduler.reporting.metrics import Figures, figures
from scheduler.store import editions
from scheduler.store.instance import Instance
from scheduler.web.http.throttle import asker
from scheduler.web.site import Site
from scheduler.web.watch.exposition import exposition

T = TypeVar("T")
log = structlog.get_logger(__name__)
ANSWER_SECONDS = 5.0  # a database that takes longer does not answer
READY_SECONDS, FIGURES_SECONDS = 1.0, 5.0  # for which an answer is good, at least
REST = 20  # times what a look took until the next one: over a large ledger, a twentieth of one core's time
FORWARDED = ("x-forwarded-for", "x-real-ip", "forwarded", "via")
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
AWAY = "the database does not answer"
GONE = "the database file was deleted or replaced: nothing is sent; restore it, and start again"
NO_EDITION = "no edition is in force: `agenda publish` puts the draft in force"
OTHER_TABLES = "the tables are not those of this program: run `agenda migrate`, or start the version that made them"


class Look(Generic[T]):
    """What a look at the database found: one at a time for all who ask, and a new one only after a while."""

    def __init__(self, work: Callable[[], T], good_for: float) -> None:
        self._work = work
        self._good_for = good_for
        self._until = 0.0  # monotonic
        self._task: asyncio.Task[T | None] | None = None

    async def found(self) -> T | None:
        """None where the database gave nothing within ANSWER_SECONDS. Who gives up leaves the look to the others."""
        if self._task is None or (self._task.done() and monotonic() >= self._until):
            self._task = asyncio.create_task(self._look())
        done, _ = await asyncio.wait({self._task}, timeout=ANSWER_SECONDS)
        return self._task.result() if done else None

    async def _look(self) -> T | None:
        began = monotonic()
        try:
            return await asyncio.to_thread(self._work)
        except (SQLAlchemyError, OSError) as error:
            log.error("the database cannot be looked at", reason=str(getattr(error, "orig", error)).strip())
            return None
        finally:
            ended = monotonic()
            self._until = ended + max(self._good_for, REST * (ended - began))


class Health:
    """/healthz, /readyz and /metrics."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._instance = Instance(site.database)
        self._reasons = Look(self._look_for_reasons, READY_SECONDS)
        self._figures = Look(self._look_for_figures, FIGURES_SECONDS)

    def routes(self) -> Sequence[BaseRoute]:
        return [
            Route("/healthz", self.alive),
            Route("/readyz", self.ready),
            Route("/metrics", self.metrics),
        ]

    async def alive(self, _request: Request) -> Response:
        return PlainTextResponse("ok\n", headers=_HEADERS)

    async def ready(self, _request: Request) -> Response:
        """200, or 503 with every reason on a line of its own."""
        found = await self._reasons.found()
        reasons = [AWAY] if found is None else found
        return PlainTextResponse(
            "\n".join(reasons or ["ready", ""]), status_code=503 if reasons else 200, headers=_HEADERS
        )

    async def metrics(self, request: Request) -> Response:
        """For AGENDA_METRICS_FROM; to all others there is no such page."""
        if not self._may_read(request):
            raise HTTPException(404)
        text = exposition(await self._figures.found())
        return Response(text, headers=_HEADERS, media_type=CONTENT_TYPE_LATEST)

    def _may_read(self, request: Request) -> bool:
        """Who comes through a proxy that is not trusted could be anybody, though the connection is the proxy's own."""
        peer, found = asker(request, ()), asker(request, self._site.proxies)
        trusted = peer is not None and any(peer in network for network in self._site.proxies)
        forwarded = any(name in request.headers for name in FORWARDED)
        if forwarded and not (trusted and "x-forwarded-for" in request.headers):
            return False
        return found is not None and any(found in network for network in self._site.watchers)

    def _look_for_reasons(self) -> list[str]:
        if not self._site.database.in_place:
            return [GONE]
        with self._site.database.read() as connection:
            if not self._site.database.has_own_tables(connection):
                return [OTHER_TABLES]
            return [] if editions.number_in_force(connection) is not None else [NO_EDITION]

    def _look_for_figures(self) -> Figures:
        with self._site.database.read() as connection:
            adopted = self._instance.is_own(connection)
            return figures(connection, self._site.in_force.edition, self._site.present(), adopted=adopted)
