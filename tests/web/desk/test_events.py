"""The form of an event: what is typed is looked at, saved into the very file, and never lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from calendars.model.events import EventStatus, Timed
from calendars.reading.files import AGENDA
from scheduler.drafts.saving import states
from scheduler.store.accounts.roles import DeskRole
from scheduler.store.database import Database
from scheduler.web.desk.place import Place
from scheduler.web.desk.screens import event_form, events
from tests.support.desk import NOW, asked_by, person, publish, running, shipped_folder, small_place

WORKSHOP = "taller-europa"
EDITORS = (DeskRole.EDIT,)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with small_place(tmp_path) as found:
        yield found


def form_of(place: Place, event: str = WORKSHOP) -> dict[str, str]:
    """The fields of the form as the screen shows them."""
    found = event_form._filled(  # because a test fills in what a browser would send back
        (place.folder / AGENDA).read_text(), place.files.contents(), event
    )
    return {**found.fields, "digest": found.digest}


def agenda(place: Place) -> str:
    return (place.folder / AGENDA).read_text(encoding="utf-8")


def test_saving_without_a_change_leaves_every_byte(place: Place) -> None:
    """Opening a form and saving it writes nothing."""
    before = agenda(place)
    answer = event_form.saved(place, asked_by(names={"event": WORKSHOP}, form=form_of(place)))
    assert answer.location == f"/desk/events/{WORKSHOP}?saved=1"
    assert agenda(place) == before


def test_only_what_was_changed_is_written(place: Place) -> None:
    """A date and a weekday: two lines differ, and everything else stays as it was typed."""
    before = agenda(place).split("\n")
    event_form.saved(
        place, asked_by(names={"event": WORKSHOP}, form={**form_of(place), "fecha": "2021-10-27", "dia": "miércoles"})
    )
    differing = [(a.strip(), b.strip()) for a, b in zip(before, agenda(place).split("\n"), strict=True) if a != b]
    assert differing == [("fecha: 2021-10-26", "fecha: 2021-10-27"), ("dia: martes", "dia: miércoles")]


def test_a_wrong_weekday_is_told_at_its_field_with_the_right_one_as_a_button(place: Place) -> None:
    """«martes» of a Wednesday: the words of `agenda check`, and a button that puts «miércoles»."""
    typed = {**form_of(place), "fecha": "2021-10-27"}
    answer = event_form.seen(place, asked_by(names={"event": WORKSHOP}, form=typed, part=True))
    assert "pero el 27-oct-2021 es miércoles" in answer.body
    assert 'data-fix="dia" data-value="miércoles"' in answer.body


def test_the_button_of_a_correction_works_without_a_script(place: Place) -> None:
    """It is a submit button, whose value is put into the field that it names."""
    typed = {**form_of(place), "fecha": "2021-10-27", "fix": "dia=miércoles"}
    answer = event_form.seen(place, asked_by(names={"event": WORKSHOP}, form=typed))
    assert not answer.part
    assert '<option value="miércoles" selected>' in answer.body


def test_the_hours_of_its_sites_stand_beside_it_the_worst_first(tmp_path: Path) -> None:
    """The workshop for Europe falls on a holiday in Vienna and on Baku's evening, and suits Lisbon."""
    with small_place(tmp_path, published=False) as place:
        shipped = place_with(place, shipped_folder(tmp_path / "shipped"))
        answer = event_form.edit(shipped, asked_by(names={"event": "taller-europa-2021"}))
    assert answer.body.index("Viena") < answer.body.index("Bakú") < answer.body.index("Lisboa")
    assert "feriado: Fiesta Nacional" in answer.body


def place_with(place: Place, folder: Path) -> Place:
    return Place(folder=folder, base_url=place.base_url, settings=place.settings)


def test_a_problem_elsewhere_does_not_hide_the_hours(place: Place) -> None:
    """Another event with a slip, and this one's hours are shown all the same."""
    text = agenda(place).replace("tipo: jornada", "tipo: jornda")
    (place.folder / AGENDA).write_text(text, encoding="utf-8")
    answer = event_form.edit(place, asked_by(names={"event": WORKSHOP}))
    assert "Madrid" in answer.body


def test_what_was_typed_and_not_saved_is_offered_again(place: Place) -> None:
    """A closed browser loses nothing: the form offers what was typed, with the moment."""
    typed = {**form_of(place), "titulo.es": "Taller de Europa, otra vez"}
    event_form.seen(place, asked_by(names={"event": WORKSHOP}, form=typed, part=True))
    again = asked_by(names={"event": WORKSHOP}, now=NOW + timedelta(hours=1))
    assert "no se guardaron (lun 4 oct, 10:00 h)" in event_form.edit(place, again).body
    taken = event_form.edit(place, asked_by(names={"event": WORKSHOP}, query={"typed": "1"}))
    assert "Taller de Europa, otra vez" in taken.body
    event_form.forgotten(place, asked_by(names={"event": WORKSHOP}))
    assert "no se guardaron" not in event_form.edit(place, again).body


