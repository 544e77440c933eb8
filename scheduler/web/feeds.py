"""Every public feed as prebuilt bytes, served in front of the pages (raw ASGI: half the cost of a route)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from starlette.types import ASGIApp, Receive, Scope, Send

from calendars.editions import Edition
from calendars.feeds import Feed, feeds, last_modified
from scheduler.web.index import static_index
from scheduler.web.prepared import Prepared, plain
from scheduler.web.rendering import Band, asset

PREFIX = "/feeds/"
INDEX = "index.html"
# Keep a copy, but ask each time: asking costs one 304, and a moved event must not wait for a proxy's patience.
CACHE_CONTROL = b"public, no-cache"
_TICK = timedelta(seconds=1)


class FeedShelf:
    """The feeds of the edition in force, and their plain index. Readers see one edition or the next, never both."""

    def __init__(self, band: Band | None = None) -> None:
        self._band = band
        self._items: Mapping[str, Prepared] = {}

    def put(self, edition: Edition) -> None:
        """Render every public feed of the edition, then show them all at once. Takes about half a second."""
        shelved = {feed.path: self._feed(feed) for feed in feeds(edition)}
        index = static_index(edition, self._band).encode()
        shelved[INDEX] = shelved[""] = Prepared(
            body=index,
            content_type=b"text/html; charset=utf-8",
            last_modified=self._modified(INDEX, index, last_modified(edition)),
            cache_control=CACHE_CONTROL,
            extra=((b"content-security-policy", _index_policy()), (b"referrer-policy", b"no-referrer")),
        )
        self._items = shelved

    def get(self, path: str) -> Prepared | None:
        """What stands under /feeds/ at `path`: "all.ics", "sites/tokio.ics"; "" is the index."""
        return self._items.get(path)

    def _feed(self, feed: Feed) -> Prepared:
        filename = feed.path.rpartition("/")[2]
        return Prepared(
            body=feed.body,
            content_type=b"text/calendar; charset=utf-8",
            last_modified=self._modified(feed.path, feed.body, feed.last_modified),
            cache_control=CACHE_CONTROL,
            extra=((b"content-disposition", f'inline; filename="{filename}"'.encode()),),
        )

    def _modified(self, path: str, body: bytes, modified: datetime) -> datetime:
        """The date, but never older than the last one shown; and newer than it where the bytes differ.

        Or whoever asks by date alone would be told that an edition of the same second is the copy that they hold.
        """
        shown = self._items.get(path)
        if shown is None:
            return modified
        return max(modified, shown.last_modified if shown.body == body else shown.last_modified + _TICK)


class FeedApp:
    """Answers everything under /feeds/ from the shelf, and passes the rest on. No cookie, redirect or compression."""

    def __init__(self, inner: ASGIApp, shelf: FeedShelf) -> None:
        self._inner = inner
        self._shelf = shelf

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._inner(scope, receive, send)
            return
        found = self._shelf.get(scope["path"].removeprefix(PREFIX))
        if found is not None:
            await found(scope, receive, send)
        else:
            await plain(send, 404, b"No hay tal calendario. / No such calendar.\n", head=scope["method"] == "HEAD")


def _index_policy() -> bytes:
    """The static index carries its style inside, so that it works from any folder: allowed by its digest."""
    digest = base64.b64encode(hashlib.sha256(asset("style.css").encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ).encode()
