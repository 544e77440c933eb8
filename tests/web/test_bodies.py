"""What pages get of bodies, over a real connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from scheduler.web.http.bodies import BODY_LIMIT, WholeBodies
from scheduler.web.http.limits import Limits
from scheduler.web.http.server import bind, serve_http

pytestmark = pytest.mark.every_loop
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Echo:
    """Answers with the body; counts its calls, and who has gone."""

    def __init__(self) -> None:
        self.calls = 0
        self.gone = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.calls += 1
        request = Request(scope, receive)
        body = await request.body()
        if body == b"wait":
            assert (await receive())["type"] == "http.disconnect"
            self.gone.set()
            return
        length = str(len(body)).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
        await send({"type": "http.response.body", "body": body})


@pytest.fixture
async def echo() -> Echo:
    return Echo()


@pytest.fixture
async def connection(echo: Echo) -> AsyncIterator[Connection]:
    listener, stopped = bind("127.0.0.1", 0), asyncio.Event()
    server = asyncio.create_task(serve_http(WholeBodies(echo), listener, stopped, Limits(body=1)))
    reader, writer = await asyncio.open_connection(*listener.getsockname()[:2])
    yield reader, writer
    writer.close()
    stopped.set()
    await server


def post(length: int) -> bytes:
    return b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % length


async def answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Status and body."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
    return int(head.split()[1]), await reader.readexactly(length)


@pytest.mark.parametrize("size", [0, 1, BODY_LIMIT])
async def test_a_body_up_to_the_limit_arrives_whole(connection: Connection, size: int) -> None:
    reader, writer = connection
    writer.write(post(size) + b"x" * size)
    assert await answer(reader) == (200, b"x" * size)


async def test_a_body_in_pieces_arrives_in_one(connection: Connection) -> None:
    reader, writer = connection
    writer.write(b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n4\r\nList\r\n")
    await writer.drain()
    writer.write(b"2\r\n-U\r\n0\r\n\r\n")
    assert await answer(reader) == (200, b"List-U")


@pytest.mark.parametrize("size", [BODY_LIMIT + 1, 2 * 2**20])
async def test_a_larger_one_is_refused_unseen_and_the_refusal_is_read(
    connection: Connection, echo: Echo, size: int
) -> None:
    reader, writer = connection
    writer.write(post(size))
    writer.write(b"x" * size)
    assert (await answer(reader))[0] == 413
    writer.write(post(2) + b"ok")
    assert await answer(reader) == (200, b"ok")
    assert echo.calls == 1


async def test_a_body_that_never_ends_reaches_nobody(connection: Connection, echo: Echo) -> None:
    reader, writer = connection
    writer.write(post(26) + b"List-")
    assert await reader.read() == b""
    assert echo.calls == 0


async def test_who_leaves_after_the_body_is_noticed(connection: Connection, echo: Echo) -> None:
    _, writer = connection
    writer.write(post(4) + b"wait")
    await writer.drain()
    writer.close()
    await asyncio.wait_for(echo.gone.wait(), 5)
