"""After publishing: the countdown to the first mail, and Undo, which says what is true and does it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from calendars.reading.files import AGENDA
from scheduler.drafts.history import digest_of
from scheduler.drafts.saving import save, states
from scheduler.publishing.undo import countdown
from scheduler.store import controls, editions
from scheduler.store.accounts.roles import DeskRole
from scheduler.store.database import Database
from scheduler.web.desk.asked import Answer
from scheduler.web.desk.place import Place
from scheduler.web.desk.screens import home
from scheduler.web.desk.screens.publishing import changes, past, undoing
from tests.support.changes import sent
from tests.support.desk import asked_by, person, place_of, publish, running, small_folder

WEEK_BEFORE = datetime(2021, 10, 19, 7, tzinfo=UTC)  # Tuesday, 09:00 in Madrid: P7D of the workshop on the 26th
FIRST = datetime(2021, 10, 4, 15, tzinfo=UTC)
PUBLISHED = datetime(2021, 10, 18, 8, tzinfo=UTC)  # Monday, 10:00 in Madrid
SETTLED = PUBLISHED + timedelta(minutes=10)
SOON = PUBLISHED + timedelta(minutes=3)


@pytest.fixture
def place(tmp_path: Path, database: Database, database_url: str) -> Iterator[Place]:
    """The small files in force."""
    found = place_of(small_folder(tmp_path / "config"), database_url)
    publish(database, found.folder, FIRST)
    yield found
    found.database.close()


def edit(place: Place, old: str, new: str, by: str = "Ana Prueba", at: datetime = PUBLISHED) -> None:
    before = (place.folder / AGENDA).read_bytes()
    assert old.encode() in before
    save(place.folder, AGENDA, before.replace(old.encode(), new.encode(), 1), expected=digest_of(before), at=at, by=by)


def move(place: Place, at: datetime = PUBLISHED, *, silent: bool = False, hour: str = "10:00") -> Answer:
    """The workshop for Europe to another hour, published at the desk."""
    edit(place, 'hora: "09:00"', f'hora: "{hour}"', at=at)
    query = {"silent": "1"} if silent else {}
    shown = changes.consequences(place, asked_by(now=at, query=query))
    form = {**hidden(shown), "reason": "El salón no está libre"}
    return changes.published(place, asked_by(now=at, form=form, person=person(DeskRole.PUBLISH)))


def hidden(answer: Answer) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', answer.body))


def undo(place: Place, at: datetime, *, files: bool = True, shown: Answer | None = None) -> Answer:
    form = hidden(shown or undoing.shown(place, asked_by(now=at)))
    if files:
        form["files"] = "1"
    return undoing.undone(place, asked_by(now=at, form=form, person=person(DeskRole.PUBLISH)))


async def test_undone_in_time_no_notice_leaves_and_the_draft_is_as_before(place: Place, database: Database) -> None:
    """The screen says so, and the mail server has no notice; the very bytes of the file are back."""
    before = (place.folder / AGENDA).read_bytes()
    move(place)
    body = undoing.shown(place, asked_by(now=SOON)).body
    assert "El primer correo sale el lun 18 oct, 03:10 h TCM" in body
    assert f'data-until="{SETTLED.isoformat()}"' in body
    assert "No se envía ningún aviso." in body
    assert "Los calendarios públicos muestran la edición 2 desde lun 18 oct, 03:00 h TCM" in body
    answer = undo(place, SOON)
    assert answer.location == "/desk/editions/3?undone=2&files=agenda.yaml"
    assert (place.folder / AGENDA).read_bytes() == before
    assert next(one.by for one in states(place.folder, SOON) if one.file == AGENDA) == "Ana Prueba"
    assert await sent(database, PUBLISHED, SETTLED + timedelta(hours=3)) == []


async def test_left_alone_the_notice_leaves_when_the_countdown_said(place: Place, database: Database) -> None:
    """Not a second before; and from then on there is nothing to undo here."""
    move(place)
    assert await sent(database, PUBLISHED, SETTLED - timedelta(seconds=1)) == []
    assert undoing.panel(place, asked_by(now=SETTLED - timedelta(seconds=1))) is not None
    [notice] = await sent(database, SETTLED, SETTLED + timedelta(seconds=1))
    assert str(notice["Subject"]).startswith("CAMBIO")
    over = undoing.shown(place, asked_by(now=SETTLED + timedelta(seconds=2)))
    assert "Ya salió un aviso de ella" in over.body
    assert undo(place, SETTLED + timedelta(seconds=2), shown=over).status == 409
    with place.database.read() as connection:
        assert editions.number_in_force(connection) == 2


async def test_who_got_a_reminder_with_the_new_hour_is_corrected_and_the_screen_says_so(
    place: Place, database: Database
) -> None:
    """Published silently an hour before the week's reminder: whoever got that one hears of the way back."""
    at = WEEK_BEFORE - timedelta(hours=1)
    move(place, at, silent=True)
    with place.database.read() as connection:
        found = countdown(connection)
    assert found is not None
    assert (found.until, found.reminders.mails > 0) == (WEEK_BEFORE, True)
    foretold = undoing.shown(place, asked_by(now=at)).body
    assert "a quien ya lo tenga cuando usted deshaga, se le corrige" in foretold
    assert "Todavía no ha salido nada" in foretold
    assert "by the time of the undoing is corrected" in undoing.shown(place, asked_by(now=at, language="en")).body
    assert len(await sent(database, at, WEEK_BEFORE + timedelta(minutes=1))) == 1
    later = WEEK_BEFORE + timedelta(minutes=2)
    body = undoing.shown(place, asked_by(now=later)).body
    assert "El siguiente correo por ella sale el" in body
    assert "1 persona recibe un aviso de ello." in body
    assert "Todavía no ha salido nada" not in body
    assert undo(place, later).status == 303
    [corrected] = await sent(database, later, later + timedelta(hours=1))
    assert "16:00 h (Madrid)" in str(corrected["Subject"])


