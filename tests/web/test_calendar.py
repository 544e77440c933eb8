"""The calendar: months as grids by the agenda's or a site's clock, and everything as a list."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest

from calendars.model.events import Days, EventStatus, Timed
from scheduler.web.app import Site
from scheduler.web.pages.months import chosen_month, entries, month
from tests.support import factories
from tests.support.shipped import shipped_draft
from tests.support.webserver import serving, site_of, small_draft

NOW = datetime(2021, 10, 18, 17, tzinfo=UTC)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_of(tmp_path_factory.mktemp("calendar"), shipped_draft(), now=NOW) as made:
        yield made


@pytest.fixture
async def client(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(site) as made:
        yield made


def day(page: str, which: str) -> str:
    """The cell of one date."""
    found = re.search(rf'<td[^>]*><time datetime="{which}">.*?</td>', page, re.DOTALL)
    assert found is not None
    return found[0]


async def test_the_month_of_the_present_is_shown_first_with_today_marked(client: httpx.AsyncClient) -> None:
    page = (await client.get("/calendar")).text
    assert "octubre de 2021</caption>" in page
    assert "hoy" in day(page, "2021-10-18")
    assert page.count('class="today"') + page.count(' today"') == 1


async def test_an_event_stands_on_its_date_by_the_clock_of_the_page(client: httpx.AsyncClient) -> None:
    page = (await client.get("/calendar?month=2021-10")).text
    assert "<b>18:00</b> Taller VMRE, Asia Pacífico" in day(page, "2021-10-21")
    there = (await client.get("/calendar?month=2021-10&site=nueva-delhi")).text
    assert "<b>04:30</b> Taller VMRE, Asia Pacífico" in day(there, "2021-10-22")
    assert "/events/" not in day(there, "2021-10-21")


async def test_a_site_sees_its_own_events_only(client: httpx.AsyncClient) -> None:
    there = (await client.get("/calendar?month=2021-10&site=nueva-delhi")).text
    assert set(re.findall(r'class="mark-in-day[^"]*" href="/events/([^"?]+)', there)) == {"taller-asia-pacifico-2021"}


@pytest.mark.parametrize("view", ["month=2021-10", "view=list"])
async def test_a_sites_list_goes_by_its_clock_with_the_agendas_beside_it(client: httpx.AsyncClient, view: str) -> None:
    there = (await client.get(f"/calendar?{view}&site=nueva-delhi")).text
    assert "Horario: hora de Nueva Delhi." in there
    assert "viernes 22 de octubre de 2021,<br>04:30 h (jue 21 oct, 18:00 h TCM)" in there


async def test_what_is_cancelled_is_not_counted_down_to(tmp_path: Path) -> None:
    cancelled = factories.event(status=EventStatus.CANCELLED, reason=factories.text("se aplaza"))
    with site_of(tmp_path, small_draft(factories.agenda(events=(cancelled,)))) as site:
        async with serving(site) as client:
            page = (await client.get("/calendar?month=2021-10")).text
    assert "cancelado" in page
    assert "dentro de" not in page


@pytest.mark.parametrize("when", [factories.timed(), factories.days("2021-10-19", "2021-10-20")])
async def test_what_is_marked_as_held_too_early_is_not_counted_down_to(tmp_path: Path, when: Timed | Days) -> None:
    held = factories.event(status=EventStatus.HELD, when=when)
    with site_of(tmp_path, small_draft(factories.agenda(events=(held,))), now=NOW) as site:
        async with serving(site) as client:
            page = (await client.get("/calendar?month=2021-10")).text
    assert "realizado" in page
    assert 'class="until"' not in page


async def test_a_span_covers_each_of_its_days_and_is_named_where_a_reader_looks(client: httpx.AsyncClient) -> None:
    page = (await client.get("/calendar?month=2022-02")).text
    cells = [day(page, f"2022-02-0{number}") for number in range(1, 8)]
    assert all("mark-in-day" in cell for cell in cells)
    assert ["Jornada" in cell for cell in cells] == [True, *[False] * 5, True]  # the 1st, and Monday the 7th
    assert "mark-in-day" not in day(page, "2022-02-08")


async def test_months_lead_on_as_far_as_there_are_events(client: httpx.AsyncClient) -> None:
    october = (await client.get("/calendar?month=2021-10")).text
    assert 'rel="prev"' not in october
    assert 'rel="next"' in october
    february = (await client.get("/calendar?month=2022-02")).text
    assert 'rel="prev"' in february
    assert 'rel="next"' not in february


@pytest.mark.parametrize("asked", ["", "x", "2021-13", "0000-01", "9999-12", "٢٠٢١-١٠", "2021-1", "-001-01"])
async def test_any_month_that_is_asked_for_gets_one_of_the_agendas(client: httpx.AsyncClient, asked: str) -> None:
    page = await client.get("/calendar", params={"month": asked})
    assert page.status_code == 200
    assert re.search(r"(octubre de 2021|febrero de 2022)</caption>", page.text)


async def test_the_list_keeps_what_is_past_and_what_has_no_date(client: httpx.AsyncClient) -> None:
    page = (await client.get("/calendar?view=list&lang=en")).text
    for event in shipped_draft().agenda.events:
        assert f'/events/{event.id}?lang=en"' in page
    assert page.index("To come") < page.index("Past")


def test_weeks_begin_on_monday_and_are_whole() -> None:
    edition = factories.edition(factories.agenda(events=(factories.event(),)))
    shown = month(entries(edition, edition.agenda.zone, None), date(2021, 10, 1), date(2021, 10, 2), "es")
    assert shown.weekdays[0] == ("lunes", "lun")
    assert shown.name == "octubre de 2021"
    assert [week[0].day.weekday() for week in shown.weeks] == [0] * 5
    assert all(len(week) == 7 for week in shown.weeks)


def test_where_all_is_past_the_last_month_is_shown_and_without_events_the_present() -> None:
    edition = factories.edition(factories.agenda(events=(factories.event(), factories.drive())))
    found = entries(edition, edition.agenda.zone, None)
    assert chosen_month("", found, date(2026, 5, 4)) == date(2022, 2, 1)
    assert chosen_month("", found, date(2021, 11, 4)) == date(2022, 2, 1)
    assert chosen_month("", found, date(2022, 2, 5)) == date(2022, 2, 1)
    assert chosen_month("", [], date(2026, 5, 4)) == date(2026, 5, 1)


async def test_an_agenda_without_dates_has_a_calendar_too(tmp_path: Path) -> None:
    with site_of(tmp_path, small_draft(factories.agenda(events=()))) as site:
        async with serving(site) as client:
            assert "Ninguno." in (await client.get("/calendar")).text
