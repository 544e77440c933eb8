"""By which names the demo answers: a page from elsewhere could point a name of its own at this machine (DNS rebinding).

The demo shows every mail to whoever asks, and is no site that anybody else names. Only the name in Host tells a browser
that was sent here by such a page; an address cannot be rebound.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from scheduler.web.http.prepared import plain
from scheduler.web.http.throttle import address

_NO_HOST = b"This demo answers to localhost and to addresses only.\n"


def by_own_names(app: ASGIApp, base_url: str) -> ASGIApp:
    """The application for who asks by an address, as localhost, or as `base_url` says; 421 for all others."""
    own = {"localhost", urlsplit(base_url).hostname}

    async def choose(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _is_own(scope, own):
            await plain(send, 421, _NO_HOST, head=scope["method"] == "HEAD")
            return
        await app(scope, receive, send)

    return choose


def _is_own(scope: Scope, own: set[str | None]) -> bool:
    """HTTP/1.0 may name no host, and a browser does not speak it."""
    host = next((value for name, value in scope["headers"] if name == b"host"), None)
    if host is None:
        return True
    try:
        name = urlsplit(f"//{host.decode('latin-1')}").hostname
    except ValueError:
        return False
    return name is not None and (name in own or address(name) is not None)
