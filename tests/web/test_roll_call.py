"""The roll call's page: it shows the site's clock as it is, asks there, and acts on a press alone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from scheduler.base.clock import SimulatedClock
from scheduler.base.tokens import Link
from scheduler.planning.delivery import Purpose
from scheduler.store.posts import roll_answers
from scheduler.store.posts.roll_answers import RollWord
from scheduler.store.roll_tables import roll_answers as table
from scheduler.store.schema import deliveries, recipients
from scheduler.web.app import Site
from scheduler.web.http.forms import Form
from scheduler.web.people.rolling import _wall as read_wall
from tests.support.webserver import POST, PUBLISHED, TOKENS, serving, site_of

PATH = f"/roll-call/{TOKENS.sign_dated(Link.ROLL, POST, PUBLISHED)}"
SHOWN = re.compile(r'name="shown" value="(\d+)"')
SUCCESSOR = "nueva@sedes.example"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with site_of(tmp_path) as made:
        yield made


@pytest.fixture
async def client(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(site) as made:
        yield made


def word(site: Site) -> RollWord | None:
    with site.database.read() as connection:
        return roll_answers.of(connection, POST)


def rows(site: Site) -> int:
    with site.database.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def told(site: Site) -> int:
    """How many mails the registered address is owed about a proposal."""
    chosen = select(func.count()).where(deliveries.c.purpose == Purpose.SUCCESSION)
    with site.database.read() as connection:
        return connection.execute(chosen).scalar_one()


def pass_time(site: Site, by: timedelta) -> None:
    assert isinstance(site.clock, SimulatedClock)
    site.clock.advance_to(site.present() + by)


async def pressed(client: httpx.AsyncClient, path: str = PATH, **fields: str) -> httpx.Response:
    return await client.post(path, data=fields)


async def proposed(site: Site, client: httpx.AsyncClient) -> str:
    """Somebody says that the post is another's; returns the path by which the registered address takes it back."""
    await pressed(client, person="no", successor=SUCCESSOR)
    return f"/not-me/{TOKENS.sign_dated(Link.NOT_ME, POST, site.present())}"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("query", ["", "?q=yes", "?q=no", "?clock=yes&person=yes"])
async def test_following_a_link_records_nothing_as_scanners_follow_links(
    site: Site, client: httpx.AsyncClient, method: str, query: str
) -> None:
    assert (await client.request(method, PATH + query)).status_code == 200
    path = await proposed(site, client)
    before = word(site)
    assert (await client.request(method, path + query)).status_code == 200
    assert word(site) == before


async def test_the_page_names_the_masked_post_and_the_clock_of_this_moment(
    site: Site, client: httpx.AsyncClient
) -> None:
    """A forwarded mail says whose it is; it is read hours after it left."""
    page = (await client.get(PATH)).text
    assert "Sección Consular, Embajada de México en Japón" in page
    assert "c…@sedes.example" in page
    assert "consular.tokio" not in page
    assert "<strong>00:00</strong>, sábado 2 de octubre de 2021" in page
    pass_time(site, timedelta(hours=10, minutes=12))
    assert "<strong>10:12</strong>, sábado 2 de octubre de 2021" in (await client.get(PATH)).text
    english = (await client.get(PATH, params={"lang": "en"})).text
    assert "Does your clock show 10:12 too?" in english
    assert "Nothing is recorded yet" in english


async def test_a_clock_that_agrees_is_kept_with_zone_and_rule(site: Site, client: httpx.AsyncClient) -> None:
    shown = SHOWN.findall((await client.get(PATH)).text)[0]
    answer = await pressed(client, clock="yes", shown=shown)
    assert answer.status_code == 200
    assert "Gracias: quedó registrado lo que dijo del reloj." in answer.text
    said = word(site)
    assert said is not None
    assert said.clock is not None
    assert (said.clock.ahead, said.clock.agrees, said.clock.zone) == (0, True, "Asia/Tokyo")


@pytest.mark.parametrize("shown", ["", "0", "-1", "99999999999", "x", "1" * 400])
async def test_what_no_page_showed_just_now_confirms_nothing(site: Site, client: httpx.AsyncClient, shown: str) -> None:
    answer = await pressed(client, clock="yes", shown=shown)
    assert answer.status_code == 422
    assert "Compare otra vez" in answer.text
    assert word(site) is None


async def test_a_page_that_lay_open_shows_the_clock_anew(site: Site, client: httpx.AsyncClient) -> None:
    shown = SHOWN.findall((await client.get(PATH)).text)[0]
    pass_time(site, timedelta(minutes=11))
    answer = await pressed(client, clock="yes", shown=shown)
    assert answer.status_code == 422
    assert "<strong>00:11</strong>" in answer.text
    assert word(site) is None


@pytest.mark.parametrize(
    ("hour", "day", "ahead"),
    [("01:00", "same", 60), ("1.00", "same", 60), ("23:00", "before", -60), ("00:00", "after", 1440), ("00:04", "", 4)],
)
async def test_another_clock_says_by_how_much(
    site: Site, client: httpx.AsyncClient, hour: str, day: str, ahead: int
) -> None:
    answer = await pressed(client, clock="other", hour=hour, day=day)
    assert answer.status_code == 200
    said = word(site)
    assert said is not None
    assert said.clock is not None
    assert said.clock.ahead == ahead
    assert said.clock.agrees == (ahead == 4), "a clock that is a little wrong is no other zone"


