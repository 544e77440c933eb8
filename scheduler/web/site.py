"""What the web half of an installation stands on: the edition it shows, and the database that leaving writes to."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from starlette.requests import Request

from calendars.editions import Edition
from calendars.feeds import feed_paths
from scheduler.base.clock import Clock, SystemClock
from scheduler.base.settings import Settings
from scheduler.base.tokens import Link, Tokens
from scheduler.store import editions
from scheduler.store.attendance import counts
from scheduler.store.database import Database
from scheduler.store.editions import InForce
from scheduler.store.people.floods import Door
from scheduler.store.posts import feed_tokens, roster
from scheduler.web.feeds.private import StaffFeeds
from scheduler.web.feeds.public import FeedShelf
from scheduler.web.http.once import OneTimeKey
from scheduler.web.http.refusals import ExpiredLink, UnknownLink
from scheduler.web.http.throttle import Network
from scheduler.web.showing import Showing


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskHome:
    """What the administrators' desk works on, in processes of its own."""

    folder: Path  # of the files that it edits
    settings: Settings


class Helper(Protocol):
    """What works beside the pages while they are served."""

    def open(self) -> None:
        """Get ready, before the first request."""

    def close(self) -> None:
        """End, at once: the pages are served no more."""


@dataclass(kw_only=True)
class Site(Showing):
    """Holds the edition in force; `put` replaces it, feeds and pages at once."""

    database: Database
    tokens: Tokens
    base_url: str  # as the world sees it, without a slash at the end
    in_force: InForce
    now: datetime | None = None  # the demo's present, shown in a band; None: the clock's
    outbox: Path | None = None  # the demo's captured mails; None: there is no outbox
    clock: Clock = field(default_factory=SystemClock)
    mails: bool = False  # this installation sends mail
    invitations: bool = False  # and reads answers, so that posts may choose to be invited
    proxies: tuple[Network, ...] = ()  # whose X-Forwarded-For is believed
    gap: timedelta = Door().gap  # between two of the mails that strangers ask for, once many do
    watchers: tuple[Network, ...] = ()  # who may read /metrics
    desk: DeskHome | None = None  # the administrators' desk, under /desk/; None: it is not served
    desk_key: OneTimeKey | None = None  # of `agenda desk`: who has it needs no account
    helpers: list[Helper] = field(default_factory=list)  # of the pages that want some, once the pages are put together
    held: Mapping[str, bool] = field(init=False)
    shelf: FeedShelf = field(init=False)
    staff: StaffFeeds = field(init=False)

    def __post_init__(self) -> None:
        self.shelf = FeedShelf(self.band)
        self.shelf.put(self.in_force.edition, self._paths_since(0))
        self.staff = StaffFeeds(self.in_force, self.present)
        self.learn_tokens()
        self.held = self._held()

    @property
    def number(self) -> int:
        """Of the edition that is shown."""
        return self.in_force.edition.number

    @property
    def edition(self) -> Edition:
        return self.in_force.edition

    @property
    def played(self) -> bool:
        return self.now is not None

    def put(self, found: InForce) -> None:
        """Show another edition. Renders every feed: call it in a thread while serving."""
        self.shelf.put(found.edition, self._paths_since(self.number))
        self.staff.put(found)
        self.in_force = found

    def learn_tokens(self) -> None:
        """Let staff feeds know the tokens that the database knows now."""
        with self.database.read() as connection:
            self.staff.admit(feed_tokens.access(connection))

    def learn_attendance(self) -> None:
        """Show of sessions what the database says now; pages are rendered anew where that is something else."""
        found = self._held()
        if found != self.held:
            self.held = found

    def _held(self) -> dict[str, bool]:
        with self.database.read() as connection:
            return counts.held(connection)

    async def borne(self, link: Link, request: Request) -> str:
        """The post (id) that the token in the path speaks for.

        Raises UnknownLink, of a link that ends ExpiredLink, where it was not signed here for this, is too old, or the
        post has gone to somebody else since.
        """
        bearer = self.tokens.read(link, request.path_params["token"], self.present())
        recipient = None if bearer is None else await asyncio.to_thread(self._post_of, bearer)
        if recipient is None:
            raise UnknownLink if link is Link.LEAVE else ExpiredLink(link.value)
        return recipient

    def _post_of(self, bearer: str) -> str | None:
        with self.database.read() as connection:
            return roster.borne(connection, bearer)

    def present(self) -> datetime:
        return self.now if self.now is not None else self.clock.now()

    def _paths_since(self, number: int) -> set[str]:
        """Of every feed that an edition after `number` had."""
        with self.database.read() as connection:
            return {path for agenda in editions.agendas_since(connection, number) for path in feed_paths(agenda)}
