"""Answers that lie ready: the words of the application, without asking it; and when it is asked after all."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from scheduler.web.app import Site, build_app, ready_of
from scheduler.web.http.limits import Limits
from scheduler.web.http.prepared import Prepared
from scheduler.web.http.ready import Ready
from scheduler.web.http.server import DEFAULTS, bind, serve_http
from tests.support.webserver import PUBLISHED, site_of

pytestmark = pytest.mark.every_loop
FEED = "/feeds/sites/tokio.ics"
HOST = "host: x\r\n"
PLAIN = {
    "a feed": f"GET {FEED} HTTP/1.1\r\n{HOST}\r\n",
    "the index": f"GET /feeds/ HTTP/1.1\r\n{HOST}\r\n",
    "a feed, as long as the connection lasts": f"GET {FEED} HTTP/1.1\r\n{HOST}connection: keep-alive\r\n\r\n",
    "a copy that is the same": f"GET {FEED} HTTP/1.1\r\n{HOST}if-none-match: %(tag)s\r\n\r\n",
    "the same, by way of a proxy": f'GET {FEED} HTTP/1.1\r\n{HOST}if-none-match: "x", W/%(tag)s\r\n\r\n',
    "a copy of another edition": f'GET {FEED} HTTP/1.1\r\n{HOST}if-none-match: "other"\r\n\r\n',
    "a copy of today": f"GET {FEED} HTTP/1.1\r\n{HOST}if-modified-since: Sat, 02 Oct 2021 05:00:00 GMT\r\n\r\n",
    "a copy of last year": f"GET {FEED} HTTP/1.1\r\n{HOST}if-modified-since: Thu, 01 Oct 2020 05:00:00 GMT\r\n\r\n",
}
ASKED = {
    "its head": f"HEAD {FEED} HTTP/1.1\r\n{HOST}\r\n",
    "what may be done with it": f"OPTIONS {FEED} HTTP/1.1\r\n{HOST}\r\n",
    "something else": f"DELETE {FEED} HTTP/1.1\r\n{HOST}\r\n",
    "a query": f"GET {FEED}?x=1 HTTP/1.1\r\n{HOST}\r\n",
    "an escape": f"GET {FEED.replace('t', '%74')} HTTP/1.1\r\n{HOST}\r\n",
    "an absolute target": f"GET http://x{FEED} HTTP/1.1\r\n{HOST}\r\n",
    "a body": f"GET {FEED} HTTP/1.1\r\n{HOST}content-length: 3\r\n\r\nabc",
    "a body of nothing": f"GET {FEED} HTTP/1.1\r\n{HOST}content-length: 0\r\n\r\n",
    "a body in chunks": f"GET {FEED} HTTP/1.1\r\n{HOST}transfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "the last on its connection": f"GET {FEED} HTTP/1.1\r\n{HOST}connection: close\r\n\r\n",
    "an old client": f"GET {FEED} HTTP/1.0\r\n\r\n",
    "another protocol": f"GET {FEED} HTTP/1.1\r\n{HOST}connection: upgrade\r\nupgrade: h2c\r\n\r\n",
    "a feed that is not there": f"GET /feeds/sites/nowhere.ics HTTP/1.1\r\n{HOST}\r\n",
    "a staff feed": f"GET /feeds/private/x.ics HTTP/1.1\r\n{HOST}\r\n",
}


@dataclass(kw_only=True)
class Counted:
    """An application, and how often it was asked."""

    app: ASGIApp
    asked: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        await self.app(scope, receive, send)


@dataclass(kw_only=True)
class One:
    """One answer that lies ready at /."""

    body: bytes

    def at(self, target: bytes) -> Prepared | None:
        return self.answer if target == b"/" else None

    @property
    def answer(self) -> Prepared:
        when = datetime(2021, 10, 1, 5, tzinfo=UTC)
        return Prepared(body=self.body, content_type=b"text/plain", last_modified=when, cache_control=b"no-cache")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("ready")
    with site_of(folder) as made:
        yield made


@asynccontextmanager
async def running(app: ASGIApp, ready: Ready | None, limits: Limits = DEFAULTS) -> AsyncIterator[int]:
    listener, stopped = bind("127.0.0.1", 0), asyncio.Event()
    server = asyncio.create_task(serve_http(app, listener, stopped, limits, ready))
    try:
        yield listener.getsockname()[1]
    finally:
        stopped.set()
        await server


async def answered(port: int, request: str, times: int) -> bytes:
    """What it is answered, that often on one connection; all the answers of one request are the same but for Date."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    found = set()
    for _ in range(times):
        writer.write(request.encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        bare = request.startswith("HEAD") or length is None
        whole = head + (b"" if bare or length is None else await reader.readexactly(int(length[1])))
        found.add(re.sub(rb"\r\ndate: [^\r]+\r\n", b"\r\ndate: then\r\n", whole))
    writer.close()
    assert len(found) == 1
    return found.pop()


async def each(site: Site, ready: Ready | None, cases: Mapping[str, str], times: int) -> tuple[dict[str, bytes], int]:
    """What each case is answered, and how often the application was asked."""
    app = Counted(app=build_app(site))
    async with running(app, ready) as port:
        found = {name: await answered(port, request, times) for name, request in cases.items()}
    return found, app.asked


async def test_what_lies_ready_is_what_the_application_says_and_it_is_not_asked(site: Site) -> None:
    """To the byte, one time and again on the same connection; the dates are those of their moments."""
    held = site.shelf.at(FEED.encode())
    assert held is not None
    cases = {name: request % {"tag": held.etag.decode()} for name, request in PLAIN.items()}
    expected, asked = await each(site, None, cases, 2)
    assert asked == 2 * len(cases)
    assert {name: b"\r\ndate: then\r\n" in answer for name, answer in expected.items()} == dict.fromkeys(cases, True)
    assert await each(site, ready_of(site), cases, 2) == (expected, 0)


async def test_whatever_is_more_than_a_plain_get_is_for_the_application(site: Site) -> None:
    expected = await each(site, None, ASKED, 1)
    assert expected[1] == len(ASKED)
    assert await each(site, ready_of(site), ASKED, 1) == expected


async def test_an_answer_that_lies_ready_waits_for_those_that_were_asked_for_before_it() -> None:
    """Answers come in the order of the requests (RFC 9112 §9.3.2)."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(scope: Scope, _receive: Receive, send: Send) -> None:
        begun.set()
        await go_on.wait()
        said = f"<{scope['path']}>".encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(said))]})
        await send({"type": "http.response.body", "body": said})

    async with running(slow, One(body=b"<ready>")) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"".join(f"GET {path} HTTP/1.1\r\n{HOST}\r\n".encode() for path in ("/", "/slow", "/")))
        await begun.wait()
        go_on.set()
        assert await reader.readuntil(b"<ready>")
        assert b"<ready>" not in await reader.readuntil(b"</slow>")
        assert await reader.readuntil(b"</>")  # behind an answer that is owed, the application gives its own
        writer.write(f"GET / HTTP/1.1\r\n{HOST}\r\n".encode())
        assert await reader.readuntil(b"<ready>")
        writer.close()


async def test_who_asks_on_and_reads_nothing_gets_no_more_written_than_the_buffers_take() -> None:
    """The rest is the application's, which waits for its reader; and all of it comes, once it is read."""
    body, times = b"x" * 2**20, 40
    one = One(body=body)
    app = Counted(app=one.answer)
    async with running(app, one) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**16)
        writer.write(f"GET / HTTP/1.1\r\n{HOST}\r\n".encode() * times)
        await writer.drain()
        whole = 0
        for _ in range(times):
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 OK\r\n")
            whole += len(await reader.readexactly(len(body)))
        writer.close()
    assert whole == times * len(body)
    assert app.asked > times / 2


