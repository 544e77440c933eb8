"""The roster from Excel: taken down, changed, dropped, compared by name and line, and put into the draft alone."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from calendars.reading.files import POSTS
from scheduler.base.refusal import Refusal
from scheduler.drafts.roster import rows_of
from scheduler.drafts.workbooks.sheets import sheet_table
from scheduler.drafts.workbooks.writing import workbook_of
from scheduler.store.accounts.roles import DeskRole
from scheduler.store.posts import roster as posts
from scheduler.web.desk.asked import Asked
from scheduler.web.desk.place import Place
from scheduler.web.desk.screens.operating import roster
from scheduler.web.desk.visit import NotYours
from tests.support.desk import NOW, asked_by, person, publish, small_place

EDITOR = person(DeskRole.EDIT)
CHANGED = """\
id,sede,correo,idioma,puesto,alta
madrid-consular,madrid,nueva@sedes.example,en,Sección Consular,2021-10-01
madrid-dos,madrid,dos@sedes.example,es,Segunda,2021-10-04
"""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with small_place(tmp_path) as found:
        yield found


def drop(name: str, content: bytes, **given: object) -> Asked:
    return asked_by(person=EDITOR, files={"list": (name, content)}, **given)  # type: ignore[arg-type]  # a test's own


def digest(place: Place) -> str:
    """What the form of the comparison brings."""
    body = roster.seen(place, asked_by(person=EDITOR)).body
    return body.partition('name="digest" value="')[2].partition('"')[0]


def apply(place: Place) -> None:
    roster.applied(place, asked_by(person=EDITOR, form={"digest": digest(place)}))


def test_the_present_list_is_taken_down_as_a_workbook_that_reads_the_same(place: Place) -> None:
    """Down and dropped again without a change: it is the list that is there already."""
    answer = roster.taken(place, asked_by(person=EDITOR))
    assert answer.name == "recipients.xlsx"
    assert answer.file is not None
    sheet = openpyxl.load_workbook(io.BytesIO(answer.file)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == ["id", "sede", "correo", "idioma", "puesto", "alta"]
    assert sheet["F2"].is_date
    roster.received(place, drop("recipients.xlsx", answer.file))
    assert "Es la lista que ya está" in roster.seen(place, asked_by(person=EDITOR)).body


def test_a_text_that_begins_like_a_formula_stays_a_text() -> None:
    """Whatever somebody signed up as, Excel computes nothing of it."""
    row = {
        "id": "uno",
        "sede": "madrid",
        "correo": "a@b.example",
        "idioma": "es",
        "puesto": "=1+1",
        "alta": "2021-10-01",
    }
    book = workbook_of(POSTS, [row])
    sheet = openpyxl.load_workbook(io.BytesIO(book)).active
    assert sheet is not None
    assert (sheet["E2"].value, sheet["E2"].data_type) == ("=1+1", "s")
    found = sheet_table(book, file="recipients.xlsx", table=POSTS)
    assert found.body is not None
    assert rows_of(found.body) == [row]


@pytest.mark.parametrize("name", ["recipients.csv", "recipients.xlsx"])
def test_a_dropped_list_is_compared_by_name_and_line_and_applied_to_the_draft_alone(place: Place, name: str) -> None:
    """Who leaves, who is another and how, who is new; the file is written after a second step, the database never."""
    content = CHANGED.encode() if name.endswith("csv") else workbook_of(POSTS, rows_of(CHANGED.encode()))
    before = (place.folder / POSTS).read_bytes()
    assert roster.received(place, drop(name, content)).location == "/desk/roster/compare"
    body = roster.seen(place, asked_by(person=EDITOR)).body
    leaving, changed, added = (body.index(word) for word in (">Salen ", ">Cambian ", ">Entran "))
    assert (
        leaving
        < body.index("tokio-consular")
        < changed
        < body.index("madrid-consular")
        < added
        < body.index("madrid-dos")
    )
    assert "correo, idioma" in body
    assert 'data-label="Renglón">3<' in body
    assert "nueva@sedes.example" not in body
    assert (place.folder / POSTS).read_bytes() == before
    apply(place)
    draft = place.draft()
    assert draft is not None
    assert {one.id: one.address for one in draft.recipients} == {
        "madrid-consular": "nueva@sedes.example", "madrid-dos": "dos@sedes.example",
    }  # fmt: skip
    with place.database.read() as connection:
        assert posts.posts_of_the_file(connection) == ["madrid-consular", "tokio-consular"]
    publish(place.database, place.folder, at=NOW.replace(day=5))
    with place.database.read() as connection:
        assert posts.posts_of_the_file(connection) == ["madrid-consular", "madrid-dos"]


def test_problems_are_named_by_line_or_by_sheet_and_nothing_can_be_applied(place: Place) -> None:
    """A site that there is not: in the words of `agenda check`, where it stands."""
    before = (place.folder / POSTS).read_bytes()
    wrong = CHANGED.replace("madrid-dos,madrid", "madrid-dos,marte").encode()
    roster.received(place, drop("lista.csv", wrong))
    body = roster.seen(place, asked_by(person=EDITOR)).body
    assert "renglón 3: " in body
    assert "marte" in body
    assert "Ponerla en el borrador" not in body
    roster.received(place, drop("lista.xlsx", workbook_of(POSTS, rows_of(wrong))))
    assert "hoja «recipients», renglón 3" in roster.seen(place, asked_by(person=EDITOR)).body
    assert roster.applied(place, asked_by(person=EDITOR)).location == "/desk/roster/compare"
    assert (place.folder / POSTS).read_bytes() == before


def test_what_is_no_list_is_refused(place: Place) -> None:
    """Neither a picture nor nothing at all."""
    for name, content, says in (("foto.png", b"\x89PNG", "no es ni un libro"), ("", b"", "Elija primero el archivo")):
        with pytest.raises(Refusal) as refused:
            roster.received(place, drop(name, content))
        assert says in refused.value.lines("es")[0]


def test_a_list_that_changed_meanwhile_is_not_written_over(place: Place) -> None:
    """Between the comparison and the button somebody saved another: both are kept."""
    roster.received(place, drop("lista.csv", CHANGED.encode()))
    seen = digest(place)
    more = (place.folder / POSTS).read_bytes() + b"madrid-tres,madrid,tres@sedes.example,es,Otra,2021-10-01\n"
    (place.folder / POSTS).write_bytes(more)
    with pytest.raises(Refusal):
        roster.applied(place, asked_by(person=EDITOR, form={"digest": seen}))
    assert (place.folder / POSTS).read_bytes() == more


def test_who_edits_a_region_changes_and_takes_down_its_posts_alone(place: Place) -> None:
    """Down it has Madrid's; dropped so, Tokyo's stay as they are; with another address there, it is refused."""
    europe = person(DeskRole.EDIT, region="europa")
    taken = roster.taken(place, asked_by(person=europe)).file
    assert taken is not None
    found = sheet_table(taken, file="recipients.xlsx", table=POSTS)
    assert found.body is not None
    assert [row["sede"] for row in rows_of(found.body)] == ["madrid"]
    own = CHANGED.encode()  # it lacks Tokyo's, as what was taken down does
    roster.received(place, asked_by(person=europe, files={"list": ("lista.csv", own)}))
    seen = roster.seen(place, asked_by(person=europe)).body
    assert "tokio" not in seen
    roster.applied(place, asked_by(person=europe, form={"digest": seen.partition('name="digest" value="')[2][:32]}))
    draft = place.draft()
    assert draft is not None
    assert {one.id for one in draft.recipients} == {"madrid-consular", "madrid-dos", "tokio-consular"}
    others = own + b"tokio-consular,tokio,otra@sedes.example,es,Consular,2021-10-01\n"
    roster.received(place, asked_by(person=europe, files={"list": ("lista.csv", others)}))
    with pytest.raises(NotYours):
        roster.applied(place, asked_by(person=europe, form={"digest": "x"}))


def test_a_dropped_list_waits_and_can_be_given_up(place: Place) -> None:
    """Closing the browser loses nothing; giving it up leaves no copy of it."""
    roster.received(place, drop("lista.csv", CHANGED.encode()))
    assert "«lista.csv» espera aquí desde" in roster.shown(place, asked_by(person=EDITOR)).body
    roster.forgotten(place, asked_by(person=EDITOR))
    assert "espera aquí" not in roster.shown(place, asked_by(person=EDITOR)).body
    with pytest.raises(Refusal):
        roster.seen(place, asked_by(person=EDITOR))
