"""What was agreed and what has come of it: commitments, and each axis with what is done, next, and without a date."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from calendars.wording import home_name
from scheduler.web.index import foot
from scheduler.web.kept.declared import PublicRoute
from scheduler.web.rendering import requested_language
from scheduler.web.showing import Showing
from scheduler.wording.work.lines import axis_lines, commitment_lines


class Work:
    """Handler for /agenda."""

    def __init__(self, site: Showing) -> None:
        self._site = site

    def routes(self) -> Sequence[PublicRoute]:
        return [PublicRoute("/agenda", self.show)]

    async def show(self, request: Request) -> Response:
        language, edition = requested_language(request), self._site.edition
        values = {
            **foot(edition, language),
            "home_name": home_name(edition.agenda.zone, language),
            "commitments": commitment_lines(edition.agenda, language),
            "axes": axis_lines(edition, self._site.held, self._site.present(), language),
        }
        return self._site.page(request, "work.html", language, values, headers={"Cache-Control": "no-cache"})
