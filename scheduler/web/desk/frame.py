"""The desk's pages about people in their frame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from scheduler.store.accounts.roles import DeskRole
from scheduler.web.desk.navigation import place_of, places
from scheduler.web.desk.uploads import MOST_OF_A_FILE
from scheduler.web.desk.visit import Visit
from scheduler.web.rendering import ASKS_OWN, PRIVATE, requested_language
from scheduler.web.site import Site

DESK = {**PRIVATE, **ASKS_OWN, "X-Frame-Options": "DENY"}


class DeskFrame:
    """Renders pages for who is signed in, and for who is not yet."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def page(
        self, request: Request, template: str, visit: Visit | None, values: Mapping[str, Any], *, status: int = 200
    ) -> Response:
        language = requested_language(request)
        frame = {
            "person": None if visit is None else visit.person,
            "csrf": "" if visit is None else visit.csrf,
            "places": () if visit is None else places(visit.person, language),
            "here": place_of(request.url.path.removeprefix(self._site.root)),
            "may_stop": visit is not None and visit.person.may(DeskRole.OPERATE),
            "halted": "",
            "most": MOST_OF_A_FILE,
        }
        return self._site.page(request, template, language, {**frame, **values}, status=status, headers=DESK)
