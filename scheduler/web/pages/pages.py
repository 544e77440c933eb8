"""robots.txt, and the pages for what is not there."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from calendars.catalogue import Phrase
from scheduler.base.refusal import EnvironmentRefusal, Refusal
from scheduler.store.database import will_pass
from scheduler.web.http.refusals import PageRefusal
from scheduler.web.rendering import PRIVATE, requested_language
from scheduler.web.site import Site

log = structlog.get_logger(__name__)
ROBOTS = "User-agent: *\nDisallow:\n"  # Google fetches no calendar that robots.txt forbids
_SAYS = {
    404: Phrase("There is no such page."),
    405: Phrase("This page does not take that operation."),
    503: Phrase("We cannot save changes at the moment. Nothing was saved; please try again in a few minutes."),
    500: Phrase("Something failed on our side. Please try again in a few minutes."),
}


class Pages:
    def __init__(self, site: Site) -> None:
        self._site = site

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

    async def refused(self, request: Request, error: Exception) -> Response:
        """A refusal answers for itself, but for what an operator mends: that is not for whoever reads a page."""
        assert isinstance(error, Refusal), "it is the handler of these"
        if isinstance(error, EnvironmentRefusal):
            log.error("a page could not be answered", reason=str(error))
            return await self.failed(request, HTTPException(error.status, headers={"Retry-After": "60"}))
        language = requested_language(request)
        says, *more = error.lines(language)
        template, values = (error.template, error.values) if isinstance(error, PageRefusal) else ("error.html", {})
        given = {"says": says, "more": more, **values}
        return self._site.page(request, template, language, given, status=error.status, headers=PRIVATE)

    async def failed(self, request: Request, error: Exception) -> Response:
        """A page for every error: what happened, and the way back."""
        status = error.status_code if isinstance(error, HTTPException) else 500
        headers = error.headers if isinstance(error, HTTPException) else None
        language = requested_language(request)
        says = _SAYS.get(status, _SAYS[500])[language]
        return self._site.page(
            request, "error.html", language, {"says": says, "more": ()}, status=status, headers=headers
        )
