"""What would happen, and publishing it: what is shown is what the command line says, and what is published is what was
shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from calendars.reading.files import AGENDA, POSTS, SITES
from scheduler.drafts.history import digest_of
from scheduler.drafts.saving import save, states
from scheduler.planning.delivery import Purpose
from scheduler.publishing.consequences import consequences
from scheduler.publishing.figures import impact_json
from scheduler.publishing.prospect import ForeignFiles, beside
from scheduler.store import editions
from scheduler.store.accounts.roles import DeskRole
from scheduler.store.audit.deeds import What
from scheduler.store.audit.listing import AuditFilter, rows
from scheduler.store.schema import deliveries
from scheduler.web.desk.asked import Answer, Asked, NotThere
from scheduler.web.desk.place import Place
from scheduler.web.desk.screens import events, home
from scheduler.web.desk.screens.publishing import changes, past
from scheduler.web.desk.screens.publishing.regions import BeyondRegion
from tests.support.desk import NOW, asked_by, person, place_of, shipped_folder, small_place
from tests.support.workbooks import workbook

PUBLISHERS = person(DeskRole.PUBLISH)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with small_place(tmp_path) as found:
        yield found


def edit(place: Place, *edits: tuple[str, str], file: str = AGENDA, by: str = "Ana Prueba") -> None:
    """Replace texts in a file, as an editor at the desk saves it."""
    before = (place.folder / file).read_bytes()
    text = before.decode()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    save(place.folder, file, text.encode(), expected=digest_of(before), at=NOW, by=by)


def move(place: Place, hour: str = "10:00") -> None:
    """The workshop for Europe to another hour."""
    edit(place, ('hora: "09:00"', f'hora: "{hour}"'))


def look(place: Place, **given: object) -> Answer:
    return changes.consequences(place, asked_by("/desk/changes/consequences", now=LATER, **given))  # type: ignore[arg-type]


def filled(answer: Answer, **fields: str) -> dict[str, str]:
    """The form of the screen, its hidden fields as they are, with these filled in."""
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', answer.body))
    return {**hidden, "reason": "El salón no está libre", **fields}


def publish(place: Place, fields: Mapping[str, str], **given: object) -> Answer:
    asked = asked_by("/desk/changes", now=LATER, form=fields, **{"person": PUBLISHERS, **given})  # type: ignore[arg-type]
    return changes.published(place, asked)


def in_force(place: Place) -> int | None:
    with place.database.read() as connection:
        return editions.number_in_force(connection)


def notices(place: Place) -> int:
    d = deliveries.c
    with place.database.read() as connection:
        return len(connection.execute(select(d.id).where(d.purpose == Purpose.NOTICE)).all())


def figures(answer: Answer) -> dict[str, int]:
    return {key: int(value) for key, value in re.findall(r'<data id="figure-(\w+)" value="(\d+)">', answer.body)}


def test_a_move_is_shown_before_and_now_with_whoever_edited_it(place: Place) -> None:
    """The hour that was and the one that is, the local hour, the line in the file, and whose hand it was."""
    move(place)
    body = changes.changes(place, asked_by("/desk/changes", now=LATER)).body
    assert "<del>mar 26 oct 09:00–11:00 TCM</del>" in body
    assert "<ins>mar 26 oct 10:00–12:00 TCM</ins>" in body
    assert "MOVIDO" in body
    assert "agenda.yaml, renglón 15" in body
    assert "Última edición: Ana Prueba, lun 4 oct, 10:00 h" in body


def test_a_move_into_another_year_says_both_years(place: Place) -> None:
    """A slip of the year stands out."""
    edit(place, ("fecha: 2021-10-26\n    dia: martes", "fecha: 2022-10-26"))
    body = changes.changes(place, asked_by("/desk/changes", now=LATER, language="en")).body
    assert "<del>Tue 26 Oct 2021 09:00–11:00 TCM</del>" in body
    assert "<ins>Wed 26 Oct 2022 09:00–11:00 TCM</ins>" in body


def test_what_another_program_saved_has_no_name(place: Place) -> None:
    """Whoever used Notepad is not guessed at."""
    changes.changes(place, asked_by(now=LATER))
    path = place.folder / AGENDA
    path.write_text(path.read_text().replace('hora: "09:00"', 'hora: "10:00"'))
    assert "Última edición: con otro programa" in changes.changes(place, asked_by(now=LATER)).body
    edit(place, ('hora: "10:00"', 'hora: "11:00"'), by="Beto")
    assert "Última edición: Beto" in changes.changes(place, asked_by(now=LATER)).body


def test_the_figures_are_those_of_agenda_impact(place: Place) -> None:
    """Each number of the screen is that of `agenda impact --json`, or how many it lists."""
    move(place)
    shown = figures(look(place))
    with place.database.read() as connection:
        draft = place.draft()
        assert draft is not None
        found = place.prospect(connection, draft, LATER)
        result, others = consequences(connection, found, LATER), beside(connection, found, draft)
        said = json.loads(json.dumps(impact_json(found, result, others, None, LATER), default=str))
    assert shown["people"] == said["people"] == 1
    assert shown["notices"] == said["notices"] == 1
    assert shown["replaced"] == said["replaced"]
    assert shown["feeds"] == len(said["feeds"]) > 0
    assert shown["sent_with_the_earlier_time"] == sum(said["sent_with_the_earlier_time"].values())


def test_the_first_and_the_last_mail_are_said_by_the_clocks_of_their_sites(place: Place) -> None:
    """18:00 of a Monday in Madrid: its office has closed, so the notice leaves when it opens on Tuesday."""
    move(place)
    body = look(place).body
    assert '<dd id="first">lun 4 oct, 18:10 h (Madrid)</dd>' in body or "09:00 h (Madrid)</dd>" in body


def test_publishing_wants_a_reason(place: Place) -> None:
    """Without one nothing is published, and what was filled in stays."""
    move(place)
    answer = publish(place, filled(look(place), reason="  "))
    assert answer.status == 422
    assert "Escriba el motivo" in answer.body
    assert in_force(place) == 1


def test_what_was_shown_is_put_in_force_with_reason_and_author(place: Place) -> None:
    """A new edition by whoever is signed in, its notice owed, and its page shown."""
    move(place)
    answer = publish(place, filled(look(place)))
    assert answer.location is not None
    assert answer.location.startswith("/desk/editions/2?done=1&notices=1")
    with place.database.read() as connection:
        found = editions.find(connection, 2)
    assert found is not None
    assert (found.author, found.reason, notices(place)) == ("Ana Prueba", "El salón no está libre", 1)


def test_a_draft_that_was_edited_since_it_was_looked_at_is_shown_again(place: Place) -> None:
    """Another editor saved between the look and the button: nothing is published, and the new state is shown."""
    move(place)
    form = filled(look(place))
    edit(place, ('hora: "10:00"', 'hora: "12:00"'), by="Beto")
    answer = publish(place, form)
    assert answer.status == 409
    assert "cambió desde que lo miró" in answer.body
    assert in_force(place) == 1
    assert publish(place, filled(answer)).status == 303


def test_what_somebody_else_published_meanwhile_is_not_published_over(place: Place) -> None:
    """Two look at the same; the second is shown that something else is in force by now."""
    move(place)
    form = filled(look(place))
    assert publish(place, form).status == 303
    answer = publish(place, form)
    assert (answer.status, in_force(place)) == (409, 2)


def test_what_takes_something_away_wants_the_typed_number(place: Place) -> None:
    """A removed post: the reasons of `agenda publish`, and the number of people, which has to be right."""
    path = place.folder / POSTS
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    shown = look(place)
    assert "tokio-consular: dejaría de recibir correos" in shown.body
    assert 'name="people"' in shown.body
    assert publish(place, filled(shown)).status == 422
    wrong = publish(place, filled(shown, people="7"))
    assert "7 no es el número de personas" in wrong.body
    assert in_force(place) == 1
    people = str(figures(shown)["people"])
    assert publish(place, filled(shown, people=people)).status == 303
    assert in_force(place) == 2


def test_whoever_chooses_so_publishes_without_telling_anybody(place: Place) -> None:
    """The screen is reckoned anew without notices, and the edition says that it told nobody."""
    move(place)
    shown = look(place, query={"silent": "1"})
    assert figures(shown)["notices"] == 0
    assert publish(place, filled(shown)).status == 303
    with place.database.read() as connection:
        assert editions.silent(connection) == {2}
    assert notices(place) == 0


def test_own_words_go_with_the_publication(place: Place) -> None:
    """They stand at the head of its notices; what is too long for a mail is refused at its field."""
    move(place)
    shown = look(place)
    refused = publish(place, filled(shown, **{"message.es": "x" * 5000}))
    assert (refused.status, in_force(place)) == (422, 1)
    assert 'aria-invalid="true"' in refused.body
    assert publish(place, filled(shown, **{"message.es": "Traigan su nota."})).status == 303
    with place.database.read() as connection:
        found = editions.messages(connection)
    assert [words["es"] for words in found.values()] == ["Traigan su nota."]


def test_a_look_at_silence_cannot_be_published_aloud(place: Place) -> None:
    """The seal of one is not that of the other."""
    move(place)
    form = filled(look(place, query={"silent": "1"}))
    del form["silent"]
    assert publish(place, form).status == 409
    assert in_force(place) == 1


def test_who_may_publish_for_one_region_publishes_what_concerns_it_alone(place: Place) -> None:
    """The workshop for Europe by Europe's publisher; and not by that of Asia and the Pacific, who is told why."""
    move(place)
    asia = person(DeskRole.PUBLISH, region="asia-pacifico")
    shown = look(place, person=asia)
    assert "Usted puede publicar para Asia Pacífico, y esto también afecta a Europa." in shown.body
    assert 'name="seal"' not in shown.body
    form = filled(look(place))
    with pytest.raises(BeyondRegion):
        publish(place, form, person=asia)
    assert in_force(place) == 1
    europe = person(DeskRole.PUBLISH, region="europa")
    assert publish(place, filled(look(place, person=europe)), person=europe).status == 303


