"""A request brought down to what its page may depend on: the name under which the page is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urlencode

from starlette.datastructures import QueryParams
from starlette.requests import cookie_parser
from starlette.types import Scope

from calendars.editions import Edition
from calendars.model.text import Language
from scheduler.web.http.compression import accepts_gzip
from scheduler.web.http.prepared import Header
from scheduler.web.kept.declared import OFFICE_COOKIE, Bring, Office, PublicRoute, among
from scheduler.web.rendering import best_language, language_named

LANG = "lang"
REMEMBERED = 200  # bytes of an Accept-Language that is not read anew each time; browsers send fewer


@dataclass(frozen=True, kw_only=True, slots=True)
class PageAsked:
    """All of a request that reaches whoever renders its page. Two that are equal get the same bytes."""

    path: str
    query: str  # the known parameters, in the order in which they are declared
    language: Language  # the best by Accept-Language; where the query says which, that one
    office: str | None  # what the cookie says, as far as it makes a difference; None: there is none
    gzip: bool
    kept: bool  # of finitely many; False: the answer is for who waits for it now

    def scope(self) -> Scope:
        """The request that the page is rendered for, in place of all that come to this."""
        headers = [(b"accept-language", self.language.encode())]
        if self.gzip:
            headers.append((b"accept-encoding", b"gzip"))
        if self.office is not None:
            headers.append((b"cookie", f"{OFFICE_COOKIE}={self.office}".encode()))
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": self.path,
            "raw_path": quote(self.path).encode(),
            "query_string": self.query.encode(),
            "root_path": "",
            "headers": headers,
            "client": None,
            "server": None,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class _Page:
    """A declared page, with what its edition makes of each value."""

    id: Bring | None
    known: Sequence[tuple[str, Bring]]
    free: Sequence[tuple[str, Bring]]
    office: Office | None


class PublicPages:
    """The public pages of one edition."""

    def __init__(self, routes: Iterable[PublicRoute], edition: Edition) -> None:
        pages = [(route, _page(route, edition)) for route in routes]
        self._at = {route.path: page for route, page in pages if page.id is None}
        self._below = [(route.path_regex, page) for route, page in pages if page.id is not None]

    def asked(self, scope: Scope) -> PageAsked | None:
        """What a request asks for; None where it asks for no public page."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return None
        path = str(scope["path"])
        page, name = self._at.get(path), ""
        if page is None:
            page, name = self._found_below(path)
        return None if page is None else _asked(page, path, name, scope)

    def _found_below(self, path: str) -> tuple[_Page | None, str]:
        for pattern, page in self._below:
            if found := pattern.match(path):
                return page, str(found["id"])
        return None, ""


def asked_alike(path: str, scope: Scope) -> PageAsked:
    """A page that is the same at whatever address it was asked for, and looks at nothing but the language."""
    return _asked(_Page(id=None, known=(), free=(), office=None), path, "", scope)


def _page(route: PublicRoute, edition: Edition) -> _Page:
    return _Page(
        id=None if route.ids is None else among(route.ids(edition)),
        known=[(name, brought(edition)) for name, brought in route.known.items()],
        free=list(route.free.items()),
        office=None if route.office is None else route.office(edition),
    )


def _asked(page: _Page, path: str, name: str, scope: Scope) -> PageAsked:
    accepts, cookies = _headers(scope["headers"])
    given = QueryParams(scope["query_string"]) if scope["query_string"] else {}
    known = [(one, brought) for one, bring in page.known if (brought := bring(given.get(one, "")))]
    free = [(one, brought) for one, bring in page.free if (brought := bring(given.get(one, "")))]
    chosen = language_named(given.get(LANG))
    asked = [*known, *free, *(((LANG, chosen),) if chosen else ())]
    return PageAsked(
        path=path,
        query=urlencode(asked) if asked else "",
        language=chosen or _best(accepts),
        office=_office(page, name, cookies) if cookies else None,
        gzip=accepts_gzip(scope["headers"]),
        kept=not free and (page.id is None or bool(page.id(name))),
    )


def _headers(headers: Iterable[Header]) -> tuple[bytes, list[bytes]]:
    """Accept-Language, and cookies."""
    languages: list[bytes] = []
    cookies: list[bytes] = []
    for name, value in headers:
        if name == b"accept-language":
            languages.append(value)
        elif name == b"cookie":
            cookies.append(value)
    return b",".join(languages), cookies


def _best(accepts: bytes) -> Language:
    return _remembered(accepts) if len(accepts) <= REMEMBERED else best_language(accepts.decode("latin-1"))


@lru_cache(maxsize=1024)
def _remembered(accepts: bytes) -> Language:
    return best_language(accepts.decode("latin-1"))


def _office(page: _Page, name: str, cookies: Iterable[bytes]) -> str | None:
    if page.office is None:
        return None
    kept: str | None = None
    for header in cookies:
        kept = cookie_parser(header.decode("latin-1")).get(OFFICE_COOKIE, kept)
    return None if kept is None else page.office(kept, name)
