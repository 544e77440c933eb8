from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.feeds import feeds
from calendars.model.events import Event
from scheduler.web.app import Site
from scheduler.web.feeds.export import export
from scheduler.web.feeds.public import FeedShelf
from scheduler.web.http.prepared import is_unchanged, strong_etag
from scheduler.web.http.server import bind
from tests.support import factories
from tests.support.shipped import shipped_draft
from tests.support.webserver import PUBLISHED, publish, raw, serving, site_of, small_draft

FEED = "/feeds/sites/tokio.ics"
LATER = PUBLISHED + timedelta(days=2)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with site_of(tmp_path) as made:
        yield made


@pytest.fixture
async def client(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(site) as made:
        yield made


def moved_event() -> Event:
    return factories.event(when=factories.timed("2021-10-21 20:00"))


async def test_a_feed_is_answered_at_once_with_what_calendar_programs_need(client: httpx.AsyncClient) -> None:
    answer = await client.get(FEED)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["content-length"] == str(len(answer.content))
    assert answer.headers["content-disposition"] == 'inline; filename="tokio.ics"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["etag"] == strong_etag(answer.content).decode()
    assert answer.headers["last-modified"] == "Fri, 01 Oct 2021 05:00:00 GMT"
    assert answer.content.startswith(b"BEGIN:VCALENDAR\r\n")
    assert "date" in answer.headers


async def test_a_feed_bears_no_cookie_no_compression_and_no_name_of_the_server(client: httpx.AsyncClient) -> None:
    answer = await client.get(FEED, headers={"accept-encoding": "gzip, br"})
    assert not {"set-cookie", "content-encoding", "transfer-encoding", "server"} & set(answer.headers)


async def test_head_gives_the_headers_of_get_and_no_body(client: httpx.AsyncClient) -> None:
    got, head = await client.get(FEED), await client.head(FEED)
    assert head.status_code == 200
    assert head.content == b""
    assert {k: v for k, v in head.headers.items() if k != "date"} == {
        k: v for k, v in got.headers.items() if k != "date"
    }


async def test_the_wire_carries_nothing_after_the_headers_of_a_304_or_a_head(client: httpx.AsyncClient) -> None:
    etag = (await client.get(FEED)).headers["etag"]
    head = await raw(client, "HEAD", FEED)
    unchanged = await raw(client, "GET", FEED, f"if-none-match: {etag}")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert unchanged.startswith(b"HTTP/1.1 304 ")
    assert head.endswith(b"\r\n\r\n")
    assert unchanged.endswith(b"\r\n\r\n")
    assert b"content-length" not in unchanged.lower()


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', '"a,b" , W/{}', "*"])
async def test_a_known_etag_is_answered_304_with_its_validators(client: httpx.AsyncClient, form: str) -> None:
    etag = (await client.get(FEED)).headers["etag"]
    answer = await client.get(FEED, headers={"if-none-match": form.format(etag)})
    assert answer.status_code == 304
    assert answer.content == b""
    assert answer.headers["etag"] == etag
    assert "last-modified" in answer.headers


@pytest.mark.parametrize(
    ("since", "status"),
    [
        ("Fri, 01 Oct 2021 05:00:00 GMT", 304),
        ("Friday, 01-Oct-21 05:00:00 GMT", 304),
        ("Fri Oct  1 05:00:00 2021", 304),
        ("Fri, 01 Oct 2021 04:59:59 GMT", 200),
        ("2021-10-01", 200),
        ("Fri, 99 Oct 99999 05:00:00 GMT", 200),
        ("", 200),
    ],
)
async def test_a_date_alone_is_answered_by_date(client: httpx.AsyncClient, since: str, status: int) -> None:
    assert (await client.get(FEED, headers={"if-modified-since": since})).status_code == status
    assert (await client.head(FEED, headers={"if-modified-since": since})).status_code == status


async def test_the_etag_decides_where_both_are_given(client: httpx.AsyncClient) -> None:
    first = await client.get(FEED)
    old, new = "Fri, 01 Jan 1999 00:00:00 GMT", first.headers["last-modified"]
    stale = await client.get(FEED, headers={"if-none-match": '"other"', "if-modified-since": new})
    fresh = await client.get(FEED, headers={"if-none-match": first.headers["etag"], "if-modified-since": old})
    assert (stale.status_code, fresh.status_code) == (200, 304)


@given(st.lists(st.tuples(st.sampled_from([b"if-none-match", b"if-modified-since"]), st.binary(max_size=60))))
def test_whatever_the_conditions_say_they_are_answered(headers: list[tuple[bytes, bytes]]) -> None:
    assert is_unchanged(b'"0"', PUBLISHED, headers) in (True, False)


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(9998, 1, 1)))
def test_any_date_that_we_could_have_sent_is_understood(moment: datetime) -> None:
    stamp = moment.replace(microsecond=0, tzinfo=UTC)
    since = format_datetime(stamp, usegmt=True).encode()
    assert is_unchanged(b'"0"', stamp, [(b"if-modified-since", since)])
    assert not is_unchanged(b'"0"', stamp + timedelta(seconds=1), [(b"if-modified-since", since)])


