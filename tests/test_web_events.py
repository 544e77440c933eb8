"""The page of one event: the same instant on everybody's clock, in a picture and in a table that says the same."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest

from calendars.model import EventStatus
from scheduler.web.app import Site
from tests import factories
from tests.shipped import shipped_draft
from tests.webserver import serving, site_of, small_draft

WORKSHOP = "/events/taller-asia-pacifico-2021"
DRIVE = "/events/jornada-credencializacion-2022"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_of(tmp_path_factory.mktemp("events"), shipped_draft()) as made:
        yield made


@pytest.fixture
async def client(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(site) as made:
        yield made


def rows(page: str) -> list[str]:
    return re.findall(r"<tr>.*?</tr>", page, re.DOTALL)


async def test_the_table_has_every_site_of_the_audience_with_its_own_hour(client: httpx.AsyncClient) -> None:
    page = (await client.get(WORKSHOP)).text
    found = [row for row in rows(page) if "/sites/" in row]
    assert len(found) == 16
    assert "04:30" in next(row for row in found if "/sites/nueva-delhi" in row)
    assert "12:00" in next(row for row in found if "/sites/wellington" in row)
    assert "viernes 22 de octubre de 2021" in page
    assert "jueves 21 de octubre de 2021" in page


@pytest.mark.parametrize("path", [WORKSHOP, DRIVE])
@pytest.mark.parametrize("lang", ["es", "en"])
async def test_the_picture_is_well_formed_named_and_free_of_inline_style(
    client: httpx.AsyncClient, path: str, lang: str
) -> None:
    page = (await client.get(path, params={"lang": lang})).text
    drawings = re.findall(r"<svg class=\"picture.*?</svg>", page, re.DOTALL)
    assert drawings
    for drawing in drawings:
        root = ElementTree.fromstring(drawing)
        assert root.get("role") == "img"
        assert root.find("title") is not None
        assert "style=" not in drawing


async def test_the_picture_names_every_hour_that_the_table_has(client: httpx.AsyncClient) -> None:
    page = (await client.get(WORKSHOP)).text
    drawing = page[page.index("<svg") : page.index("</svg>")]
    hours = {found[:5] for row in rows(page) if "/sites/" in row for found in re.findall(r"<b>(\d\d:\d\d)</b>", row)}
    assert hours == {"04:30", "06:00", "07:00", "08:00", "10:00", "12:00"}
    assert all(hour in drawing for hour in hours)


async def test_what_is_supposed_is_said_to_be(client: httpx.AsyncClient) -> None:
    assert "duración supuesta: 2 h, por confirmar" in (await client.get(WORKSHOP)).text
    assert "Fechas supuestas, por confirmar" in (await client.get(DRIVE)).text


async def test_an_event_without_a_date_and_one_of_the_coordination_have_their_page(client: httpx.AsyncClient) -> None:
    for event in shipped_draft().agenda.events:
        answer = await client.get(f"/events/{event.id}")
        assert answer.status_code == 200
        assert event.title.es in answer.text.replace('<span class="unbroken">', "").replace("</span>", "")


async def test_a_cancelled_event_says_so_with_its_reason(tmp_path: Path) -> None:
    cancelled = factories.event(status=EventStatus.CANCELLED, reason=factories.text("Se aplaza", "Postponed"))
    with site_of(tmp_path, small_draft(factories.agenda(events=(cancelled,)))) as site:
        async with serving(site) as client:
            page = (await client.get(WORKSHOP)).text
    assert "cancelado" in page
    assert "Se aplaza" in page


async def test_an_event_that_is_not_there_is_a_page_that_says_so(client: httpx.AsyncClient) -> None:
    answer = await client.get("/events/taller-marte-2021")
    assert answer.status_code == 404
    assert "<html" in answer.text


async def test_the_same_page_is_the_same_to_the_byte(client: httpx.AsyncClient) -> None:
    assert (await client.get(WORKSHOP)).content == (await client.get(WORKSHOP)).content
