"""Public pages from memory: to the byte what a rendering of one's own would be, and nobody else's."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from scheduler.base.clock import SimulatedClock
from scheduler.web import public
from scheduler.web.app import Site, build_app
from scheduler.web.http.compression import compressed
from scheduler.web.kept import making
from scheduler.web.kept.asked import PageAsked
from scheduler.web.kept.making import PageMaker
from scheduler.web.kept.memory import PageMemory, RenderedPage
from scheduler.web.kept.turns import Turns
from scheduler.web.pages.errors import ErrorPages
from scheduler.web.public import kept, public_routes
from scheduler.web.showing import Still
from tests.support import factories
from tests.support.webserver import PUBLISHED, asking, publish, site_of, small_draft

WORKSHOP = "/events/taller-asia-pacifico-2021"
PATHS = ("/", "/calendar", "/sites/tokio", "/sites/seul", "/regions/asia-pacifico", WORKSHOP, "/subscribe")
UNKNOWN_SITES = ("/sites/atlantida", "/regions/%C3%B1", "/sites/a%2Fb", "/sites/tokio/")
STRANGE = (*UNKNOWN_SITES, "/events/fiesta", "/privacy", "/nothing")
LANGUAGES = (None, "en", "es", "fr, en;q=0.5", "en;q=0.1, es", "*", "de")
ENCODINGS = (None, "gzip", "gzip, br", "br", "identity", "gzip;q=0", "x-gzip;q=0.5, *;q=0", "GZIP", "notgzip", "*")
COOKIES = (None, "site=tokio", "site=seul", "site=atlantida", "other=1", "site=", "a=b; site=tokio", 'site="; Path=/')
KNOWN = {
    "month": ("2021-10", "2021-11", "2021-13", "october"),
    "site": ("tokio", "seul", "atlantida"),
    "view": ("list", "grid"),
    "q": ("tokio", "  tokio ", "seúl", "zzz", "", "<b>"),
    "lang": ("es", "en", "xx", ""),
}
QUERIES = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in KNOWN.items()})
SWITCH = re.compile(r'class="switch" href="[^"]*lang=([a-z]{2})[^"]*"')
UNKNOWN = st.dictionaries(st.sampled_from(("utm_source", "fbclid", "a", "siteid")), st.text(max_size=8), max_size=2)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    content = factories.agenda(events=(factories.event(), factories.drive()))
    seoul = replace(content.representations[0], id="seul", city="Seúl", country_code="KR", zone="Asia/Seoul")
    draft = small_draft(replace(content, representations=(*content.representations, seoul)))
    with site_of(tmp_path_factory.mktemp("kept"), draft) as made:
        yield made


@pytest.fixture(scope="module")
def app(site: Site) -> ASGIApp:
    return build_app(site)


def anew(site: Site) -> httpx.AsyncClient:
    """The same pages with nothing in front of them, for the request as it came."""
    errors = ErrorPages(site)
    handlers = {HTTPException: errors.failed}
    inner = Starlette(routes=public_routes(site), exception_handlers=handlers)
    inner.router.redirect_slashes = False
    return asking(compressed(inner))


def headers_of(language: str | None, encoding: str | None, cookie: str | None) -> dict[str, str]:
    named = {"Accept-Language": language, "Accept-Encoding": encoding, "Cookie": cookie}
    return {"Accept-Encoding": "", **{name: value for name, value in named.items() if value is not None}}


async def told(client: httpx.AsyncClient, path: str, headers: dict[str, str]) -> tuple[int, object, bytes]:
    """The answer to the byte, as it travels."""
    async with client.stream("GET", path, headers=headers) as answer:
        body = b"".join([part async for part in answer.aiter_raw()])
    return answer.status_code, sorted(answer.headers.raw), body


async def read(client: httpx.AsyncClient, path: str, headers: dict[str, str]) -> tuple[int, object, str]:
    """The answer as it is read; of a switch only to which language it leads, and not how long that makes the page."""
    answer = await client.get(path, headers=headers)
    told = {**answer.headers, "content-length": "", "content-encoding": ""}
    told["vary"] = told.get("vary", "").replace(", Accept-Encoding", "")
    return answer.status_code, told, SWITCH.sub(lambda link: f'class="switch" href="?lang={link[1]}"', answer.text)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_every_reader_gets_what_they_would_get_alone(site: Site, app: ASGIApp, data: st.DataObject) -> None:
    """Many readers of one memory: each gets the page of their own language, encoding, office and question.

    What no page knows changes nothing, and is led on by no link.
    """
    path = data.draw(st.sampled_from((*PATHS, *STRANGE)))
    asked = f"{path}?{urlencode({**data.draw(UNKNOWN), **data.draw(QUERIES)})}"
    headers = headers_of(*(data.draw(st.sampled_from(one)) for one in (LANGUAGES, ENCODINGS, COOKIES)))
    async with asking(app) as client, anew(site) as alone:
        wanted = await read(alone, asked, headers)
        assert await read(client, asked, headers) == wanted
        assert await read(client, asked, headers) == wanted


@pytest.mark.parametrize("query", ["", "?lang=en", "?lang=es"])
@pytest.mark.parametrize("path", [*PATHS, "/calendar?month=2021-10", "/?q=tokio", "/calendar?view=list"])
async def test_what_comes_from_memory_is_to_the_byte_a_rendering_of_ones_own(site: Site, path: str, query: str) -> None:
    """Header for header and compressed byte for byte, for two readers in turn, and again for the first."""
    asked = path + (query.replace("?", "&") if "?" in path else query)
    readers = [headers_of("en", "gzip", "site=tokio"), headers_of("es", None, None), headers_of("en", "gzip", None)]
    async with asking(kept(site, public_routes(site), Starlette())[0]) as client, anew(site) as alone:
        for headers in (*readers, *readers):
            assert await told(client, asked, headers) == await told(alone, asked, headers)


class Counting:
    """Counts what is rendered, and can hold it back."""

    def __init__(self, site: Site) -> None:
        self.keeper, self.maker = kept(site, public_routes(site), Starlette())
        self.rendered: list[PageAsked] = []
        self.begun = asyncio.Queue[PageAsked]()
        self.go = asyncio.Event()
        self.go.set()
        self._render = self.maker.here
        self.maker.here = self.render

    async def render(self, asked: PageAsked, still: Still) -> RenderedPage:
        self.rendered.append(asked)
        self.begun.put_nowait(asked)
        await self.go.wait()
        return await self._render(asked, still)

    def client(self) -> httpx.AsyncClient:
        return asking(self.keeper)


async def test_who_varies_what_no_page_knows_makes_nothing_be_rendered(site: Site) -> None:
    """Neither another query, nor another spelling of the same preference, nor a cookie of somebody else's."""
    counting = Counting(site)
    async with counting.client() as client:
        for turn in range(20):
            headers = {
                "Accept-Language": f"es;q=0.{turn + 1:03}",
                "Cookie": f"x={turn}",
                "User-Agent": f"reader {turn}",
            }
            answer = await client.get(f"/?utm={turn}&lang=x{turn}", headers=headers)
            assert answer.status_code == 200
            await client.head(f"/sites/tokio?{turn}", headers={"Cookie": f"site=nobody-{turn}"})
            await client.get(f"/calendar?month=1{turn:03}-01&site=s{turn}&view=v{turn}")
            assert (await client.get(f"/nothing/{turn}?{turn}")).status_code == 404
    assert [one.path for one in counting.rendered] == ["/", "/sites/tokio", "/calendar", "/404"]


