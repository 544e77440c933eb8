"""The brake and the deliveries: one press stops; each decision says beforehand what it brings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from scheduler.planning.delivery import Purpose, State
from scheduler.store import brake
from scheduler.store.accounts.roles import DeskRole
from scheduler.store.database import Database
from scheduler.store.ledger.deliveries import Order
from scheduler.store.schema import attempts, deliveries
from scheduler.web.desk.place import Place, halted
from scheduler.web.desk.screens.operating import brake as brake_screen
from scheduler.web.desk.screens.operating import deliveries as screens
from scheduler.web.desk.screens.operating.words import CONSEQUENCES, ORDERS, PURPOSES, STATES
from scheduler.web.desk.visit import NotYours
from scheduler.wording import kinds
from tests.support.desk import NOW, asked_by, person, publish, running, small_place

_D = deliveries.c
LATER = NOW.replace(month=10, day=19, hour=15)  # the week's reminder for Madrid was due at 07:00 UTC of that day
OPERATOR = (DeskRole.OPERATE,)
EUROPE = person(DeskRole.OPERATE, region="europa")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with small_place(tmp_path) as found:
        yield found


def make(place: Place, site: str, **values: object) -> list[int]:
    """Put all reminders of a site into a state; returns their ids."""
    with place.database.write() as connection:
        connection.execute(update(deliveries).where(_D.site == site).values(**values))
        return list(connection.execute(select(_D.id).where(_D.site == site).order_by(_D.due_at)).scalars())


def stands(place: Place) -> dict[int, str]:
    with place.database.read() as connection:
        return {row.id: row.state for row in connection.execute(select(_D.id, _D.state))}


def pulled(place: Place) -> brake.Brake | None:
    with place.database.read() as connection:
        return brake.pulled(connection)


def test_the_red_button_stops_at_once_and_says_who(place: Place) -> None:
    """Without a question, without a reason; the frame of every screen says since when and by whom."""
    answer = brake_screen.stopped(place, asked_by(person=person(DeskRole.OPERATE)))
    assert answer.location == "/desk/brake?saved=stopped"
    assert pulled(place) == brake.Brake(since=NOW, by="Ana Prueba", reason="")
    assert halted(place, "es") == "Desde el lun 4 oct, 10:00 h, por Ana Prueba."
    assert halted(place, "en") == "Since Mon 4 Oct, 10:00, by Ana Prueba."


def test_a_reason_can_be_given_after_the_stop(place: Place) -> None:
    """It stands on the brake's screen and in the frame."""
    brake_screen.stopped(place, asked_by(person=person(DeskRole.OPERATE)))
    assert "todavía no se dijo" in brake_screen.shown(place, asked_by()).body
    brake_screen.explained(place, asked_by(form={"reason": "enlace equivocado"}))
    assert "enlace equivocado" in brake_screen.shown(place, asked_by()).body
    assert halted(place, "es").endswith("por Ana Prueba. enlace equivocado")


def test_resuming_says_beforehand_what_goes_and_what_is_past_its_use(place: Place) -> None:
    """A reminder that fell due meanwhile goes; one of an event that has begun does not."""
    brake_screen.stopped(place, asked_by())
    during = brake_screen.shown(place, asked_by(now=LATER)).body
    assert "Sale 1 correo" in re.sub("<[^>]+>", "", during)
    assert "Taller, Europa" in during
    after = brake_screen.shown(place, asked_by(now=LATER + timedelta(days=30), language="en")).body
    assert "Nothing is due" in after
    assert "Past its use: it is not sent any more" in after
    assert pulled(place) is not None
    assert brake_screen.resumed(place, asked_by(now=LATER)).location == "/desk/brake?saved=resumed"
    assert pulled(place) is None


def test_who_operates_one_region_may_stop_and_not_resume(place: Place) -> None:
    """A wrong mail cannot be called back; letting all regions go on is for who operates them all."""
    brake_screen.stopped(place, asked_by(person=EUROPE))
    assert pulled(place) is not None
    assert "Lo reanuda quien opera todas las regiones" in brake_screen.shown(place, asked_by(person=EUROPE)).body
    with pytest.raises(NotYours):
        brake_screen.resumed(place, asked_by(person=EUROPE))
    assert pulled(place) is not None


def test_what_waits_for_a_decision_is_listed_with_the_servers_words(place: Place) -> None:
    """Held and uncertain ones first of all; what is planned is one choice away."""
    make(place, "madrid", state=State.HELD, next_at=None, reply="554 rechazado por contenido")
    body = screens.listed(place, asked_by()).body
    assert "554 rechazado por contenido" in body
    assert "retenido: espera una decisión" in body
    assert "tokio-consular" not in body
    assert "tokio-consular" in screens.listed(place, asked_by(query={"state": "planned"})).body


