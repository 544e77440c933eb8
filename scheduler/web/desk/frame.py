"""The desk's pages about people in their frame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from scheduler.store.accounts.roles import DeskRole
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
        frame = {
            "person": None if visit is None else visit.person,
            "csrf": "" if visit is None else visit.csrf,
            "manages": visit is not None and visit.person.may(DeskRole.PEOPLE),
        }
        language = requested_language(request)
        return self._site.page(request, template, language, {**frame, **values}, status=status, headers=DESK)
