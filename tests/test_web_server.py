from __future__ import annotations

import asyncio
import logging
import signal

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from scheduler.web.server import PortTaken, bind, serve_http


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
    async with httpx.AsyncClient(trust_env=False) as client:
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
    async with httpx.AsyncClient(trust_env=False) as client:
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
    async with httpx.AsyncClient(trust_env=False) as client:
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
