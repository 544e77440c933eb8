"""The page of one event: the picture and the table say the same hours, and nothing that the source does not."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.impact import Session, session_at, sessions, stays
from calendars.model.agenda import Agenda
from calendars.model.events import Assumption, Audience, Days, EventStatus
from calendars.zones import to_instant, to_wall
from scheduler.base.clock import SimulatedClock
from scheduler.web.app import Site
from scheduler.web.pages.picture import SessionPicture, SessionRow, axis_around, draw
from scheduler.web.pages.stretch import draw_days
from tests.support import factories
from tests.support.factories import real_sites
from tests.support.shipped import shipped_draft
from tests.support.webserver import serving, site_of

BEFORE = datetime(2021, 10, 18, 18, tzinfo=UTC)
ASIA = "/events/taller-asia-pacifico-2021"
DRIVE = "/events/jornada-credencializacion-2022"
EVERYONE = Audience(kind="all")
CANCELLED = factories.event(
    "cancelada",
    status=EventStatus.CANCELLED,
    reason=factories.text("se une a otra sesión", "merged with another"),
    audience=Audience(kind="sites", ids=("tokio", "madrid")),
)
WORLD = factories.event("todas", audience=EVERYONE, when=factories.timed("2021-10-21 09:00"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The shipped agenda, with a session for all 149 and one that is cancelled."""
    draft = shipped_draft()
    agenda = replace(draft.agenda, events=(*draft.agenda.events, CANCELLED, WORLD))
    folder = tmp_path_factory.mktemp("events")
    with site_of(folder, replace(draft, agenda=agenda), clock=SimulatedClock(BEFORE)) as made:
        yield made


@pytest.fixture
async def client(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(site) as made:
        yield made


def drawn(page: str) -> ET.Element:
    """The picture of a page; that it parses says that it is well-formed."""
    found = re.search(r'<svg class="picture".*?</svg>', page, re.DOTALL)
    assert found is not None
    return ET.fromstring(found[0])


def plain(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def world(start: str = "2021-10-21 18:00", hours: float = 2) -> tuple[Agenda, tuple[Session, ...]]:
    """One session at all 149 sites, at a wall time of the agenda."""
    event = factories.event(audience=EVERYONE, when=factories.timed(start, hours))
    agenda = factories.agenda(representations=real_sites(), events=(event,))
    return agenda, sessions(agenda, event, factories.edition(agenda).revisions[event.id])


def row_of(picture: SessionPicture, city: str) -> SessionRow:
    return next(row for row in picture.rows if city in row.wide)


async def test_the_page_leads_with_the_agendas_hour_and_how_long_until(client: httpx.AsyncClient) -> None:
    page = plain((await client.get(ASIA)).text)
    assert "Taller VMRE, Asia Pacífico 18:00 h TCM jueves 21 de octubre de 2021 dentro de 3 días" in page
    assert "Término: 20:00 h (duración supuesta: 2 h, por confirmar)." in page
    assert "Eje: sin asignar · Fuente: Nota 04/2021" in page
    assert "Para: Asia Pacífico (16 sedes)." in page


async def test_the_table_gives_every_site_its_date_hour_and_remark(client: httpx.AsyncClient) -> None:
    page = (await client.get(ASIA)).text
    assert page.count('scope="row"') == 16
    assert 'href="/sites/nueva-delhi"' in page
    text = plain(page)
    assert "viernes 22 de octubre de 2021 (jueves 21 en México) 04:30 –06:30 Nueva Delhi India" in text
    assert "08:00 –10:00 Tokio Japón En parte fuera del horario de trabajo." in text
    assert "16 sedes: 2 dentro de su horario de trabajo, 2 en parte dentro, 12 fuera" in text


async def test_the_picture_and_the_table_agree_on_every_local_hour(client: httpx.AsyncClient) -> None:
    page = (await client.get(ASIA)).text
    tabled = {f"{hour}" for hour in re.findall(r'<td class="time"><b>([\d:]+)</b>', page)}
    pictured = {text.text for text in drawn(page).iter() if text.get("class") == "hour"}
    assert pictured == tabled | {"18:00"}


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (ASIA, "de vie 22 oct, 04:30 h (Nueva Delhi) a vie 22 oct, 12:00 h (Wellington)"),
        (ASIA + "?lang=en", "Fri 22 Oct, 04:30 (New Delhi) to Fri 22 Oct, 12:00 (Wellington)"),
        (DRIVE, "Empieza primero en Wellington"),
        (DRIVE + "?lang=en", "It begins first in Wellington"),
    ],
)
async def test_a_picture_says_what_it_shows_and_needs_no_inline_style(
    client: httpx.AsyncClient, path: str, said: str
) -> None:
    svg = drawn((await client.get(path)).text)
    named = (svg.get("aria-labelledby") or "").split()
    texts = {node.get("id"): node.text or "" for node in svg if node.get("id")}
    assert svg.get("role") == "img"
    assert texts[named[0]]
    assert said in texts[named[1]]
    assert not any("style" in node.attrib for node in svg.iter())


