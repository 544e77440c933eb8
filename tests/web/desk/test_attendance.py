"""Who came, at the desk: the file dropped, three columns, people assigned, recorded; by hand; taken back; by role."""

from __future__ import annotations

import html
import random
import re
import zlib
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from scheduler.base.refusal import Refusal
from scheduler.people.attendance.looking import GivenFile
from scheduler.people.attendance.sessions import NoSession
from scheduler.store.accounts.roles import DeskRole
from scheduler.store.audit import listing
from scheduler.store.audit.deeds import What
from scheduler.store.audit.listing import AuditFilter
from scheduler.web.desk.asked import Answer
from scheduler.web.desk.place import Place
from scheduler.web.desk.screens.operating import attendance
from scheduler.web.desk.screens.operating.dropping import Carried
from scheduler.web.desk.uploads import LARGEST
from scheduler.web.desk.visit import NotYours
from tests.support import attendance_files as made
from tests.support.attendance_files import Came
from tests.support.desk import DeskClient, RunningDesk, asked_by, person, running, small_place
from tests.support.recording import AFTER, PEOPLE, WORKSHOP, at, published, record, recorded, report

HERE = f"/desk/attendance/{WORKSHOP}"
NAMES = {"event": WORKSHOP}
EVERYTHING = (DeskRole.SEE, DeskRole.OPERATE)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with small_place(tmp_path) as found:
        yield found


@pytest.fixture
async def desk(place: Place) -> AsyncIterator[RunningDesk]:
    async with running(place.folder, place.database, now=AFTER) as found:
        yield found


async def send(client: DeskClient, path: str, fields: dict[str, str], body: bytes = b"") -> httpx.Response:
    """As a browser sends a form with a file."""
    token = re.search(r'name="csrf" value="([^"]+)"', (await client.get(HERE)).text)
    assert token is not None
    files = {"file": ("informe.csv" if body else "", body, "text/csv")}
    return await client.inner.post(path, data={"csrf": token[1], **fields}, files=files, follow_redirects=True)


def kept(page: httpx.Response) -> str:
    """The hidden field that holds what was dropped."""
    return page.text.partition('name="kept" value="')[2].partition('"')[0]