def test_two_who_change_other_events_both_get_through(place: Place) -> None:
    """Somebody else saves another event meanwhile: both changes stand in the file."""
    mine = {**form_of(place), "lugar.es": "Virtual", "lugar.en": "Virtual"}
    theirs = {**form_of(place, "jornada"), "titulo.es": "Jornada grande", "titulo.en": "Jornada grande"}
    event_form.saved(place, asked_by(names={"event": "jornada"}, form=theirs))
    answer = event_form.saved(place, asked_by(names={"event": WORKSHOP}, form=mine))
    assert answer.status == 303
    assert "Jornada grande" in agenda(place)
    assert "lugar: Virtual" in agenda(place)


def test_two_who_change_one_event_are_both_shown_and_nothing_is_written(place: Place) -> None:
    """Notepad saved another hour: the second is told so, sees both, and may save what they choose."""
    mine = {**form_of(place), "hora": "11:00"}
    (place.folder / AGENDA).write_text(agenda(place).replace('hora: "09:00"', 'hora: "10:00"'), encoding="utf-8")
    answer = event_form.saved(place, asked_by(names={"event": WORKSHOP}, form=mine))
    assert answer.status == 409
    assert "Alguien más cambió este evento entre tanto" in answer.body
    assert 'hora: "10:00"' in agenda(place)
    now = form_of(place)["digest"]
    event_form.saved(place, asked_by(names={"event": WORKSHOP}, form={**mine, "digest": now, "theirs": now}))
    assert 'hora: "11:00"' in agenda(place)
    assert len([one for one in states(place.folder, NOW) if one.file == AGENDA]) == 2


def test_a_new_event_is_added_with_an_identifier_of_its_title(place: Place) -> None:
    """Its id is made of the title, it is tentative, and the file stays valid."""
    fields = {**form_of(place), "titulo.es": "Taller extra, Asia", "titulo.en": "Extra workshop, Asia"}
    answer = event_form.saved(place, asked_by(form={**fields, "id": ""}))
    assert answer.location == "/desk/events/taller-extra-asia?saved=1"
    assert place.reading().problems == ()


def test_a_taken_identifier_is_refused_with_the_way_out(place: Place) -> None:
    """An id that is there already never becomes a second event."""
    answer = event_form.saved(place, asked_by(form={**form_of(place), "id": WORKSHOP}))
    assert answer.status == 422
    assert "elija otro" in answer.body


def test_a_link_goes_into_the_private_file_alone(place: Place) -> None:
    """It stands in privado.yaml; agenda.yaml does not know it."""
    link = "https://reuniones.example/j/99"
    event_form.saved(place, asked_by(names={"event": "jornada"}, form={**form_of(place, "jornada"), "enlace": link}))
    assert link in (place.folder / "privado.yaml").read_text(encoding="utf-8")
    assert link not in agenda(place)


def test_who_only_looks_sees_no_joining_link(place: Place) -> None:
    """It stands in the form of who may edit, and in nobody else's."""
    shown = [
        event_form.edit(place, asked_by(names={"event": WORKSHOP}, person=person(role))).body
        for role in (DeskRole.EDIT, DeskRole.SEE)
    ]
    assert ["https://reuniones.example" in body for body in shown] == [True, False]


def test_a_refused_identifier_stays_in_its_field(place: Place) -> None:
    answer = event_form.saved(place, asked_by(form={**form_of(place), "id": WORKSHOP}))
    assert f'name="id" value="{WORKSHOP}"' in answer.body


def test_the_list_says_what_is_not_published(place: Place) -> None:
    """A moved event bears the words that its notice would have."""
    event_form.saved(
        place, asked_by(names={"event": WORKSHOP}, form={**form_of(place), "fecha": "2021-10-27", "dia": "miércoles"})
    )
    assert "MOVIDO" in events.listed(place, asked_by()).body


async def test_the_form_is_reached_over_http_by_who_may_edit(tmp_path: Path, database: Database) -> None:
    """The whole way: a signed-in person opens the form, sends it, and the file is another."""
    with small_place(tmp_path, published=False) as place:
        publish(database, place.folder)
        async with running(place.folder, database) as desk, desk.client(*EDITORS) as browser:
            assert "Taller, Europa" in (await browser.get(f"/desk/events/{WORKSHOP}")).text
            fields = {**form_of(place), "hora": "10:00"}
            answer = await browser.send(f"/desk/events/{WORKSHOP}", fields)
        assert "Guardado. No se ha enviado nada" in answer.text
        assert 'hora: "10:00"' in agenda(place)


