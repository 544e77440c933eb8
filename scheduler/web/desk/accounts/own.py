"""One's own account: roles, sessions, another password."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from scheduler.base.passwords import LONGEST, SHORTEST
from scheduler.base.refusal import Refusal
from scheduler.people.accounts import AccountActs
from scheduler.people.signing_in import NotSignedIn, TooManyTries, UnfitPassword
from scheduler.store.accounts import register, sessions
from scheduler.store.accounts.register import Account
from scheduler.store.accounts.sessions import DeskSession
from scheduler.store.audit.deeds import Via
from scheduler.web.desk.access import DeskRoute, Entrance, Guard
from scheduler.web.desk.accounts.lines import account_line, region_names, session_line
from scheduler.web.desk.frame import DeskFrame
from scheduler.web.desk.visit import Visit
from scheduler.web.http.forms import Form, read_form
from scheduler.web.rendering import requested_language
from scheduler.web.site import Site
from scheduler.wording.roles import granted

ACCOUNT = "/desk/account"


class OwnAccount:
    """Handlers for /desk/account."""

    def __init__(self, site: Site, access: Guard) -> None:
        self._site = site
        self._access = access
        self._frame = DeskFrame(site)

    def routes(self) -> Sequence[DeskRoute]:
        return [DeskRoute(path=ACCOUNT, need=Entrance.SIGNED_IN, get=self.show, post=self.act)]

    async def show(self, request: Request, visit: Visit) -> Response:
        return await self._page(request, visit, None)

    async def act(self, request: Request, visit: Visit) -> Response:
        form, own = await read_form(request), visit.person.id
        if own is None:
            return await self._page(request, visit, None)
        match form.one("do"):
            case "password":
                return await self._change(request, visit, form)
            case "end":
                await asyncio.to_thread(self._acts(own).end_session, own, form.one("session"))
            case "end-others":
                await asyncio.to_thread(self._acts(own).end_sessions, own, visit.session.id)
        return RedirectResponse(f"{self._site.root}{ACCOUNT}", status_code=303)

    async def _change(self, request: Request, visit: Visit, form: Form) -> Response:
        account, _ = await asyncio.to_thread(self._found, visit)
        assert account is not None, "it has an id"
        change = partial(
            self._access.signing_in(request).change, account, form.one("password"), form.one("new"), form.one("again")
        )
        try:
            key = await self._access.passwords.run(change)
        except (NotSignedIn, TooManyTries, UnfitPassword) as error:
            return await self._page(request, visit, error)
        answer = RedirectResponse(f"{self._site.root}{ACCOUNT}?said=password", status_code=303)
        self._access.cookies.give(answer, key)
        return answer

    async def _page(self, request: Request, visit: Visit, error: Refusal | None) -> Response:
        account, found = await asyncio.to_thread(self._found, visit)
        agenda, language = self._site.in_force.edition.agenda, requested_language(request)
        now = self._site.present()
        values = {
            "account": None if account is None else account_line(account, agenda, now, language),
            "roles": granted(visit.person.grants, region_names(agenda, language), language),
            "sessions": [session_line(one, visit.session.id, agenda, language) for one in found],
            "action": ACCOUNT,
            "shortest": SHORTEST,
            "longest": LONGEST,
            "changed": error is None and request.query_params.get("said") == "password",
            "problem": None if error is None else error.why[language],
            "of_current": isinstance(error, NotSignedIn | TooManyTries),
        }
        status = 200 if error is None else error.status
        return self._frame.page(request, "desk-account.html", visit, values, status=status)

    def _found(self, visit: Visit) -> tuple[Account | None, list[DeskSession]]:
        own = visit.person.id
        if own is None:
            return None, []
        with self._site.database.read() as connection:
            return register.find(connection, own), sessions.listed(connection, own, self._site.present())

    def _acts(self, own: str) -> AccountActs:
        return AccountActs(database=self._site.database, by=own, now=self._site.present(), via=Via.DESK)
