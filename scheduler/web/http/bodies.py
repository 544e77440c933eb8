"""Bodies of requests, read whole before the pages see them: whoever asks for a form has it, and waits for nobody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scheduler.web.http.prepared import in_each_language, plain
from scheduler.web.http.refusals import TOO_LARGE

BODY_LIMIT = 8 * 1024  # bytes; the largest form here takes some hundreds, a one-click leave as multipart 200
BODILESS = ("GET", "HEAD")  # a body of these means nothing (RFC 9110 §9.3.1), and is left to the server to drop
_TOO_LARGE = in_each_language(TOO_LARGE)


More = Callable[[Scope], Awaitable[int]]  # a request that is larger than BODY_LIMIT -> the bytes that it may have
UNREAD = 0  # for More: the pages answer it without its body, since they say more than that it is too large


class WholeBodies:
    """Answers 413 past BODY_LIMIT; gives up, unanswered, who ends before the body does (limits.py has the deadline).

    `more` is asked, once, for what is larger: the desk lets those who are signed in send files.
    """

    def __init__(self, inner: ASGIApp, more: More | None = None) -> None:
        self._inner = inner
        self._more = more

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] in BODILESS:
            await self._inner(scope, receive, send)
            return
        body, limit = bytearray(), BODY_LIMIT
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            if len(body) > limit == BODY_LIMIT and self._more is not None:
                limit = await self._more(scope)
                if limit == UNREAD:
                    await self._inner(scope, _whole(b"", receive), send)
                    return
            if len(body) > limit:
                # The connection stays open: to close it on unread bytes could reset it before the answer is read.
                await plain(send, 413, _TOO_LARGE)
                return
            more = message.get("more_body", False)
        await self._inner(scope, _whole(bytes(body), receive), send)


def _whole(body: bytes, receive: Receive) -> Receive:
    """Gives the body in one piece, then what the server has to say: that the client has gone."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def give() -> Message:
        return waiting.pop() if waiting else await receive()

    return give
