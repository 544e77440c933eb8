"""Who may ask for what at the desk: every route says which role it wants, and there is no other way to make one."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from scheduler.people.signing_in import NotSignedIn, SigningIn, TooManyTries
from scheduler.store.accounts import register
from scheduler.store.accounts.roles import DeskRole
from scheduler.web.desk.frame import DESK, DeskFrame
from scheduler.web.desk.proof import CSRF, refuse_foreign, refuse_unproven
from scheduler.web.desk.slow import OneByOne
from scheduler.web.desk.visit import Cookies, NotYours, Visit, client, visit
from scheduler.web.http.forms import read_form
from scheduler.web.rendering import requested_language
from scheduler.web.site import Site

HOME, SIGN_IN, CONFIRM = "/desk/", "/desk/sign-in", "/desk/confirm"
POLICY = "Content-Security-Policy"
FRAMED = "frame-ancestors 'self'"  # a mail, shown within its screen
PASSWORD = "password"  # noqa: S105  # the name of a field
_ONWARD = re.compile(r"/desk(?:/[\w.~%+-]{1,100}){0,8}/?(?:\?[\w.~%+=&:;,/-]{0,1000})?")


class Entrance(Enum):
    """Who may pass without any role in particular."""

    SIGNED_IN = auto()


Need = DeskRole | Entrance
Handler = Callable[[Request, Visit], Awaitable[Response]]
OpenHandler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskRoute:
    """A screen, or an act, for whoever has the role: somewhere at least; where, the handler asks `visit.person`."""

    path: str
    need: Need
    get: Handler | None = None
    post: Handler | None = None
    sensitive: bool = False  # a POST asks for the password again, unless it was given just now


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenRoute:
    """A screen for who is not signed in yet."""

    path: str
    get: OpenHandler | None = None
    post: OpenHandler | None = None


class GuardedRoute(Route):
    """A route of the desk, as Starlette finds it."""

    def __init__(self, declared: DeskRoute | OpenRoute, answer: Callable[[Request], Awaitable[Response]]) -> None:
        methods = [name for name, has in (("GET", declared.get), ("POST", declared.post)) if has is not None]
        super().__init__(declared.path, answer, methods=methods)
        self.declared = declared


class Guard:
    """Stands before every handler of the desk."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._frame = DeskFrame(site)
        self.cookies = Cookies(base_url=site.base_url)
        self.passwords = OneByOne()

    def routes(self, declared: Iterable[DeskRoute | OpenRoute]) -> list[BaseRoute]:
        return [
            GuardedRoute(one, partial(self._open, one) if isinstance(one, OpenRoute) else partial(self._guarded, one))
            for one in declared
        ]

    async def visit(self, request: Request) -> Visit | None:
        """Whose session the request brings; None of none that lasts."""
        asks = client(request, self._site)
        if not asks.key:
            return None
        return await asyncio.to_thread(visit, self._site, asks.key, asks.family, self._site.present())

    def signing_in(self, request: Request) -> SigningIn:
        return SigningIn(database=self._site.database, client=client(request, self._site), now=self._site.present())

    def onward(self, text: str) -> str:
        """Where to go on to: a screen of the desk, never another site; the first screen where it is neither."""
        return f"{self._site.root}{text if _ONWARD.fullmatch(text) else HOME}"

    async def _open(self, route: OpenRoute, request: Request) -> Response:
        if request.method == "POST":
            refuse_foreign(request, self._site.base_url)
            assert route.post is not None, "its methods say so"
            return _secured(await route.post(request))
        assert route.get is not None, "its methods say so"
        return _secured(await route.get(request))

    async def _guarded(self, route: DeskRoute, request: Request) -> Response:
        found = await self.visit(request)
        if found is None:
            return _secured(self._nobody(request))
        if isinstance(route.need, DeskRole) and not found.person.may(route.need):
            raise NotYours(route.need)
        if request.method != "POST":
            assert route.get is not None, "its methods say so"
            return _secured(await route.get(request, found))
        refuse_foreign(request, self._site.base_url)
        await refuse_unproven(request, found.csrf)
        if route.sensitive and not found.confirmed:
            asked = await self._confirmed(request, found)
            if asked is not None:
                return _secured(asked)
            found = found.confirmed_now()
        assert route.post is not None, "its methods say so"
        return _secured(await route.post(request, found))

    def _nobody(self, request: Request) -> Response:
        """To the sign-in: a screen by a redirect, a part of one by htmx's header; what was sent is not lost unsaid."""
        if request.headers.get("hx-request"):
            return self._partial(request, SIGN_IN)
        if request.method == "POST":
            return self._frame.page(request, "desk-ended.html", None, {"sign_in": SIGN_IN}, status=401)
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{self._site.root}{SIGN_IN}?next={quote(path)}", status_code=303)

    async def _confirmed(self, request: Request, found: Visit) -> Response | None:
        """None where the form brings the right password; else the page that asks for it and sends the form again."""
        form = await read_form(request)
        if request.headers.get("hx-request") or not form.fields:
            return self._partial(request, CONFIRM)
        given = form.one(PASSWORD)
        kept = [name for name in form.fields if name not in (CSRF, PASSWORD)]
        values: dict[str, object] = {
            "fields": [(name, one) for name in kept for one in form.fields[name]],
            "action": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        }
        if not given:
            return self._frame.page(request, "desk-confirm.html", found, {**values, "problem": None}, status=403)
        try:
            await self.confirm(request, found, given)
        except (NotSignedIn, TooManyTries) as error:
            values["problem"] = error.why[requested_language(request)]
            return self._frame.page(request, "desk-confirm.html", found, values, status=error.status)
        return None

    async def confirm(self, request: Request, found: Visit, password: str) -> None:
        """Raises NotSignedIn, TooManyTries."""
        signing, account = self.signing_in(request), found.person.id
        assert account is not None, "whoever has the machine is not asked"
        await self.passwords.run(partial(_confirm, signing, account, found, password))

    def _partial(self, request: Request, path: str) -> Response:
        """Away from the screen in the browser, of which htmx asks for a part, and back to it."""
        try:
            shown = urlsplit(request.headers.get("hx-current-url") or request.headers.get("referer") or "")
        except ValueError:  # of no browser
            shown = urlsplit("")
        back = shown.path.removeprefix(self._site.root) + (f"?{shown.query}" if shown.query else "")
        to = f"{self._site.root}{path}?next={quote(back or HOME)}"
        return Response(status_code=401, headers={"HX-Redirect": to})


def _confirm(signing: SigningIn, account: str, found: Visit, password: str) -> None:
    with signing.database.read() as connection:
        known = register.find(connection, account)
    signing.confirm(known, found.session, password)


def _secured(answer: Response) -> Response:
    """Whatever a handler made of it: kept by nobody, in no frame of another site's. A page may widen the policy."""
    policy = answer.headers.get(POLICY)
    answer.headers.update(DESK)
    if policy is not None:
        answer.headers[POLICY] = policy
        if FRAMED in policy:
            answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer
