"""Requests to the letter, over bare sockets, against the whole application: what is no clean request gets a clean no.

Each case says which statuses come back, in order; none means that the connection is closed without a word.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path

import pytest

from scheduler.web.app import Site, build_app, ready_of
from scheduler.web.http.limits import Limits
from scheduler.web.http.ready import Ready
from scheduler.web.http.server import bind, serve_http
from tests.support.webserver import leave_path, site_of

pytestmark = pytest.mark.every_loop
LINE = b"GET /feeds/all.ics HTTP/1.1\r\n"
HOST = b"host: x\r\n"
FEED = LINE + HOST + b"\r\n"
SMUGGLED = b"GET /robots.txt HTTP/1.1\r\nhost: x\r\n\r\n"
POST_CHUNKED = b"POST / HTTP/1.1\r\n" + HOST + b"transfer-encoding: chunked\r\n\r\n"
SHORT = Limits(head=0.5, body=0.5, idle=0.2)  # seconds: a case that is to be waited for takes no longer

REFUSED: dict[str, bytes] = {
    "both Content-Length and Transfer-Encoding": (
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED
    ),
    "both, in the other order": (
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n" + SMUGGLED
    ),
    "two different Content-Length": (
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\ncontent-length: 38\r\n\r\n" + SMUGGLED
    ),
    "Content-Length with a sign": b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: +4\r\n\r\nabcd",
    "Content-Length below nothing": b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -4\r\n\r\nabcd",
    "Content-Length beyond all numbers": b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999999999999\r\n\r\n",
    "an unknown transfer coding": b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunked, but not at the end": (
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n" + SMUGGLED
    ),
    "lines that end with a bare LF": b"GET /feeds/all.ics HTTP/1.1\nhost: x\n\n",
    "a bare LF among the fields": LINE + HOST + b"a: b\nc: d\r\n\r\n",
    "a bare CR among the fields": LINE + HOST + b"a: b\rc: d\r\n\r\n",
    "a folded field": LINE + HOST + b"a: b\r\n c: d\r\n\r\n",
    "a first field that is folded": LINE + b" a: b\r\n" + HOST + b"\r\n",
    "a space before the colon": LINE + b"host : x\r\n\r\n",
    "NUL in a value": LINE + HOST + b"a: b\0c\r\n\r\n",
    "NUL in a name": LINE + HOST + b"a\0: b\r\n\r\n",
    "a name that is not ASCII": LINE + HOST + b"\xc3\xa9: a\r\n\r\n",
    "a huge field": LINE + HOST + b"a: " + b"x" * 20_000 + b"\r\n\r\n",
    "1,000 fields": LINE + HOST + b"a: b\r\n" * 1000 + b"\r\n",
    "two hosts": LINE + HOST + HOST + b"\r\n",
    "no host": LINE + b"\r\n",
    "a very long target": b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "a target that is not ASCII": b"GET /\xc3\xa9 HTTP/1.1\r\n" + HOST + b"\r\n",
    "a target without its slash": b"GET feeds/all.ics HTTP/1.1\r\n" + HOST + b"\r\n",
    "a tunnel": b"CONNECT x:443 HTTP/1.1\r\n" + HOST + b"\r\n",
    "HTTP/0.9": b"GET /feeds/all.ics\r\n\r\n",
    "HTTP/1.9": b"GET /feeds/all.ics HTTP/1.9\r\n" + HOST + b"\r\n",
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "the hello of TLS": bytes.fromhex("16030100c8010000c40303") + bytes(190),
    "an unknown method": b"BREW / HTTP/1.1\r\n" + HOST + b"\r\n",
    "a method in lower case": b"get /feeds/all.ics HTTP/1.1\r\n" + HOST + b"\r\n",
    "a chunk whose size is no number": POST_CHUNKED + b"zz\r\nabc\r\n0\r\n\r\n" + SMUGGLED,
    "a chunk shorter than it says": POST_CHUNKED + b"5\r\nabc\r\n0\r\n\r\n" + SMUGGLED,
    "a chunk longer than it says": POST_CHUNKED + b"2\r\nabcdef\r\n0\r\n\r\n" + SMUGGLED,
    "a chunk below nothing": POST_CHUNKED + b"-1\r\nabc\r\n0\r\n\r\n" + SMUGGLED,
    "a chunk beyond all numbers": POST_CHUNKED + b"fffffffffffffffff\r\nabc\r\n0\r\n\r\n" + SMUGGLED,
    "chunks with bare LF": POST_CHUNKED + b"3\nabc\n0\n\n" + SMUGGLED,
    "a bad chunk for what takes no body": (
        b"POST /feeds/all.ics HTTP/1.1\r\n" + HOST + b"transfer-encoding: chunked\r\n\r\nzz\r\n\r\n" + SMUGGLED
    ),
    "a half chunk and a whole target": POST_CHUNKED + b"4\r\nab" + SMUGGLED,
}
ANSWERED: dict[str, tuple[bytes, list[int]]] = {
    "a value that is not ASCII": (LINE + HOST + b"accept-language: \xff\xc3\xa9\r\n\r\n", [200]),
    "the same, to a page": (b"GET / HTTP/1.1\r\n" + HOST + b"accept-language: \xff\xc3\xa9\r\n\r\n", [200]),
    "a host that is none": (LINE + b"host: a b/c@\r\n\r\n", [200]),
    "an absolute target": (b"GET http://evil.example/feeds/all.ics HTTP/1.1\r\n" + HOST + b"\r\n", [200]),
    "an absolute target without a path": (b"GET http://evil.example HTTP/1.1\r\n" + HOST + b"\r\n", [400]),
    "two slashes": (b"GET //evil.example/ HTTP/1.1\r\n" + HOST + b"\r\n", [404]),
    "the target *": (b"GET * HTTP/1.1\r\n" + HOST + b"\r\n", [404]),
    "OPTIONS *": (b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", [404]),
    "a fragment": (b"GET /feeds/all.ics#x HTTP/1.1\r\n" + HOST + b"\r\n", [200]),
    "a long target": (b"GET /" + b"a" * 8000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", [404]),
    "escapes that are none": (b"GET /%zz%ff%00 HTTP/1.1\r\n" + HOST + b"\r\n", [404]),
    "three requests at once": (FEED * 3, [200, 200, 200]),
    "a request, then nonsense": (FEED + b"nonsense\r\n\r\n", [200]),
    "a request, then half of one": (FEED + b"GET / HT", [200]),
    "a request after the last": (LINE + HOST + b"connection: close\r\n\r\n" + SMUGGLED, [200]),
    "a request within a body": (LINE + HOST + b"content-length: 38\r\n\r\n" + SMUGGLED, [200]),
    "an announced body that does not come": (b"POST / HTTP/1.1\r\n" + HOST + b"content-length: 9\r\n\r\n", []),
    "HTTP/1.0": (b"GET /feeds/all.ics HTTP/1.0\r\n\r\n" + SMUGGLED, [200]),
    "HTTP/1.0 and chunks": (
        b"POST /feeds/all.ics HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
        [405],
    ),
    "HTTP/2.0 by name only": (b"GET /feeds/all.ics HTTP/2.0\r\n" + HOST + b"\r\n", [200]),
    "empty lines first": (b"\r\n\r\n\r\n" + FEED, [200]),
    "empty lines only": (b"\r\n\r\n\r\n", []),
    "chunks with extensions and trailers": (
        b"POST /feeds/all.ics HTTP/1.1\r\n" + HOST + b"transfer-encoding: chunked\r\n\r\n"
        b"3;a=b\r\nabc\r\n0\r\nx: y\r\n\r\n",
        [405],
    ),
    "a method for others": (b"PROPFIND /feeds/all.ics HTTP/1.1\r\n" + HOST + b"\r\n", [405]),
    "HEAD": (b"HEAD /feeds/all.ics HTTP/1.1\r\n" + HOST + b"\r\n", [200]),
    "an upgrade to WebSocket": (LINE + HOST + b"connection: upgrade\r\nupgrade: websocket\r\n\r\n", [200]),
    "an upgrade to HTTP/2": (LINE + HOST + b"connection: upgrade\r\nupgrade: h2c\r\n\r\n", [200]),
}
# Where the first answer is given before the second request is read, the refusal comes after it, in its own place.
NO_LONGER_OWED = {"a request, then nonsense": [200, 400]}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("sockets")
    with site_of(folder) as made:
        yield made


@pytest.fixture(params=[False, True], ids=["by the application", "ready"])
def at_hand(request: pytest.FixtureRequest, site: Site) -> Ready | None:
    """What the server answers without the application: nothing, and as in service."""
    return ready_of(site) if request.param else None


@pytest.fixture
async def port(site: Site, at_hand: Ready | None) -> AsyncIterator[int]:
    listener, stopped = bind("127.0.0.1", 0), asyncio.Event()
    server = asyncio.create_task(serve_http(build_app(site), listener, stopped, SHORT, at_hand))
    yield listener.getsockname()[1]
    stopped.set()
    await server


async def said(port: int, *pieces: bytes) -> bytes:
    """Everything that the server answers until it closes; nothing, where it closes on what it has not read."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        return await asyncio.wait_for(reader.read(), 20)
    except ConnectionError:
        return b""
    finally:
        writer.close()


def statuses(answer: bytes) -> list[int]:
    return [int(found) for found in re.findall(rb"HTTP/1\.1 (\d{3}) ", answer)]


async def each(port: int, cases: Mapping[str, bytes]) -> dict[str, list[int]]:
    """What each case is answered, all of them at once; and then the next connection, as ever, is."""

    async def one(case: bytes) -> list[int]:
        found = statuses(await said(port, case))
        assert statuses(await said(port, FEED)) == [200]
        return found

    return dict(zip(cases, await asyncio.gather(*map(one, cases.values())), strict=True))


async def test_what_is_no_clean_request_is_refused_once_and_closed(port: int) -> None:
    assert await each(port, REFUSED) == {name: [400] for name in REFUSED}


async def test_what_is_odd_but_clear_is_answered_as_often_as_it_asks(port: int, at_hand: Ready | None) -> None:
    requests = {name: request for name, (request, _) in ANSWERED.items()}
    expected = {name: found for name, (_, found) in ANSWERED.items()}
    assert await each(port, requests) == expected | (NO_LONGER_OWED if at_hand else {})


async def test_none_of_it_is_logged(port: int, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing that strangers can make longer, and no address of anyone."""
    caplog.set_level(logging.DEBUG)
    await each(port, REFUSED)
    await each(port, {name: request for name, (request, _) in ANSWERED.items()})
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert "127.0.0.1" not in caplog.text


@pytest.mark.parametrize(
    ("name", "expected"),
    [("both Content-Length and Transfer-Encoding", [200]), ("a chunk shorter than it says", [200, 400])],
    ids=["header", "body"],
)
async def test_a_request_before_the_refused_one_has_its_answer(
    port: int, at_hand: Ready | None, name: str, expected: list[int]
) -> None:
    """Never the refusal in its place: whoever shares the connection would take the one for the other."""
    assert statuses(await said(port, FEED + REFUSED[name])) == ([200, 400] if at_hand else expected)


async def test_a_header_without_end_is_not_kept(port: int) -> None:
    pieces = [b"x" * 65_536] * 64
    assert statuses(await said(port, LINE + HOST + b"a: ", *pieces)) in ([], [400])


async def test_what_is_refused_reaches_no_page(site: Site, port: int) -> None:
    """A body that cannot be read is no word of whoever holds the link."""
    head = f"POST {leave_path()} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n".encode()
    assert statuses(await said(port, head + b"5\r\nList-\r\nzz\r\n")) == [400]
    assert b"200 OK" in await said(port, f"GET {leave_path()} HTTP/1.1\r\nhost: x\r\n\r\n".encode())
    with site.database.read() as connection:
        left = connection.exec_driver_sql("SELECT count(*) FROM recipients WHERE left_at IS NOT NULL").scalar_one()
    assert left == 0


async def test_head_tells_the_length_and_sends_nothing(port: int) -> None:
    whole = (await said(port, FEED)).partition(b"\r\n\r\n")[2]
    head, _, rest = (await said(port, FEED.replace(b"GET", b"HEAD", 1))).partition(b"\r\n\r\n")
    assert f"content-length: {len(whole)}".encode() in head
    assert rest == b""


async def test_a_connection_that_asked_for_another_protocol_goes_on_in_this_one(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for upgrade in (b"connection: upgrade\r\nupgrade: h2c\r\n", b""):
        writer.write(LINE + HOST + upgrade + b"\r\n")
        assert statuses(await reader.readuntil(b"END:VCALENDAR\r\n")) == [200]
    writer.close()
