"""Every route of the desk."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from scheduler.web.desk.access import HOME, DeskRoute, Entrance, Guard, OpenRoute
from scheduler.web.desk.accounts.entering import LocalEntry
from scheduler.web.desk.accounts.own import ACCOUNT, OwnAccount
from scheduler.web.desk.accounts.persons import PeoplePages
from scheduler.web.desk.accounts.signing import SignInPages
from scheduler.web.desk.accounts.welcome import WelcomePages
from scheduler.web.desk.visit import Visit
from scheduler.web.site import Site


def desk_routes(site: Site) -> list[BaseRoute]:
    """As Starlette wants them, each behind its role."""
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
        return RedirectResponse(f"{site.root}{ACCOUNT}", status_code=303)

    declared += [DeskRoute(path=path, need=Entrance.SIGNED_IN, get=home) for path in (HOME, HOME.rstrip("/"))]
    return access.routes(declared)
