from __future__ import annotations

import asyncio
import logging
import resource
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network

import httpx
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from scheduler.web.http.limits import Limits
from scheduler.web.http.server import OTHER_FILES, PortTaken, bind, room_for, serve_http
from tests.support.unencrypted import PLAIN

pytestmark = pytest.mark.every_loop
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
MANY = 200
HERE = (ip_network("127.0.0.1/32"),)  # spared: a test's crowd comes from one address
HALVES = {
    "nothing": b"",
    "half a method": b"GE",
    "half a header": b"GET / HTTP/1.1\r\nhost: x\r\naccept: text/cal",
    "an empty line": b"\r\n",
    "half a body": b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 26\r\n\r\nList-",
    "half a chunk": b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1a\r\nList-",
}


async def hello(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"hello"})


def test_a_taken_port_is_named_with_the_way_out() -> None:
    with bind("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"127\.0\.0\.1, port {port}: .*in use.*--port"):
            bind("127.0.0.1", port)


@pytest.mark.parametrize(("host", "port"), [("192.0.2.1", 0), ("no-such-host.invalid", 8080), ("127.0.0.1", 99999)])
def test_an_address_that_cannot_be_listened_on_is_refused_the_same_way(host: str, port: int) -> None:
    with pytest.raises(PortTaken, match="--port"):
        bind(host, port)


def test_without_a_try_there_is_no_port() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        bind("127.0.0.1", 0, tries=0)


async def test_who_comes_before_the_server_runs_waits_and_is_answered() -> None:
    listener, stopped = bind("127.0.0.1", 0), asyncio.Event()
    async with httpx.AsyncClient(trust_env=False, verify=PLAIN) as client:
        early = asyncio.create_task(client.get(f"http://127.0.0.1:{listener.getsockname()[1]}/"))
        await asyncio.sleep(0)
        server = asyncio.create_task(serve_http(hello, listener, stopped))
        assert (await early).text == "hello"
        stopped.set()
        await server


async def test_an_answer_on_its_way_is_finished_before_the_server_stops() -> None:
    stopped, asked, go_on = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        asked.set()
        await go_on.wait()
        await hello(scope, receive, send)

    listener = bind("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    server = asyncio.create_task(serve_http(slow, listener, stopped))
    async with httpx.AsyncClient(trust_env=False, verify=PLAIN) as client:
        answer = asyncio.create_task(client.get(url))
        await asked.wait()
        stopped.set()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(server), 0.3)
        go_on.set()
        assert (await answer).text == "hello"
    await server
    with pytest.raises(OSError):  # noqa: PT011  # because the kernel words it
        await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2].strip("/")))


async def test_signals_stay_with_the_caller() -> None:
    mine = signal.getsignal(signal.SIGTERM)
    listener, stopped = bind("127.0.0.1", 0), asyncio.Event()
    server = asyncio.create_task(serve_http(hello, listener, stopped))
    async with httpx.AsyncClient(trust_env=False, verify=PLAIN) as client:
        await client.get(f"http://127.0.0.1:{listener.getsockname()[1]}/")
        assert signal.getsignal(signal.SIGTERM) is mine
    stopped.set()
    await server