async def test_a_connection_that_is_idle_after_such_an_answer_is_closed_after_its_time() -> None:
    async with running(One(body=b"").answer, One(body=b"<ready>"), Limits(idle=0.05)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET / HTTP/1.1\r\n{HOST}\r\n".encode())
        assert (await reader.read()).endswith(b"<ready>")  # to its end
        writer.close()


def test_what_lies_ready_is_found_by_a_path_of_a_feed_and_by_nothing_else(site: Site) -> None:
    assert site.shelf.at(FEED.encode()) is site.shelf.get("sites/tokio.ics")
    assert site.shelf.at(b"/feeds/") is site.shelf.get("")
    assert [site.shelf.at(one) for one in (b"", b"/", b"sites/tokio.ics", b"/feeds/\xff", b"/feeds/private/x.ics")] == (
        [None] * 5
    )


def test_the_demo_is_asked_each_time_since_it_looks_for_whom_it_was_called(tmp_path: Path) -> None:
    with site_of(tmp_path, outbox=tmp_path / "outbox") as demo:
        assert ready_of(demo) is None


@pytest.mark.parametrize("name", ["a\r\nset-cookie: b", "a\nb", "a\0b"])
def test_no_field_of_such_an_answer_ends_its_line(name: str) -> None:
    with pytest.raises(ValueError, match="end its line"):
        Prepared(
            body=b"x",
            content_type=b"text/plain",
            last_modified=PUBLISHED,
            cache_control=b"no-cache",
            extra=((b"content-disposition", name.encode()),),
        )
