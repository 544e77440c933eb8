"""Every public feed as prebuilt bytes, served in front of the pages (raw ASGI: half the cost of a route).

Scripts of any site may read them (CORS, https://fetch.spec.whatwg.org/#http-cors-protocol): they are public, and
whoever asks sends no cookie.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from starlette.types import ASGIApp, Receive, Scope, Send

from calendars.catalogue import Phrase
from calendars.editions import Edition
from calendars.feeds import Feed, feeds, last_modified
from scheduler.web.http.prepared import Header, Prepared, in_each_language, plain
from scheduler.web.index import static_index
from scheduler.web.rendering import Band, asset

PREFIX = "/feeds/"
_PREFIX = PREFIX.encode()
STAFF_PREFIX = f"{PREFIX}private/"
INDEX = "index.html"
# Keep a copy, but ask each time: asking costs one 304, and a moved event must not wait for a proxy's patience.
CACHE_CONTROL = b"public, no-cache"
CALENDAR = b"text/calendar; charset=utf-8"
TICK = timedelta(seconds=1)
NO_SUCH = in_each_language(Phrase("No such calendar."))
GONE = in_each_language(Phrase("This calendar is no more."))
METHODS = b"GET, HEAD, OPTIONS"
READABLE: tuple[Header, ...] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Last-Modified"),
)
PREFLIGHT: tuple[Header, ...] = (
    *READABLE,
    (b"access-control-allow-methods", b"GET, HEAD"),
    (b"access-control-allow-headers", b"If-None-Match, If-Modified-Since, Cache-Control, Pragma"),
    (b"access-control-max-age", b"86400"),  # seconds
    (b"allow", METHODS),
)
# What is not there today may be there with the next edition.
ABSENT: tuple[Header, ...] = ((b"cache-control", b"no-cache"), *READABLE)


class FeedShelf:
    """The feeds of the edition in force, and their plain index. Readers see one edition or the next, never both."""

    def __init__(self, band: Band | None = None) -> None:
        self._band = band
        self._items: Mapping[str, Prepared] = {}
        self._known: frozenset[str] = frozenset()  # paths of all the feeds that there ever were

    def put(self, edition: Edition, former: Iterable[str] = ()) -> None:
        """Render every public feed of the edition, then show them all at once. Takes about half a second.

        `former` are paths of feeds that earlier editions had; what is gone is answered as gone.
        """
        shelved = {feed.path: self._feed(feed) for feed in feeds(edition)}
        index = static_index(edition, self._band).encode()
        shelved[INDEX] = shelved[""] = Prepared(
            body=index,
            content_type=b"text/html; charset=utf-8",
            last_modified=self._modified(INDEX, index, last_modified(edition)),
            cache_control=CACHE_CONTROL,
            extra=((b"content-security-policy", _index_policy()), (b"referrer-policy", b"no-referrer")),
        )
        self._known = self._known.union(shelved, former)
        self._items = shelved

    def had(self, path: str) -> bool:
        """Whether a feed has ever stood at `path`."""
        return path in self._known

    def get(self, path: str) -> Prepared | None:
        """What stands under /feeds/ at `path`: "all.ics", "sites/tokio.ics"; "" is the index."""
        return self._items.get(path)

    def at(self, target: bytes) -> Prepared | None:
        """The same by the target of a request, where it is a path alone."""
        return self._items.get(target[len(PREFIX) :].decode("latin-1")) if target.startswith(_PREFIX) else None

    def _feed(self, feed: Feed) -> Prepared:
        filename = feed.path.rpartition("/")[2]
        return Prepared(
            body=feed.body,
            content_type=CALENDAR,
            last_modified=self._modified(feed.path, feed.body, feed.last_modified),
            cache_control=CACHE_CONTROL,
            extra=(as_file(filename),),
            always=READABLE,
            methods=METHODS,
        )

    def _modified(self, path: str, body: bytes, modified: datetime) -> datetime:
        """The date, but never older than the last one shown; and newer than it where the bytes differ.

        Or whoever asks by date alone would be told that an edition of the same second is the copy that they hold.
        """
        shown = self._items.get(path)
        if shown is None:
            return modified
        return max(modified, shown.last_modified if shown.body == body else shown.last_modified + TICK)


class FeedApp:
    """Answers everything under /feeds/ from the shelf. No cookie, redirect or compression."""

    def __init__(self, shelf: FeedShelf, staff: ASGIApp) -> None:
        self._shelf = shelf
        self._staff = staff  # answers what is under /feeds/private/

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith(STAFF_PREFIX):
            await self._staff(scope, receive, send)
            return
        path, method = scope["path"].removeprefix(PREFIX), scope["method"]
        found = self._shelf.get(path)
        if method == "OPTIONS":
            await send({"type": "http.response.start", "status": 204, "headers": PREFLIGHT})
            await send({"type": "http.response.body", "body": b""})
        elif found is not None:
            await found(scope, receive, send)
        elif self._shelf.had(path):
            await plain(send, 410, GONE, head=method == "HEAD", extra=ABSENT)
        else:
            await plain(send, 404, NO_SUCH, head=method == "HEAD", extra=ABSENT)


def as_file(name: str) -> Header:
    """To be shown where it can be, and under this name where it is saved."""
    return b"content-disposition", f'inline; filename="{name}"'.encode()


def _index_policy() -> bytes:
    """The static index carries its style inside, so that it works from any folder: allowed by its digest."""
    digest = base64.b64encode(hashlib.sha256(asset("style.css").encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ).encode()
