"""The link of a confirmation mail: whoever presses it shows that the address is theirs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from scheduler.base.tokens import Link
from scheduler.store import editions
from scheduler.store.ledger.reconcile import replan
from scheduler.store.people import signups
from scheduler.store.people.signups import ACCESS_FOR, Upcoming
from scheduler.store.posts import roster
from scheduler.store.posts.roster import Post
from scheduler.web.http.refusals import ExpiredLink
from scheduler.web.rendering import PRIVATE, requested_language
from scheduler.web.site import Site
from scheduler.wording.posts import reminder_lines, standing

SHOWN = 3  # reminders to come


@dataclass(frozen=True, kw_only=True, slots=True)
class _Confirmed:
    post: Post
    upcoming: Sequence[Upcoming] = ()
    first: bool = False  # it was confirmed just now, and not before


class Confirming:
    """Handlers for /confirm/<token>. A GET shows a button, because mail scanners follow links; a POST confirms."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> Sequence[BaseRoute]:
        return [
            Route("/confirm/{token:path}", self.ask, methods=["GET"]),
            Route("/confirm/{token:path}", self.confirm, methods=["POST"]),
        ]

    async def ask(self, request: Request) -> Response:
        recipient = await self._site.borne(Link.CONFIRM, request)
        return self._answer(request, await asyncio.to_thread(self._find, recipient))

    async def confirm(self, request: Request) -> Response:
        recipient = await self._site.borne(Link.CONFIRM, request)
        return self._answer(request, await asyncio.to_thread(self._confirm, recipient))

    def _find(self, recipient: str) -> _Confirmed:
        now = self._site.present()
        with self._site.database.read() as connection:
            post = roster.find(connection, recipient)
            coming = signups.upcoming(connection, recipient, now, SHOWN)
        if post is None:
            raise ExpiredLink(Link.CONFIRM.value)
        return _Confirmed(post=post, upcoming=coming)

    def _confirm(self, recipient: str) -> _Confirmed:
        now = self._site.present()
        with self._site.database.write() as connection:
            before = roster.find(connection, recipient)
            post = signups.confirm(connection, recipient, now)
            found = editions.current(connection, self._site.in_force)
            if before is None or post is None or found is None:
                raise ExpiredLink(Link.CONFIRM.value)
            if not before.confirmed:
                replan(connection, found.edition, recipient, now)
            coming = signups.upcoming(connection, recipient, now, SHOWN)
        return _Confirmed(post=post, upcoming=coming, first=not before.confirmed)

    def _answer(self, request: Request, found: _Confirmed) -> Response:
        """Who confirms for the first time has just proved the mailbox, and needs no further mail to change more.

        Only then: pressed again, the link of a mail that was passed on must not open what the mailbox alone may.
        """
        agenda, tokens, now = self._site.in_force.edition.agenda, self._site.tokens, self._site.present()
        language = requested_language(request, default=found.post.recipient.language)
        key = found.post.bearer
        values = {
            "post": standing(agenda, found.post, now, language),
            "site": found.post.recipient.site,
            "confirmed": found.post.confirmed,
            "next": reminder_lines(agenda, found.upcoming, language),
            "action": f"/confirm/{request.path_params['token']}",
            "manage": f"/manage/{tokens.sign(Link.LEAVE, key)}" if found.post.confirmed else None,
            "account": f"/account/{tokens.sign(Link.ACCOUNT, key, now + ACCESS_FOR)}" if found.first else None,
        }
        return self._site.page(request, "people-confirm.html", language, values, headers=PRIVATE)
