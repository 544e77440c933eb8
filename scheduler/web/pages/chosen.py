"""The office that a reader chose to be offered again: one cookie, only after that, and gone by one click.

It holds the office's id and nothing of the reader; no page but the first one and the offices' looks at it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from calendars.editions import Edition
from calendars.model.places import Representation
from scheduler.web.http.forms import read_form, refuse_cross_site
from scheduler.web.kept.declared import OFFICE_COOKIE, Office, site_ids
from scheduler.web.rendering import SECURITY, chosen_language
from scheduler.web.showing import Showing

KEPT = timedelta(days=400)  # the longest that browsers keep one (RFC 6265bis §5.5)
VARIES = "Accept-Language, Cookie"


class Choosing:
    """Handler for POST /my-site: `site` is remembered; none, or an unknown one, is forgotten."""

    def __init__(self, site: Showing) -> None:
        self._site = site

    def routes(self) -> Sequence[BaseRoute]:
        return [Route("/my-site", self.choose, methods=["POST"])]

    async def choose(self, request: Request) -> Response:
        refuse_cross_site(request, self._site.base_url)
        form = await read_form(request)
        found = self._site.edition.agenda.site(form.one("site"))
        language = chosen_language(request)
        page = f"{self._site.root}{'/' if found is None else f'/sites/{found.id}'}"
        answer = RedirectResponse(f"{page}?lang={language}" if language else page, status_code=303, headers=SECURITY)
        path, secure = f"{self._site.root}/", self._site.base_url.startswith("https://")
        if found is None:
            answer.delete_cookie(OFFICE_COOKIE, path=path, secure=secure, httponly=True, samesite="lax")
        else:
            answer.set_cookie(
                OFFICE_COOKIE,
                found.id,
                max_age=int(KEPT.total_seconds()),
                path=path,
                secure=secure,
                httponly=True,
                samesite="lax",
            )
        return answer


def remembered(site: Showing, request: Request) -> Representation | None:
    """The office that this browser was asked to remember, while the agenda has it."""
    return site.edition.agenda.site(request.cookies.get(OFFICE_COOKIE, ""))


def own_office(edition: Edition) -> Office:
    """What of the cookie the first page tells apart: which office, or that there is a cookie."""
    ids = frozenset(site_ids(edition))
    return lambda kept, _shown: kept if kept in ids else ""


def same_office(_edition: Edition) -> Office:
    """What of it an office's page tells apart: whether it is this one."""
    return lambda kept, shown: kept if kept == shown else ""


def freshness(request: Request) -> dict[str, str]:
    """Headers of a page that offers it: anew each time, and kept for nobody else once there is a cookie."""
    own = OFFICE_COOKIE in request.cookies
    return {"Cache-Control": "private, no-cache" if own else "no-cache", "Vary": VARIES}