@pytest.mark.parametrize("path", ["nowhere.ics", "sites/", "sites/tokio", "%2e%2e/all.ics", "all.ics/", "x/y"])
async def test_an_unknown_feed_is_a_short_404(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(f"/feeds/{path}")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/plain")
    assert len(answer.content) < 100
    assert (await client.head(f"/feeds/{path}")).content == b""


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PROPFIND"])
async def test_other_methods_are_refused_and_told_which_are_not(client: httpx.AsyncClient, method: str) -> None:
    answer = await client.request(method, FEED)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


async def test_scripts_of_any_page_may_read_a_feed_and_its_validators(client: httpx.AsyncClient) -> None:
    page = {"origin": "https://intranet.example"}
    full = await client.get(FEED, headers=page)
    known = await client.get(FEED, headers={**page, "if-none-match": full.headers["etag"]})
    unknown = await client.get("/feeds/sites/atlantis.ics", headers=page)
    assert [answer.status_code for answer in (full, known, unknown)] == [200, 304, 404]
    for answer in (full, known, unknown):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["access-control-expose-headers"] == "ETag, Last-Modified"
        assert "access-control-allow-credentials" not in answer.headers
        assert "vary" not in answer.headers


async def test_a_script_that_asks_first_may_revalidate(client: httpx.AsyncClient) -> None:
    asks = {"origin": "https://intranet.example", "access-control-request-method": "GET"}
    answer = await client.options(FEED, headers={**asks, "access-control-request-headers": "if-none-match"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == "GET, HEAD"
    assert "if-none-match" in answer.headers["access-control-allow-headers"].lower()
    wire = await raw(client, "OPTIONS", FEED)
    assert wire.startswith(b"HTTP/1.1 204 ")
    assert wire.endswith(b"\r\n\r\n")
    assert b"content-length" not in wire.lower()


async def test_a_query_is_ignored_as_programs_add_them_to_dodge_caches(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"{FEED}?nocache=1")).content == (await client.get(FEED)).content


async def test_every_feed_served_is_the_very_file_that_export_writes(tmp_path: Path) -> None:
    with site_of(tmp_path, shipped_draft()) as site:
        folder = tmp_path / "static"
        written = export(site.in_force.edition, folder)
        async with serving(site) as client:
            for path in written:
                relative = path.relative_to(folder).as_posix()
                answer = await client.get(f"/feeds/{relative}")
                assert answer.content == path.read_bytes(), relative
                modified = format_datetime(datetime.fromtimestamp(path.stat().st_mtime, UTC), usegmt=True)
                assert answer.headers["last-modified"] == modified
            assert (await client.get("/feeds/")).content == (folder / "index.html").read_bytes()
        assert len(written) == 1 + 5 + 149 * 2 + 1


async def test_a_new_edition_is_served_whole_while_requests_go_on(site: Site, client: httpx.AsyncClient) -> None:
    before = await client.get(FEED)
    moved = replace(small_draft(), agenda=factories.agenda(events=(moved_event(), factories.drive())))
    await asyncio.to_thread(site.put, publish(site.database, moved, LATER))
    after = await client.get(FEED, headers={"if-none-match": before.headers["etag"]})
    assert after.status_code == 200
    assert b"DTSTART:20211022T010000Z" in after.content.replace(b"\r\n ", b"")
    assert after.headers["last-modified"] == "Sun, 03 Oct 2021 15:00:00 GMT"
    assert site.number == 2


def test_last_modified_never_goes_back_and_differs_where_bytes_differ() -> None:
    """Even where the clock was set back between two editions of one process."""
    shelf = FeedShelf()
    first = factories.edition()
    shelf.put(first)
    shelf.put(factories.edition(factories.agenda(events=(moved_event(),)), first, LATER))
    newest = shelf.get("all.ics")
    shelf.put(first)
    back = shelf.get("all.ics")
    assert newest is not None
    assert back is not None
    assert back.last_modified > newest.last_modified
    shelf.put(first)
    again = shelf.get("all.ics")
    assert again is not None
    assert again.last_modified == back.last_modified


def test_a_feed_that_the_edition_no_longer_has_leaves_the_shelf() -> None:
    shelf = FeedShelf()
    shelf.put(factories.edition(factories.agenda(representations=(factories.site(), factories.site("seul")))))
    assert shelf.get("sites/seul.ics") is not None
    shelf.put(factories.edition())
    assert shelf.get("sites/seul.ics") is None


async def test_the_feed_of_an_office_that_left_the_agenda_is_gone_and_not_merely_unknown(tmp_path: Path) -> None:
    """Also after a restart, which knows it from the database; and it is back when the office is."""
    two = small_draft(factories.agenda(representations=(factories.site(), factories.site("seul", city="Seúl"))))
    with site_of(tmp_path, two) as site:
        async with serving(site) as client:
            await asyncio.to_thread(site.put, publish(site.database, small_draft(), LATER))
            assert (await client.get("/feeds/sites/seul-local.ics")).status_code == 410
        restarted = Site(
            database=site.database, tokens=site.tokens, base_url=site.base_url, in_force=site.in_force, clock=site.clock
        )
        async with serving(restarted) as client:
            gone = await client.get("/feeds/sites/seul.ics")
            assert (gone.status_code, gone.headers["cache-control"]) == (410, "no-cache")
            assert gone.headers["content-type"].startswith("text/plain")
            assert (await client.head("/feeds/sites/seul.ics")).content == b""
            assert (await client.get("/feeds/sites/atlantis.ics")).status_code == 404
            back = publish(site.database, two, LATER + timedelta(days=1))
            await asyncio.to_thread(restarted.put, back)
            assert (await client.get("/feeds/sites/seul.ics")).status_code == 200


async def test_an_edition_that_was_never_shown_is_known_too(site: Site, client: httpx.AsyncClient) -> None:
    """Two publications within one look at the database."""
    two = small_draft(factories.agenda(representations=(factories.site(), factories.site("seul", city="Seúl"))))
    publish(site.database, two, LATER)
    await asyncio.to_thread(site.put, publish(site.database, small_draft(), LATER + timedelta(seconds=1)))
    assert (await client.get("/feeds/sites/seul.ics")).status_code == 410


def test_the_shelf_holds_every_feed_of_the_edition() -> None:
    edition = factories.edition(factories.real_size_agenda())
    shelf = FeedShelf()
    shelf.put(edition)
    for feed in feeds(edition):
        found = shelf.get(feed.path)
        assert found is not None
        assert found.body == feed.body


def test_a_port_is_held_from_the_moment_it_is_bound() -> None:
    with bind("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with bind("127.0.0.1", port, tries=3) as second:
            assert port < second.getsockname()[1] <= port + 2