def test_what_concerns_everybody_is_not_published_by_one_region(place: Place) -> None:
    """The name of an axis is everybody's."""
    edit(place, ('titulo: "Promoción"', 'titulo: "Difusión"'))
    europe = person(DeskRole.PUBLISH, region="europa")
    assert "afecta a todas las regiones" in look(place, person=europe).body


def test_files_with_problems_cannot_be_published(place: Place) -> None:
    """The screen says so at once and offers no button."""
    edit(place, ("dia: martes", "dia: lunes"))
    body = changes.changes(place, asked_by(now=LATER)).body
    assert "1 problema" in body
    assert "consequences" not in body


@pytest.mark.parametrize("screen", [changes.changes, changes.consequences, home.unpublished, events.listed])
def test_the_files_of_another_agenda_are_told_as_such(place: Place, screen: Callable[[Place, Asked], Answer]) -> None:
    """Another `agenda:` would change every UID: whatever compares the files with what is in force says so."""
    edit(place, ("agenda: prueba-2021", "agenda: otra"))
    with pytest.raises(ForeignFiles) as error:
        screen(place, asked_by(now=LATER))
    assert error.value.why["es"].startswith(
        "agenda.yaml es la agenda «otra», y esta base de datos publica «prueba-2021»"
    )


def test_two_editions_are_compared_by_meaning(place: Place) -> None:
    """From the earlier to the later, whichever way they were chosen."""
    move(place)
    publish(place, filled(look(place)))
    body = past.compared(place, asked_by(query={"a": "2", "b": "1"}, now=LATER, language="en")).body
    assert "From edition 1 to edition 2" in body
    assert "<ins>Tue 26 Oct 10:00–12:00 TCM</ins>" in body


