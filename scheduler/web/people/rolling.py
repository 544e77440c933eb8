"""The roll call's page: whether a site's clock is ours, and whether whoever reads its mail is still the one.

A GET changes nothing, because mail scanners follow links; a POST acts at once, without cookie or redirect. The page
shows the site's clock as it is when it is opened, and only what is answered there counts: a mail is read hours later.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Literal

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from calendars.catalogue import LANGUAGES
from calendars.wording import long_date
from calendars.zones import to_wall
from scheduler.base.tokens import Link
from scheduler.people.handover import NoHandover
from scheduler.people.roll_call import answer_clock, answer_here, propose
from scheduler.planning.rolls import FRESH, ahead, shown_day
from scheduler.store.posts import roll_answers, roster
from scheduler.store.posts.roll_answers import RollWord
from scheduler.store.posts.rolls import address_since
from scheduler.store.posts.roster import Post
from scheduler.web.http.forms import Form, read_form
from scheduler.web.http.refusals import UnknownLink
from scheduler.web.rendering import PRIVATE, requested_language
from scheduler.web.site import Site
from scheduler.wording.clocks import ahead_words
from scheduler.wording.posts import masked, office_of, zone_of

Came = Literal["clock", "here", "gone", "stale", "bad-hour", "bad-address", "waits", "withdrawn", "nothing"]
REFUSED = frozenset({"stale", "bad-hour", "bad-address", "waits", "nothing"})
DAYS = {"before": -1, "same": 0, "after": 1}  # the date that a clock shows, counted from ours
_HOUR = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])")
_SECONDS = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Called:
    """Whom a token speaks for, and what came of a form."""

    post: Post | None  # None: no longer on the list
    word: RollWord | None
    asked_at: datetime  # when the mail was owed whose link this is
    came: Came | None = None


class Rolling:
    """Handlers for /roll-call/<token> and /not-me/<token>."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> Sequence[BaseRoute]:
        return [
            Route("/roll-call/{token:path}", self.show, methods=["GET"]),
            Route("/roll-call/{token:path}", self.act, methods=["POST"]),
            Route("/not-me/{token:path}", self.ask, methods=["GET"]),
            Route("/not-me/{token:path}", self.withdraw, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        return self._page(request, "roll-call.html", await asyncio.to_thread(self._look, request, Link.ROLL))

    async def act(self, request: Request) -> Response:
        form = await read_form(request)
        return self._page(request, "roll-call.html", await asyncio.to_thread(self._act, request, form))

    async def ask(self, request: Request) -> Response:
        return self._page(request, "not-me.html", await asyncio.to_thread(self._look, request, Link.NOT_ME))

    async def withdraw(self, request: Request) -> Response:
        return self._page(request, "not-me.html", await asyncio.to_thread(self._withdraw, request))

    def _look(self, request: Request, link: Link) -> _Called:
        with self._site.database.read() as connection:
            return self._find(connection, request, link)

    def _act(self, request: Request, form: Form) -> _Called:
        with self._site.database.write() as connection:
            before = self._find(connection, request, Link.ROLL)
            if before.post is None:
                return before
            came = self._said(connection, before, before.post, form)
            word = roll_answers.of(connection, before.post.recipient.id)
            return _Called(post=before.post, word=word, asked_at=before.asked_at, came=came)

    def _withdraw(self, request: Request) -> _Called:
        with self._site.database.write() as connection:
            before = self._find(connection, request, Link.NOT_ME)
            if before.post is None:
                return before
            key = before.post.recipient.id
            done = roll_answers.withdraw(connection, key, self._site.present(), before.asked_at)
            word = roll_answers.of(connection, key)
            return _Called(post=before.post, word=word, asked_at=before.asked_at, came="withdrawn" if done else None)

    def _find(self, connection: Connection, request: Request, link: Link) -> _Called:
        """Raises UnknownLink where it was not signed here, or the post has another holder or address since."""
        named = self._site.tokens.read_dated(link, request.path_params["token"])
        recipient = None if named is None else roster.borne(connection, named[0])
        if named is None or recipient is None:
            raise UnknownLink
        since = address_since(connection, recipient)
        if since is not None and since.replace(microsecond=0) > named[1]:
            raise UnknownLink
        post = roster.on_list(connection, recipient)
        return _Called(post=post, word=roll_answers.of(connection, recipient), asked_at=named[1])

    def _said(self, connection: Connection, found: _Called, post: Post, form: Form) -> Came:
        now = self._site.present()
        zone = zone_of(self._site.in_force.edition.agenda, post)
        match form.one("clock"), form.one("person"):
            case "yes", _:
                if not _is_fresh(form.one("shown"), now):
                    return "stale"
                answer_clock(connection, post, zone, 0, now)
                return "clock"
            case "other", _:
                wall = _wall(form, now, zone)
                if wall is None:
                    return "bad-hour"
                answer_clock(connection, post, zone, ahead(wall, now, zone), now)
                return "clock"
            case _, "yes":
                answer_here(connection, post, now)
                return "here"
            case _, "no":
                return self._gone(connection, found, post, form.one("successor"))
        return "nothing"

    def _gone(self, connection: Connection, found: _Called, post: Post, successor: str) -> Came:
        """One proposal at a time; and none from a mail whose last one the registered address took back."""
        word = found.word
        if word is not None:
            waits = word.person is not None and not word.person.here
            if waits or (word.withdrawn_at is not None and word.withdrawn_at >= found.asked_at):
                return "waits"
        try:
            propose(connection, post, successor, self._site.in_force.edition.agenda, self._site.present())
        except NoHandover:
            return "bad-address"
        return "gone"

    def _page(self, request: Request, template: str, found: _Called) -> Response:
        post, word, now = found.post, found.word, self._site.present()
        language = requested_language(request, default=post.recipient.language if post else LANGUAGES[0])
        agenda = self._site.in_force.edition.agenda
        wall = to_wall(now, zone_of(agenda, post) if post else agenda.zone)
        person = None if word is None else word.person
        values = {
            "address": masked(post.recipient.address) if post else None,
            "office": office_of(agenda, post, language) if post else None,
            "site": post.recipient.site if post else None,
            "clock": f"{wall:%H:%M}",
            "day": long_date(wall, language),
            "shown": int(now.timestamp()),
            "ahead": None if word is None or word.clock is None else ahead_words(word.clock.ahead, language),
            "agrees": word is not None and word.clock is not None and word.clock.agrees,
            "here": None if person is None else person.here,
            "successor": masked(person.successor) if person and person.successor else None,
            "asked": request.query_params.get("q", ""),
            "came": found.came,
            "bad": found.came in REFUSED,
            "action": f"/{template.removesuffix('.html')}/{request.path_params['token']}",
        }
        status = 422 if found.came in REFUSED else 200
        return self._site.page(request, template, language, values, status=status, headers=PRIVATE)


def _is_fresh(shown: str, now: datetime) -> bool:
    """Did the page show the clock just now? One that lay open for longer showed another hour."""
    if not _SECONDS.fullmatch(shown):
        return False
    at = datetime.fromtimestamp(int(shown), UTC) if int(shown) < now.timestamp() + 1 else None
    return at is not None and now - at <= FRESH


def _wall(form: Form, now: datetime, zone: str) -> datetime | None:
    """What a clock shows: an hour as `10:12` or `10.12`, on our date, the one before or the one after; else None."""
    found, later = _HOUR.fullmatch(form.one("hour")), DAYS.get(form.one("day") or "same")
    if found is None or later is None:
        return None
    return datetime.combine(shown_day(now, zone, later), time(int(found[1]), int(found[2])))
