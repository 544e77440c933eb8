"""What one client may take of the server, and for how long: uvicorn's HTTP/1.1 protocol with deadlines and bounds.

uvicorn closes what is idle, but waits for ever for the rest of a header or a body, or for a reader who does not read.
Who takes too long is cut off without a word; what is too large, or no HTTP, gets a 400. Neither is logged: strangers
could fill the log.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, cast

from starlette.types import Receive, Scope, Send

from scheduler.web.http.prepared import plain
from scheduler.web.http.ready import Ready, ReadyProtocol
from scheduler.web.http.throttle import Network, address, subscriber

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application  # has no public name


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Deadlines in seconds, sizes in bytes."""

    head: float = 10  # from the connection, or from the first byte after an answer, to the end of the header
    body: float = 10  # from the end of the header to the end of the body
    idle: float = 65  # from an answer to the next request. nginx keeps its side for 60: it must not close after us
    stalled: float = 65  # in which a reader takes nothing of an answer that fills the buffers
    head_size: int = 16 * 1024  # request line and header fields
    fields: int = 100  # header fields
    connections: int = 4096  # at a time; who comes then is turned away
    of_a_client: int = 64  # of these; a browser opens six
    spared: tuple[Network, ...] = ()  # proxies: each brings many clients


class _Part(Enum):
    """What a connection is at, in the way of requests."""

    BETWEEN = auto()  # two of them: the last one has come whole
    HEAD = auto()
    BODY = auto()
    REFUSED = auto()  # nothing more is read


class _Refused(Exception):
    """In a callback of the parser: makes it stop, and uvicorn answer 400."""


async def _refuse(_scope: Scope, _receive: Receive, send: Send) -> None:
    await plain(send, 400, b"Invalid HTTP request received.", extra=((b"connection", b"close"),))


def limited(limits: Limits, ready: Ready | None = None) -> type[asyncio.Protocol]:
    """The protocol class that holds to `limits`: uvicorn makes its instances, and passes on nothing of ours."""
    return type("LimitedProtocol", (_LimitedProtocol,), {"limits": limits, "ready": ready, "clients": Counter()})


class _LimitedProtocol(ReadyProtocol):
    limits: Limits
    clients: Counter[str]  # open connections, by client

    # What the transport tells

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # likewise in uvicorn
        super().connection_made(transport)
        self._part = _Part.HEAD
        self._received = 0  # bytes since the request began, at least; what came with the end of another is not counted
        self._deadline: asyncio.TimerHandle | None = None
        self._stall: asyncio.TimerHandle | None = None
        self._client = self._client_of(transport)
        if self._client:
            self.clients[self._client] += 1
        if len(self.connections) > self.limits.connections or self.clients[self._client] > self.limits.of_a_client:
            transport.abort()
        else:
            self._arm(self.limits.head)

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        self._reads_again()
        if self._client:
            self.clients[self._client] -= 1
            if not self.clients[self._client]:
                del self.clients[self._client]
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._part is _Part.REFUSED:
            return
        if self._part is _Part.BETWEEN:  # an empty line is no beginning to the parser
            self._part = _Part.HEAD
        self._received += len(data)
        super().data_received(data)
        self._await_rest()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stall = self.loop.call_later(self.limits.stalled, self.transport.abort)

    def resume_writing(self) -> None:
        self._reads_again()
        super().resume_writing()

    # What the parser tells

    def on_message_begin(self) -> None:
        self._part = _Part.HEAD
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        if not self._acceptable():
            raise _Refused
        self._part = _Part.BODY
        self._disarm()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._part = _Part.BETWEEN
        self._received = 0
        self._disarm()
        super().on_message_complete()

    # What uvicorn decides

    def timeout_keep_alive_handler(self) -> None:
        self.transport.abort()  # to close is to wait for a reader to take the rest

    def send_400_response(self, msg: str) -> None:
        """Refuse what the parser stopped at; the answers to what came before it are not disturbed."""
        in_body, owed = self._part is _Part.BODY, self._owed()
        self._part = _Part.REFUSED
        self._disarm()
        if owed is None:
            super().send_400_response(msg)
        elif not in_body:
            owed.keep_alive = False  # the last answer that is owed closes the connection
        elif self.pipeline:
            self.pipeline[0] = (owed, cast("ASGI3Application", _refuse))  # the latest: it waits for its turn
        elif owed.response_started:
            self.transport.abort()
        else:
            owed.disconnected = True  # the application hears so, and what it says is not sent
            owed.message_event.set()
            super().send_400_response(msg)

    # Our own

    def _client_of(self, transport: asyncio.Transport) -> str:
        """Whose connection it is, as a key; "" where nobody counts: a proxy's, or one of this machine's own files."""
        peer = transport.get_extra_info("peername")
        found = address(str(peer[0])) if isinstance(peer, tuple) else None
        if found is None or any(found in network for network in self.limits.spared):
            return ""
        return str(subscriber(found))

    def _acceptable(self) -> bool:
        if len(self.headers) > self.limits.fields:
            return False
        if self._received > self.limits.head_size and self._head_size() > self.limits.head_size:
            return False
        hosts = [name for name, _ in self.headers].count(b"host")
        return hosts == 1 or (hosts == 0 and self.parser.get_http_version() == "1.0")  # RFC 9112 §3.2

    def _head_size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers)

    def _await_rest(self) -> None:
        if self._part is _Part.HEAD:
            if self._received > self.limits.head_size:
                self.send_400_response("Header too large.")
            elif self._deadline is None:
                self._arm(self.limits.head)
        elif self._part is _Part.BODY and self._deadline is None:
            self._arm(self.limits.body)

    def _arm(self, seconds: float) -> None:
        self._deadline = self.loop.call_later(seconds, self.transport.abort)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _reads_again(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None
