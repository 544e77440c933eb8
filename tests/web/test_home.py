"""The first page: what is next in the world, and the finder that asks the server."""

from __future__ import annotations

import gzip
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from calendars.model.events import EventStatus
from calendars.model.text import Language
from calendars.spelling import near
from scheduler.base.clock import SimulatedClock
from scheduler.web.app import Site
from scheduler.web.pages import finder
from scheduler.web.pages.finder import QUERY_LIMIT, find
from tests.support import factories
from tests.support.shipped import shipped_draft
from tests.support.webserver import serving, site_of, small_draft

NOW = datetime(2021, 10, 18, 18, tzinfo=UTC)
AGENDA = shipped_draft().agenda


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_of(tmp_path_factory.mktemp("home"), shipped_draft(), clock=SimulatedClock(NOW)) as made:
        yield made


@pytest.fixture
async def client(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(site) as made:
        yield made


@pytest.mark.parametrize(
    ("language", "about", "clocks"),
    [
        (
            "es",
            "VMRE es el voto de las mexicanas y los mexicanos residentes en el extranjero; TCM, el tiempo",
            "una sesión",
        ),
        ("en", "VMRE is the vote of Mexicans resident abroad; TCM, the time in central Mexico.", "one session"),
    ],
)
async def test_the_first_page_shows_the_session_on_everybodys_clock_and_says_for_whom_it_is(
    client: httpx.AsyncClient, language: Language, about: str, clocks: str
) -> None:
    """Small, above the closed boxes of the regions."""
    page = (await client.get(f"/?lang={language}")).text
    assert about in page
    figure, boxes = page.index('<figure class="small">'), page.index('<div id="offices">')
    assert figure < boxes
    assert clocks in page[figure:boxes]
    assert page[figure:boxes].count('class="session"') > 5


async def test_an_agenda_of_other_things_explains_no_initials(tmp_path: Path) -> None:
    """What stands nowhere in it needs no words; and without a session there is no picture."""
    agenda = factories.agenda(
        zone="America/Bogota", events=(factories.event(when=None, status=EventStatus.UNSCHEDULED),)
    )
    plain_words = replace(agenda.events[0], title=factories.text("Taller", "Workshop"), description=None)
    content = replace(agenda, events=(plain_words,), title=factories.text("Agenda", "Agenda"), axes=())
    with site_of(tmp_path, small_draft(content)) as made:
        async with serving(made) as reader:
            page = (await reader.get("/")).text
    assert "Para el personal de las embajadas y los consulados de México.</p>" in page
    assert '<figure class="small">' not in page


def hero(page: str) -> str:
    found = re.search(r'<article class="next">.*?</article>', page, re.DOTALL)
    assert found is not None
    return found[0]


def found_ids(query: str, language: Language = "es") -> list[str]:
    return [one.id for one in find(AGENDA, query, language).entries]


async def test_the_next_event_of_the_world_stands_first_with_its_hour_and_how_long_until(
    client: httpx.AsyncClient,
) -> None:
    first = hero((await client.get("/")).text)
    assert 'href="/events/taller-medio-oriente-y-africa-2021"' in first
    assert '<time datetime="2021-10-19T14:00Z">09:00</time>' in first
    assert "mañana, dentro de 20 horas" in first
    assert "de mar 19 oct, 14:00 h (Acra) a mar 19 oct, 18:00 h (Abu Dabi)" in first


async def test_a_cancelled_event_is_never_what_comes_next_but_is_said(tmp_path: Path) -> None:
    off = factories.event(
        "cancelada",
        title=factories.text("Sesión que no será"),
        status=EventStatus.CANCELLED,
        when=factories.timed("2021-10-19 09:00"),
        reason=factories.text("se une a otra"),
    )
    with site_of(tmp_path, small_draft(factories.agenda(events=(off, factories.event()))), now=NOW) as site:
        async with serving(site) as client:
            pages = [(await client.get(path)).text for path in ("/", "/sites/tokio")]
    for page in pages:
        assert "Taller VMRE, Asia Pacífico" in hero(page)
        assert "Sesión que no será" not in hero(page)
        told = page[page.index("Cancelados") :]
        assert "Sesión que no será" in told
        assert "Motivo: se une a otra." in told


async def test_every_office_is_listed_under_its_region_with_a_link(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    offices = re.findall(r'<li data-words="[^"]*">\s*<a href="/sites/([^"?]+)">', page)
    assert sorted(offices) == sorted(site.id for site in AGENDA.representations)
    assert {region.id for region in AGENDA.regions} == set(re.findall(r'href="/regions/([^"?]+)"', page))


async def test_one_office_found_is_said_and_linked(client: httpx.AsyncClient) -> None:
    page = (await client.get("/", params={"q": "JAPON"})).text
    assert re.search(r'Una sede: <a href="/sites/tokio">Embajada de México en Japón</a>', page)


async def test_several_are_counted_and_told_apart_by_name_and_region(client: httpx.AsyncClient) -> None:
    page = (await client.get("/", params={"q": "san josé"})).text
    assert "2 sedes para <q>san josé</q>" in page
    assert "Embajada de México en Costa Rica · América Latina y el Caribe" in page


async def test_none_found_offers_what_was_almost_meant(client: httpx.AsyncClient) -> None:
    page = (await client.get("/", params={"q": "Londrse"})).text
    assert "Ninguna sede para <q>Londrse</q>" in page
    assert '<ul class="results">' in page
    assert 'href="/sites/londres"' in page[page.index("¿Buscaba una de estas?") : page.index('id="offices"')]
    assert "¿Buscaba una de estas?" not in (await client.get("/", params={"q": "xyzzy"})).text


async def test_the_finder_keeps_the_chosen_language_and_what_was_asked(client: httpx.AsyncClient) -> None:
    page = (await client.get("/", params={"q": 'tok"io<', "lang": "en"})).text
    assert '<input type="hidden" name="lang" value="en">' in page
    assert 'value="tok&#34;io&lt;"' in page
    assert 'href="?q=tok%22io%3C&amp;lang=es"' in page


async def test_the_pages_stay_light(client: httpx.AsyncClient) -> None:
    """14 KB compressed: what TCP sends before it waits for the first answer."""
    for path in ("/", "/?q=a", "/sites/tokio", "/regions/america-del-norte", "/static/style.css", "/static/app.js"):
        body = (await client.get(path)).content
        assert len(gzip.compress(body)) <= 14 * 1024, path


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("tokio", ["tokio"]),
        ("TÓKIO", ["tokio"]),
        ("Tokyo", ["tokio"]),
        ("japan", ["tokio"]),
        ("jp", ["tokio"]),
        ("yor nue", ["nueva-york"]),
        ("asia tok", ["tokio"]),
        ("okio", []),
        ("", []),
        (" … ", []),
    ],
)
def test_every_word_asked_for_begins_a_word_of_city_country_or_region(query: str, ids: list[str]) -> None:
    assert found_ids(query) == found_ids(query, "en") == ids