def bytes_below(folder: Path) -> bytes:
    """Of all files, the database's among them."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def field(answer: Answer) -> str:
    """The same, of a screen that was called."""
    return answer.body.partition('name="kept" value="')[2].partition('"')[0]


def columns(page: str) -> list[str]:
    """The three columns, as text."""
    body = page.partition('<div class="three">')[2].partition('<details class="another"')[0]
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", one)).split()) for one in body.split("<section>")[1:]]


async def test_a_file_is_dropped_assigned_and_recorded_by_forms_alone(desk: RunningDesk, place: Place) -> None:
    """Over HTTP, without a script: nothing is recorded before the button; then the figures, one row of the audit."""
    async with desk.client(*EVERYTHING) as client:
        seen = await send(client, HERE, {}, report())
        matched, unmatched, absent = columns(seen.text)
        assert "Madrid Ana Ejemplo 110 min · por el correo" in matched
        assert "Tokio Beto Muestra (Embajada Tokio) 30 min · por la sede en el nombre" in matched
        assert unmatched.startswith("Sin sede conocida 2 Escriba la sede")
        assert "Dora Breve 5 min · no cuenta" in unmatched
        assert absent == "Sin nadie 0 Sedes convocadas sin nadie presente. Ninguna: de cada una hubo alguien."
        assert "él mismo dice: 4 participantes" in seen.text
        assert recorded(place.database) is None
        again = await send(client, HERE, {"kept": kept(seen), "site:a:carla@otra.example": "Tokio (tokio)"})
        assert "Núñez, Carla 118 min · a mano" in columns(again.text)[0]
        done = await send(client, f"{HERE}/record", {"kept": kept(again)})
        assert done.url.path == HERE
        assert "Registrado." in done.text
        assert "Presentes 10 minutos o más: 3 personas de 2 sedes." in done.text
    found = recorded(place.database)
    assert found is not None
    assert (found.by_site, found.unmatched) == ({"madrid": 1, "tokio": 2}, 0)
    with place.database.read() as connection:
        rows = list(listing.rows(connection, AuditFilter(what=(What.ATTENDANCE_READ,))))
    assert [(row.via, row.details["n"]) for row in rows] == [("desk", 3)]


async def test_what_is_dropped_stays_nowhere_but_in_the_browser(desk: RunningDesk, tmp_path: Path) -> None:
    """Neither in the database, nor beside the files, nor anywhere else in the folder."""
    async with desk.client(*EVERYTHING) as client:
        seen = await send(client, HERE, {}, report())
        assert seen.headers["cache-control"] == "no-store"
    texts = ["otra.example", *(one.name for one in PEOPLE)]
    words = [word.encode(code) for word in texts for code in ("utf-8", "utf-16-le")]
    written = bytes_below(tmp_path)
    assert [word for word in words if word in written] == []


async def test_who_only_sees_gets_the_figures_and_no_form(desk: RunningDesk, place: Place) -> None:
    record(place.database, report())
    async with desk.client(DeskRole.SEE) as client:
        page = (await client.get(HERE)).text
        assert "Presentes 10 minutos o más: 2 personas de 2 sedes." in page
        assert "Además, 1 persona presente sin sede conocida:" in page
        assert 'type="file"' not in page
        assert (await client.send(f"{HERE}/word", {"do": "held"})).status_code == 403
        listed = (await client.get("/desk/attendance")).text
    assert re.search(r"Taller, Europa</a></th>\s*<td[^>]*>realizada</td>\s*<td[^>]*>1 / 1</td><td[^>]*>2</td>", listed)


def look(place: Place, content: bytes, form: Mapping[str, str] | None = None, **given: Any) -> Answer:
    """What the form with that file leads to, for somebody who operates everywhere."""
    files = {"file": ("lista.csv", content)} if content else {}
    return attendance.looked(place, asked_by(names=NAMES, now=AFTER, form=form, files=files, **given))


def word(place: Place, **form: str) -> Answer:
    return attendance.said(place, asked_by(names=NAMES, now=AFTER, form=form))


def test_what_the_file_leaves_open_is_asked_there(place: Place) -> None:
    """A list downloaded while people were there: each answer is a button, and carries the file along."""
    rows = [row for row in made.teams_1(PEOPLE) if row[1] != "Abandonó"]
    asks = look(place, made.by_teams(rows, clock="es"))
    assert "El archivo deja algo abierto" in asks.body
    assert 'name="answer-1" value="open=end"' in asks.body
    seen = look(place, b"", {"kept": field(asks), "answer-1": "open=end"})
    assert '<div class="three">' in seen.body
    assert recorded(place.database) is None


def test_a_second_file_is_added_to_the_first_before_both_are_recorded(place: Place) -> None:
    first = look(place, report(PEOPLE[:1]))
    both = look(place, report(PEOPLE[1:]), {"kept": field(first)})
    attendance.recorded(place, asked_by(names=NAMES, now=AFTER, form={"kept": field(both)}))
    found = recorded(place.database)
    assert found is not None
    assert (found.files, found.present, found.unmatched) == (2, 2, 1)
    again = look(place, report(PEOPLE[:1]))
    assert "Ya estaba registrado: no cambia nada." in again.body
    assert "/record" not in again.body


def test_a_site_that_there_is_not_is_said_and_nothing_is_lost(place: Place) -> None:
    """Neither by looking nor by the button that records."""
    seen = look(place, report())
    form = {"kept": field(seen), "site:a:carla@otra.example": "Tokyo del Sur"}
    for answer in (
        look(place, b"", form),
        attendance.recorded(place, asked_by(names=NAMES, now=AFTER, form=form)),
    ):
        assert answer.status == 422
        assert "No hay ninguna sede «Tokyo del Sur»: elija una de la lista." in answer.body
        assert field(answer)
    assert recorded(place.database) is None


@pytest.mark.parametrize("content", [b"\x00\x01\x02\x03" * 50, b"%PDF-1.7 ...", b""])
def test_what_is_no_attendance_is_refused_with_the_way_out(place: Place, content: bytes) -> None:
    answer = look(place, content)
    assert answer.status == 422
    assert 'role="alert"' in answer.body
    assert 'type="file"' in answer.body


@pytest.mark.parametrize("field", ["x", "YWJj", "eJwDAAAAAAE=", "=" * 50])
def test_a_field_that_was_tampered_with_says_so(place: Place, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        look(place, b"", {"kept": field})
    assert refused.value.lines("es") == ("Lo que se subió no volvió completo. Suba el archivo de nuevo.",)


def test_what_unpacks_to_too_much_is_refused(place: Place) -> None:
    """A few kilobytes of zeros are no file of a meeting."""
    large = Carried(files=(GivenFile(name="ceros.csv", content=bytes(9 * 1024 * 1024)),)).packed()
    assert len(large) < 64 * 1024
    with pytest.raises(Refusal):
        look(place, b"", {"kept": large})


async def test_a_file_is_called_by_its_name_and_an_empty_one_is_not_taken_for_none(desk: RunningDesk) -> None:
    """Names of files have accents; who chose an empty file is told that it is empty."""
    async with desk.client(*EVERYTHING) as client:
        token = re.search(r'name="csrf" value="([^"]+)"', (await client.get(HERE)).text)
        assert token is not None

        async def dropped(name: str, content: bytes) -> httpx.Response:
            files = {"file": (name, content, "text/csv")}
            return await client.inner.post(HERE, data={"csrf": token[1]}, files=files)

        assert "Reunión de José (núm. 2).csv: " in (await dropped("Reunión de José (núm. 2).csv", report())).text
        empty = await dropped("año.csv", b"")
        assert (empty.status_code, "año.csv:1:1: el archivo está vacío." in empty.text) == (422, True)
        assert "Elija primero el archivo" in (await dropped("", b"")).text


def test_what_could_not_come_back_is_refused_before_somebody_looks_at_it(place: Place) -> None:
    """A workbook is packed already: with pictures in it, it was shown, and then too large to be recorded."""
    noise = random.Random(1).randbytes(4_000_000)  # no secret
    with pytest.raises(Refusal) as refused:
        Carried(files=(GivenFile(name="libro.xlsx", content=noise),)).packed()
    assert refused.value.lines("es")[0].startswith(
        "Estos archivos no caben de un paso al siguiente: comprimidos tienen más de 3 MB."
    )
    assert "without pictures, or record it in the terminal" in refused.value.lines("en")[0]
    assert len(Carried(files=(GivenFile(name="libro.xlsx", content=noise[:3_000_000]),)).packed()) < LARGEST


def test_a_field_that_is_nested_without_end_says_so(place: Place) -> None:
    field = urlsafe_b64encode(zlib.compress(b"[" * 50_000)).decode()
    with pytest.raises(Refusal, match="did not come back whole"):
        look(place, b"", {"kept": field})


def test_who_ends_the_reason_with_enter_says_that_it_was_not_held(place: Place) -> None:
    """A browser presses the first button of a form: it said that the session took place."""
    page = attendance.shown(place, asked_by(names=NAMES, now=AFTER)).body
    (form,) = [one for one in page.split("<form")[1:] if 'name="reason"' in one]
    form = form.partition("</form>")[0]
    assert re.findall(r'name="do" value="([^"]+)"', form) == ["not-held"]
    assert re.findall(r"<button[^>]*>([^<]+)<", form) == ["No se realizó"]
    assert "required" in form.partition('name="reason"')[2].partition(">")[0]


def test_by_hand_held_and_taken_back(place: Place) -> None:
    """Each with what it says there; a mistake is said on the screen, which stays."""
    assert word(place, do="typed", site="Tokio (tokio)", n="4").location == f"{HERE}?saved=1"
    shown = attendance.shown(place, asked_by(names=NAMES, now=AFTER)).body
    assert "Presentes 10 minutos o más: 4 personas de 1 sede." in shown
    assert "Tokio: escrita a mano" in shown
    assert "«cuatro» no es un número de personas." in word(place, do="typed", site="tokio", n="cuatro").body
    assert "No hay ninguna sede «Lima»" in word(place, do="typed", site="Lima", n="4").body
    assert "hay asistencia registrada" in word(place, do="not-held", reason="Sin enlace").body
    assert word(place, do="forget", what="tokio").status == 303
    assert "diga por qué no se realizó" in word(place, do="not-held", reason="").body
    assert word(place, do="not-held", reason="Sin enlace").status == 303
    shown = attendance.shown(place, asked_by(names=NAMES, now=AFTER)).body
    assert "no realizada: Sin enlace" in shown
    assert 'type="file"' not in shown
    english = attendance.shown(place, asked_by(names=NAMES, now=AFTER, language="en")).body
    assert "not held: Sin enlace" in english


def test_a_role_of_a_region_records_its_sessions_alone(place: Place) -> None:
    """The workshop is Europe's: who operates Asia-Pacific may neither drop a file nor type a figure."""
    europe = person(*EVERYTHING, region="europa")
    assert look(place, report(), person=europe).status == 200
    asia = person(*EVERYTHING, region="asia-pacifico")
    with pytest.raises(NotYours):
        look(place, report(), person=asia)
    with pytest.raises(NotYours):
        attendance.said(place, asked_by(names=NAMES, now=AFTER, person=asia, form={"do": "held"}))
    record(place.database, report())
    shown = attendance.shown(place, asked_by(names=NAMES, now=AFTER, person=asia)).body
    assert "Tokio" in shown
    assert "Madrid" not in shown
    assert 'type="file"' not in shown


