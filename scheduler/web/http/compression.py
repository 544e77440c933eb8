"""gzip for who accepts it."""

from __future__ import annotations

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

WORTH_IT = 1000  # bytes; below, the headers of a compressed page outweigh the gain


def compressed(app: ASGIApp) -> ASGIApp:
    """The pages with gzip for who accepts it; feeds stand in front of it: compressed ones broke Outlook on the web.

    Each answer gets a header list of its own: GZipMiddleware writes into the one that it is given, and a Prepared
    answer gives everybody the same, whose Content-Length would then be that of the first one's compressed copy.
    """

    async def with_own_headers(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_own(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": list(message["headers"])}
            await send(message)

        await app(scope, receive, send_own)

    return GZipMiddleware(with_own_headers, minimum_size=WORTH_IT)
