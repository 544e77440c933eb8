"""Roles of a region, and whose hand an edit was: in the file's states, and in the audit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from calendars.reading.files import AGENDA, PRIVATE
from scheduler.drafts.history import digest_of
from scheduler.drafts.saving import states
from scheduler.store.accounts.roles import DeskRole, Person
from scheduler.store.audit import listing
from scheduler.store.audit.deeds import Via, What
from scheduler.store.audit.listing import AuditFilter, AuditRow
from scheduler.store.database import Database
from scheduler.web.desk.declared import Screen
from scheduler.web.desk.navigation import places
from scheduler.web.desk.place import Place
from scheduler.web.desk.screens import event_form, files
from scheduler.web.desk.screens.bounds import OutOfBounds
from tests.support.desk import NOW, asked_by, person, publish, running, small_place

WORKSHOP = "taller-europa"
EUROPE = person(DeskRole.EDIT, region="europa")
ASIA = person(DeskRole.EDIT, region="asia-pacifico")
ALL = person(DeskRole.EDIT)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with small_place(tmp_path) as found:
        yield found


def form_of(place: Place, event: str = WORKSHOP) -> dict[str, str]:
    found = event_form._filled(  # because a test fills in what a browser would send back
        (place.folder / AGENDA).read_text(), place.files.contents(), event
    )
    return {**found.fields, "digest": found.digest}


def save(place: Place, who: Person, event: str = WORKSHOP, **fields: str) -> None:
    form = {**form_of(place, event), **fields}
    event_form.saved(place, asked_by(person=who, names={"event": event}, form=form))


def edits(place: Place) -> list[AuditRow]:
    with place.database.read() as connection:
        return list(listing.rows(connection, AuditFilter(what=(What.EDITED,))))


def test_who_edits_a_region_edits_the_events_that_are_for_it_alone(place: Place) -> None:
    save(place, EUROPE, hora="10:00")
    assert b'hora: "10:00"' in (place.folder / AGENDA).read_bytes()


@pytest.mark.parametrize(
    ("event", "fields"),
    [
        ("jornada", {"titulo.es": "Mía", "titulo.en": "Mine"}),
        (WORKSHOP, {"para.quien": "todas", "para.cuales": ""}),
        (WORKSHOP, {"para.quien": "coordinacion", "para.cuales": ""}),
        (WORKSHOP, {"para.quien": "sedes", "para.cuales": "madrid\ntokio"}),
    ],
)
def test_an_event_that_is_or_would_be_for_others_is_refused(place: Place, event: str, fields: dict[str, str]) -> None:
    """Nothing is written, and the sentence names the regions and the way out."""
    before = (place.folder / AGENDA).read_bytes()
    with pytest.raises(OutOfBounds) as refused:
        save(place, EUROPE, event, **fields)
    assert (place.folder / AGENDA).read_bytes() == before
    assert "estén todas en Europa" in refused.value.lines("es")[0]
    assert "lie in Europe" in refused.value.lines("en")[0]
    assert edits(place) == []


def test_who_edits_another_region_reads_the_form_without_its_button(place: Place) -> None:
    with pytest.raises(OutOfBounds):
        save(place, ASIA, hora="10:00")
    there = event_form.edit(place, asked_by(person=ASIA, names={"event": WORKSHOP})).body
    assert 'class="row save"' not in there
    assert "/desk/files/" not in there
    assert 'class="row save"' in event_form.edit(place, asked_by(person=EUROPE, names={"event": WORKSHOP})).body


def test_a_new_event_is_for_the_own_region(place: Place) -> None:
    new = {**form_of(place), "id": "taller-dos", "titulo.es": "Taller dos", "titulo.en": "Workshop two"}
    with pytest.raises(OutOfBounds):
        event_form.saved(place, asked_by(person=ASIA, form=new))
    event_form.saved(place, asked_by(person=EUROPE, form=new))
    assert b"taller-dos" in (place.folder / AGENDA).read_bytes()


@pytest.mark.parametrize("screen", [one for two in files.SCREENS for one in (two.get, two.post) if one is not None])
def test_whole_files_are_for_who_edits_everywhere(place: Place, screen: Screen) -> None:
    asked: Any = {"names": {"name": AGENDA, "digest": "0" * 32}, "form": {"text": "x", "digest": ""}}
    with pytest.raises(OutOfBounds) as refused:
        screen(place, asked_by(person=EUROPE, **asked))
    assert "su permiso «" in refused.value.lines("es")[0]
    assert "/desk/files" not in dict(places(EUROPE, "es"))
    assert "/desk/files" in dict(places(ALL, "es"))


def test_an_edit_is_noted_in_the_audit_and_in_the_states(place: Place) -> None:
    """By the account in the audit, by the name beside the files; for each file that was written."""
    save(place, ALL, hora="10:00", enlace="https://reuniones.example/j/7")
    found = edits(place)
    assert [(one.who, one.via, one.subject, one.details["file"]) for one in found] == [
        ("ana", Via.DESK, WORKSHOP, AGENDA),
        ("ana", Via.DESK, WORKSHOP, PRIVATE),
    ]
    assert {one.by for one in states(place.folder, NOW) if one.file == AGENDA} == {"", "Ana Prueba"}


def test_what_changes_nothing_is_no_act(place: Place) -> None:
    save(place, ALL)
    text = (place.folder / AGENDA).read_text(encoding="utf-8")
    form = {"text": text, "digest": digest_of(text.encode())}
    files.saved(place, asked_by(form=form, names={"name": AGENDA}))
    assert edits(place) == []


def test_who_has_no_account_is_the_desk_of_this_machine(place: Place) -> None:
    text = (place.folder / AGENDA).read_text(encoding="utf-8")
    form = {"text": text.replace("Jornada", "Otra"), "digest": digest_of(text.encode())}
    files.saved(place, asked_by(form=form, names={"name": AGENDA}))
    assert [(one.who, one.subject) for one in edits(place)] == [("agenda desk", AGENDA)]
    assert "escritorio local" in files.listed(place, asked_by()).body


def test_a_file_that_changed_beneath_is_no_act(place: Place) -> None:
    form = {"text": "otra cosa", "digest": "0" * 32}
    assert files.saved(place, asked_by(form=form, names={"name": AGENDA})).status == 409
    assert edits(place) == []


async def test_who_edits_another_region_is_refused_over_http(tmp_path: Path, database: Database) -> None:
    with small_place(tmp_path, published=False) as place:
        publish(database, place.folder)
        async with (
            running(place.folder, database) as desk,
            desk.client(DeskRole.EDIT, region="asia-pacifico") as browser,
        ):
            answer = await browser.send(f"/desk/events/{WORKSHOP}", {**form_of(place), "hora": "10:00"})
            assert (await browser.get("/desk/files")).status_code == 403
    assert answer.status_code == 403
    assert "Pídalo a quien pueda editar en todas las regiones" in answer.text