def test_a_session_that_has_not_begun_says_so_and_is_not_listed(place: Place) -> None:
    """Where its event leads to it; no file is taken of it, and of no event there is no screen."""
    ahead = attendance.shown(place, asked_by(names={"event": "jornada"}, now=AFTER))
    assert (ahead.status, "«jornada» no ha empezado: empieza el mar 1 feb 2022." in ahead.body) == (200, True)
    files = {"file": ("lista.csv", report())}
    with pytest.raises(NoSession):
        attendance.looked(place, asked_by(names={"event": "jornada"}, now=AFTER, files=files))
    with pytest.raises(NoSession):
        attendance.shown(place, asked_by(names={"event": "jornad"}, now=AFTER))
    listed = attendance.listed(place, asked_by(now=AFTER)).body
    assert "Taller, Europa" in listed
    assert "Jornada" not in listed
    assert "Ninguna sesión de la edición vigente ha empezado." in attendance.listed(place, asked_by()).body


def test_many_of_no_site_are_asked_about_a_part_at_a_time(place: Place) -> None:
    """So that their fields fit into one form."""
    crowd = [Came(name=f"Gente {n}", address=f"g{n}@otra.example", stays=(at(0, 60),)) for n in range(70)]
    body = look(place, report(crowd)).body
    assert body.count('name="site:a:g') == 60
    assert "Y 10 más: aparecen cuando estas personas tengan sede." in body


