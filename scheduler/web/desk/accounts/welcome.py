"""The one-time link: choosing a password, when one is invited or has forgotten it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from scheduler.base.passwords import LONGEST, SHORTEST
from scheduler.base.refusal import Refusal
from scheduler.people.accounts import NAME_LENGTH
from scheduler.people.signing_in import NotSignedIn, UnfitPassword
from scheduler.store.accounts.register import Account
from scheduler.web.desk.access import HOME, Guard, OpenRoute
from scheduler.web.desk.frame import DeskFrame
from scheduler.web.http.forms import read_form
from scheduler.web.rendering import requested_language
from scheduler.web.site import Site


class WelcomePages:
    """Handlers for /desk/welcome/<token>. To look at it uses nothing up: mail filters follow links, too."""

    def __init__(self, site: Site, access: Guard) -> None:
        self._site = site
        self._access = access
        self._frame = DeskFrame(site)

    def routes(self) -> Sequence[OpenRoute]:
        return [OpenRoute(path="/desk/welcome/{token}", get=self.show, post=self.accept)]

    async def show(self, request: Request) -> Response:
        account = await self._account(request)
        return self._page(request, account, "" if account is None else account.name, None)

    async def accept(self, request: Request) -> Response:
        form, token = await read_form(request), request.path_params["token"]
        signing = self._access.signing_in(request)
        account = await self._account(request)
        name = form.one("name")
        try:
            accept = partial(signing.accept, token, name, form.one("new"), form.one("again"))
            key = await self._access.passwords.run(accept)
        except UnfitPassword as error:
            return self._page(request, account, name, error)
        except NotSignedIn:
            return self._page(request, None, "", None)
        answer = RedirectResponse(f"{self._site.root}{HOME}", status_code=303)
        self._access.cookies.give(answer, key)
        return answer

    async def _account(self, request: Request) -> Account | None:
        return await asyncio.to_thread(self._access.signing_in(request).opened, request.path_params["token"])

    def _page(self, request: Request, account: Account | None, name: str, error: Refusal | None) -> Response:
        if account is None:
            return self._frame.page(request, "desk-link-over.html", None, {}, status=404)
        values = {
            "address": account.address,
            "name": name,
            "known": account.accepted,
            "action": request.url.path,
            "shortest": SHORTEST,
            "longest": LONGEST,
            "name_length": NAME_LENGTH,
            "problem": None if error is None else error.why[requested_language(request)],
        }
        return self._frame.page(
            request, "desk-welcome.html", None, values, status=200 if error is None else error.status
        )
