"""The 15-minute page, which only the mailbox opens: office, reminders, staff feeds, one's own data, erasure."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from calendars.model.agenda import Agenda
from calendars.model.text import Language
from calendars.wording import hour, short_date
from calendars.zones import to_wall
from scheduler.base.tokens import Link
from scheduler.store import editions
from scheduler.store.audit import chain
from scheduler.store.audit.deeds import Deed, Via, What
from scheduler.store.editions import InForce
from scheduler.store.ledger import inviting
from scheduler.store.ledger.reconcile import replan
from scheduler.store.people import signups
from scheduler.store.posts import feed_tokens, roster
from scheduler.store.posts.feed_tokens import FeedToken
from scheduler.store.posts.roster import Post
from scheduler.web.feeds.private import staff_address
from scheduler.web.http.forms import Form, read_form, refuse_cross_site
from scheduler.web.http.refusals import ExpiredLink
from scheduler.web.index import regions
from scheduler.web.rendering import PRIVATE, SECURITY, requested_language
from scheduler.web.site import Site
from scheduler.wording.places import city_name
from scheduler.wording.posts import office_of, standing, zone_of
from scheduler.wording.rules import choices, rules_of

LABEL_LENGTH = 60
FEEDS_AT_MOST = 10  # open at a time, of one post
Said = Literal["moved", "rules", "no-rules", "feed", "many-feeds", "revoked", "nothing"]
_REFUSED: frozenset[Said] = frozenset({"no-rules", "many-feeds", "nothing"})


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountDone:
    """What became of a form."""

    said: Said
    token: str | None = None  # of a staff feed made just now: shown this once


@dataclass(frozen=True, kw_only=True, slots=True)
class _Account:
    post: Post
    feeds: Sequence[FeedToken]
    others: Sequence[Post]  # posts with the same address: an erasure ends them too
    done: AccountDone | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedLine:
    """A staff feed as its owner sees it, by the site's clock."""

    id: str
    label: str
    city: str
    created: str
    polled: str | None  # None: never
    client: str | None  # family of the program that polled last


