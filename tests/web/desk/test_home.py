"""Home answers four questions: is anything wrong, what goes out today, which sites have nobody, what is unpublished."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from calendars.reading.files import AGENDA
from scheduler.planning.delivery import State
from scheduler.store.accounts.roles import DeskRole
from scheduler.store.database import Database
from scheduler.store.ledger import states
from scheduler.store.schema import deliveries
from scheduler.web.desk.asked import Asked
from scheduler.web.desk.place import Place
from scheduler.web.desk.screens import home
from scheduler.web.desk.screens.operating import brake
from scheduler.web.desk.screens.table import SCREENS
from tests.support.desk import NOW, asked_by, person, publish, running, small_place

SEER = person(DeskRole.SEE)
ON_THE_DAY = NOW.replace(day=19, hour=6, minute=30)  # 01:30 in Mexico; Madrid's reminder leaves at 07:00 UTC


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with small_place(tmp_path) as found:
        yield replace(found, settings=replace(found.settings, smtp_url="smtp://127.0.0.1:2525"))


def answers(place: Place, asked: Asked | None = None) -> list[str]:
    """The four answers as text: what each section says."""
    body = home.today(place, asked or asked_by(person=SEER)).body
    found = re.findall(r"<section.*?</section>", body, re.DOTALL)
    return [" ".join(re.sub("<[^>]+>", " ", one).split()) for one in found]


def test_a_quiet_day_says_so_in_four_answers(place: Place) -> None:
    """No, nothing, none; the fourth comes after, and says that the files are as published."""
    wrong, today, nobody, _ = answers(place)
    assert wrong == "¿Hay algo mal? No Nada pide que alguien actúe."
    assert today.startswith("¿Qué sale hoy? 0 correos 0 entregados al servidor, 0 por salir")
    assert "El siguiente correo sale el mar 19 oct, 02:00 h" in today
    assert "Ninguna Cada sede tiene a alguien a quien se escribe." in nobody
    assert "Los archivos están como se publicaron" in home.unpublished(place, asked_by(part=True)).body


def test_what_is_wrong_leads_to_where_it_is_mended(place: Place) -> None:
    """Stopped, undecided, a site with nobody: each a link, in both languages."""
    with place.database.write() as connection:
        held = {"state": State.HELD, "next_at": None}
        connection.execute(update(deliveries).where(deliveries.c.site == "tokio").values(**held))
        states.suppress_address(connection, "madrid-consular", NOW, "5.1.1")
    brake.stopped(place, asked_by())
    body = home.today(place, asked_by(person=SEER)).body
    assert '<a href="/desk/brake">Todo el correo está detenido desde el lun 4 oct, 10:00 h.</a>' in body
    assert '<a href="/desk/deliveries">1 correo espera su decisión: retenido, o no se sabe si llegó.</a>' in body
    assert '<a href="#nobody">1 sede no tiene ya a quién escribir.</a>' in body
    assert '<a href="/desk/addresses">Madrid</a>' in body
    english = home.today(place, asked_by(person=SEER, language="en")).body
    assert "1 site has nobody left to write to." in english
    assert "All mail is stopped since Mon 4 Oct, 10:00." in english


def test_what_goes_out_today_is_told_with_to_how_many(place: Place) -> None:
    """On the day of a reminder: how many, of what, to how many sites; and when all has gone."""
    _, today, *_ = answers(place, asked_by(person=SEER, now=ON_THE_DAY))
    assert "1 correo 0 entregados al servidor, 1 por salir" in today
    assert "Taller, Europa: 1 recordatorio · 1 sede · mar 19 oct, 02:00 h" in today


def test_without_a_mail_server_it_says_that_nothing_leaves(tmp_path: Path) -> None:
    """A desk that was opened to try things out promises no mail."""
    with small_place(tmp_path) as place:
        assert "No hay servidor" in answers(place)[1] or "no hay servidor de correo" in answers(place)[1]


def test_what_is_unpublished_is_named(place: Place) -> None:
    """The moved workshop, and whom publishing it concerns."""
    path = place.folder / AGENDA
    text = path.read_text(encoding="utf-8").replace("fecha: 2021-10-26", "fecha: 2021-10-27")
    path.write_text(text.replace("dia: martes", "dia: miércoles"), encoding="utf-8")
    body = home.unpublished(place, asked_by(now=NOW + timedelta(days=1), part=True)).body
    assert "MOVIDO" in body
    assert '<a href="/desk/events/taller-europa">Taller, Europa</a>' in body
    assert "Publicar toca a 1 puesto." in body
    path.write_text("formato: 1\n", encoding="utf-8")
    assert "no se puede publicar nada" in home.unpublished(place, asked_by(part=True)).body


def test_before_the_first_edition_home_says_what_to_do(tmp_path: Path) -> None:
    """An empty database is no fault: nothing is published yet."""
    with small_place(tmp_path, published=False) as place:
        assert "Todavía no se ha publicado nada" in answers(place)[0]
        assert "Todo" in home.unpublished(place, asked_by(part=True)).body


def test_only_who_manages_people_is_told_that_nobody_else_can(place: Place) -> None:
    """The note of the accounts stands on home for whom it is meant."""
    assert "agenda users invite" in home.today(place, asked_by()).body
    assert "agenda users invite" not in home.today(place, asked_by(person=SEER)).body


def test_a_region_sees_its_own_sites_that_have_nobody(place: Place) -> None:
    """Madrid's loss is not Asia's."""
    with place.database.write() as connection:
        states.suppress_address(connection, "madrid-consular", NOW, "5.1.1")
    asia = person(DeskRole.SEE, region="asia-pacifico")
    assert "Madrid" in answers(place)[2]
    assert "Madrid" not in answers(place, asked_by(person=asia))[2]


async def test_every_answer_is_a_link_that_opens(tmp_path: Path, database: Database) -> None:
    """Over HTTP, the parts that come later as plain links, too."""
    with small_place(tmp_path, published=False) as place:
        publish(database, place.folder)
        async with running(place.folder, database) as desk, desk.client(DeskRole.SEE) as browser:
            page = (await browser.get("/desk/")).text
            known = {one.path for one in SCREENS}
            for path in set(re.findall(r'<a href="(/desk/[^"?]*)', page[page.index('class="four"') :])) & known:
                assert (await browser.get(path)).status_code == 200, path
            assert (await browser.get("/desk/unpublished")).status_code == 200
