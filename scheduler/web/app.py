"""The web half put together: feeds in front, then the pages."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scheduler.base.heavy import load
from scheduler.base.refusal import Refusal
from scheduler.web.demo.captured import CapturedMails
from scheduler.web.demo.hosts import by_own_names
from scheduler.web.demo.outbox import OutboxPages
from scheduler.web.feeds.public import PREFIX, FeedApp
from scheduler.web.http.bodies import WholeBodies
from scheduler.web.pages.around import Around
from scheduler.web.pages.chosen import Choosing
from scheduler.web.pages.home import Home
from scheduler.web.pages.months import Months
from scheduler.web.pages.offices import Offices
from scheduler.web.pages.pages import Pages
from scheduler.web.pages.work import Work
from scheduler.web.people.account import Accounts
from scheduler.web.people.answering import Answering
from scheduler.web.people.confirming import Confirming
from scheduler.web.people.leave import Leaving
from scheduler.web.people.manage import Managing
from scheduler.web.people.privacy import PrivacyPage
from scheduler.web.people.rolling import Rolling
from scheduler.web.people.signup import SigningUp
from scheduler.web.rendering import ASSETS, asset_response
from scheduler.web.site import Site
from scheduler.web.watch.health import Health

__all__ = ["Site", "build_app"]

DESK = "scheduler.web.desk.routes"
WORTH_IT = 1000  # bytes; below, the headers of a compressed page outweigh the gain


def build_app(site: Site) -> ASGIApp:
    """The ASGI application of one installation."""
    pages = Pages(site)
    handlers = {HTTPException: pages.failed, Refusal: pages.refused, DBAPIError: pages.away, Exception: pages.failed}
    inner = Starlette(routes=routes_of(site, pages), exception_handlers=handlers)
    inner.router.redirect_slashes = False  # it would redirect to whatever host the request names
    more = None if site.desk is None else load(DESK).more_for_the_desk(site)
    whole = fronted(FeedApp(site.shelf, site.staff), compressed(WholeBodies(inner, more)))
    return whole if site.outbox is None else by_own_names(whole, site.base_url)


def routes_of(site: Site, pages: Pages) -> list[BaseRoute]:
    """All that is not a feed."""
    routes: list[BaseRoute] = [
        *pages.routes(),
        *Health(site).routes(),
        *Home(site).routes(),
        *Choosing(site).routes(),
        *Offices(site).routes(),
        *Around(site).routes(),
        *Months(site).routes(),
        *Work(site).routes(),
        *Leaving(site).routes(),
        *Answering(site).routes(),
        *Rolling(site).routes(),
        *SigningUp(site).routes(),
        *Confirming(site).routes(),
        *Managing(site).routes(),
        *Accounts(site).routes(),
        *PrivacyPage(site).routes(),
        *(Route(f"/static/{name}", asset_response(name)) for name in ASSETS),
    ]
    if site.outbox is not None:
        routes += OutboxPages(site, CapturedMails(site.outbox, site.database)).routes()
    if site.desk is not None:  # loaded where it is served: it is half of the web's modules
        routes += load(DESK).desk_routes(site)
    return routes


def fronted(feeds: ASGIApp, pages: ASGIApp) -> ASGIApp:
    """The feeds under /feeds/, without a router before them, and the pages everywhere else."""

    async def choose(scope: Scope, receive: Receive, send: Send) -> None:
        asked = feeds if scope["type"] == "http" and scope["path"].startswith(PREFIX) else pages
        await asked(scope, receive, send)

    return choose


def compressed(app: ASGIApp) -> ASGIApp:
    """The pages with gzip for who accepts it; feeds stand in front of it: compressed ones broke Outlook on the web.

    Each answer gets a header list of its own: GZipMiddleware writes into the one that it is given, and a Prepared
    answer gives everybody the same, whose Content-Length would then be that of the first one's compressed copy.
    """

    async def with_own_headers(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_own(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": list(message["headers"])}
            await send(message)

        await app(scope, receive, send_own)

    return GZipMiddleware(with_own_headers, minimum_size=WORTH_IT)
