"""The way in without an account, for whoever started this process: `agenda desk`, on this machine alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from scheduler.store.accounts import sessions
from scheduler.web.desk.access import HOME, SIGN_IN, Guard, OpenRoute
from scheduler.web.desk.visit import client
from scheduler.web.http.once import OneTimeKey
from scheduler.web.site import Site

ENTER = "/desk/enter"


class LocalEntry:
    """Handlers for /desk/enter/<key>: a session of the local person, once. Earlier processes' sessions end."""

    def __init__(self, site: Site, access: Guard, key: OneTimeKey) -> None:
        self._site = site
        self._access = access
        self._key = key

    def routes(self) -> Sequence[OpenRoute]:
        return [OpenRoute(path=ENTER + "/{key}", get=self.enter)]

    async def enter(self, request: Request) -> Response:
        if await self._access.visit(request) is not None:
            return RedirectResponse(f"{self._site.root}{HOME}", status_code=303)
        if not self._key.use(request.path_params["key"]):
            return RedirectResponse(f"{self._site.root}{SIGN_IN}", status_code=303)
        answer = RedirectResponse(f"{self._site.root}{HOME}", status_code=303)
        self._access.cookies.give(answer, await asyncio.to_thread(self._begin, client(request, self._site).family))
        return answer

    def _begin(self, family: str) -> str:
        with self._site.database.write_own_row() as connection:
            sessions.end_all(connection, None)
            return sessions.begin(connection, None, family, self._site.present())