FOLLOWED = ("    para: {region: Europa}\n", "    para: {region: Europa}\n    seguimiento: sí\n")


@pytest.fixture
def followed(tmp_path: Path) -> Iterator[Place]:
    """The workshop has a follow-up; Madrid is the one site that it is for."""
    with small_place(tmp_path, published=False) as found:
        published(found.database, found.folder, FOLLOWED)
        yield found


async def test_what_follows_is_said_before_the_button_and_told_of_afterwards(followed: Place) -> None:
    """It waits; the file's look says whom recording it thanks; then it says when the first leaves."""
    async with running(followed.folder, followed.database, now=AFTER) as desk, desk.client(*EVERYTHING) as client:
        first = (await client.get(HERE)).text
        assert "Seguimiento: espera a que se registre quién asistió; a partir del mar 9 nov, 10:00 h TCM" in first
        assert "Seguimiento: con la primera cifra queda 1 correo por salir, uno por puesto" in first
        seen = await send(client, HERE, {}, report())
        owes = "Seguimiento: registrar esto deja 1 correo por salir: 1 agradece la asistencia y 0 preguntan"
        assert owes in seen.text
        done = await send(client, f"{HERE}/record", {"kept": kept(seen)})
        assert "Seguimiento: 1 correo por salir; el primero, jue 28 oct" in done.text
        assert "con la primera cifra" not in done.text
        await client.send(f"{HERE}/word", {"do": "typed", "site": "Madrid (madrid)", "n": "0"})
        assert "Seguimiento: 1 correo por salir" in (await client.get(HERE)).text
