"""Who asks at the desk: the session that a cookie opens, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from calendars.catalogue import Phrase
from scheduler.people.signing_in import Client
from scheduler.store.accounts import register, sessions
from scheduler.store.accounts.register import NoSuchAccount
from scheduler.store.accounts.roles import LOCAL, DeskRole, Person
from scheduler.store.accounts.sessions import DeskSession
from scheduler.web.desk.proof import csrf_of
from scheduler.web.http.refusals import PageRefusal
from scheduler.web.http.throttle import client_of
from scheduler.web.site import Site
from scheduler.wording.roles import ROLE_WORDS

SECURE_NAME, PLAIN_NAME = "__Host-agenda-desk", "agenda-desk"  # the latter on http, where browsers keep no __Host-
_BROWSERS = (("edg/", "Edge"), ("opr/", "Opera"), ("firefox/", "Firefox"), ("chrome/", "Chrome"), ("safari/", "Safari"))
_SYSTEMS = (
    ("android", "Android"),
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("windows", "Windows"),
    ("mac os", "macOS"),
    ("linux", "Linux"),
)


class NotYours(PageRefusal):
    """The account lacks the role."""

    status = 403
    template: ClassVar[str] = "desk-refused.html"

    def __init__(self, role: DeskRole) -> None:
        super().__init__(Phrase("Your account lacks the role “{role}”"), role=ROLE_WORDS[role])


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """One request of somebody who is signed in."""

    person: Person
    session: DeskSession
    csrf: str  # to be sent back by each form
    confirmed: bool  # the password was given just now, or is not asked for

    def confirmed_now(self) -> Visit:
        return replace(self, confirmed=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cookies:
    """The session's cookie: out of reach of scripts and, where there is TLS, of whoever listens."""

    base_url: str

    @property
    def _secure(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def name(self) -> str:
        return SECURE_NAME if self._secure else PLAIN_NAME

    def key(self, request: Request) -> str:
        """What the browser brought; "" where that is nothing."""
        return request.cookies.get(self.name, "")

    def give(self, answer: Response, key: str) -> None:
        """Lax: a link in a mail may lead to a screen of the desk, and single sign-on comes back from elsewhere."""
        answer.set_cookie(self.name, key, path="/", secure=self._secure, httponly=True, samesite="lax")

    def take(self, answer: Response) -> None:
        answer.delete_cookie(self.name, path="/", secure=self._secure, httponly=True, samesite="lax")


def client(request: Request, site: Site) -> Client:
    """The browser that asks, as signing in counts it and lists name it."""
    key = Cookies(base_url=site.base_url).key(request)
    return Client(origin=client_of(request, site.proxies), family=family(request), key=key)


def family(request: Request) -> str:
    """«Firefox · Windows»; of what is not known, a dash. No version: that may change within a session."""
    agent = request.headers.get("user-agent", "").lower()
    browser = next((name for mark, name in _BROWSERS if mark in agent), "—")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "—")
    return f"{browser} · {system}"


def visit(site: Site, key: str, came_by: str, now: datetime) -> Visit | None:
    """Whose session a cookie opens; None where it has ended, or comes from another browser than it was given to.

    A session of whoever has the machine counts only in the process that was started for it.
    """
    with site.database.read() as connection:
        session = sessions.find(connection, key, now)
        person = None if session is None else _person(site, connection, session)
    if session is None or person is None:
        return None
    if session.client != came_by:  # a browser does not become another: somebody has taken the cookie along
        with site.database.write_own_row() as connection:
            sessions.end_key(connection, key)
        return None
    if now - session.seen_at >= sessions.NOTED_EVERY:
        with site.database.write_own_row() as connection:
            sessions.note(connection, session, now)
    return Visit(person=person, session=session, csrf=csrf_of(key), confirmed=session.confirmed(now))


def _person(site: Site, connection: Connection, session: DeskSession) -> Person | None:
    if session.account is None:
        return LOCAL if site.desk_key is not None else None
    try:
        return register.find(connection, session.account).person
    except NoSuchAccount:
        return None