@pytest.mark.parametrize(
    ("query", "id_"),
    [
        ("Beijing", "pekin"),
        ("Kyiv", "kiev"),
        ("New Delhi", "nueva-delhi"),
        ("Abu Dhabi", "abu-dabi"),
        ("Ramallah", "ramala"),
        ("Abuja", "abuya"),
        ("Amman", "aman"),
        ("New Orleans", "nueva-orleans"),
        ("Philadelphia", "filadelfia"),
        ("Kuwait City", "kuwait"),
        ("Saint Lucia", "castries"),
        ("St. Lucia", "castries"),
        ("st paul", "saint-paul"),
    ],
)
def test_an_office_is_found_by_its_english_name_on_pages_of_either_language(query: str, id_: str) -> None:
    assert found_ids(query) == found_ids(query, "en") == [id_]


def test_cities_and_offices_are_named_in_the_readers_language() -> None:
    spanish, english = (find(AGENDA, "pekin", language).entries[0] for language in ("es", "en"))
    assert (spanish.city, spanish.name) == ("Pekín", "Embajada de México en China")
    assert (english.city, english.name) == ("Beijing", "Embassy of Mexico in China")


def test_every_shipped_office_has_an_english_name() -> None:
    """And a city where that differs; no English name is the Spanish one."""
    for known in AGENDA.representations:
        assert known.name_en is not None, known.id
        assert "of Mexico" in known.name_en or "Mexico to" in known.name_en, known.id
        assert known.city_en != known.city, known.id
    assert sum(known.city_en is not None for known in AGENDA.representations) == 58


def test_a_region_names_all_its_offices_in_either_language() -> None:
    assert len(found_ids("asia pacifico")) == len(found_ids("asia pacific")) == 16


def test_countries_are_named_in_the_readers_language() -> None:
    spanish, english = (find(AGENDA, "berlin", language).entries[0] for language in ("es", "en"))
    assert (spanish.country, english.country) == ("Alemania", "Germany")


def test_a_question_of_any_length_is_cut_and_answered() -> None:
    found = find(AGENDA, "x" * 10_000, "es")
    assert (len(found.query), found.entries, found.near) == (QUERY_LIMIT, (), ())


def test_what_is_near_to_a_question_of_any_length_is_told_of_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each word of it is held against all that are known: an address of many words would be looked at for a second."""
    held: list[str] = []

    def counted(asked: str, among: Iterable[str], most: int, *, alike: float) -> list[str]:
        held.append(asked)
        return near(asked, among, most, alike=alike)

    monkeypatch.setattr(finder, "near", counted)
    entries = [finder.entry(AGENDA, site, "es") for site in AGENDA.representations]
    assert [one.id for one in finder.near_entries(entries, "tokyo-" + "x-" * 5_000)] == ["tokio"]
    assert len(held) <= QUERY_LIMIT


async def test_with_nothing_dated_the_page_says_so(tmp_path: Path) -> None:
    open_date = factories.event(status=EventStatus.UNSCHEDULED, when=None, assumed=())
    with site_of(tmp_path, small_draft(factories.agenda(events=(open_date,))), now=NOW) as site:
        async with serving(site) as client:
            first, office = (await client.get("/")).text, (await client.get("/sites/tokio")).text
    assert "No hay eventos por venir." in first
    assert "No hay eventos por venir para esta sede." in office
    assert "Sin fecha todavía" in office