@pytest.mark.parametrize("path", ["/%0A", "/calendar%0A", "/agenda%0A", "/privacy%0A", "/calendar%0D", "/calendar%00"])
async def test_no_page_has_an_address_that_ends_in_a_sign_that_nobody_sees(site: Site, path: str) -> None:
    """It would be rendered beside what is kept, each time."""
    counting = Counting(site)
    async with counting.client() as client, asking(build_app(site)) as whole:
        assert (await client.get(path)).status_code == 404
        assert [one.path for one in counting.rendered] == ["/404"]
        assert (await whole.get(path)).status_code == 404


async def test_no_form_has_such_an_address_either(site: Site) -> None:
    async with asking(build_app(site)) as whole:
        for path in ("/my-site%0A", "/leave/x%0A", "/subscribe%0A", "/robots.txt%0A"):
            assert (await whole.post(path)).status_code == 404
            assert (await whole.get(path)).status_code == 404


async def test_who_has_to_come_again_is_told_so_of_the_edition_that_is_shown_by_now(tmp_path: Path) -> None:
    """Though they asked before it came; and it is kept for whoever is told so next."""
    with site_of(tmp_path) as site:
        keeper = Counting(site).keeper
        waits, go, shown = asyncio.Event(), asyncio.Event(), list[int]()
        here = keeper.maker.here

        async def crowded(_asked: PageAsked, _still: Still) -> RenderedPage:
            waits.set()
            await go.wait()
            raise making.Crowded

        async def rendered(asked: PageAsked, still: Still) -> RenderedPage:
            shown.append(still.of.number)
            return await here(asked, still)

        keeper.maker.make, keeper.maker.here = crowded, rendered  # type: ignore[assignment, method-assign]
        async with asking(keeper) as client, asyncio.TaskGroup() as group:
            late = group.create_task(client.get("/"))
            await waits.wait()
            moved = factories.agenda(events=(factories.event(title=factories.text("Otro encuentro")),))
            site.put(publish(site.database, small_draft(moved), PUBLISHED + timedelta(hours=1)))
            go.set()
            assert (await late).status_code == 503
            assert (await client.get("/calendar")).status_code == 503
        assert shown == [2]
        assert keeper.memory.size > 0


