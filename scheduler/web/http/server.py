"""The HTTP server inside this process: uvicorn, told to leave signals and logs of clients alone.

granian has a deadline for a half-sent header where uvicorn has none (limits.py adds it). But its embedded server is
experimental by its own word, opens its port itself, beside anyone who already has it (SO_REUSEPORT), waits for ever for
half a body or for a first byte, and is no faster with an ASGI application.
"""

from __future__ import annotations

import asyncio
import errno
import resource
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import uvicorn
from starlette.types import ASGIApp

from calendars.catalogue import Phrase
from scheduler.base.refusal import EnvironmentRefusal
from scheduler.web.http.limits import Limits, limited
from scheduler.web.http.ready import Ready

BACKLOG = 2048
DEFAULTS = Limits()
LAST_PORT = 65535
OTHER_FILES = 256  # that connections leave to the database, the relay and the libraries
GRACE_SECONDS = 5  # for answers that are on their way when the server stops


NO_PORT = Phrase("cannot listen on {host}, port {ports}: {error}; choose another with --port")


class PortTaken(EnvironmentRefusal):
    """The address cannot be listened on: taken, forbidden, or not this machine's. The message says which."""


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, stopped: asyncio.Event) -> None:
        super().__init__(config)
        self._stopped = stopped

    async def main_loop(self) -> None:
        """Wake once a second, for the date of answers, and at once to stop: uvicorn's looks ten times a second."""
        while not self._stopped.is_set():
            await self.on_tick(0)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), 1)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the caller, who drains the mail too."""
        yield


async def serve_http(
    app: ASGIApp,
    listener: socket.socket,
    stopped: asyncio.Event,
    limits: Limits = DEFAULTS,
    ready: Ready | None = None,
) -> None:
    """Serve until `stopped` is set; then finish the answers on their way, within GRACE_SECONDS, and close.

    What lies `ready` is answered in the words of `app`, which is not asked for it. The caller chooses the event loop.
    No access log: addresses of clients are nobody's business.
    """
    config = uvicorn.Config(
        app,
        http=limited(replace(limits, connections=room_for(limits.connections)), ready),
        lifespan="off",
        ws="none",
        log_config=None,
        log_level="error",  # what strangers send wrongly is no concern of the log
        access_log=False,
        server_header=False,
        proxy_headers=False,  # neither the client's address nor its scheme is used
        backlog=BACKLOG,
        timeout_keep_alive=limits.idle,  # type: ignore[arg-type]  # it goes to call_later as it is
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    await _Server(config, stopped).serve(sockets=[listener])


def room_for(connections: int) -> int:
    """How many of the `connections` this process may have open beside OTHER_FILES, once its soft limit is raised."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = connections + OTHER_FILES
    if soft == resource.RLIM_INFINITY or soft >= files:
        return connections
    granted = files if hard == resource.RLIM_INFINITY else min(files, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (granted, hard))
    return max(1, granted - OTHER_FILES)


def bind(host: str, port: int, tries: int = 1) -> socket.socket:
    """A listening socket on `port`, or on the first free one of `tries` ports from there. Raises PortTaken.

    It listens from here on, so that the port is ours before the server runs: who comes early waits.
    """
    for candidate in range(port, port + tries):
        try:
            return _listening(host, candidate)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and candidate + 1 < port + tries:
                continue
            ports = str(port) if tries == 1 else f"{port}-{candidate}"
            raise PortTaken(NO_PORT, host=host, ports=ports, error=error) from error
    raise ValueError("tries has to be at least 1")


def _listening(host: str, port: int) -> socket.socket:
    if not 0 <= port <= LAST_PORT:  # getaddrinfo would take the rest of a division
        raise OSError(errno.EINVAL, f"ports end at {LAST_PORT}")
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener
