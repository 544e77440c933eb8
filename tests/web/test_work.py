"""/agenda: what was agreed, and axis by axis what has come of it; nothing that the source does not say."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest

from calendars.model.agenda import Advance, Agenda, Axis, Commitment, CommitmentState, Figure
from calendars.model.events import EventStatus
from calendars.model.text import Language
from calendars.reading.configuration import read
from calendars.reading.files import AGENDA
from scheduler.base.clock import SimulatedClock
from scheduler.people.attendance.recording import Recorder
from scheduler.publishing.prospect import Act
from scheduler.publishing.publish import publish_draft
from scheduler.serving import Serving, serve_until
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.web.app import Site
from scheduler.web.http.server import bind
from scheduler.wording.work.by_axis import by_axis
from scheduler.wording.work.lines import figure_words
from tests.support import factories
from tests.support.shipped import shipped_draft, shipped_edition, shipped_files
from tests.support.webserver import PUBLISHED, TOKENS, publish, serving, site_of, small_draft

NOW = datetime(2021, 10, 18, 17, tzinfo=UTC)
AFTER = datetime(2021, 11, 2, 17, tzinfo=UTC)  # all workshops are over
PROMOTION = Axis(id="promocion", title=factories.text("Promoción", "Promotion"), source="Nota 04/2021")
DUTY = Commitment(
    id="compromiso-04-2021",
    title=factories.text("Establecer una agenda", "Set up an agenda"),
    session=factories.text("Segunda Sesión", "Second session"),
    date=date(2021, 9, 28),
    report=None,
    source="Nota 04/2021",
    responsible=factories.text("Unidad Técnica", "Technical unit"),
    state=CommitmentState.UNDER_WAY,
)
LEAFLETS = Advance(
    id="dipticos",
    title=factories.text("Dípticos"),
    axis="promocion",
    figures=(),
    source="Oficio",
    date=date(2021, 10, 15),
)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with site_of(tmp_path, shipped_draft(), now=NOW) as made:
        yield made


@pytest.fixture
async def client(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(site) as made:
        yield made


def section(page: str, which: str) -> str:
    """One axis, by its anchor; «unassigned» for what has none."""
    found = re.search(
        rf'<section class="axis-of-work" id="{which}">.*?(?=<section class="axis-of-work"|</main>)', page, re.DOTALL
    )
    assert found is not None
    return found[0]


def group(part: str, heading: str) -> str:
    found = re.search(rf"<h3>{re.escape(heading)}.*?</section>", part, re.DOTALL)
    assert found is not None, heading
    return found[0]


def edited(site: Site, *edits: tuple[str, str]) -> None:
    """agenda.yaml with pieces of it replaced, published and shown."""
    text = shipped_files()[AGENDA].decode()
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    reading = read({**shipped_files(), AGENDA: text.encode()})
    assert reading.draft is not None, reading.problems
    publish_draft(site.database, reading.draft, Act(at=NOW, author="Ana", reason="Motivo"), confirmed=True)
    with site.database.read() as connection:
        found = editions.load(connection)
    assert found is not None
    site.put(found)


async def shown(folder: Path, content: Agenda, path: str = "/agenda", now: datetime = NOW) -> str:
    with site_of(folder, small_draft(content), now=now) as made:
        async with serving(made) as browser:
            return (await browser.get(path)).text


async def test_every_row_of_the_note_has_its_place(client: httpx.AsyncClient) -> None:
    """Commitment, session, date, duty to report; axes, advances, meetings, workshops, drive and the open items."""
    answer = await client.get("/agenda")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"
    page = answer.text
    head = page.partition('class="axis-of-work"')[0]
    for said in (
        "Compromiso 04/2021",
        "Establecer una agenda de trabajo con la Secretaría de Relaciones Exteriores (SRE)",
        "Segunda Sesión Extraordinaria",
        "martes 28 de septiembre de 2021",
        "A la COVE, a través de los informes correspondientes",
        "Nota 04/2021",
    ):
        assert said in head
    axes = re.findall(r'<span class="ordinal">(Eje \d)</span> (.*?)</h2>', page)
    assert axes == [
        ("Eje 1", "Operación de la credencialización en el extranjero"),
        ("Eje 2", "Modalidades para la implementación del VMRE"),
        ("Eje 3", "Promoción de la credencialización en el extranjero y el VMRE"),
    ]
    rest = section(page, "unassigned")
    done = group(rest, "Hecho")
    for said in (
        "Sistema de Registro",
        "dípticos sobre credencialización",
        "materiales digitales",
        "comenzó a impartir",
    ):
        assert said in done
    assert "cerca de 275 mil dípticos" in done
    assert "145 sedes consulares" in done
    assert done.count("/events/reunion-2021-10-") == 2
    coming = group(rest, "Sigue")
    assert coming.count("/events/taller-") == 5
    assert "del 1 al 7 de febrero de 2022" in coming
    assert "Fechas supuestas, por confirmar." in coming
    open_items = group(rest, "Sin fecha todavía")
    assert "Participación de la SRE en los Grupos de Trabajo del INE" in open_items
    assert "conversatorios virtuales" in open_items


async def test_what_the_note_does_not_say_is_marked_so(client: httpx.AsyncClient) -> None:
    page = (await client.get("/agenda")).text
    for label, open_ in (("Responsable", "sin asignar"), ("Estado", "por confirmar")):
        assert f'<dt>{label}</dt><dd><span class="mark">{open_}</span></dd>' in page
    assert group(section(page, "unassigned"), "Hecho").count('<p><span class="mark">sin fecha</span></p>') == 4
    for number in (1, 2, 3):
        assert "Todavía no se asigna nada a este eje." in section(page, f"axis-{number}")
    assert page.count("<li>") == page.count('<p class="origin">Fuente: Nota 04/2021</p>') - 3, (
        "each item, and each axis"
    )


async def test_it_is_said_in_english_too(client: httpx.AsyncClient) -> None:
    page = (await client.get("/agenda?lang=en")).text
    rest = section(page, "unassigned")
    for heading in ("Done", "Next", "No date yet"):
        group(rest, heading)
    for said in ("Commitment 04/2021", "unassigned", "to be confirmed", "about 275 thousand leaflets", "no date"):
        assert said in page
    assert "Source: Nota 04/2021" in rest


async def test_an_axis_is_assigned_by_one_edit(site: Site, client: httpx.AsyncClient) -> None:
    """Of an advance and of an event: it stands under its axis, and no longer among the unassigned."""
    advance = 'on registering to vote from abroad were sent to the consular sites"\n    eje: '
    event = "    tipo: jornada\n    eje: "
    edited(site, (f"{advance}sin asignar", f"{advance}promocion"), (f"{event}sin asignar", f"{event}promocion"))
    page = (await client.get("/agenda")).text
    axis, rest = section(page, "axis-3"), section(page, "unassigned")
    assert "cerca de 275 mil dípticos" in group(axis, "Hecho")
    assert "/events/jornada-credencializacion-2022" in group(axis, "Sigue")
    assert "Nada por ahora." in group(axis, "Sin fecha todavía")
    assert "dípticos" not in rest
    assert "jornada-credencializacion-2022" not in rest


async def test_what_has_no_date_becomes_an_event_by_one_edit(site: Site, client: httpx.AsyncClient) -> None:
    """Its status and date are written: the page shows it as coming, and so does its own page."""
    place = """    tipo: conversatorio
    eje: sin asignar
    estado: """
    edited(
        site, (f"{place}sin fecha", f'{place}tentativo\n    fecha: 2021-11-20\n    hora: "11:00"\n    duracion: 1 h')
    )
    page = (await client.get("/agenda")).text
    rest = section(page, "unassigned")
    assert "sábado 20 de noviembre de 2021" in group(rest, "Sigue")
    assert "conversatorios-virtuales" not in group(rest, "Sin fecha todavía")
    assert "11:00 h TCM" in (await client.get("/events/conversatorios-virtuales")).text


async def test_what_is_said_later_is_shown(tmp_path: Path) -> None:
    """Responsible, state, the date of an advance."""
    content = factories.agenda(axes=(PROMOTION,), commitments=(DUTY,), advances=(LEAFLETS,))
    page = await shown(tmp_path, content)
    assert "<dd>Unidad Técnica</dd>" in page
    assert "<dd>en curso</dd>" in page
    assert "viernes 15 de octubre de 2021" in group(section(page, "axis-1"), "Hecho")
    assert '<dt>Cómo se informa</dt><dd><span class="mark">por confirmar</span></dd>' in page
    for state, word in ((CommitmentState.FULFILLED, "cumplido"), (CommitmentState.PENDING, "pendiente")):
        other = replace(content, commitments=(replace(DUTY, id="otro", state=state),))
        folder = tmp_path / word
        folder.mkdir()
        page = await shown(folder, other)
        assert f"<dd>{word}</dd>" in page
        assert "Compromiso otro" in page


async def test_an_hour_that_passes_holds_no_session(tmp_path: Path) -> None:
    """What is over stands apart until somebody marks it as held; what is cancelled is neither done nor coming."""
    over = factories.event(axis="promocion")
    off = factories.event("otro", status=EventStatus.CANCELLED, reason=factories.text("se aplaza"), axis="promocion")
    page = await shown(tmp_path, factories.agenda(axes=(PROMOTION,), events=(over, off)), now=AFTER)
    axis = section(page, "axis-1")
    assert "Nada por ahora." in group(axis, "Hecho")
    assert "/events/taller-asia-pacifico-2021" in group(axis, "Ya pasó; por confirmar que se realizó")
    assert "/events/otro" in group(axis, "Cancelados")
    assert 'id="unassigned"' not in page, "nothing is left over"


WORKSHOP = "taller-asia-pacifico-2021"
PAST = {
    "es": ("Ya pasó; por confirmar que se realizó", "Hecho", "No realizados"),
    "en": ("Past, to be confirmed that it was held", "Done", "Not held"),
}


def recorder(database: Database) -> Recorder:
    return Recorder(database=database, who="cuenta", by="Ana Prueba", now=AFTER)


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("status", [EventStatus.TENTATIVE, EventStatus.CONFIRMED, EventStatus.HELD])
async def test_a_session_was_held_or_not_as_its_attendance_says(
    tmp_path: Path, status: EventStatus, language: Language
) -> None:
    """Whatever its status in the files is: somebody came; nobody did, and somebody says so; it was after all."""
    draft = small_draft(factories.agenda(axes=(PROMOTION,), events=(factories.event(axis="promocion", status=status),)))
    open_, done, unheld = PAST[language]
    with site_of(tmp_path, draft, now=AFTER) as made:

        async def standing(browser: httpx.AsyncClient) -> tuple[str, str]:
            made.learn_attendance()
            axis = section((await browser.get(f"/agenda?lang={language}")).text, "axis-1")
            [heading] = [one for one in (open_, done, unheld) if one in axis and WORKSHOP in group(axis, one)]
            return heading, group(axis, heading)

        async with serving(made) as browser:
            first = done if status is EventStatus.HELD else open_
            assert (await standing(browser))[0] == first
            recorder(made.database).mark(WORKSHOP, held=False, reason="sin enlace")
            heading, said = await standing(browser)
            assert heading == unheld
            assert "hace" not in said
            assert "ago" not in said
            assert 'class="mark"' not in said, "neither its status in the files"
            recorder(made.database).mark(WORKSHOP, held=True, reason="")
            heading, said = await standing(browser)
            assert heading == done
            assert f'<span class="mark">{"realizado" if language == "es" else "held"}</span>' in said


PAGES = (
    f"/events/{WORKSHOP}",
    "/",
    "/sites/tokio",
    "/regions/asia-pacifico",
    "/calendar?view=list",
    "/calendar?view=list&site=tokio",
    "/calendar?month=2021-10",
    "/calendar?month=2021-10&site=tokio",
)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["es", "en"])
async def test_every_other_page_of_the_event_says_the_same(tmp_path: Path, language: Language, path: str) -> None:
    """And not how long ago it ended, of what did not begin."""
    draft = small_draft(factories.agenda(events=(factories.event(status=EventStatus.HELD),)))
    with site_of(tmp_path, draft, now=AFTER) as made:
        async with serving(made) as browser:
            address = f"{path}{'&' if '?' in path else '?'}lang={language}"
            held, unheld = ("realizado", "no realizado") if language == "es" else ("held", "not held")
            ago = 'class="until"'
            first = (await browser.get(address)).text
            assert (f'<span class="mark">{held}</span>' in first, ago in first) == (True, True)
            recorder(made.database).mark(WORKSHOP, held=False, reason="sin enlace")
            made.learn_attendance()
            page = (await browser.get(address)).text
            assert (f'<span class="mark">{unheld}</span>' in page, ago in page) == (True, False)
            assert "sin enlace" not in page, "the reason is not for everybody"


async def test_somebody_who_came_makes_it_done_and_taken_back_it_is_open_again(tmp_path: Path) -> None:
    content = factories.agenda(axes=(PROMOTION,), events=(factories.event(axis="promocion"),))
    with site_of(tmp_path, small_draft(content), now=AFTER) as made:
        recorder(made.database).typed(WORKSHOP, {"tokio": 3})
        made.learn_attendance()
        async with serving(made) as browser:
            assert WORKSHOP in group(section((await browser.get("/agenda")).text, "axis-1"), PAST["es"][1])
            recorder(made.database).forget(WORKSHOP, "tokio")
            made.learn_attendance()
            assert WORKSHOP in group(section((await browser.get("/agenda")).text, "axis-1"), PAST["es"][0])


async def _until_under(browser: httpx.AsyncClient, heading: str) -> None:
    """Ask for the page until the workshop stands under that heading."""
    while f"<h3>{heading}" not in (page := (await browser.get("/agenda")).text) or WORKSHOP not in group(page, heading):
        pass


@pytest.mark.conformance
async def test_what_another_process_records_is_shown_by_the_service_that_runs(
    database: Database, database_url: str
) -> None:
    """The page that is kept goes within its minute, as with `agenda attendance` while `agenda serve` runs."""
    found = publish(database, small_draft(factories.agenda(events=(factories.event(),))), PUBLISHED)
    listener, stopped = bind("127.0.0.1", 0), asyncio.Event()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    site = Site(database=database, tokens=TOKENS, base_url=url, in_force=found, clock=SimulatedClock(AFTER))
    parts = Serving(database=database, site=site, listener=listener, sending=None)
    running = asyncio.create_task(serve_until(parts, stopped))
    other = Database(database_url, tokens=TOKENS)
    try:
        async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=60) as browser, asyncio.timeout(60):
            open_, done, unheld = PAST["es"]
            await _until_under(browser, open_)
            await asyncio.to_thread(recorder(other).mark, WORKSHOP, held=False, reason="sin enlace")
            await _until_under(browser, unheld)
            await asyncio.to_thread(recorder(other).mark, WORKSHOP, held=True, reason="")
            await _until_under(browser, done)
    finally:
        other.close()
        stopped.set()
        await running


async def test_an_agenda_without_axes_commitments_or_progress_has_no_link_to_the_page(tmp_path: Path) -> None:
    """It would say less than the calendar; the address answers all the same."""
    with site_of(tmp_path, small_draft(factories.agenda(events=())), now=NOW) as made:
        async with serving(made) as browser:
            assert 'href="/agenda"' not in (await browser.get("/")).text
            assert "Todavía no hay nada que mostrar." in (await browser.get("/agenda")).text


async def test_the_first_page_leads_there(client: httpx.AsyncClient) -> None:
    for language, words in (
        ("es", "Compromisos y avances, eje por eje"),
        ("en", "Commitments and progress, axis by axis"),
    ):
        assert words in (await client.get("/", headers={"Accept-Language": language})).text


@pytest.mark.parametrize(
    ("value", "approximate", "es", "en"),
    [
        (275_000, True, "cerca de 275 mil sedes", "about 275 thousand sedes"),
        (275_000, False, "275,000 sedes", "275,000 sedes"),
        (275_500, True, "cerca de 275,500 sedes", "about 275,500 sedes"),
        (9_000, True, "cerca de 9,000 sedes", "about 9,000 sedes"),
        (1_000_000, True, "cerca de 1,000,000 sedes", "about 1,000,000 sedes"),
        (145, False, "145 sedes", "145 sedes"),
    ],
)
def test_a_round_guess_is_said_in_thousands(value: int, approximate: bool, es: str, en: str) -> None:
    """As the note says it: «cerca de 275 mil». A figure that was counted is written out."""
    figure = Figure(value=value, unit=factories.text("sedes"), approximate=approximate)
    assert (figure_words(figure, "es"), figure_words(figure, "en")) == (es, en)


@pytest.mark.parametrize("now", [NOW, AFTER, datetime(2023, 1, 1, tzinfo=UTC)])
def test_everything_stands_in_one_place_alone(now: datetime) -> None:
    """Each event and each advance, whatever the time; but what left the feeds long after its cancellation."""
    edition = shipped_edition()
    found = by_axis(edition, {"taller-europa-2021": True, "taller-america-del-norte-2021": False}, now)
    events = [
        one.id
        for axis in found
        for part in (axis.done, axis.past, axis.unheld, axis.next, axis.undated, axis.cancelled)
        for one in part
    ]
    assert sorted(events) == sorted(one.id for one in edition.agenda.events)
    assert [one for axis in found for one in axis.advances] == list(edition.agenda.advances)