async def test_a_page_is_rendered_once_for_all_who_wait_for_it(site: Site) -> None:
    counting = Counting(site)
    counting.go.clear()
    async with counting.client() as client, asyncio.TaskGroup() as group:
        waiting = [group.create_task(client.get("/")) for _ in range(20)]
        other = group.create_task(client.get("/calendar"))
        await counting.begun.get()
        counting.go.set()
    assert {one.result().content for one in waiting} == {waiting[0].result().content}
    assert other.result().status_code == 200
    assert [one.path for one in counting.rendered] == ["/", "/calendar"]


async def test_a_search_is_answered_and_not_kept(site: Site) -> None:
    """Nor is an address that no office has: of neither there is an end."""
    counting = Counting(site)
    async with counting.client() as client:
        for path in ("/?q=tokio", "/sites/tokyo", "/events/fiesta"):
            answers = [await client.get(path) for _ in range(2)]
            assert answers[0].content == answers[1].content
        assert "/sites/tokio" in (await client.get("/?q=tokio")).text
    assert len(counting.rendered) == 7
    assert counting.keeper.memory.size == 0


@pytest.mark.parametrize(
    ("language", "said"),
    [("es", "Muchas personas leen estas páginas en este momento."), ("en", "Many people are reading these pages")],
)
async def test_who_asks_for_more_than_can_be_rendered_is_told_to_come_again(
    site: Site, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    """In their language, and for all of them with one rendering; pages that many read are still answered."""
    monkeypatch.setattr(making, "SEARCHES", 2)
    counting = Counting(site)
    counting.go.clear()
    headers = {"Accept-Language": language}
    async with counting.client() as client, asyncio.TaskGroup() as group:
        first = group.create_task(client.get("/?q=0"))
        await counting.begun.get()
        more = [group.create_task(client.get(f"/?q={turn}", headers=headers)) for turn in range(1, 9)]
        page = group.create_task(client.get("/"))
        assert (await counting.begun.get()).path == "/503"
        counting.go.set()
    assert first.result().status_code == page.result().status_code == 200
    refused = [one.result() for one in more if one.result().status_code == 503]
    assert len(refused) == 6
    assert {one.headers["retry-after"] for one in refused} == {"60"}
    assert all(said in one.text for one in refused)
    assert [one.path for one in counting.rendered].count("/503") == 1
    assert counting.rendered.index(asked_of("/", counting)) < counting.rendered.index(asked_of("/", counting, "q=2"))


def asked_of(path: str, counting: Counting, query: str = "") -> PageAsked:
    return next(one for one in counting.rendered if (one.path, one.query) == (path, query))


async def test_with_a_new_edition_nothing_of_the_former_one_is_shown(tmp_path: Path) -> None:
    """At once, and also where somebody still waits for a page of the former one."""
    with site_of(tmp_path) as site:
        counting = Counting(site)
        async with counting.client() as client:
            assert "Taller" in (await client.get("/")).text
            moved = factories.event(title=factories.text("Otro encuentro"))
            late = asyncio.create_task(client.get("/calendar"))
            await asyncio.sleep(0)  # no wait: it has its turn to ask
            site.put(
                publish(site.database, small_draft(factories.agenda(events=(moved,))), PUBLISHED + timedelta(hours=1))
            )
            assert "Otro encuentro" in (await client.get("/")).text
            await late
            assert "Otro encuentro" in (await client.get("/calendar")).text


async def test_with_the_next_minute_a_page_is_rendered_anew(tmp_path: Path) -> None:
    """Until then every reader has the same bytes, and the countdown says the same."""
    clock = SimulatedClock(PUBLISHED + timedelta(seconds=1))
    with site_of(tmp_path, clock=clock) as site:
        counting = Counting(site)
        async with counting.client() as client:
            first = await client.get("/sites/tokio")
            clock.advance_to(PUBLISHED + timedelta(seconds=59))
            assert (await client.get("/sites/tokio")).content == first.content
            clock.advance_to(PUBLISHED + timedelta(days=20))
            assert (await client.get("/sites/tokio")).content != first.content
    assert len(counting.rendered) == 2


async def test_what_is_kept_takes_no_more_than_its_room(site: Site) -> None:
    """The page that nobody has asked for the longest goes first."""
    counting = Counting(site)
    counting.keeper.memory = memory = PageMemory(room=60_000)
    async with counting.client() as client:
        for path in (*PATHS, *PATHS):
            for language in ("es", "en"):
                assert (
                    await client.get(path, headers={"Accept-Language": language, "Accept-Encoding": ""})
                ).status_code == 200
                assert 0 < memory.size <= 60_000
    assert len(counting.rendered) > 2 * len(PATHS)
    memory.clear()
    assert memory.size == 0


async def test_a_feed_comes_between_two_pages_that_were_asked_for_before_it(site: Site) -> None:
    """All of them are in memory: the pages leave one by one."""
    answered: list[str] = []
    async with asking(build_app(site)) as client, asyncio.TaskGroup() as group:
        await client.get("/")

        async def ask(path: str) -> None:
            assert (await client.get(path)).status_code == 200
            answered.append(path)

        for path in (*["/"] * 20, "/feeds/sites/tokio.ics"):
            group.create_task(ask(path))
    assert len(answered) == 21
    assert answered.index("/feeds/sites/tokio.ics") < 5


async def test_a_reader_who_leaves_takes_nobodys_turn() -> None:
    turns, had = Turns(), list[int]()

    async def wait(number: int) -> None:
        await turns.mine()
        had.append(number)

    waiting = [asyncio.ensure_future(wait(number)) for number in range(4)]
    await waiting[0]
    waiting[1].cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert had == [0, 2, 3]


async def test_only_get_and_head_are_answered_from_memory(site: Site) -> None:
    """HEAD has all headers of GET, and no body."""
    async with asking(build_app(site)) as client:
        whole = await client.get("/")
        head = await client.head("/")
        assert (head.headers, head.content) == (whole.headers, b"")
        assert (await client.post("/")).status_code == 405


@pytest.fixture
async def opened(site: Site) -> AsyncIterator[tuple[httpx.AsyncClient, PageMaker]]:
    keeper, maker = kept(site, public_routes(site), Starlette())
    maker.open()
    try:
        async with asking(keeper) as client:
            yield client, maker
    finally:
        maker.close()


async def test_who_comes_first_waits_for_no_process_and_who_comes_next_is_served_by_it(
    site: Site, opened: tuple[httpx.AsyncClient, PageMaker]
) -> None:
    """To the byte what is rendered here."""
    client, maker = opened
    asked: list[PageAsked] = []
    here = maker.here

    async def counted(one: PageAsked, still: Still) -> RenderedPage:
        asked.append(one)
        return await here(one, still)

    maker.here = counted
    async with anew(site) as alone:
        for path in PATHS:
            for headers in (headers_of("en", "gzip", None), headers_of("es", None, "site=tokio")):
                assert await told(client, path, headers) == await told(alone, path, headers)
    assert len(asked) == 1


async def test_a_process_that_was_killed_is_started_again_and_the_page_is_served(
    opened: tuple[httpx.AsyncClient, PageMaker],
) -> None:
    """As the kernel kills one for want of memory."""
    client, maker = opened
    await client.get("/")
    assert (await client.get("/calendar")).status_code == 200
    former = await maker.processes.run(os.getpid)
    os.kill(former, signal.SIGKILL)
    answers = await asyncio.gather(client.get("/sites/tokio"), client.get("/?q=tokio"))
    assert [one.status_code for one in answers] == [200, 200]
    assert await maker.processes.run(os.getpid) != former


async def test_a_process_that_ends_with_each_page_makes_nobody_wait_for_ever(
    opened: tuple[httpx.AsyncClient, PageMaker],
) -> None:
    client, maker = opened
    await client.get("/")
    maker.there = ends
    answer = await client.get("/calendar")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")


def ends(_asked: PageAsked, _name: tuple[object, ...], _minute: datetime, _given: Still | None) -> RenderedPage | None:
    os.kill(os.getpid(), signal.SIGKILL)
    return None


async def test_a_page_that_takes_too_long_is_told_so_and_is_no_failure_of_the_page(
    opened: tuple[httpx.AsyncClient, PageMaker],
) -> None:
    """Its reader is told to come again: the page that answers every failure is not asked."""
    client, maker = opened
    await client.get("/")
    maker.there = takes_long
    answer = await client.get("/calendar")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")


def takes_long(
    asked: PageAsked, name: tuple[object, ...], minute: datetime, given: Still | None
) -> RenderedPage | None:
    """As it is made, in no time at all; of the process beside."""
    public.SECONDS = 0.002  # a part of what any page takes that is the first
    return public._rendered_there(asked, name, minute, given)


async def test_a_process_with_nothing_to_render_ends_and_what_was_kept_is_let_go(site: Site) -> None:
    keeper, maker = kept(site, public_routes(site), Starlette())
    maker.idle_seconds = 0.2
    ended = asyncio.Event()
    let_go = maker.on_idle

    def idle() -> None:
        let_go()
        ended.set()

    maker.on_idle = idle
    maker.open()
    try:
        async with asking(keeper) as client:
            assert (await client.get("/")).status_code == 200
            await ended.wait()
            assert (maker.processes.are_open, keeper.memory.size) == (False, 0)
            assert (await client.get("/")).status_code == 200
    finally:
        maker.close()


def test_what_renders_pages_loads_no_database_no_server_no_mail_and_reads_no_files() -> None:
    """Its process is small."""
    code = "import sys, scheduler.web.public; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"sqlalchemy", "uvicorn", "aiosmtplib", "apscheduler", "css_inline", "alembic", "typer", "ruamel"}
    assert {name.partition(".")[0] for name in done.stdout.split()} & heavy == set()


async def test_the_demos_pages_are_kept_too_at_its_own_moment(tmp_path: Path) -> None:
    with site_of(tmp_path, now=PUBLISHED + timedelta(days=3)) as site:
        async with asking(kept(site, public_routes(site), Starlette())[0]) as client, anew(site) as alone:
            for path in PATHS:
                headers = headers_of("es", "gzip", None)
                assert await told(client, path, headers) == await told(alone, path, headers)
            assert "lun 4 oct 2021" in (await client.get("/")).text