async def test_every_event_of_the_agenda_has_its_page(site: Site, client: httpx.AsyncClient) -> None:
    for event in site.in_force.edition.agenda.events:
        answer = await client.get(f"/events/{event.id}")
        assert answer.status_code == 200
        assert event.title.es in re.sub(r"<[^>]+>", "", answer.text)


async def test_an_event_of_all_149_sites_is_drawn_and_tabled(client: httpx.AsyncClient) -> None:
    page = (await client.get("/events/todas")).text
    assert page.count('scope="row"') == 149
    assert "Feriado: " in page
    assert "https://agenda.example/feeds/all.ics" in page


async def test_whole_days_show_where_they_begin_first_and_end_last(client: httpx.AsyncClient) -> None:
    text = plain((await client.get(DRIVE)).text)
    assert "del 1 al 7 de febrero de 2022" in text
    assert "Fechas supuestas, por confirmar." in text
    assert "Empieza primero en Wellington y termina al último en Los Ángeles." in text
    assert "Feriado en México: Día de la Constitución (lun 7 feb)." in text
    assert "4 días de trabajo; feriado: Día de Waitangi (dom 6 feb), Día de Waitangi (observado) (lun 7 feb)." in text
    assert "En cada sede donde no se diga otra cosa: 4 días de trabajo." in text  # once, and the exceptions below
    assert len(re.findall(r"\d días? de trabajo", text)) < 30
    assert "Día de descanso (vie 4 feb)." in text  # Peking, where the library adds whence it was moved


async def test_a_remark_that_is_that_of_every_site_is_said_once_and_has_no_column(client: httpx.AsyncClient) -> None:
    """All 57 sites of North America work then; it stood there 57 times."""
    text = plain((await client.get("/events/taller-america-del-norte-2021")).text)
    assert text.lower().count("en horario de trabajo.") == 1
    assert "En cada sede: en horario de trabajo." in text
    assert "Observación" not in text
    english = plain((await client.get("/events/taller-europa-2021?lang=en")).text)
    assert "At every site where nothing else is said: in working hours." in english


async def test_the_page_offers_the_subscribe_box_and_not_an_address_alone(client: httpx.AsyncClient) -> None:
    """The calendar of the region, program by program."""
    page = (await client.get("/events/taller-asia-pacifico-2021")).text
    box = page.partition('<details class="whole" id="subscribe">')[2].partition("</details>")[0]
    assert "Suscribirse al calendario: Asia Pacífico" in box
    for way in ("webcal://", "outlook.office.com", "calendar.google.com", "No descargue el archivo"):
        assert way in box