def test_a_decision_is_shown_before_and_done_after_its_number_was_typed(place: Place) -> None:
    """Nothing changes by looking, nor by another number; then all of them go, and the reason stands with each."""
    ids = make(place, "madrid", state=State.HELD, next_at=None)
    before = stands(place)
    form = {"order": "release", "reason": "ya acepta", "all": "1", "state": "held"}
    shown = screens.decided(place, asked_by(form=form))
    assert "Liberar: 3 envíos" in shown.body
    assert "3 salen: ahora, o cuando les toque" in shown.body
    wrong = screens.decided(place, asked_by(form={**form, "seen": "1", "n": "2"}))
    assert wrong.status == 422
    assert "Ese no es el número" in wrong.body
    assert stands(place) == before
    done = screens.decided(place, asked_by(form={**form, "seen": "1", "n": "3"}, person=person(DeskRole.OPERATE)))
    assert done.location is not None
    assert "saved=3" in done.location
    assert {stands(place)[one] for one in ids} == {State.DEFERRED}
    with place.database.read() as connection:
        replies = set(connection.execute(select(_D.reply).where(_D.id.in_(ids))).scalars())
    assert replies == {"released by Ana Prueba: ya acepta"}


def test_one_delivery_is_decided_without_typing(place: Place) -> None:
    """Ticked alone, it is shown what comes of it, and done by the next button."""
    first, *_ = make(place, "madrid", state=State.UNCERTAIN, uncertain_at=NOW)
    form = {"order": "drop", "reason": "ya llegó", "id": str(first)}
    assert "1 no sale nunca" in screens.decided(place, asked_by(form=form)).body
    screens.decided(place, asked_by(form={**form, "seen": "1"}))
    assert stands(place)[first] == State.CANCELLED
    assert list(stands(place).values()).count(State.CANCELLED) == 1


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"reason": "x", "all": "1"}, "Elija qué se hace con ellos"),
        ({"order": "hold", "all": "1"}, "Diga por qué"),
        ({"order": "hold", "reason": "x"}, "Marque los envíos"),
    ],
)
def test_what_is_not_said_is_asked_for(place: Place, form: dict[str, str], says: str) -> None:
    """An order, a reason and which: nothing is taken for granted."""
    with pytest.raises(screens.NothingDecided) as refused:
        screens.decided(place, asked_by(form=form))
    assert says in refused.value.lines("es")[0]


def test_who_operates_a_region_decides_of_its_sites_alone(place: Place) -> None:
    """Tokyo's are neither listed nor held, though all were meant."""
    form = {"order": "hold", "reason": "prueba", "all": "1", "state": "planned", "seen": "1", "n": "3"}
    screens.decided(place, asked_by(form=form, person=EUROPE))
    with place.database.read() as connection:
        held = set(connection.execute(select(_D.site).where(_D.state == State.HELD)).scalars())
    assert held == {"madrid"}
    tokyo = make(place, "tokio", state=State.HELD, next_at=None)
    assert "tokio-consular" not in screens.listed(place, asked_by(person=EUROPE)).body
    with pytest.raises(NotYours):
        screens.one(place, asked_by(person=EUROPE, names={"id": str(tokyo[0])}))


def test_a_delivery_shows_all_its_attempts(place: Place) -> None:
    """With the code, the words of the server and what became of it."""
    first, *_ = make(place, "madrid", state=State.HELD, next_at=None)
    tried = {"delivery": first, "fence": 1, "owner": "n", "ended_at": NOW, "state": "held", "code": 554, "reply": "no"}
    with place.database.write() as connection:
        connection.execute(insert(attempts).values(**tried, status="5.7.1"))
    body = screens.one(place, asked_by(names={"id": str(first)})).body
    assert "554 5.7.1" in body
    assert "<q" in body


def test_every_kind_and_state_of_mail_has_its_words() -> None:
    """A new one is not shown by its code, nor breaks the list: on the desk as at the terminal."""
    for words, wanted in ((PURPOSES, Purpose), (kinds.PURPOSES, Purpose), (STATES, State), (kinds.STATES, State)):
        assert set(words) == set(wanted)
    assert set(ORDERS) == set(CONSEQUENCES) == set(Order)


async def test_stopping_by_the_button_of_the_frame_over_http(tmp_path: Path, database: Database) -> None:
    """Signed in, from any screen, without a script; who may only see has no such button and is refused."""
    with small_place(tmp_path, published=False) as place:
        publish(database, place.folder)
        async with running(place.folder, database) as desk:
            async with desk.client(DeskRole.SEE) as browser:
                assert 'action="/desk/stop"' not in (await browser.get("/desk/deliveries")).text
            async with desk.client(*OPERATOR) as browser:
                assert 'action="/desk/stop"' in (await browser.get("/desk/deliveries")).text
                answer = await browser.send("/desk/stop", {}, on="/desk/deliveries")
                assert "Todo el correo está detenido" in answer.text
                with database.read() as connection:
                    assert brake.pulled(connection) is not None
                answer = await browser.send("/desk/resume", {}, on="/desk/brake")
                assert "El correo se reanudó" in answer.text
        with database.read() as connection:
            assert brake.pulled(connection) is None
