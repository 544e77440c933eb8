"""The desk put together: its screens behind their roles, each made in the workshop and shown in the desk's frame."""

from __future__ import annotations

from urllib.parse import quote

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from scheduler.base.address import seen
from scheduler.web.desk.access import POLICY, DeskRoute, Guard, Handler
from scheduler.web.desk.asked import Answer, Asked
from scheduler.web.desk.declared import Screen
from scheduler.web.desk.frame import DeskFrame
from scheduler.web.desk.screens.table import SCREENS
from scheduler.web.desk.uploads import read_upload
from scheduler.web.desk.visit import Visit
from scheduler.web.desk.workshop import Workshop
from scheduler.web.rendering import requested_language
from scheduler.web.site import DeskHome, Site

FILE_HEADERS = {"X-Content-Type-Options": "nosniff"}


class Desk:
    """The screens of one installation, and the workshop that makes them."""

    def __init__(self, site: Site, access: Guard, home: DeskHome) -> None:
        self._site = site
        self._access = access
        self._frame = DeskFrame(site)
        self.workshop = Workshop(home=home, base_url=site.base_url)
        site.helpers.append(self.workshop)

    def routes(self) -> list[BaseRoute]:
        return self._access.routes(
            DeskRoute(
                path=one.path,
                need=one.need,
                get=None if one.get is None else self._handler(one.get),
                post=None if one.post is None else self._handler(one.post),
                sensitive=one.sensitive,
            )
            for one in SCREENS
        )

    def _handler(self, screen: Screen) -> Handler:
        async def answer(request: Request, visit: Visit) -> Response:
            asked = await self._asked(request, visit)
            return self._told(request, visit, await self.workshop.make(screen, asked))

        return answer

    async def _asked(self, request: Request, visit: Visit) -> Asked:
        form, files = await read_upload(request)
        return Asked(
            person=visit.person,
            csrf=visit.csrf,
            language=requested_language(request),
            now=self._site.present(),
            root=self._site.root,
            path=request.url.path,
            names={name: seen(value) for name, value in request.path_params.items()},
            query={name: seen(value) for name, value in request.query_params.items()},
            form=form,
            files=files,
            part=bool(request.headers.get("hx-request")),
        )

    def _told(self, request: Request, visit: Visit, made: Answer) -> Response:
        if made.location is not None:
            return RedirectResponse(made.location, status_code=made.status)
        if made.file is not None:
            named = f"attachment; filename*=UTF-8''{quote(made.name)}"
            return Response(made.file, headers={**FILE_HEADERS, "Content-Disposition": named}, media_type=made.media)
        if made.part:
            policy = {POLICY: made.policy, **FILE_HEADERS} if made.policy else {}
            return Response(made.body, made.status, policy, media_type="text/html; charset=utf-8")
        values = {"title": made.title, "body": Markup(made.body), "halted": made.halted}  # noqa: S704  # rendered with escaping
        page = self._frame.page(request, "desk/screen.html", visit, values, status=made.status)
        if made.policy:
            page.headers[POLICY] = made.policy
        return page