def test_the_time_line_says_what_each_edition_changed(place: Place) -> None:
    """The latest first, with author and reason, as `agenda editions` does."""
    move(place)
    publish(place, filled(look(place)))
    body = past.listed(place, asked_by(now=LATER)).body
    assert body.index("Edición 2") < body.index("Edición 1")
    assert "MOVIDO Taller, Europa" in body
    assert "Motivo: El salón no está libre" in body


def test_an_edition_is_put_back_with_its_files(place: Place) -> None:
    """As a new edition; the draft holds its files, and what stood there is kept as a state."""
    before = (place.folder / AGENDA).read_bytes()
    move(place)
    publish(place, filled(look(place)))
    names = {"number": "1"}
    shown = past.back_consequences(place, asked_by(names=names, now=LATER, person=PUBLISHERS))
    form = filled(shown, files="1")
    answer = past.went_back(place, asked_by(names=names, now=LATER, person=PUBLISHERS, form=form))
    assert answer.location == "/desk/editions/3?done=1&files=agenda.yaml"
    assert (place.folder / AGENDA).read_bytes() == before
    assert in_force(place) == 3


def test_only_the_files_of_an_edition_are_put_into_the_draft(place: Place) -> None:
    """Nothing is published by that."""
    before = (place.folder / AGENDA).read_bytes()
    move(place)
    answer = past.files_put(place, asked_by(names={"number": "1"}, now=LATER, person=person(DeskRole.EDIT)))
    assert answer.location == "/desk/editions/1?put=1&files=agenda.yaml"
    assert ((place.folder / AGENDA).read_bytes(), in_force(place)) == (before, 1)


