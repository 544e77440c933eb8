"""Many open connections, each of which asks now and then: `python -m bench.crowd URL` prints the p99 in milliseconds.

The requests are spread evenly, so that none waits for another of ours; what is measured is from the first byte of the
request to the last of the answer, this program's own delays included.
"""

from __future__ import annotations

import asyncio
import os
import sys
from urllib.parse import urlsplit

from bench.webpeers import CLIENT_CORE
from scheduler.base import loop
from scheduler.base.clock import monotonic

CONNECTIONS = 1000
RATE = 1000  # requests a second, of all of them together
ROUNDS = 7  # of one request on each connection
WARM_UP = 2  # rounds that do not count
AT_ONCE = 100  # connections that are being opened at a time
_LENGTH = b"content-length: "


async def _p99_ms(url: str) -> float:
    target = urlsplit(url)
    assert target.hostname is not None
    assert target.port is not None
    request = f"GET {target.path} HTTP/1.1\r\nHost: {target.netloc}\r\n\r\n".encode()
    gate = asyncio.Semaphore(AT_ONCE)
    opened = await asyncio.gather(*(_open(gate, target.hostname, target.port) for _ in range(CONNECTIONS)))
    began = monotonic() + 0.1
    taken: list[float] = []
    async with asyncio.TaskGroup() as group:
        for number, connection in enumerate(opened):
            group.create_task(_ask(connection, request, began + number / RATE, taken))
    taken.sort()
    return taken[int(len(taken) * 0.99)] * 1000


Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _open(gate: asyncio.Semaphore, host: str, port: int) -> Connection:
    async with gate:
        return await asyncio.open_connection(host, port)


async def _ask(connection: Connection, request: bytes, first: float, taken: list[float]) -> None:
    reader, writer = connection
    for turn in range(ROUNDS):
        await asyncio.sleep(max(0.0, first + turn * CONNECTIONS / RATE - monotonic()))
        sent = monotonic()
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        assert head.startswith(b"http/1.1 200"), head
        await reader.readexactly(int(head.partition(_LENGTH)[2].partition(b"\r\n")[0]))
        if turn >= WARM_UP:
            taken.append(monotonic() - sent)
    writer.close()


if __name__ == "__main__":
    os.sched_setaffinity(0, {CLIENT_CORE})
    print(loop.run(_p99_ms(sys.argv[1])))
