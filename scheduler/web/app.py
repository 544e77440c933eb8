"""The web half put together: feeds in front, then the pages that are kept, then the others."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from scheduler.base.heavy import load
from scheduler.base.refusal import Refusal
from scheduler.web.demo.captured import CapturedMails
from scheduler.web.demo.hosts import by_own_names
from scheduler.web.demo.outbox import OutboxPages
from scheduler.web.feeds.public import PREFIX, FeedApp
from scheduler.web.http.bodies import WholeBodies
from scheduler.web.http.compression import compressed
from scheduler.web.http.ready import Ready
from scheduler.web.kept.declared import PublicRoute, to_the_end
from scheduler.web.pages.chosen import Choosing
from scheduler.web.pages.pages import Pages
from scheduler.web.people.account import Accounts
from scheduler.web.people.answering import Answering
from scheduler.web.people.confirming import Confirming
from scheduler.web.people.leave import Leaving
from scheduler.web.people.manage import Managing
from scheduler.web.people.rolling import Rolling
from scheduler.web.people.signup import SigningUp
from scheduler.web.public import kept, public_routes
from scheduler.web.rendering import ASSETS, asset_response
from scheduler.web.site import Site
from scheduler.web.watch.health import Health

__all__ = ["Site", "build_app", "ready_of"]

DESK = "scheduler.web.desk.routes"


def build_app(site: Site) -> ASGIApp:
    """The ASGI application of one installation."""
    pages = Pages(site)
    handlers = {HTTPException: pages.failed, Refusal: pages.refused, DBAPIError: pages.away, Exception: pages.failed}
    inner = Starlette(routes=routes_of(site, pages), exception_handlers=handlers)
    inner.router.redirect_slashes = False  # it would redirect to whatever host the request names
    more = None if site.desk is None else load(DESK).more_for_the_desk(site)
    keeper, maker = kept(site, inner.routes, compressed(WholeBodies(inner, more)))
    site.helpers.append(maker)
    whole = fronted(FeedApp(site.shelf, site.staff), keeper)
    return whole if site.outbox is None else by_own_names(whole, site.base_url)


def ready_of(site: Site) -> Ready | None:
    """What the server may answer without asking that application, which looks first by which name the demo is asked."""
    return site.shelf if site.outbox is None else None


def routes_of(site: Site, pages: Pages) -> list[BaseRoute]:
    """All that is not a feed."""
    routes: list[BaseRoute] = [
        *pages.routes(),
        *Health(site).routes(),
        *public_routes(site),
        *Choosing(site).routes(),
        *Leaving(site).routes(),
        *Answering(site).routes(),
        *Rolling(site).routes(),
        *SigningUp(site).routes(),
        *Confirming(site).routes(),
        *Managing(site).routes(),
        *Accounts(site).routes(),
        *(Route(f"/static/{name}", asset_response(name)) for name in ASSETS),
    ]
    if site.outbox is not None:
        routes += OutboxPages(site, CapturedMails(site.outbox, site.database)).routes()
    if site.desk is not None:  # loaded where it is served: it is half of the web's modules
        routes += load(DESK).desk_routes(site)
    for route in routes:
        if isinstance(route, Route) and not isinstance(route, PublicRoute):  # which is so by itself
            to_the_end(route)
    return routes


def fronted(feeds: ASGIApp, pages: ASGIApp) -> ASGIApp:
    """The feeds under /feeds/, without a router before them, and the pages everywhere else."""

    async def choose(scope: Scope, receive: Receive, send: Send) -> None:
        asked = feeds if scope["type"] == "http" and scope["path"].startswith(PREFIX) else pages
        await asked(scope, receive, send)

    return choose