def test_a_file_that_the_edition_did_not_have_goes_and_is_kept(place: Place) -> None:
    """`festivos.csv` came later: it goes with the files of edition 1, and is among the earlier states."""
    days = place.folder / "festivos.csv"
    days.write_text("desde,hasta,donde,es,en,inhabil,fuente\n", encoding="utf-8")
    answer = past.files_put(place, asked_by(names={"number": "1"}, now=LATER, person=person(DeskRole.EDIT)))
    assert answer.location == "/desk/editions/1?put=1&files=festivos.csv"
    assert not days.exists()
    assert [bool(one.digest) for one in states(place.folder, LATER) if one.file == "festivos.csv"] == [False, True]


def test_a_workbook_that_holds_another_table_steps_aside_for_the_files_of_an_edition(place: Place) -> None:
    """It is kept beside them; one that holds the same table is left alone."""
    sites = place.folder / SITES
    text = sites.read_text(encoding="utf-8")
    book = place.folder / "representations.xlsx"
    sites.unlink()
    book.write_bytes(workbook(text))
    asked = asked_by(names={"number": "1"}, now=LATER, person=person(DeskRole.EDIT))
    past.files_put(place, asked)
    assert (book.exists(), sites.exists()) == (True, False)
    book.write_bytes(workbook(text.replace("Embajada de México en Japón", "Otra")))
    past.files_put(place, asked)
    assert (book.exists(), sites.read_text(encoding="utf-8")) == (False, text)
    assert (place.folder / "representations.xlsx.antes-de-1").exists()


def test_what_is_published_stands_in_the_audit_by_the_account(place: Place) -> None:
    """With the way it came by: the desk."""
    move(place)
    publish(place, filled(look(place)))
    with place.database.read() as connection:
        latest = list(rows(connection, AuditFilter(what=(What.PUBLISHED,))))[-1]
    assert (latest.who, latest.via, latest.subject) == ("ana", "desk", "2")


def test_who_edits_for_one_region_does_not_put_back_the_files_of_all(place: Place) -> None:
    """Its files are those of every region."""
    bound = person(DeskRole.EDIT, region="europa")
    with pytest.raises(past.AllRegions):
        past.files_put(place, asked_by(names={"number": "1"}, now=LATER, person=bound))


@pytest.mark.parametrize("number", ["0", "9", "x", "99999999999"])
def test_an_edition_that_is_not_there_is_told_as_such(place: Place, number: str) -> None:
    """No trace, and no number too long for a database."""
    with pytest.raises(NotThere):
        past.opened(place, asked_by(names={"number": number}, now=LATER))


def test_before_the_first_edition_the_screen_says_that_nobody_is_told(tmp_path: Path) -> None:
    """The shipped files in a new database: how many events come into force."""
    with small_place(tmp_path, published=False) as small:
        place = place_of(shipped_folder(tmp_path / "shipped"), str(small.settings.database_url))
        body = changes.changes(place, asked_by(now=LATER)).body
        place.database.close()
    assert "quedan vigentes 10 eventos" in body
