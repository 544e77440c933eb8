"""A post handed over in one dialog: all three mails are read before, and they are what leaves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from calendars.reading.files import POSTS
from scheduler.planning.delivery import WAITING, Purpose
from scheduler.sending.foresight import foreseen_of
from scheduler.sending.letters import letters_of
from scheduler.sending.showing import shown_mail
from scheduler.store.accounts.roles import DeskRole
from scheduler.store.ledger import states
from scheduler.store.people import handovers
from scheduler.store.posts import roster
from scheduler.store.schema import deliveries
from scheduler.web.desk.place import Place
from scheduler.web.desk.screens.operating import addresses, handover
from scheduler.web.desk.visit import NotYours
from tests.support.desk import NOW, asked_by, person, small_place

POST = "madrid-consular"
NEW = "nueva@sedes.example"
FORM = {"post": POST, "to": NEW, "reason": "relevo"}
LATER = NOW + timedelta(hours=1)
TOLD = (Purpose.WELCOME, Purpose.FAREWELL, Purpose.HANDOVER)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with small_place(tmp_path) as found:
        yield found


def address(place: Place) -> str:
    with place.database.read() as connection:
        found = roster.find(connection, POST)
    assert found is not None
    return found.recipient.address


def owed(place: Place) -> list[str]:
    """The texts of the mails about it, as they would leave."""
    d = deliveries.c
    letters = letters_of(place.settings, place.database.tokens)
    with place.database.read() as connection:
        chosen = select(d.id).where(d.purpose.in_(TOLD), d.state.in_(WAITING))
        ids = list(connection.execute(chosen).scalars())
        return sorted(shown_mail(body).text for body in foreseen_of(connection, letters, ids, LATER))


def test_the_three_mails_are_read_before_and_are_those_that_leave(place: Place) -> None:
    """Looking changes nothing; handing over owes the very texts that were shown."""
    seen = handover._foreseen(  # because the texts are compared whole, without the screen's markup
        place,
        asked_by(form=FORM, now=LATER),
        handover._post(place, asked_by(), place.in_force().edition.agenda, POST),  # type: ignore[union-attr]  # it is published
    )
    assert [what for what, _ in seen["mails"]] == [
        "bienvenida a quien sucede", "despedida de quien tenía el puesto", "aviso de un traspaso",
    ]  # fmt: skip
    assert address(place) == "madrid@sedes.example"
    assert owed(place) == []
    answer = handover.handed(place, asked_by(form=FORM, now=LATER, person=person(DeskRole.OPERATE)))
    assert answer.location == f"/desk/handover?saved={POST}"
    assert address(place) == NEW
    assert owed(place) == sorted(mail.text for _, mail in seen["mails"])
    with place.database.read() as connection:
        (done,) = handovers.listed(connection)
    assert (done.author, done.reason) == ("Ana Prueba", "relevo")


def test_the_mails_come_while_typing_and_by_a_button_alike(place: Place) -> None:
    """As a part for htmx, and within the dialog without a script."""
    part = handover.seen(place, asked_by(form=FORM, part=True))
    whole = handover.seen(place, asked_by(form=FORM))
    for shown in (part, whole):
        assert "Usted recibe ahora los recordatorios de su sede" in shown.body
    assert "<form" not in part.body
    assert f'value="{NEW}"' in whole.body


def test_a_bad_former_address_is_not_written_to_and_that_is_said(place: Place) -> None:
    """Two mails, and why."""
    with place.database.write() as connection:
        states.suppress_address(connection, POST, NOW, "5.1.1")
    body = handover.seen(place, asked_by(form=FORM, part=True)).body
    assert body.count("<details") == 2
    assert "ahí no se escribe nada" in body


@pytest.mark.parametrize(
    ("to", "says"),
    [
        ("otra@ajeno.example", "no está permitido"),
        ("madrid@sedes.example", "ya tiene esa dirección"),
        ("nadie", "no es una dirección"),
    ],
)
def test_where_it_cannot_go_is_said_in_the_words_of_the_command(place: Place, to: str, says: str) -> None:
    """At the dialog, with what was typed in it; nothing is done."""
    answer = handover.handed(place, asked_by(form={**FORM, "to": to}))
    assert answer.status == 422
    assert says in answer.body
    assert f'value="{to}"' in answer.body
    assert address(place) == "madrid@sedes.example"


def test_the_file_is_corrected_with_it_by_who_may_edit(place: Place) -> None:
    """One box of the same dialog; without the role, the file stays and the list names what is to be corrected."""
    before = (place.folder / POSTS).read_bytes()
    operator = person(DeskRole.OPERATE)
    handover.handed(place, asked_by(form={**FORM, "correct": "1"}, person=operator, now=LATER))
    assert (place.folder / POSTS).read_bytes() == before
    assert "por corregir" in handover.shown(place, asked_by()).body
    assert "el archivo tiene todavía" in addresses.one(place, asked_by(names={"post": POST})).body
    both = person(DeskRole.OPERATE, DeskRole.EDIT)
    again = {**FORM, "to": "tercera@sedes.example", "correct": "1"}
    answer = handover.handed(place, asked_by(form=again, person=both, now=LATER + timedelta(hours=1)))
    assert answer.location == f"/desk/handover?saved={POST}&file=1"
    assert (place.folder / POSTS).read_bytes() == before.replace(b"madrid@sedes.example", b"tercera@sedes.example")


def test_a_region_hands_over_its_own_posts(place: Place) -> None:
    """Neither shown nor done for a site of another region."""
    asia = person(DeskRole.OPERATE, region="asia-pacifico")
    assert "madrid" not in handover.shown(place, asked_by(person=asia, query={"site": "madrid"})).body
    for act in (handover.seen, handover.handed):
        with pytest.raises(NotYours):
            act(place, asked_by(person=asia, form=FORM))
    assert address(place) == "madrid@sedes.example"
