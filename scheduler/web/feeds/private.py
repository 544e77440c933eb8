"""Staff feeds: a site's calendar with its joining links, for whoever holds one of its tokens.

No database stands between a poll and its answer: tokens are known in memory, by their digests, and renewed as the
database changes; polls are gathered and written once a minute. No token is in a log, a page or an error.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

import structlog
from sqlalchemy.exc import DBAPIError
from starlette.types import Receive, Scope, Send

from calendars.feeds import last_modified, staff_feeds
from scheduler.store.database import Database, will_pass
from scheduler.store.editions import InForce
from scheduler.store.posts import feed_tokens
from scheduler.store.posts.feed_tokens import Access, Poll, digest_of
from scheduler.web.feeds.public import CALENDAR, GONE, NO_SUCH, STAFF_PREFIX, TICK, as_file
from scheduler.web.http.prepared import Header, Prepared, plain

log = structlog.get_logger(__name__)
RECORD_SECONDS = 60
LOCAL = "-local"  # no site id ends so
CACHE_CONTROL = b"private, no-cache"
# The address is a capability: it must not be indexed, nor passed on to where a link leads.
DISCREET: tuple[Header, ...] = ((b"x-robots-tag", b"noindex"), (b"referrer-policy", b"no-referrer"))
_ABSENT: tuple[Header, ...] = ((b"cache-control", CACHE_CONTROL), *DISCREET)
# By what a User-Agent holds, lower case. The first that fits: nearly all claim to be Mozilla, and many to be others.
_FAMILIES = (
    ("icsx5", "DAVx5/ICSx5"),
    ("davx5", "DAVx5/ICSx5"),
    ("thunderbird", "Thunderbird"),
    ("nextcloud", "Nextcloud"),
    ("google-calendar", "Google"),
    ("dataaccessd", "Apple"),
    ("calendaragent", "Apple"),
    ("calendarstore", "Apple"),
    ("outlook", "Outlook"),
    ("exchange", "Outlook"),
    ("microsoft office", "Outlook"),
    ("evolution", "Evolution"),
    ("korganizer", "KOrganizer"),
    ("akonadi", "KOrganizer"),
    ("kio/", "KOrganizer"),
    ("vdirsyncer", "khal/vdirsyncer"),
    ("khal", "khal/vdirsyncer"),
    ("curl/", "curl"),
    ("mozilla/", "browser"),
)


def staff_address(base_url: str, token: str, site: str, *, local: bool = False) -> str:
    """Where the staff of `site` subscribe; `local`: to the form in the site's own zone."""
    return f"{base_url}{STAFF_PREFIX}{token}/{site}{LOCAL if local else ''}.ics"


@lru_cache(maxsize=256)
def client_family(agent: bytes) -> str:
    """Which family of programs a User-Agent belongs to; "other" if none that is known."""
    said = agent.decode("latin-1").lower()
    return next((family for mark, family in _FAMILIES if mark in said), "other")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Shown:
    """An edition with the feeds that were asked for so far, by file name and whether they have the joining links."""

    found: InForce
    modified: datetime  # for HTTP; later than any edition's that was shown before
    items: dict[tuple[str, bool], Prepared] = field(default_factory=dict)

    def feed(self, site_id: str, name: str, origin: str) -> Prepared | None:
        """None if the edition has no such site. Rendered when first asked for: a site takes some 2 ms."""
        opens = self.found.shows_links_to(origin)
        if (name, opens) not in self.items:
            links = self.found.links if opens else None
            agenda = self.found.edition.agenda
            for site in (one for one in agenda.representations if one.id == site_id):
                for feed in staff_feeds(self.found.edition, site, links):
                    self.items[feed.path, opens] = self._prepared(feed.path, feed.body)
        return self.items.get((name, opens))

    def _prepared(self, path: str, body: bytes) -> Prepared:
        return Prepared(
            body=body,
            content_type=CALENDAR,
            last_modified=self.modified,
            cache_control=CACHE_CONTROL,
            extra=(as_file(path),),
            always=DISCREET,
        )


class StaffFeeds:
    """Answers what is under /feeds/private/, as an ASGI application. `put` an edition before anyone asks."""

    def __init__(self, found: InForce, present: Callable[[], datetime]) -> None:
        self._present = present
        self._shown = _Shown(found=found, modified=last_modified(found.edition))
        self._access: Mapping[str, Access] = {}
        self._polls: dict[str, Poll] = {}

    def put(self, found: InForce) -> None:
        """Show another edition. Its bytes differ from any before, for it stamps them: so does its date."""
        modified = max(last_modified(found.edition), self._shown.modified + TICK)
        self._shown = _Shown(found=found, modified=modified)

    def admit(self, access: Mapping[str, Access]) -> None:
        """From now on these tokens are known, by their digests, and no others."""
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token, _, name = scope["path"].removeprefix(STAFF_PREFIX).partition("/")
        access = self._access.get(digest_of(token))
        head = scope["method"] == "HEAD"
        if access is None or name not in (f"{access.site}.ics", f"{access.site}{LOCAL}.ics"):
            await plain(send, 404, NO_SUCH, head=head, extra=_ABSENT)
            return
        feed = None if access.revoked else self._shown.feed(access.site, name, access.origin)
        if feed is None:
            await plain(send, 410, GONE, head=head, extra=_ABSENT)
            return
        if head or scope["method"] == "GET":
            self._polls[access.id] = Poll(at=self._present(), client=client_family(_agent(scope)))
        await feed(scope, receive, send)

    def take_polls(self) -> Mapping[str, Poll]:
        """The last poll of each token since this was last called, by the token's id."""
        taken, self._polls = self._polls, {}
        return taken

    def give_back(self, polls: Mapping[str, Poll]) -> None:
        """They could not be written: keep them for the next time, but for tokens that have polled again."""
        self._polls = {**polls, **self._polls}


def _agent(scope: Scope) -> bytes:
    return next((value for name, value in scope["headers"] if name == b"user-agent"), b"")


@asynccontextmanager
async def polls_recorded(staff: StaffFeeds, database: Database) -> AsyncIterator[None]:
    """While the block runs, write down the polls once a minute; and what is left when it ends."""
    ended = asyncio.Event()

    async def each_minute() -> None:
        while not ended.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), RECORD_SECONDS)
            await record_polls(staff, database)

    recording = asyncio.create_task(each_minute())
    try:
        yield
    finally:
        ended.set()
        await recording


async def record_polls(staff: StaffFeeds, database: Database) -> None:
    """Write down the polls since the last time; what the database does not take waits for the next."""
    polls = staff.take_polls()

    def write() -> None:
        with database.write_own_row() as connection:  # it changes nothing that another node would look at
            feed_tokens.record_polls(connection, polls)

    if not polls:
        return
    try:
        await asyncio.to_thread(write)
    except DBAPIError as error:
        if not will_pass(error):
            raise
        log.warning("polls cannot be written", reason=str(error.orig).strip())
        staff.give_back(polls)
