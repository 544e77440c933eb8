"""The institution's privacy notice."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from scheduler.web.kept.declared import PublicRoute
from scheduler.web.rendering import requested_language
from scheduler.web.showing import Showing


class PrivacyPage:
    """Handler for /privacy; there is no such page where the agenda has no notice."""

    def __init__(self, site: Showing) -> None:
        self._site = site

    def routes(self) -> Sequence[PublicRoute]:
        return [PublicRoute("/privacy", self.show)]

    async def show(self, request: Request) -> Response:
        privacy = self._site.edition.agenda.privacy
        if privacy is None:
            raise HTTPException(404)
        language = requested_language(request)
        values = {"paragraphs": privacy.paragraphs(language), "whole": privacy.url}
        headers = {"Cache-Control": "no-cache"}
        return self._site.page(request, "people-privacy.html", language, values, headers=headers)
