"""The HTTP server inside this process: uvicorn, told to leave signals and logs of clients alone.

granian has a deadline for a half-sent header and uvicorn has none. But granian owns its process: it starts workers
and takes the signals, and here the same loop also sends the mail and drains it before it ends. A deadline for
headers can be added around uvicorn's protocol; an owner of signals cannot be added around granian.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

BACKLOG = 2048
KEEP_ALIVE_SECONDS = 65  # longer than a proxy keeps its side (nginx: 60), or the proxy writes into a closed one
LAST_PORT = 65535
GRACE_SECONDS = 5  # for answers that are on their way when the server stops


class PortTaken(Exception):
    """The address cannot be listened on: taken, forbidden, or not this machine's. The message says which."""


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the caller, who drains the mail too."""
        yield


async def serve_http(app: ASGIApp, listener: socket.socket, stopped: asyncio.Event) -> None:
    """Serve until `stopped` is set; then finish the answers on their way, within GRACE_SECONDS, and close.

    The caller chooses the event loop. No access log: addresses of clients are nobody's business.
    """
    config = uvicorn.Config(
        app,
        lifespan="off",
        ws="none",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # neither the client's address nor its scheme is used
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = _Server(config)

    async def stop() -> None:
        await stopped.wait()
        server.should_exit = True

    stopping = asyncio.create_task(stop())
    try:
        await server.serve(sockets=[listener])
    finally:
        stopping.cancel()


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
            raise PortTaken(f"cannot listen on {host}, port {ports}: {error}; choose another with --port") from error
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
