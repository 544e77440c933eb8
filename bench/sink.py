"""A mail server on loopback that takes everything and keeps nothing: `python -m bench.sink` prints its port.

For what has to run where Postfix is not. It ends when its standard input does. `python -m bench.sink MS` waits so many
milliseconds before each reply, as a server far away does.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP

from bench.measure import ROOT
from scheduler.base import loop

_END_OF_BODY = b"\r\n.\r\n"
_REPLIES = {
    b"EHLO": b"250-sink\r\n250 8BITMIME\r\n",
    b"DATA": b"354 go ahead\r\n",
    b"QUIT": b"221 2.0.0 Bye\r\n",
}


@contextmanager
def sinking() -> Iterator[int]:
    """Run the server in a process of its own while the block runs; gives its port."""
    with _server() as port:
        yield port


@contextmanager
def delaying(milliseconds: int) -> Iterator[int]:
    """The same, of a server that takes so long for each reply, on each connection by itself."""
    with _server(str(milliseconds)) as port:
        yield port


@contextmanager
def _server(*arguments: str) -> Iterator[int]:
    command = (sys.executable, "-m", "bench.sink", *arguments)
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.terminate()


class Delayed(asyncio.Protocol):
    """As much of SMTP as a sender without TLS and AUTH asks for; replies in order, each late by as much."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._loop = asyncio.get_running_loop()
        self._unread = b""
        self._in_body = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)
        self._reply(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self._unread += data
        while (found := self._unread.partition(_END_OF_BODY if self._in_body else b"\r\n"))[1]:
            self._unread = found[2]
            if self._in_body:
                self._in_body = False
                self._reply(b"250 2.0.0 Ok\r\n")
            else:
                self._answer(found[0][:4].upper())

    def _answer(self, verb: bytes) -> None:
        self._in_body = verb == b"DATA"
        self._reply(_REPLIES.get(verb, b"250 2.1.0 Ok\r\n"))

    def _reply(self, line: bytes) -> None:
        self._loop.call_later(self._delay, self._transport.write, line)


async def _serve(delay: float | None) -> None:
    running = asyncio.get_running_loop()

    def made() -> asyncio.Protocol:
        return SMTP(Sink(), hostname="localhost", loop=running) if delay is None else Delayed(delay)

    server = await running.create_server(made, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


if __name__ == "__main__":
    loop.run(_serve(int(sys.argv[1]) / 1000 if len(sys.argv) > 1 else None))
