"""Every route of the desk."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute
from starlette.types import Scope

from scheduler.web.desk.access import HOME, SIGN_IN, DeskRoute, Entrance, Guard, OpenRoute
from scheduler.web.desk.accounts.entering import LocalEntry
from scheduler.web.desk.accounts.own import OwnAccount
from scheduler.web.desk.accounts.persons import PeoplePages
from scheduler.web.desk.accounts.signing import SignInPages
from scheduler.web.desk.accounts.welcome import WelcomePages
from scheduler.web.desk.desk import Desk
from scheduler.web.desk.uploads import LARGEST
from scheduler.web.desk.visit import Visit
from scheduler.web.http.bodies import BODY_LIMIT, UNREAD, More
from scheduler.web.site import Site

WELCOME = f"{HOME}welcome/"  # whoever comes there has no session yet


def desk_routes(site: Site) -> list[BaseRoute]:
    """As Starlette wants them, each behind its role."""
    assert site.desk is not None, "who asks for the desk has one"
    access = Guard(site)
    declared: list[DeskRoute | OpenRoute] = [
        *SignInPages(site, access).routes(),
        *WelcomePages(site, access).routes(),
        *OwnAccount(site, access).routes(),
        *PeoplePages(site, access).routes(),
    ]
    if site.desk_key is not None:
        declared += LocalEntry(site, access, site.desk_key).routes()

    async def home(_request: Request, _visit: Visit) -> Response:
        return RedirectResponse(f"{site.root}{HOME}", status_code=303)

    declared.append(DeskRoute(path=HOME.rstrip("/"), need=Entrance.SIGNED_IN, get=home))
    return [*access.routes(declared), *Desk(site, access, site.desk).routes()]


def more_for_the_desk(site: Site) -> More:
    """How large a body may be below /desk/: whoever is signed in puts files there."""
    access = Guard(site)

    async def allowed(scope: Scope) -> int:
        """A session may have ended while a file was being edited: that is said, and not that the file is too large."""
        path = str(scope["path"])
        if not path.startswith(HOME) or path.startswith((SIGN_IN, WELCOME)):
            return BODY_LIMIT
        return UNREAD if await access.visit(Request(scope)) is None else LARGEST

    return allowed