@pytest.mark.parametrize("fields", [
    {"hour": "24:00"}, {"hour": "9"}, {"hour": "9:5"}, {"hour": "10:12 pm"}, {"hour": ""}, {"hour": "١٠:١٢"},
    {"hour": "10:12", "day": "tomorrow"}, {"hour": "1" * 300},
])  # fmt: skip
async def test_an_hour_is_read_strictly(site: Site, client: httpx.AsyncClient, fields: dict[str, str]) -> None:
    answer = await pressed(client, clock="other", **fields)
    assert answer.status_code == 422
    assert "Escriba la hora como la marca su reloj" in answer.text
    assert word(site) is None


@given(st.text(max_size=12), st.sampled_from(["same", "before", "after", "", "x"]))
def test_whatever_is_written_an_hour_is_one_of_three_dates_or_none(hour: str, day: str) -> None:
    found = read_wall(Form(fields={"hour": [hour], "day": [day]}), PUBLISHED, "Asia/Tokyo")
    assert found is None or abs((found.date() - PUBLISHED.date()).days) <= 2


async def test_yes_to_the_person_leaves_what_was_said_of_the_clock(site: Site, client: httpx.AsyncClient) -> None:
    await pressed(client, clock="other", hour="01:00")
    answer = await pressed(client, person="yes")
    assert "Gracias: sigue siendo usted quien atiende." in answer.text
    said = word(site)
    assert said is not None
    assert said.clock is not None
    assert said.person is not None
    assert (said.clock.ahead, said.person.here) == (60, True)


async def test_not_any_more_only_proposes_and_the_registered_address_is_told(
    site: Site, client: httpx.AsyncClient
) -> None:
    answer = await pressed(client, person="no", successor=SUCCESSOR)
    assert answer.status_code == 200
    assert "Se avisa al correo registrado" in answer.text
    assert SUCCESSOR not in answer.text
    assert "n…@sedes.example" in answer.text
    said = word(site)
    assert said is not None
    assert said.person is not None
    assert (said.person.here, said.person.successor) == (False, SUCCESSOR)
    assert told(site) == 1
    with site.database.read() as connection:
        assert connection.execute(select(recipients.c.address).where(recipients.c.id == POST)).scalar() != SUCCESSOR


@pytest.mark.parametrize("successor", [
    "nueva@otra.example", "nueva", "a b@sedes.example", "consular.tokio@sedes.example", "ñ@sedes.example",
])  # fmt: skip
async def test_an_address_elsewhere_or_the_registered_one_is_refused(
    site: Site, client: httpx.AsyncClient, successor: str
) -> None:
    answer = await pressed(client, person="no", successor=successor)
    assert answer.status_code == 422
    assert "No se registró nada." in answer.text
    assert (word(site), told(site)) == (None, 0)


async def test_one_proposal_at_a_time_so_that_nobody_is_flooded(site: Site, client: httpx.AsyncClient) -> None:
    await proposed(site, client)
    answer = await pressed(client, person="no", successor="otra@sedes.example")
    assert answer.status_code == 422
    assert "Ya hay una propuesta" in answer.text
    assert told(site) == 1


async def test_the_registered_address_takes_it_back_and_that_mail_proposes_no_more(
    site: Site, client: httpx.AsyncClient
) -> None:
    path = await proposed(site, client)
    asked = (await client.get(path)).text
    assert "Alguien propone que este correo vaya a otra dirección" in asked
    assert "propuesto: n…@sedes.example" in asked
    assert "La propuesta quedó retirada" in (await client.post(path)).text
    said = word(site)
    assert said is not None
    assert said.person is None
    answer = await pressed(client, person="no", successor="otra@sedes.example")
    assert answer.status_code == 422
    assert told(site) == 1
    assert "Ya no hay ninguna propuesta" in (await client.post(path)).text


async def test_without_naming_anybody_it_is_recorded_too(site: Site, client: httpx.AsyncClient) -> None:
    answer = await pressed(client, person="no")
    assert "otra persona, sin nombrar" in answer.text
    assert told(site) == 1


async def test_a_form_that_says_nothing_changes_nothing(site: Site, client: httpx.AsyncClient) -> None:
    assert (await pressed(client, clock="perhaps")).status_code == 422
    assert rows(site) == 0


@pytest.mark.parametrize("path", ["/roll-call/x", "/not-me/x", PATH[:-1], PATH.replace("roll-call", "not-me")])
async def test_a_link_that_was_not_signed_for_this_is_not_recognised(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404
    assert (await client.post(path, data={"person": "yes"})).status_code == 404


async def test_the_link_that_went_to_a_former_address_speaks_for_the_post_no_more(
    site: Site, client: httpx.AsyncClient
) -> None:
    """Else the wrong mailbox would prove the right one."""
    pass_time(site, timedelta(hours=1))
    with site.database.write() as connection:
        corrected = {"address": "buena@sedes.example", "address_since": site.present()}
        connection.execute(recipients.update().where(recipients.c.id == POST).values(**corrected))
    assert (await client.get(PATH)).status_code == 404
    fresh = f"/roll-call/{TOKENS.sign_dated(Link.ROLL, POST, site.present())}"
    assert (await client.get(fresh)).status_code == 200