def test_a_kind_of_the_agendas_own_can_be_chosen(place: Place) -> None:
    """It is written in Spanish, as the file wants it, and said in the reader's language."""
    own = 'tipos:\n  - {es: "curso", en: "course"}\nregiones:'
    (place.folder / AGENDA).write_text(agenda(place).replace("regiones:", own), encoding="utf-8")
    asked = asked_by(names={"event": WORKSHOP}, language="en")
    assert '<option value="curso">course</option>' in event_form.edit(place, asked).body
    event_form.saved(place, asked_by(names={"event": WORKSHOP}, form={**form_of(place), "tipo": "curso"}))
    assert "    tipo: curso\n" in agenda(place)
    assert place.reading().problems == ()


@pytest.mark.parametrize(
    ("es", "en", "written"),
    [
        ("Traiga su lista.", "", '    mensaje: {es: "Traiga su lista."}\n'),
        ("Traiga su lista.", "Bring your list.", '    mensaje: {es: "Traiga su lista.", en: "Bring your list."}\n'),
        ("OK", "OK", "    mensaje: OK\n"),
        ("Uno.\r\nDos.", "", "    mensaje:\n      es: |-\n        Uno.\n        Dos.\n"),
    ],
)
def test_an_events_own_message_is_a_field(place: Place, es: str, en: str, written: str) -> None:
    """In one language or both; emptied, the key goes, and every other byte is as it was."""
    before = agenda(place)
    typed = {**form_of(place), "mensaje.es": es, "mensaje.en": en}
    event_form.saved(place, asked_by(names={"event": WORKSHOP}, form=typed))
    assert written in agenda(place)
    assert place.reading().problems == ()
    assert form_of(place)["mensaje.es"] == es.replace("\r\n", "\n")
    assert form_of(place)["mensaje.en"] == en
    emptied = {**form_of(place), "mensaje.es": "", "mensaje.en": ""}
    event_form.saved(place, asked_by(names={"event": WORKSHOP}, form=emptied))
    assert agenda(place) == before


def test_a_copy_has_neither_reason_nor_message_of_the_other(place: Place) -> None:
    typed = {**form_of(place), "mensaje.es": "Solo de este", "motivo.es": "La sala", "motivo.en": "The room"}
    event_form.saved(place, asked_by(names={"event": WORKSHOP}, form=typed))
    body = event_form.blank(place, asked_by(query={"from": WORKSHOP})).body
    assert "Solo de este" not in body
    assert "La sala" not in body
    assert "Taller, Europa" in body


def test_a_mail_that_follows_is_chosen_and_kept(place: Place) -> None:
    """`seguimiento` is a field, stays through another edit, and goes without a trace."""
    before = agenda(place)
    event_form.saved(place, asked_by(names={"event": WORKSHOP}, form={**form_of(place), "seguimiento": "sí"}))
    assert "    seguimiento: sí\n" in agenda(place)
    body = event_form.edit(place, asked_by(names={"event": WORKSHOP})).body
    assert re.search(r'name="seguimiento".*?<option value="sí" selected', body, re.DOTALL)
    event_form.saved(place, asked_by(names={"event": WORKSHOP}, form={**form_of(place), "hora": "10:00"}))
    assert "    seguimiento: sí\n" in agenda(place)
    assert place.reading().problems == ()
    emptied = {**form_of(place), "hora": "09:00", "seguimiento": ""}
    event_form.saved(place, asked_by(names={"event": WORKSHOP}, form=emptied))
    assert agenda(place) == before


def test_an_axis_and_a_date_are_given_in_the_form(tmp_path: Path) -> None:
    """What belongs to no axis and has no date, in the shipped agenda: one form sent, and the draft has both."""
    with small_place(tmp_path, published=False) as small:
        place = place_with(small, shipped_folder(tmp_path / "shipped"))
        talks = "conversatorios-virtuales"
        given = {"eje": "promocion", "estado": "tentativo", "fecha": "2021-11-20", "hora": "11:00", "duracion": "1 h"}
        event_form.saved(place, asked_by(names={"event": talks}, form={**form_of(place, talks), **given}))
        draft = place.reading().draft
    assert draft is not None
    event = draft.agenda.event(talks)
    assert event is not None
    assert (event.axis, event.status) == ("promocion", EventStatus.TENTATIVE)
    assert event.when == Timed(wall=datetime(2021, 11, 20, 11), duration=timedelta(hours=1))
