"""The web half put together: feeds in front, then the pages."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from scheduler.web.account import Accounts
from scheduler.web.answering import Answering
from scheduler.web.around import Around
from scheduler.web.bodies import WholeBodies
from scheduler.web.captured import CapturedMails
from scheduler.web.compression import compressed
from scheduler.web.confirming import Confirming
from scheduler.web.feeds import FeedApp
from scheduler.web.health import Health
from scheduler.web.home import Home
from scheduler.web.leave import Leaving
from scheduler.web.manage import Managing
from scheduler.web.months import Months
from scheduler.web.notice import Notice
from scheduler.web.offices import Offices
from scheduler.web.outbox import Outbox
from scheduler.web.pages import Pages
from scheduler.web.rendering import ASSETS, asset_response
from scheduler.web.signup import SigningUp
from scheduler.web.site import Site

__all__ = ["Site", "build_app"]


def build_app(site: Site) -> ASGIApp:
    """The ASGI application of one installation."""
    pages = Pages(site)
    routes: list[BaseRoute] = [
        *pages.routes(),
        *Health(site).routes(),
        *Home(site).routes(),
        *Offices(site).routes(),
        *Around(site).routes(),
        *Months(site).routes(),
        *Leaving(site).routes(),
        *Answering(site).routes(),
        *SigningUp(site).routes(),
        *Confirming(site).routes(),
        *Managing(site).routes(),
        *Accounts(site).routes(),
        *Notice(site).routes(),
        *(Route(f"/static/{name}", asset_response(name)) for name in ASSETS),
    ]
    if site.outbox is not None:
        routes += Outbox(site, CapturedMails(site.outbox, site.database)).routes()
    handlers = {HTTPException: pages.failed, DBAPIError: pages.away, Exception: pages.failed}
    inner = Starlette(routes=routes, exception_handlers=handlers)
    inner.router.redirect_slashes = False  # it would redirect to whatever host the request names
    return FeedApp(compressed(WholeBodies(inner)), site.shelf, site.staff)
