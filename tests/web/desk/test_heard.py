"""Who has heard, and asking once more who has not answered: whom, whom not, the mail, the number, the deliveries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from scheduler.planning.delivery import Purpose
from scheduler.store.accounts.roles import DeskRole
from scheduler.store.audit import listing
from scheduler.store.audit.deeds import Via, What
from scheduler.store.audit.listing import AuditFilter
from scheduler.store.database import Database
from scheduler.store.schema import deliveries, recipients
from scheduler.web.desk.asked import NotThere
from scheduler.web.desk.place import Place
from scheduler.web.desk.screens import heard, remind
from scheduler.web.desk.screens.bounds import OutOfBounds
from tests.support.desk import asked_by, person, publish, running, small_place

WORKSHOP = "taller-europa"
HERE = {"event": WORKSHOP}
OPERATE = (DeskRole.OPERATE,)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with small_place(tmp_path) as found:
        yield found


def questions(database: Database) -> list[str]:
    d = deliveries.c
    with database.read() as connection:
        return list(connection.execute(select(d.recipient).where(d.purpose == Purpose.QUESTION)).scalars())


def test_a_link_leads_to_one_event_and_to_those_who_have_not(place: Place) -> None:
    """The event and the box stand in the address; the sentences are those of `agenda heard`."""
    body = heard.listed(place, asked_by(query={"which": WORKSHOP, "missing": "1"})).body
    assert f'<option value="{WORKSHOP}" selected>' in body
    assert 'name="missing" value="1" checked' in body
    assert "como está desde la edición 1" in body
    assert "No se han enterado: 1 de 1 puesto, en 1 sede. En 1 de esas sedes, nadie." in body
    assert "La edición 1 es la primera: de ella no se avisó a nadie." in heard.listed(place, asked_by()).body


def test_what_there_is_not_is_said_with_what_there_is(place: Place) -> None:
    with pytest.raises(NotThere) as missing:
        heard.listed(place, asked_by(query={"which": "9"}))
    assert WORKSHOP in missing.value.lines("es")[0]


def test_it_says_whom_it_would_ask_and_asks_nobody(place: Place) -> None:
    """The words of `agenda remind`, and the number to type."""
    body = remind.looked(place, asked_by(names=HERE)).body
    assert "Falta preguntar a 1 puesto en 1 sede, con un correo a cada uno." in body
    assert "Escriba el número de puestos (1) para preguntarles" in body
    assert questions(place.database) == []
    assert "Not asked yet: 1 post at 1 site" in remind.looked(place, asked_by(names=HERE, language="en")).body


def test_the_mail_of_a_site_can_be_read_before_it_leaves(place: Place) -> None:
    """Its subject and text, when it leaves, and no link by which somebody else could answer."""
    body = remind.looked(place, asked_by(names=HERE, query={"site": "madrid"})).body
    assert "Falta su respuesta:" in body
    assert "hora de Madrid" in body
    assert "/answer/…" in body
    assert '<option value="madrid" selected>' in body
    assert questions(place.database) == []
    other = remind.looked(place, asked_by(names=HERE, query={"site": "tokio"})).body
    assert "En tokio no hay a quién preguntar." in other
    with pytest.raises(NotThere):
        remind.looked(place, asked_by(names=HERE, query={"site": "atlantida"}))


@pytest.mark.parametrize("number", ["", "2", "uno", "01"])
def test_another_number_asks_nobody(place: Place, number: str) -> None:
    answer = remind.done(place, asked_by(names=HERE, form={"number": number}))
    assert answer.status == 422
    assert "No es ese número: ahora se preguntaría a 1 puesto. No se preguntó a nadie." in answer.body
    assert questions(place.database) == []


def test_the_number_asks_them_once_and_the_audit_says_who(place: Place) -> None:
    """One delivery in the ledger; the second time nobody is left, and the screen says who was asked and when."""
    answer = remind.done(place, asked_by(names=HERE, person=person(*OPERATE), form={"number": "1"}))
    assert answer.location == f"/desk/heard/{WORKSHOP}/remind?people=1"
    assert questions(place.database) == ["madrid-consular"]
    with place.database.read() as connection:
        row = listing.latest(connection, AuditFilter(what=(What.SILENT_ASKED,)), 1)[0]
    assert (row.who, row.via, row.subject, row.details) == ("ana", Via.DESK, WORKSHOP, {"n": 1})
    body = remind.looked(place, asked_by(names=HERE, query={"people": "1"})).body
    assert "Se preguntará a 1 puesto, con un correo a cada uno." in body
    assert "Ya se preguntó (1):" in body
    assert "madrid-consular, Madrid: sale el" in body
    assert "No queda a quién preguntar." in body
    again = remind.done(place, asked_by(names=HERE, form={"number": "0"}))
    assert again.status == 422


def test_who_is_not_asked_is_named_with_the_reason(place: Place) -> None:
    with place.database.write() as connection:
        connection.execute(recipients.update().where(recipients.c.site == "madrid").values(left_at=asked_by().now))
    body = remind.looked(place, asked_by(names=HERE)).body
    assert "no quieren recordatorios (1): madrid-consular" in body


def test_who_operates_in_one_region_asks_nobody_of_all(place: Place) -> None:
    bound = person(*OPERATE, region="europa")
    with pytest.raises(OutOfBounds):
        remind.done(place, asked_by(names=HERE, person=bound, form={"number": "1"}))
    assert questions(place.database) == []
    assert "/remind" not in heard.listed(place, asked_by(person=bound, query={"which": WORKSHOP})).body
    assert f"/desk/heard/{WORKSHOP}/remind" in heard.listed(place, asked_by(query={"which": WORKSHOP})).body


async def test_they_are_asked_over_http(tmp_path: Path, database: Database) -> None:
    with small_place(tmp_path, published=False) as place:
        publish(database, place.folder)
        async with running(place.folder, database) as desk, desk.client(*OPERATE) as browser:
            path = f"/desk/heard/{WORKSHOP}/remind"
            assert "Leer uno antes de que salga" in (await browser.get(path)).text
            answer = await browser.send(path, {"number": "1"}, on=path)
    assert "Se preguntará a 1 puesto" in answer.text
    assert questions(database) == ["madrid-consular"]