async def test_what_the_screen_said_and_is_not_so_any_more_is_said_again(place: Place, database: Database) -> None:
    """A reminder left between the look and the button: nothing is undone before a person has seen that."""
    at = WEEK_BEFORE - timedelta(hours=1)
    move(place, at, silent=True)
    shown = undoing.shown(place, asked_by(now=at))
    await sent(database, at, WEEK_BEFORE + timedelta(minutes=1))
    answer = undo(place, WEEK_BEFORE + timedelta(minutes=2), shown=shown)
    assert answer.status == 409
    assert "Desde que lo miró salió o se publicó algo." in answer.body
    with place.database.read() as connection:
        assert editions.number_in_force(connection) == 2


def test_what_was_edited_since_stays_unless_it_is_ticked(place: Place) -> None:
    """Somebody went on editing: the screen says who, and their file is left alone."""
    move(place)
    edit(place, "titulo: Jornada", "titulo: Jornada nacional", by="Beto", at=SOON)
    body = undoing.shown(place, asked_by(now=SOON)).body
    assert "agenda.yaml: editados después de publicarla, por Beto" in body
    assert 'name="files" value="1" checked' not in body
    undo(place, SOON, files=False)
    assert "Jornada nacional" in (place.folder / AGENDA).read_text()


def test_home_and_the_time_line_lead_to_the_countdown_while_it_runs(place: Place) -> None:
    """It is found again later, without a script as well; and not once it is over."""
    assert "/desk/undo" not in home.today(place, asked_by(now=FIRST)).body
    move(place)
    assert 'href="/desk/undo"' in home.today(place, asked_by(now=SOON)).body
    assert 'href="/desk/undo"' in past.listed(place, asked_by(now=SOON)).body
    undo(place, SOON)
    assert "/desk/undo" not in home.today(place, asked_by(now=SOON)).body


def test_while_all_mail_is_stopped_nothing_counts_down(place: Place) -> None:
    """The moment has passed and nothing left: it can be undone still."""
    move(place)
    with place.database.write() as connection:
        controls.put(connection, controls.STOPPED, SOON.isoformat())
    body = undoing.shown(place, asked_by(now=SETTLED + timedelta(hours=2))).body
    assert "Todo el correo está detenido" in body
    assert "data-until" not in body


def test_the_first_edition_cannot_be_undone(place: Place) -> None:
    """There is none before it."""
    assert undoing.panel(place, asked_by(now=FIRST)) is None


async def test_the_form_wants_the_role_and_the_way_back_shows_on_the_edition(
    tmp_path: Path, database: Database
) -> None:
    """Over HTTP, by the screens' own forms: publish, see the countdown on the edition's page, undo."""
    folder = small_folder(tmp_path / "config")
    publish(database, folder, FIRST)
    path = folder / AGENDA
    path.write_text(path.read_text().replace('hora: "09:00"', 'hora: "10:00"'))
    async with running(folder, database, now=PUBLISHED) as desk:
        async with desk.client(DeskRole.SEE) as looks:
            assert (await looks.send("/desk/changes", {"reason": "x"})).status_code == 403
            assert (await looks.send("/desk/undo", {})).status_code == 403
        async with desk.client(DeskRole.PUBLISH) as acts:
            shown = (await acts.get("/desk/changes/consequences")).text
            form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', shown))
            page = await acts.send("/desk/changes", {**form, "reason": "El salón"}, on="/desk/changes/consequences")
            assert page.url.path == "/desk/editions/2"
            assert "El primer correo sale el lun 18 oct, 03:10 h TCM" in page.text
            form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text))
            undone = await acts.send("/desk/undo", {**form, "files": "1"}, on="/desk/undo")
            assert undone.url.path == "/desk/editions/3"
            assert "Deshecha." in undone.text
    assert 'hora: "09:00"' in path.read_text()