async def test_an_event_without_a_date_says_so_and_draws_nothing(client: httpx.AsyncClient) -> None:
    page = (await client.get("/events/grupos-de-trabajo-ine")).text
    assert "sin fecha" in page
    assert "<svg" not in page
    assert "<table" not in page


async def test_a_meeting_without_sites_has_its_dates_only(client: httpx.AsyncClient) -> None:
    page = (await client.get("/events/reunion-2021-10-06")).text
    assert "miércoles 6 de octubre de 2021" in page
    assert "Para: coordinación." in page
    assert "<table" not in page


async def test_a_cancelled_event_is_struck_and_says_why(client: httpx.AsyncClient) -> None:
    page = (await client.get("/events/cancelada")).text
    assert 'class="occasion cancelled"' in page
    assert "cancelado" in page
    assert "Motivo: se une a otra sesión." in page
    assert "dentro de" not in plain(page.partition("</article>")[0])
    assert 'href="/sites/madrid#subscribe"' in page


async def test_an_unknown_event_is_a_404_in_the_readers_language(client: httpx.AsyncClient) -> None:
    answer = await client.get("/events/nada?lang=en")
    assert answer.status_code == 404
    assert "There is no such page." in answer.text


async def test_the_page_speaks_english_when_asked_and_keeps_to_it(client: httpx.AsyncClient) -> None:
    page = (await client.get(ASIA + "?lang=en")).text
    text = plain(page)
    assert "Friday, 22 October 2021 (Thursday 21 in Mexico)" in text
    assert "In the small hours." in text
    assert 'href="/sites/tokio?lang=en"' in page
    drive = plain((await client.get(DRIVE + "?lang=en")).text)
    assert "It begins first in Wellington and ends last in Los Angeles." in drive
    assert "4 working days; public holiday: Waitangi Day (Sun 6 Feb)" in drive


@pytest.mark.parametrize("path", [ASIA, DRIVE, "/events/todas"])
async def test_the_same_page_twice_is_the_same_to_the_byte(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).content == (await client.get(path)).content


def test_each_sites_bar_stands_where_its_own_clock_shows_the_session() -> None:
    agenda, found = world()
    picture = draw(agenda, found, "es")
    delhi, tokyo = row_of(picture, "Nueva Delhi"), row_of(picture, "Tokio")
    assert delhi.hour == "04:30"
    an_hour = tokyo.session.width / 2
    hours = (tokyo.session.x - delhi.session.x) / an_hour
    assert hours == pytest.approx(3.5, abs=0.05)


def test_a_session_before_dawn_lies_in_the_night_and_outside_work() -> None:
    agenda, found = world()
    picture = draw(agenda, found, "es")
    delhi, canberra = row_of(picture, "Nueva Delhi"), row_of(picture, "Canberra")
    assert any(night.x <= delhi.session.x < night.x + night.width for night in picture.nights)
    assert delhi.at_work == ()
    assert canberra.at_work == (canberra.session,)


def test_a_session_half_in_working_hours_shows_which_half() -> None:
    agenda, found = world()
    tokyo = row_of(draw(agenda, found, "es"), "Tokio")
    (half,) = tokyo.at_work
    assert half.width == pytest.approx(tokyo.session.width / 2, abs=0.02)
    assert half.x > tokyo.session.x


def test_rows_go_from_the_west_to_the_east_and_mexico_stands_out_once() -> None:
    agenda, found = world()
    rows = draw(agenda, found, "es").rows
    assert [row.session.x for row in rows] == sorted(row.session.x for row in rows)
    assert [row.wide for row in rows if row.home] == ["Ciudad de México (TCM)"]


def test_every_city_is_named_or_counted() -> None:
    agenda, found = world()
    for shown in ("narrow", "wide"):
        texts = [getattr(row, shown) for row in draw(agenda, found, "es").rows if not row.home]
        counted = sum(int(more) for more in re.findall(r"\+(\d+)$", "\n".join(texts), re.MULTILINE))
        named = sum(len(re.sub(r" \+\d+$", "", text).split(", ")) for text in texts)
        assert named + counted >= len({session.site.city for session in found})


