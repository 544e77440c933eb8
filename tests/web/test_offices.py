"""The page of one office, and that of a region: the hour of the place, and the way into every calendar program."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from calendars.model.events import Assumption, Audience
from scheduler.base.clock import SimulatedClock
from scheduler.web.app import Site
from scheduler.web.pages.offices import offset_words
from scheduler.web.pages.subscribing import qr_code, subscription
from tests.support import factories
from tests.support.shipped import shipped_draft
from tests.support.webserver import serving, site_of, small_draft

NOW = datetime(2021, 10, 18, 18, tzinfo=UTC)
AFTER = datetime(2022, 3, 1, tzinfo=UTC)
HERE = "https://agenda.example"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_of(tmp_path_factory.mktemp("offices"), shipped_draft(), clock=SimulatedClock(NOW)) as made:
        yield made


@pytest.fixture
async def client(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(site) as made:
        yield made


def hero(page: str) -> str:
    found = re.search(r'<article class="next">.*?</article>', page, re.DOTALL)
    assert found is not None
    return re.sub(r"\s+", " ", found[0])


async def test_the_office_reads_its_own_hour_with_that_of_mexico_beside_it(client: httpx.AsyncClient) -> None:
    first = hero((await client.get("/sites/tokio")).text)
    assert '<time datetime="2021-10-21T23:00Z">08:00</time>' in first
    assert "hora de Tokio" in first
    assert "viernes 22 de octubre de 2021" in first
    assert "= jueves 21 de octubre de 2021, 18:00 h TCM" in first
    assert "aquí ya es viernes 22" in first
    assert "Término: 10:00 h (duración supuesta: 2 h, por confirmar)." in first
    assert first.count("duración supuesta") == 1
    assert "dentro de 3 días" in first


async def test_an_office_on_mexicos_date_is_told_nothing_about_dates(client: httpx.AsyncClient) -> None:
    first = hero((await client.get("/sites/madrid")).text)
    assert ">16:00</time>" in first
    assert "other-day" not in first
    assert "madrugada" not in first


async def test_an_hour_at_night_is_said_to_be_one(client: httpx.AsyncClient) -> None:
    assert "Es de madrugada en su sede." in hero((await client.get("/sites/nueva-delhi")).text)


async def test_where_rules_give_another_hour_the_promised_one_stands_and_is_said_to_be_open(tmp_path: Path) -> None:
    with site_of(tmp_path, shipped_draft(), clock=SimulatedClock(NOW)) as made:
        found, event = made.in_force, "taller-asia-pacifico-2021"
        was = found.edition.revisions[event]
        promised = replace(was, offsets={**was.offsets, "Asia/Tokyo": 8 * 3600})
        made.put(replace(found, edition=replace(found.edition, revisions={**found.edition.revisions, event: promised})))
        async with serving(made) as client:
            first = hero((await client.get("/sites/tokio")).text)
            assert ">07:00</time>" in first
            assert "Término: 09:00 h" in first
            assert "Hora local por confirmar: cambiaron reglas de horario." in first
            assert "por confirmar: cambiaron" not in hero((await client.get("/sites/seul")).text)
            around = (await client.get(f"/events/{event}")).text
            assert "Hora local por confirmar (1 sede): cambiaron reglas de horario." in around


async def test_an_office_to_the_west_may_be_a_day_behind(tmp_path: Path) -> None:
    west = factories.site("honolulu", city="Honolulú", zone="Pacific/Honolulu")
    early = factories.event(when=factories.timed("2021-10-21 02:00"), audience=Audience(kind="all"))
    with site_of(
        tmp_path, small_draft(factories.agenda(representations=(west, factories.site()), events=(early,)))
    ) as site:
        async with serving(site) as client:
            spanish = hero((await client.get("/sites/honolulu")).text)
            english = hero((await client.get("/sites/honolulu?lang=en")).text)
            eastern = hero((await client.get("/sites/tokio?lang=en")).text)
    assert "aquí todavía es miércoles 20" in spanish
    assert "still Wednesday 20 here" in english
    assert "other-day" not in eastern


async def test_the_same_page_in_english(client: httpx.AsyncClient) -> None:
    first = hero((await client.get("/sites/tokio?lang=en")).text)
    assert "time in Tokyo" in first
    assert "= Thursday, 21 October 2021, 18:00 TCM" in first
    assert "already Friday 22 here" in first
    assert "in 3 days" in first


async def test_whole_days_are_dates_and_an_open_hour_is_not_called_a_whole_day(tmp_path: Path) -> None:
    open_hour = factories.drive("abierta", assumed=(Assumption.TIME,))
    for event, whole in ((factories.drive(), True), (open_hour, False)):
        folder = tmp_path / event.id
        folder.mkdir()
        with site_of(folder, small_draft(factories.agenda(events=(event,)))) as site:
            async with serving(site) as client:
                first = hero((await client.get("/sites/tokio")).text)
        assert "Del 1 al 7 de febrero de 2022".lower() in first.lower()
        assert ("días completos" in first) is whole
        assert 'class="clock"' not in first


async def test_what_is_over_is_kept_and_says_nothing_of_a_night_that_has_passed(tmp_path: Path) -> None:
    with site_of(tmp_path, shipped_draft(), now=AFTER) as site:
        async with serving(site) as client:
            page = (await client.get("/sites/nueva-delhi")).text
    assert "No hay eventos por venir para esta sede." in page
    assert "Eventos anteriores (2)" in page.replace("\n", "")
    assert "04:30" in page
    assert "madrugada" not in page


async def test_every_way_to_subscribe_leads_to_the_sites_own_feed(client: httpx.AsyncClient) -> None:
    page = unescape((await client.get("/sites/tokio")).text)
    feed = f"{HERE}/feeds/sites/tokio.ics"
    webcal, outlook, google = re.findall(r'<li><a href="([^"]+)"', page)[:3]
    assert webcal == "webcal://agenda.example/feeds/sites/tokio.ics"
    assert parse_qs(urlsplit(outlook).query)["url"] == [feed]
    assert parse_qs(urlsplit(outlook).query)["name"][0].startswith("Tokio · ")
    assert parse_qs(urlsplit(google).query) == {"cid": [webcal]}
    assert f'<code id="address">{feed}</code>' in page
    assert f"<code>{HERE}/feeds/sites/tokio-local.ics</code>" in page
    assert (await client.get("/feeds/sites/tokio-local.ics")).status_code == 200
    assert "Google cada 8 a 24 horas" in page
    assert "¿Su Outlook no permite calendarios de internet?" in page


async def test_the_copy_button_is_offered_by_the_script_alone(client: httpx.AsyncClient) -> None:
    assert re.search(r"<button[^>]* hidden [^>]*data-copies", (await client.get("/sites/tokio")).text)


async def test_the_demos_present_stands_still_and_a_living_one_does_not(tmp_path: Path, site: Site) -> None:
    async with serving(site) as client:
        assert "data-live" in (await client.get("/sites/tokio")).text
    with site_of(tmp_path, shipped_draft(), now=NOW) as demo:
        async with serving(demo) as client:
            page = (await client.get("/sites/tokio")).text
    assert "data-live" not in page
    assert 'data-start="2021-10-21T23:00Z" data-end="2021-10-22T01:00Z" data-offset="540"' in page


async def test_mails_are_offered_only_where_people_may_sign_up(client: httpx.AsyncClient, site: Site) -> None:
    assert site.signup_open is False
    assert "/subscribe?" not in (await client.get("/sites/tokio")).text


async def test_a_region_says_the_next_sessions_hour_at_each_of_its_offices(client: httpx.AsyncClient) -> None:
    page = re.sub(r"\s+", " ", (await client.get("/regions/asia-pacifico")).text)
    rows = re.findall(r'<th scope="row"><a href="/sites/([^"]+)">.*?</th><td>(.*?)</td><td><b>(.*?)</b>', page)
    assert len(rows) == 16
    assert ("tokio", "vie 22 oct", "08:00 h") in rows
    assert ("nueva-delhi", "vie 22 oct", "04:30 h") in rows
    assert page.count('<span class="note">de noche</span>') == 1
    assert f"{HERE}/feeds/regions/asia-pacifico.ics" in page
    assert "Taller VMRE, Europa" not in page


async def test_a_region_without_a_session_to_come_lists_its_offices_alone(tmp_path: Path) -> None:
    with site_of(tmp_path, shipped_draft(), now=AFTER) as site:
        async with serving(site) as client:
            page = (await client.get("/regions/europa")).text
    assert "<caption>" not in page
    assert page.count('<th scope="row">') == 30
    assert "No hay eventos por venir." in page


async def test_an_office_that_does_not_await_the_regions_next_session_has_a_dash(tmp_path: Path) -> None:
    other = factories.site("seul", city="Seúl", country="Corea del Sur", country_code="KR", zone="Asia/Seoul")
    one = factories.event(audience=Audience(kind="sites", ids=("tokio",)))
    agenda = factories.agenda(representations=(factories.site(), other), events=(one,))
    with site_of(tmp_path, small_draft(agenda)) as site:
        async with serving(site) as client:
            page = re.sub(r"\s+", " ", (await client.get("/regions/asia-pacifico")).text)
    assert re.search(r"Seúl.*?<td>–</td><td><b>–</b>", page)


@pytest.mark.parametrize("path", ["/sites/tokyo", "/sites/TOKIO", "/sites/tokio-local"])
async def test_an_office_that_is_not_there_is_guessed_at(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    assert 'href="/sites/tokio"' in answer.text
    assert 'href="/#sites"' in answer.text


async def test_what_resembles_no_office_leads_to_the_finder(client: httpx.AsyncClient) -> None:
    for path in ("/sites/zzzzzz", "/regions/zzzzzz"):
        answer = await client.get(path)
        assert answer.status_code == 404
        assert "¿Buscaba" not in answer.text
        assert 'href="/#sites"' in answer.text


@pytest.mark.parametrize(
    ("zone", "words"),
    [("Asia/Kolkata", "UTC+5:30"), ("America/Phoenix", "UTC−7"), ("Africa/Accra", "UTC+0"), ("Asia/Tokyo", "UTC+9")],
)
def test_the_offset_is_that_of_the_day(zone: str, words: str) -> None:
    assert offset_words(zone, NOW) == words


def test_the_code_is_drawn_dark_on_white_without_style_of_its_own() -> None:
    """The page's policy forbids inline style, and a dark theme must not turn the code around."""
    drawn = qr_code("https://agenda.example/sites/tokio")
    assert 'fill="#fff"' in drawn
    assert 'stroke="#000"' in drawn
    assert "style=" not in drawn
    made = subscription("https://agenda.example", "all.ics", "Agenda")
    assert (made.code, made.local) == (None, None)
