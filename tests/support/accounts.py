"""A post's own pages, and the links that lead there."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta

import httpx

from calendars.model.agenda import Draft
from calendars.model.people import Privacy, Signups
from scheduler.base.tokens import Link
from scheduler.store.posts import roster
from scheduler.store.posts.roster import Post
from scheduler.web.app import Site
from tests.support import factories
from tests.support.factories import text
from tests.support.webserver import POST, PUBLISHED, TOKENS, small_draft


def open_draft() -> Draft:
    """Two sites, and sign-up open to the offices' own domain."""
    seoul = factories.site("seul", name="Embajada de México en Corea", city="Seúl", zone="Asia/Seoul")
    content = factories.agenda(
        representations=(factories.site(), seoul),
        events=(factories.event(), factories.drive()),
        signups=Signups(domains=("sedes.example",)),
        privacy=Privacy(text=text("Guardamos su correo.\n\nNada más.", "We keep your address.\n\nNo more."), url=None),
    )
    return small_draft(content)


def known_post(site: Site, key: str = POST) -> Post:
    found = post(site, key)
    assert found is not None
    return found


def link(page: str, key: str = POST, signed: Link = Link.LEAVE, until: datetime | None = None) -> str:
    return f"/{page}/{TOKENS.sign(signed, key, until)}"


def account(key: str = POST) -> str:
    return link("account", key, Link.ACCOUNT, PUBLISHED + timedelta(minutes=15))


def undo(page: httpx.Response) -> dict[str, str]:
    """The fields of the form that takes the last step back."""
    found = re.search(r'<div class="done.*?</div>', page.text, re.DOTALL)
    assert found is not None
    return {name: html.unescape(v) for name, v in re.findall(r'name="([^"]+)" value="([^"]*)"', found[0])}


def post(site: Site, key: str = POST) -> Post | None:
    with site.database.read() as connection:
        return roster.find(connection, key)
