"""robots.txt, and the page for a database that is away."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from scheduler.store.database import will_pass
from scheduler.web.pages.errors import ErrorPages

log = structlog.get_logger(__name__)
ROBOTS = "User-agent: *\nDisallow:\n"  # Google fetches no calendar that robots.txt forbids


class Pages(ErrorPages):
    def routes(self) -> Sequence[BaseRoute]:
        return [Route("/robots.txt", self.robots)]

    async def robots(self, _request: Request) -> Response:
        return PlainTextResponse(ROBOTS, headers={"X-Content-Type-Options": "nosniff"})

    async def away(self, request: Request, error: Exception) -> Response:
        """A database that is full, locked or restarting is nobody's mistake, and comes back."""
        if not (isinstance(error, DBAPIError) and will_pass(error)):
            raise error
        log.error("a page found no database", reason=str(error.orig).strip())
        return await self.failed(request, HTTPException(503, headers={"Retry-After": "60"}))
