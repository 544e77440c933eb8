"""Everybody's accounts: who there is, inviting, roles, sessions, a new link, removing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from scheduler.base.refusal import Refusal
from scheduler.people.accounts import NAME_LENGTH, AccountActs, IssuedLink, home_notes
from scheduler.store.accounts import register, sessions
from scheduler.store.accounts.register import Account, NoSuchAccount
from scheduler.store.accounts.roles import DeskRole
from scheduler.store.accounts.sessions import DeskSession
from scheduler.store.audit.deeds import Via
from scheduler.web.desk.access import DeskRoute, Guard
from scheduler.web.desk.accounts.lines import account_line, moment, role_boxes, session_line, ticked
from scheduler.web.desk.frame import DeskFrame
from scheduler.web.desk.visit import Visit
from scheduler.web.http.forms import Form, read_form
from scheduler.web.rendering import requested_language
from scheduler.web.site import Site

PEOPLE, ONE = "/desk/people", "/desk/people/{account}"
ADDRESS_LENGTH = 254  # RFC 5321 §4.5.3.1.3


class PeoplePages:
    """Handlers for /desk/people."""

    def __init__(self, site: Site, access: Guard) -> None:
        self._site = site
        self._access = access
        self._frame = DeskFrame(site)

    def routes(self) -> Sequence[DeskRoute]:
        needs = DeskRole.PEOPLE
        return [
            DeskRoute(path=PEOPLE, need=needs, get=self.show, post=self.invite, sensitive=True),
            DeskRoute(path=ONE, need=needs, get=self.show_one, post=self.act, sensitive=True),
        ]

    async def show(self, request: Request, visit: Visit) -> Response:
        return await self._list(request, visit, Form(fields={}), None)

    async def invite(self, request: Request, visit: Visit) -> Response:
        form = await read_form(request)
        wanted = (form.one("address"), form.one("name"), ticked(form.all("grant")))
        try:
            made = await asyncio.to_thread(self._acts(visit).invite, *wanted)
        except Refusal as error:
            return await self._list(request, visit, form, error)
        return self._link(request, visit, made)

    async def show_one(self, request: Request, visit: Visit) -> Response:
        return await self._one(request, visit, None)

    async def act(self, request: Request, visit: Visit) -> Response:
        form, account, acts = await read_form(request), request.path_params["account"], self._acts(visit)
        act: Callable[[], object]
        match form.one("do"):
            case "link":
                return self._link(request, visit, await asyncio.to_thread(acts.relink, account))
            case "roles":
                act = partial(acts.grant, account, ticked(form.all("grant")))
            case "end":
                act = partial(acts.end_session, account, form.one("session"))
            case "end-all":
                act = partial(acts.end_sessions, account)
            case "remove":
                act = partial(acts.remove, account)
            case _:
                return await self._one(request, visit, None)
        try:
            await asyncio.to_thread(act)
        except NoSuchAccount:
            raise
        except Refusal as error:
            return await self._one(request, visit, error)
        done = PEOPLE if form.one("do") == "remove" else f"{PEOPLE}/{account}"
        return RedirectResponse(f"{self._site.root}{done}?said={form.one('do')}", status_code=303)

    async def _list(self, request: Request, visit: Visit, form: Form, error: Refusal | None) -> Response:
        def found() -> list[Account]:
            with self._site.database.read() as connection:
                return register.listed(connection)

        agenda, language = self._site.in_force.edition.agenda, requested_language(request)
        now = self._site.present()
        values = {
            "accounts": [account_line(one, agenda, now, language) for one in await asyncio.to_thread(found)],
            "notes": [one[language] for one in await asyncio.to_thread(home_notes, self._site.database)],
            "boxes": role_boxes(ticked(form.all("grant")), agenda, language),
            "address": form.one("address")[:ADDRESS_LENGTH],
            "name": form.one("name")[:NAME_LENGTH],
            "name_length": NAME_LENGTH,
            "action": PEOPLE,
            "did": request.query_params.get("said", ""),
            "problem": None if error is None else error.why[language],
        }
        status = 200 if error is None else error.status
        return self._frame.page(request, "desk-people.html", visit, values, status=status)

    async def _one(self, request: Request, visit: Visit, error: Refusal | None) -> Response:
        account, found = await asyncio.to_thread(self._found, request.path_params["account"])
        agenda, language = self._site.in_force.edition.agenda, requested_language(request)
        values = {
            "account": account_line(account, agenda, self._site.present(), language),
            "own": account.id == visit.person.id,
            "boxes": role_boxes(account.grants, agenda, language),
            "sessions": [session_line(one, visit.session.id, agenda, language) for one in found],
            "people": PEOPLE,
            "action": f"{PEOPLE}/{account.id}",
            "did": request.query_params.get("said", ""),
            "problem": None if error is None else error.why[language],
        }
        status = 200 if error is None else error.status
        return self._frame.page(request, "desk-person.html", visit, values, status=status)

    def _link(self, request: Request, visit: Visit, made: IssuedLink) -> Response:
        """Shown this once, to be sent by whoever made it: from this page it goes nowhere."""
        agenda, language = self._site.in_force.edition.agenda, requested_language(request)
        values = {
            "account": account_line(made.account, agenda, self._site.present(), language),
            "link": f"{self._site.base_url}{made.path}",
            "until": moment(made.until, agenda, language),
            "people": PEOPLE,
        }
        return self._frame.page(request, "desk-link.html", visit, values)

    def _found(self, account: str) -> tuple[Account, list[DeskSession]]:
        with self._site.database.read() as connection:
            return register.find(connection, account), sessions.listed(connection, account, self._site.present())

    def _acts(self, visit: Visit) -> AccountActs:
        by = visit.person.id or "agenda desk"
        return AccountActs(database=self._site.database, by=by, now=self._site.present(), via=Via.DESK)
