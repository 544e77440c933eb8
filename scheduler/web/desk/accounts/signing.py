"""Signing in and out, and giving the password again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from scheduler.base.refusal import Refusal
from scheduler.people.signing_in import NotSignedIn, TooManyTries
from scheduler.web.desk.access import CONFIRM, HOME, PASSWORD, SIGN_IN, DeskRoute, Entrance, Guard, OpenRoute
from scheduler.web.desk.frame import DeskFrame
from scheduler.web.desk.visit import Visit
from scheduler.web.http.forms import read_form
from scheduler.web.rendering import requested_language
from scheduler.web.site import Site


class SignInPages:
    """Handlers for /desk/sign-in, /desk/sign-out and /desk/confirm."""

    def __init__(self, site: Site, access: Guard) -> None:
        self._site = site
        self._access = access
        self._frame = DeskFrame(site)

    def routes(self) -> Sequence[DeskRoute | OpenRoute]:
        return [
            OpenRoute(path=SIGN_IN, get=self.ask, post=self.sign_in),
            DeskRoute(path="/desk/sign-out", need=Entrance.SIGNED_IN, post=self.sign_out),
            DeskRoute(path=CONFIRM, need=Entrance.SIGNED_IN, get=self.ask_again, post=self.confirm),
        ]

    async def ask(self, request: Request) -> Response:
        if await self._access.visit(request) is not None:
            return RedirectResponse(self._access.onward(request.query_params.get("next", HOME)), status_code=303)
        return self._sign_in_page(request, "", None)

    async def sign_in(self, request: Request) -> Response:
        form = await read_form(request)
        address = form.one("address")
        signing = self._access.signing_in(request)
        try:
            key = await self._access.passwords.run(partial(signing.sign_in, address, form.one(PASSWORD)))
        except (NotSignedIn, TooManyTries) as error:
            return self._sign_in_page(request, address, error)
        answer = RedirectResponse(self._access.onward(request.query_params.get("next", HOME)), status_code=303)
        self._access.cookies.give(answer, key)
        return answer

    async def sign_out(self, request: Request, visit: Visit) -> Response:
        await asyncio.to_thread(self._access.signing_in(request).sign_out, visit.person.id)
        answer = RedirectResponse(f"{self._site.root}{SIGN_IN}", status_code=303)
        self._access.cookies.take(answer)
        return answer

    async def ask_again(self, request: Request, visit: Visit) -> Response:
        if visit.confirmed:
            return RedirectResponse(self._access.onward(request.query_params.get("next", HOME)), status_code=303)
        return self._confirm_page(request, visit, None)

    async def confirm(self, request: Request, visit: Visit) -> Response:
        try:
            if not visit.confirmed:
                await self._access.confirm(request, visit, (await read_form(request)).one(PASSWORD))
        except (NotSignedIn, TooManyTries) as error:
            return self._confirm_page(request, visit, error)
        return RedirectResponse(self._access.onward(request.query_params.get("next", HOME)), status_code=303)

    def _sign_in_page(self, request: Request, address: str, error: Refusal | None) -> Response:
        values = {"address": address, **self._asked(request, error)}
        return self._answer(self._frame.page(request, "desk-sign-in.html", None, values, status=_status(error)), error)

    def _confirm_page(self, request: Request, visit: Visit, error: Refusal | None) -> Response:
        values = {"fields": [], **self._asked(request, error)}
        return self._answer(self._frame.page(request, "desk-confirm.html", visit, values, status=_status(error)), error)

    def _asked(self, request: Request, error: Refusal | None) -> dict[str, object]:
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return {"action": here, "problem": None if error is None else error.why[requested_language(request)]}

    def _answer(self, answer: Response, error: Refusal | None) -> Response:
        if isinstance(error, TooManyTries):
            answer.headers["Retry-After"] = str(error.seconds)
        return answer


def _status(error: Refusal | None) -> int:
    return 200 if error is None else error.status
