"""A mail server on loopback that takes everything and keeps nothing: `python -m bench.sink` prints its port.

For what has to run where Postfix is not. It ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP

from bench.measure import ROOT
from scheduler import loop


@contextmanager
def sinking() -> Iterator[int]:
    """Run the server in a process of its own while the block runs; gives its port."""
    command = (sys.executable, "-m", "bench.sink")
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.terminate()


async def _serve() -> None:
    running = asyncio.get_running_loop()
    server = await running.create_server(lambda: SMTP(Sink(), hostname="localhost", loop=running), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


if __name__ == "__main__":
    loop.run(_serve())