async def test_no_log_line_tells_who_asked_for_what(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    listener, stopped = bind("127.0.0.1", 0), asyncio.Event()
    port = listener.getsockname()[1]
    server = asyncio.create_task(serve_http(hello, listener, stopped))
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /leave/secret-token HTTP/1.1\r\nhost: x\r\n\r\n")
    assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200")
    writer.write(b"secret-token not http at all\r\n\r\n")
    assert (await reader.read()).startswith(b"HTTP/1.1 400")
    writer.close()
    stopped.set()
    await server
    lines = [r.getMessage() for r in caplog.records if r.name.startswith("uvicorn")]
    assert not [line for line in lines if "secret-token" in line or "127.0.0.1" in line]


async def test_one_client_has_so_many_connections_and_the_next_is_turned_away() -> None:
    async with running(hello, Limits(of_a_client=3)) as port:
        open_ = [await connected(port, b"") for _ in range(3)]
        assert await asyncio.gather(*(asks(one) for one in open_)) == [b"HTTP/1.1 200 OK"] * 3
        assert await closed(await connected(port, b"")) == b""
        open_[0][1].close()
        await open_[0][1].wait_closed()
        assert await asks_anew_once_let(port) == b"HTTP/1.1 200 OK"
        for _, writer in open_[1:]:
            writer.close()


async def test_a_trusted_proxy_brings_many_clients() -> None:
    async with running(hello, Limits(of_a_client=3, spared=HERE)) as port:
        open_ = [await connected(port, b"") for _ in range(9)]
        assert await asyncio.gather(*(asks(one) for one in open_)) == [b"HTTP/1.1 200 OK"] * 9
        for _, writer in open_:
            writer.close()


def test_a_client_has_sixty_four_connections() -> None:
    assert Limits().of_a_client == 64


@asynccontextmanager
async def running(app: ASGIApp, limits: Limits) -> AsyncIterator[int]:
    """The server over `app` on a free port, while the block runs."""
    listener, stopped = bind("127.0.0.1", 0), asyncio.Event()
    server = asyncio.create_task(serve_http(app, listener, stopped, limits))
    try:
        yield listener.getsockname()[1]
    finally:
        stopped.set()
        await server


async def body_then_hello(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers once the body is whole, and not at all where it never is."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        if not message["more_body"]:
            break
    await hello(scope, receive, send)


async def connected(port: int, sends: bytes) -> Connection:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sends)
    await writer.drain()
    return reader, writer


async def asks(connection: Connection) -> bytes:
    """The status line of the answer to a whole request, whose body is read too."""
    reader, writer = connection
    writer.write(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
    return (await reader.readuntil(b"hello")).partition(b"\r\n")[0]


async def asks_anew(port: int) -> bytes:
    connection = await connected(port, b"")
    try:
        return await asks(connection)
    finally:
        connection[1].close()


async def asks_anew_once_let(port: int) -> bytes:
    """The server hears of a closed connection a moment after its client."""
    for _ in range(100):
        try:
            return await asks_anew(port)
        except (asyncio.IncompleteReadError, ConnectionResetError):
            continue
    return b""


async def closed(connection: Connection) -> bytes:
    """What the server still says before it closes. What reaches it afterwards is answered by a reset."""
    reader, writer = connection
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES.keys())
async def test_two_hundred_who_send_half_a_request_do_not_stop_the_others(half: bytes) -> None:
    async with running(body_then_hello, Limits(spared=HERE)) as port:
        crowd = await asyncio.gather(*(connected(port, half) for _ in range(MANY)))
        for _ in range(10):
            assert await asks_anew(port) == b"HTTP/1.1 200 OK"
        assert not [reader for reader, _ in crowd if reader.at_eof()]
        for _, writer in crowd:
            writer.close()


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES.keys())
async def test_half_a_request_holds_no_connection_beyond_its_deadline(half: bytes) -> None:
    async with running(body_then_hello, Limits(head=0.05, body=0.05, spared=HERE)) as port:
        crowd = await asyncio.gather(*(connected(port, half) for _ in range(MANY)))
        assert await asyncio.gather(*(closed(one) for one in crowd)) == [b""] * MANY
        assert await asks_anew(port) == b"HTTP/1.1 200 OK"


@pytest.mark.parametrize("start", [HALVES["half a header"], HALVES["half a chunk"]], ids=["header", "body"])
async def test_who_sends_byte_by_byte_gains_no_time(start: bytes) -> None:
    async with running(body_then_hello, Limits(head=0.1, body=0.1)) as port:
        reader, writer = await connected(port, start)
        for _ in range(1000):
            writer.write(b"x")
            try:
                assert await asyncio.wait_for(reader.read(), 0.01) == b""
                break
            except TimeoutError:
                continue
            except ConnectionResetError:
                break
        else:
            pytest.fail("still open after 1,000 bytes")
        writer.close()


async def test_the_deadlines_of_a_request_end_with_it() -> None:
    async with running(body_then_hello, Limits(head=0.05, body=0.05)) as port:
        connection = await connected(port, b"GET / HTTP/1.1\r\n")
        reader, writer = connection
        writer.write(b"host: x\r\n\r\n")
        assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(), 0.2)
        assert await asks(connection) == b"HTTP/1.1 200 OK"
        writer.write(HALVES["half a header"])
        assert await closed(connection) == b""


async def test_an_idle_connection_is_closed_after_its_time() -> None:
    async with running(hello, Limits(idle=0.05)) as port:
        connection = await connected(port, b"")
        assert await asks(connection) == b"HTTP/1.1 200 OK"
        assert await closed(connection) == b""


async def test_a_body_that_nobody_reads_holds_no_connection_either() -> None:
    async with running(hello, Limits(body=0.05)) as port:
        connection = await connected(port, HALVES["half a body"])
        assert (await closed(connection)).endswith(b"hello")


async def test_a_reader_who_does_not_read_is_given_up() -> None:
    given_up = asyncio.Event()

    async def endless(_scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        leaving = asyncio.create_task(until_gone(receive))
        while not leaving.done():
            await send({"type": "http.response.body", "body": b"x" * 2**20, "more_body": True})
        given_up.set()

    async def until_gone(receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            continue

    async with running(endless, Limits(stalled=0.1)) as port:
        _, writer = await connected(port, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        await asyncio.wait_for(given_up.wait(), 10)
        writer.close()


async def test_who_comes_when_all_connections_are_taken_is_turned_away_until_one_ends() -> None:
    async with running(hello, Limits(connections=2)) as port:
        first, second = await connected(port, b""), await connected(port, b"")
        assert await asks(first) == await asks(second) == b"HTTP/1.1 200 OK"
        assert await closed(await connected(port, b"")) == b""
        first[1].write(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        await closed(first)
        assert await asks_anew(port) == b"HTTP/1.1 200 OK"
        second[1].close()


def test_connections_leave_files_to_the_rest_of_the_process() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (300, hard))
        assert room_for(40) == 40
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 300
        assert room_for(200) == 200
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 200 + OTHER_FILES
        assert room_for(hard) == hard - OTHER_FILES
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