class Accounts:
    """Handlers for /account/<token>."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> Sequence[BaseRoute]:
        return [
            Route("/account/{token}", self.show, methods=["GET"]),
            Route("/account/{token}", self.act, methods=["POST"]),
            Route("/account/{token}/erase", self.ask_to_erase, methods=["GET"]),
            Route("/account/{token}/erase", self.erase, methods=["POST"]),
            Route("/account/{token}/export.json", self.export, methods=["GET"]),
        ]

    async def show(self, request: Request) -> Response:
        return self._page(request, "people-account.html", await self._opened(request))

    async def ask_to_erase(self, request: Request) -> Response:
        return self._page(request, "people-erase.html", await self._opened(request))

    async def erase(self, request: Request) -> Response:
        refuse_cross_site(request, self._site.base_url)
        recipient = await self._site.borne(Link.ACCOUNT, request)
        return self._page(request, "people-erase.html", await asyncio.to_thread(self._erase, recipient), erased=True)

    async def export(self, request: Request) -> Response:
        """All that is kept about the post, to take along."""
        recipient = await self._site.borne(Link.ACCOUNT, request)
        document = await asyncio.to_thread(self._exported, recipient)
        named = {"Content-Disposition": 'attachment; filename="agenda-consular.json"'}
        return Response(document, media_type="application/json", headers={**SECURITY, **PRIVATE, **named})

    async def act(self, request: Request) -> Response:
        refuse_cross_site(request, self._site.base_url)
        form, recipient = await read_form(request), await self._site.borne(Link.ACCOUNT, request)
        found = await asyncio.to_thread(self._act, recipient, form)
        await asyncio.to_thread(self._site.learn_tokens)  # a staff feed opens and ends now, not a moment later
        return self._page(request, "people-account.html", found)

    async def _opened(self, request: Request) -> _Account:
        return await asyncio.to_thread(self._find, await self._site.borne(Link.ACCOUNT, request))

    def _find(self, recipient: str) -> _Account:
        with self._site.database.read() as connection:
            return _found(connection, recipient)

    def _erase(self, recipient: str) -> _Account:
        """As it was before: whose page it was is said a last time."""
        with self._site.database.write() as connection:
            found = _found(connection, recipient)
            digests = self._site.tokens.digests(found.post.recipient.address)
            signups.erase(connection, recipient, digests, self._site.present())
            return found

    def _exported(self, recipient: str) -> str:
        with self._site.database.read() as connection:
            own = _post(connection, recipient).recipient.id
            return signups.exported(connection, own, self._site.tokens.people)

    def _act(self, recipient: str, form: Form) -> _Account:
        with self._site.database.write() as connection:
            done = self._apply(connection, _post(connection, recipient), form)
            return _found(connection, recipient, done)

    def _apply(self, connection: Connection, post: Post, form: Form) -> AccountDone:
        match form.one("do"):
            case "move":
                return AccountDone(said=self._move(connection, post, form.one("site")))
            case "rules":
                return AccountDone(said=self._choose(connection, post, form))
            case "feed":
                return self._issue(connection, post, " ".join(form.one("label").split())[:LABEL_LENGTH])
            case "revoke":
                return AccountDone(said=self._revoke(connection, post, form.one("feed")))
        return AccountDone(said="nothing")

    def _move(self, connection: Connection, post: Post, site: str) -> Said:
        """Only of who signed up: the office of the others is the administrator's to say."""
        agenda = self._site.in_force.edition.agenda
        if post.origin == "file" or agenda.site(site) is None:
            return "nothing"
        signups.move(connection, post.recipient.id, site, self._site.present())
        found = self._replan(connection, post)
        inviting.revisit(connection, found, post.recipient.id, self._site.present())
        return "moved"

    def _choose(self, connection: Connection, post: Post, form: Form) -> Said:
        known, wanted = frozenset(rules_of(self._site.in_force.edition.agenda)), form.all("rule")
        if not wanted & known:
            return "no-rules"
        signups.decline(connection, post.recipient.id, known - wanted)
        self._replan(connection, post)
        return "rules"

    def _replan(self, connection: Connection, post: Post) -> InForce:
        found = editions.current(connection, self._site.in_force)
        assert found is not None, "the site shows an edition"
        replan(connection, found.edition, post.recipient.id, self._site.present())
        return found

    def _issue(self, connection: Connection, post: Post, label: str) -> AccountDone:
        own = post.recipient
        if len(_open_feeds(connection, own.id)) >= FEEDS_AT_MOST:
            return AccountDone(said="many-feeds")
        token = feed_tokens.issue(connection, own.site, self._site.present(), label=label, recipient=own.id)
        self._on_record(connection, What.TOKEN_MADE, post, feed_tokens.id_of(token))
        return AccountDone(said="feed", token=token)

    def _revoke(self, connection: Connection, post: Post, id_: str) -> Said:
        if id_ not in {feed.id for feed in _open_feeds(connection, post.recipient.id)}:
            return "nothing"
        feed_tokens.revoke(connection, id_, self._site.present())
        self._on_record(connection, What.TOKEN_ENDED, post, id_)
        return "revoked"

    def _on_record(self, connection: Connection, what: What, post: Post, feed: str) -> None:
        own = post.recipient
        deed = Deed(who=own.id, what=what, via=Via.PAGE, subject=feed, details={"site": own.site})
        chain.record(connection, deed, self._site.present())

    def _page(self, request: Request, template: str, found: _Account, *, erased: bool = False) -> Response:
        agenda, own, done = self._site.in_force.edition.agenda, found.post.recipient, found.done
        language = requested_language(request, default=own.language)
        values = {
            "post": standing(agenda, found.post, self._site.present(), language),
            "site": own.site,
            "done": done,
            "action": f"/account/{request.path_params['token']}",
            "manage": f"/manage/{self._site.tokens.sign(Link.LEAVE, found.post.bearer)}",
            "regions": regions(agenda, language),
            "choices": choices(agenda, found.post.declined, language),
            "feeds": [_feed_line(agenda, feed, found.post, language) for feed in found.feeds],
            "staff_feed": staff_address(self._site.base_url, done.token, own.site) if done and done.token else None,
            "label_length": LABEL_LENGTH,
            "erased": erased,
            "links": self._site.in_force.shows_links_to(found.post.origin),
            "of_the_file": found.post.origin == "file",
            "others": [office_of(agenda, other, language) for other in found.others],
        }
        status = 422 if done is not None and done.said in _REFUSED else 200
        return self._site.page(request, template, language, values, status=status, headers=PRIVATE)


def _post(connection: Connection, recipient: str) -> Post:
    """Raises ExpiredLink of a post that was erased since its link was read."""
    found = roster.find(connection, recipient)
    if found is None:
        raise ExpiredLink(Link.ACCOUNT.value)
    return found


def _found(connection: Connection, recipient: str, done: AccountDone | None = None) -> _Account:
    post = _post(connection, recipient)
    same = roster.at_address(connection, post.recipient.address)
    return _Account(
        post=post,
        feeds=_open_feeds(connection, recipient),
        others=[one for one in same if one.recipient.id != recipient],
        done=done,
    )


def _open_feeds(connection: Connection, recipient: str) -> list[FeedToken]:
    return [feed for feed in feed_tokens.of_recipient(connection, recipient) if feed.revoked_at is None]


def _feed_line(agenda: Agenda, feed: FeedToken, post: Post, language: Language) -> FeedLine:
    zone = zone_of(agenda, post)
    last = None if feed.polled_at is None else to_wall(feed.polled_at, zone)
    return FeedLine(
        id=feed.id,
        label=feed.label,
        city=city_name(agenda, feed.site, language),
        created=short_date(to_wall(feed.created_at, zone), language),
        polled=None if last is None else f"{short_date(last, language)}, {hour(last, language)}",
        client=feed.client,
    )