def test_an_agenda_that_lives_elsewhere_names_its_own_city() -> None:
    agenda = factories.agenda(zone="America/Bogota")
    start = datetime(2021, 10, 21, 15, tzinfo=UTC)
    found = session_at(factories.site(), start, start + timedelta(hours=1), agenda.zone, factories.NO_WORD)
    assert next(row.wide for row in draw(agenda, (found,), "es").rows if row.home) == "Bogotá"


def test_where_all_clocks_show_one_date_it_is_said_once() -> None:
    event = factories.event(audience=Audience(kind="regions", ids=("america-del-norte",)))
    event = replace(event, when=factories.timed("2021-10-28 12:00"))
    agenda = factories.agenda(representations=real_sites(), events=(event,))
    picture = draw(agenda, sessions(agenda, event, factories.edition(agenda).revisions[event.id]), "es")
    assert picture.day == "jueves 28 de octubre de 2021"
    assert picture.midnights == ()


@given(
    start=st.datetimes(datetime(2021, 1, 1), datetime(2035, 1, 1)),
    spread=st.integers(0, 26 * 4),
    quarters=st.integers(1, 40),
)
def test_any_session_fits_on_its_axis_and_every_date_has_room(start: datetime, spread: int, quarters: int) -> None:
    first = start.replace(minute=0, second=0, microsecond=0)
    last = first + timedelta(minutes=15) * (spread + quarters)
    axis = axis_around(first, last)
    assert axis.start <= first < last <= axis.end
    midnights = [axis.start + timedelta(hours=6) * n for n in range((axis.end - axis.start) // timedelta(hours=6) + 1)]
    edges = [wall for wall in midnights if wall.hour == 0]
    inner = [wall for wall in edges if axis.start < wall < axis.end]
    for wall in inner:
        assert min(wall - axis.start, axis.end - wall) >= timedelta(hours=12)


def test_a_long_session_has_fewer_hours_named() -> None:
    agenda, found = world(hours=72)
    labels = [tick.label for tick in draw(agenda, found, "es").ticks]
    assert len(labels) < 8
    assert len(set(labels)) == 1


def test_days_of_a_month_are_not_all_named() -> None:
    drive = factories.drive(when=factories.days("2022-02-01", "2022-02-28"))
    agenda = factories.agenda(representations=real_sites(), events=(drive,))
    assert isinstance(drive.when, Days)
    stretch = draw_days(agenda, drive.when, stays(agenda, drive), "es")
    assert len(stretch.days) <= 9
    assert [row.name for row in stretch.rows] == ["Wellington", "TCM", "Los Ángeles"]


def test_a_day_at_one_site_is_drawn_beside_the_agendas() -> None:
    drive = factories.drive(when=factories.days("2022-02-01", "2022-02-01"), assumed=(Assumption.DATE,))
    agenda = factories.agenda(events=(drive,))
    assert isinstance(drive.when, Days)
    stretch = draw_days(agenda, drive.when, stays(agenda, drive), "es")
    assert [(row.name, row.words) for row in stretch.rows] == [
        ("Tokio", "lun 31 ene, 09:00 – mar 1 feb, 09:00"),
        ("TCM", "mar 1 feb, 00:00 – mar 1 feb, 24:00"),
    ]
    assert [tick.label for tick in stretch.days] == ["lun 31 ene", "mar 1 feb"]


def test_local_hours_of_the_picture_are_those_of_the_zones() -> None:
    agenda, found = world()
    instant = to_instant(datetime(2021, 10, 21, 18), agenda.zone)
    hours = {row.hour for row in draw(agenda, found, "es").rows}
    assert hours == {f"{to_wall(instant, site.zone):%H:%M}" for site in real_sites()} | {"18:00"}
