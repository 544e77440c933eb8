"""Leaving in one click (RFC 8058), and coming back.

A GET changes nothing, because mail scanners follow links; a POST acts at once, without cookie or redirect, because
mail programs send it by themselves (RFC 8058 §3.1). Whoever holds a forwarded mail can press it too: so the page
names the post, masked, and everything it does can be taken back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from calendars.catalogue import LANGUAGES
from scheduler.base.tokens import Link
from scheduler.store.ledger import wishes
from scheduler.store.posts import roster
from scheduler.store.posts.roster import Post
from scheduler.web.rendering import PRIVATE, requested_language
from scheduler.web.site import Site
from scheduler.wording.posts import masked, office_of

Stage = Literal["ask", "left", "returned", "unlisted"]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Subject:
    """Whom a token speaks for."""

    recipient: str
    post: Post | None  # None: no longer listed


class Leaving:
    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> Sequence[BaseRoute]:
        return [
            Route("/leave/{token:path}", self.ask, methods=["GET"]),
            Route("/leave/{token:path}", self.leave, methods=["POST"]),
            Route("/return/{token:path}", self.ask, methods=["GET"]),  # for who reloads the answer
            Route("/return/{token:path}", self.come_back, methods=["POST"]),
        ]

    async def ask(self, request: Request) -> Response:
        subject = await self._subject(request)
        if subject.post is None:
            return self._answer(request, subject, "unlisted")
        return self._answer(request, subject, "left" if subject.post.left else "ask")

    async def leave(self, request: Request) -> Response:
        return await self._act(request, leaves=True)

    async def come_back(self, request: Request) -> Response:
        return await self._act(request, leaves=False)

    async def _act(self, request: Request, *, leaves: bool) -> Response:
        """Whatever the body says: the token says it all."""
        subject = await self._subject(request)
        await asyncio.to_thread(self._write, subject.recipient, leaves=leaves)
        if subject.post is None:
            return self._answer(request, subject, "unlisted")
        return self._answer(request, subject, "left" if leaves else "returned")

    async def _subject(self, request: Request) -> _Subject:
        recipient = await self._site.borne(Link.LEAVE, request)
        return await asyncio.to_thread(self._find, recipient)

    def _find(self, recipient: str) -> _Subject:
        with self._site.database.read() as connection:
            return _Subject(recipient=recipient, post=roster.find(connection, recipient))

    def _write(self, recipient: str, *, leaves: bool) -> None:
        change = wishes.leave if leaves else wishes.come_back
        with self._site.database.write() as connection:
            change(connection, recipient, self._site.present())

    def _answer(self, request: Request, subject: _Subject, stage: Stage) -> Response:
        post = subject.post
        language = requested_language(request, default=post.recipient.language if post else LANGUAGES[0])
        values = {
            "stage": stage,
            "address": masked(post.recipient.address) if post else None,
            "office": office_of(self._site.in_force.edition.agenda, post, language) if post else None,
            "of_the_file": post is not None and post.origin == "file",
            "token": request.path_params["token"],
            "action_query": f"?lang={language}",
        }
        return self._site.page(request, "leave.html", language, values, headers=PRIVATE)
