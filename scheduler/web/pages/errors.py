"""The pages for what is not there, for what failed, and for who has to come again."""

from __future__ import annotations

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from calendars.catalogue import Phrase
from scheduler.base.refusal import EnvironmentRefusal, Refusal
from scheduler.web.http.refusals import PageRefusal
from scheduler.web.rendering import PRIVATE, requested_language
from scheduler.web.showing import Showing

log = structlog.get_logger(__name__)
_SAYS = {
    404: Phrase("There is no such page."),
    405: Phrase("This page does not take that operation."),
    503: Phrase("We cannot save changes at the moment. Nothing was saved; please try again in a few minutes."),
    500: Phrase("Something failed on our side. Please try again in a few minutes."),
}
_CROWDED = Phrase("Many people are reading these pages at this moment. Please try again in a minute.")
AGAIN = {"Retry-After": "60", "Cache-Control": "no-store"}


class ErrorPages:
    def __init__(self, site: Showing) -> None:
        self._site = site

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

    async def crowded(self, request: Request) -> Response:
        """More is asked for than can be rendered."""
        language = requested_language(request)
        values = {"says": _CROWDED[language], "more": ()}
        return self._site.page(request, "error.html", language, values, status=503, headers=AGAIN)
