"""The page that a mail's yes, no and maybe lead to: it asks first, acts on a press, and can always be pressed again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from calendars.model.agenda import Agenda
from calendars.model.events import Audience, EventStatus
from scheduler.base.clock import SimulatedClock
from scheduler.base.tokens import Link, Tokens
from scheduler.planning.delivery import Purpose, State
from scheduler.store.posts import answers
from scheduler.store.posts.answers import PostAnswer, Reply
from scheduler.store.schema import deliveries
from scheduler.web.app import Site
from tests.support.factories import agenda, days, drive, event, text, timed
from tests.support.factories import site as place
from tests.support.ledger import START
from tests.support.webserver import POST, PUBLISHED, TOKENS, publish, serving, site_of, small_draft

WORKSHOP = event().id
PATH = f"/answer/{TOKENS.sign_answer(POST, WORKSHOP)}"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with site_of(tmp_path) as made:
        yield made


@pytest.fixture
async def client(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(site) as made:
        yield made


def said(site: Site) -> PostAnswer | None:
    with site.database.read() as connection:
        return answers.of(connection, POST, site.in_force.edition.revisions[WORKSHOP].uid)


def planned(site: Site) -> set[str]:
    """The events of which the post still gets reminders."""
    with site.database.read() as connection:
        found = select(deliveries.c.event).where(
            deliveries.c.state == State.PLANNED, deliveries.c.purpose == Purpose.REMINDER
        )
        return set(connection.execute(found).scalars())


def now_in_force(site: Site, content: Agenda, after: timedelta = timedelta(hours=1)) -> None:
    """Publish other content; the page shows it."""
    at = PUBLISHED + after
    assert isinstance(site.clock, SimulatedClock)
    site.clock.advance_to(at)
    site.put(publish(site.database, small_draft(content), at))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_following_a_link_records_nothing_as_scanners_follow_links(
    site: Site, client: httpx.AsyncClient, method: str
) -> None:
    answer = await client.request(method, f"{PATH}?r=no")
    assert answer.status_code == 200
    assert said(site) is None
    assert planned(site) == {WORKSHOP, "jornada-2022"}


async def test_the_page_names_the_masked_post_and_the_event_by_its_own_and_the_agendas_clock(
    client: httpx.AsyncClient,
) -> None:
    page = (await client.get(PATH)).text
    assert "Taller VMRE, Asia Pacífico" in page
    assert "viernes 22 de octubre de 2021" in page
    assert "08:00 h, hora de Tokio" in page
    assert "= jueves 21, 18:00 h, tiempo del centro de México (TCM)" in page
    assert "Sección Consular, Embajada de México en Japón" in page
    assert "c…@sedes.example" in page
    assert "consular.tokio" not in page
    assert "ninguna todavía" in page


async def test_own_answers_stand_on_the_manage_page_with_the_way_to_change_them(
    site: Site, client: httpx.AsyncClient
) -> None:
    """In both languages; before any answer there is no such heading."""
    token = site.tokens.sign(Link.LEAVE, POST)
    assert "Respuestas de este puesto" not in (await client.get(f"/manage/{token}")).text
    await client.post(PATH, data={"r": "no"})
    page = (await client.get(f"/manage/{token}")).text
    assert "Respuestas de este puesto" in page
    assert "Taller VMRE, Asia Pacífico: <strong>no asistirá</strong>" in page
    assert f'href="{PATH}"' in page
    english = (await client.get(f"/manage/{token}?lang=en")).text
    assert "<strong>it does not come</strong>" in english


async def test_what_the_link_said_stands_first_among_the_buttons(client: httpx.AsyncClient) -> None:
    page = (await client.get(f"{PATH}?r=maybe")).text
    assert page.index("Tal vez</button>") < page.index("Sí, asistiré</button>") < page.index("No asistiré</button>")


async def test_a_no_ends_the_reminders_of_that_event_alone_and_a_yes_brings_them_back(
    site: Site, client: httpx.AsyncClient
) -> None:
    no = await client.post(PATH, data={"r": "no"})
    assert no.status_code == 200
    assert "set-cookie" not in no.headers
    assert "no asistirá" in no.text
    assert "más recordatorios de este evento" in no.text
    assert "se le avisará de todos modos" in no.text
    assert planned(site) == {"jornada-2022"}
    yes = await client.post(PATH, data={"r": "yes"})
    assert "sí asistirá" in yes.text
    assert "recibirá los recordatorios que falten" in yes.text
    assert planned(site) == {WORKSHOP, "jornada-2022"}
    found = said(site)
    assert found is not None
    assert (found.reply, found.via, found.at) == (Reply.YES, "link", PUBLISHED)


async def test_a_no_holds_over_the_next_publication(site: Site, client: httpx.AsyncClient) -> None:
    await client.post(PATH, data={"r": "no"})
    now_in_force(site, agenda(events=(event(source="Otra nota"), drive())))
    assert planned(site) == {"jornada-2022"}


@pytest.mark.parametrize(
    ("hour", "mark", "remark"),
    [
        ("18:30", "; a otra hora)", "dentro del mismo día: su respuesta cuenta"),
        ("20:00", "; apartada)", "su respuesta no cuenta hasta que la repita"),
    ],
)
async def test_an_answer_from_before_a_move_is_shown_as_what_it_counts_for_and_asked_again(
    site: Site, client: httpx.AsyncClient, hour: str, mark: str, remark: str
) -> None:
    await client.post(PATH, data={"r": "yes"})
    now_in_force(site, agenda(events=(event(when=timed(f"2021-10-21 {hour}")),)))
    page = (await client.get(PATH)).text
    assert "sí asistirá" in page
    assert mark in page
    assert "antes de que el evento cambiara de hora" in page
    assert remark in page
    assert "cambiara de hora" not in (await client.post(PATH, data={"r": "yes"})).text


@pytest.mark.parametrize("body", [{}, {"r": "quizá"}, {"r": ""}, {"x": "yes"}])
async def test_a_form_that_says_nothing_changes_nothing(
    site: Site, client: httpx.AsyncClient, body: dict[str, str]
) -> None:
    answer = await client.post(f"{PATH}?r=yes", data=body)
    assert answer.status_code == 422
    assert "No entendimos la respuesta" in answer.text
    assert said(site) is None


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (agenda(events=(event(status=EventStatus.CANCELLED),)), "Este evento se canceló"),
        (agenda(events=(drive(),)), "Este evento se canceló"),  # gone from the file: withdrawn
        (agenda(events=(event(status=EventStatus.UNSCHEDULED, when=None, assumed=()),)), "ya no tiene fecha"),
        (agenda(events=(event(status=EventStatus.HELD),)), "Este evento ya pasó"),
        (agenda(events=(event(audience=Audience(kind="regions", ids=("europa",))),)), "no es para su sede"),
    ],
    ids=["cancelled", "withdrawn", "undated", "held", "not addressed"],
)
async def test_where_there_is_nothing_to_answer_the_page_says_so_and_offers_nothing(
    site: Site, client: httpx.AsyncClient, content: Agenda, says: str
) -> None:
    now_in_force(site, content)
    for answer in (await client.get(f"{PATH}?r=yes"), await client.post(PATH, data={"r": "yes"})):
        assert answer.status_code == 200
        assert says in answer.text
        assert "<form" not in answer.text
    assert said(site) is None


async def test_what_is_over_takes_no_answer(site: Site, client: httpx.AsyncClient) -> None:
    assert isinstance(site.clock, SimulatedClock)
    site.clock.advance_to(START + timedelta(hours=2))
    answer = await client.post(PATH, data={"r": "yes"})
    assert "Este evento ya pasó" in answer.text
    assert said(site) is None


async def test_a_post_that_is_no_longer_listed_says_nothing_more(site: Site, client: httpx.AsyncClient) -> None:
    site.put(publish(site.database, replace(small_draft(), recipients=()), PUBLISHED + timedelta(hours=1)))
    answer = await client.post(PATH, data={"r": "yes"})
    assert "Este puesto ya no está en la lista" in answer.text
    assert "Sección Consular" not in answer.text
    assert said(site) is None


async def test_a_post_without_reminders_is_promised_none(client: httpx.AsyncClient) -> None:
    await client.post(f"/leave/{TOKENS.sign(Link.LEAVE, POST)}")
    assert "no recibe recordatorios por ahora" in (await client.post(PATH, data={"r": "yes"})).text


@pytest.mark.parametrize(
    "token",
    ["", "x", TOKENS.sign_answer(POST, WORKSHOP)[:-1], Tokens(["foreign"]).sign_answer(POST, WORKSHOP)],
    ids=["none", "nonsense", "cut", "foreign"],
)
async def test_a_token_that_was_not_signed_here_opens_nothing(client: httpx.AsyncClient, token: str) -> None:
    for answer in (await client.get(f"/answer/{token}"), await client.post(f"/answer/{token}", data={"r": "no"})):
        assert answer.status_code == 404
        assert "No reconocemos este enlace" in answer.text


async def test_whole_days_are_told_as_days_in_the_readers_language(client: httpx.AsyncClient) -> None:
    page = (await client.get(f"/answer/{TOKENS.sign_answer(POST, 'jornada-2022')}?lang=en")).text
    assert "Will you come?" in page
    assert "1–7 February 2022" in page
    assert "TCM" not in page


async def test_an_event_that_is_nowhere_any_more_is_said_to_be_gone(site: Site, client: httpx.AsyncClient) -> None:
    page = (await client.get(f"/answer/{TOKENS.sign_answer(POST, 'nunca')}")).text
    assert "ya no está en la agenda" in page
    now_in_force(site, agenda(events=(event(when=days("2021-10-20", "2021-10-20")), drive())))
    assert "20 de octubre de 2021" in (await client.get(PATH)).text


# Other sessions

OTHER = "taller-europa-2021"


def with_other(wall: str = "2021-10-25 19:00", **changes: object) -> Agenda:
    """Tokyo's own at 08:00, which is partly outside its hours; Europe's, by default at 09:00 of the 26th there."""
    europe = event(
        OTHER,
        title=text("Taller VMRE, Europa", "Overseas voting workshop, Europe"),
        when=timed(wall),
        audience=Audience(kind="regions", ids=("europa",)),
    )
    places = (place(), place("madrid", region="europa", zone="Europe/Madrid", country_code="ES", city="Madrid"))
    events = (event(other_sessions=True), replace(europe, **changes), drive())  # type: ignore[arg-type]  # because each test names its own
    return agenda(representations=places, events=events)


async def test_other_sessions_are_offered_by_the_sites_clock_and_choosing_one_can_be_taken_back(
    site: Site, client: httpx.AsyncClient
) -> None:
    now_in_force(site, with_other())
    page = (await client.get(f"{PATH}?instead={OTHER}")).text
    assert "mar 26 oct, 09:00 h" in page
    assert "= lun 25 oct, 19:00 h TCM" in page
    assert said(site) is None
    chosen = await client.post(PATH, data={"r": "no", "instead": OTHER})
    assert "irá a la sesión de otra región: Taller VMRE, Europa" in chosen.text
    assert "martes 26 de octubre de 2021, 09:00 h, hora de Tokio" in chosen.text
    assert "Recibirá los recordatorios de esa sesión" in chosen.text
    assert planned(site) == {OTHER, "jornada-2022"}
    found = said(site)
    assert found is not None
    assert (found.reply, found.instead) == (Reply.NO, OTHER)
    back = await client.post(PATH, data={"r": "yes"})
    assert "sí asistirá" in back.text
    assert planned(site) == {WORKSHOP, "jornada-2022"}


async def test_who_says_no_is_offered_them_even_if_the_own_hour_is_good(site: Site, client: httpx.AsyncClient) -> None:
    content = with_other("2021-10-26 09:00")
    own = replace(content.events[0], when=timed("2021-10-20 20:00"))
    now_in_force(site, replace(content, events=(own, *content.events[1:])))
    assert "La sesión de otra región" not in (await client.get(PATH)).text
    no = (await client.post(PATH, data={"r": "no"})).text
    assert "La sesión de otra región" in no
    assert "fuera de su horario de trabajo, de noche" in no
    assert "Ninguna cae por completo en su horario de trabajo" in no


@pytest.mark.parametrize(
    "form", [{"r": "no", "instead": "nunca"}, {"r": "no", "instead": WORKSHOP}, {"r": "yes", "instead": OTHER}]
)
async def test_a_session_that_is_not_offered_cannot_be_chosen(
    site: Site, client: httpx.AsyncClient, form: dict[str, str]
) -> None:
    now_in_force(site, with_other())
    assert (await client.post(PATH, data=form)).status_code == 422
    assert said(site) is None


async def test_where_the_event_does_not_open_others_none_is_offered(site: Site, client: httpx.AsyncClient) -> None:
    content = with_other()
    now_in_force(site, replace(content, events=(event(), *content.events[1:])))
    assert "otra región" not in (await client.get(f"{PATH}?r=no&instead={OTHER}")).text
    assert (await client.post(PATH, data={"r": "no", "instead": OTHER})).status_code == 422


async def test_a_chosen_session_that_was_cancelled_is_said_to_be_so(site: Site, client: httpx.AsyncClient) -> None:
    now_in_force(site, with_other())
    await client.post(PATH, data={"r": "no", "instead": OTHER})
    now_in_force(site, with_other(status=EventStatus.CANCELLED), timedelta(hours=2))
    page = (await client.get(PATH)).text
    assert "Esa otra sesión ya no se celebra" in page
    assert planned(site) == {WORKSHOP, "jornada-2022"}


async def test_a_chosen_session_that_is_gone_for_good_is_a_plain_no(site: Site, client: httpx.AsyncClient) -> None:
    now_in_force(site, with_other())
    with site.database.write() as connection:
        uid = site.in_force.edition.revisions[WORKSHOP].uid
        gone = PostAnswer(
            recipient=POST, subject=uid, event=WORKSHOP, reply=Reply.NO, instead="nunca", via="link", at=PUBLISHED
        )
        answers.record(connection, gone)
    page = (await client.get(PATH)).text
    assert "no asistirá" in page
    assert "Taller VMRE, Europa" in page


async def test_the_hour_to_answer_for_is_the_one_that_was_promised_and_said_to_be_open_where_rules_changed(
    site: Site, client: httpx.AsyncClient
) -> None:
    assert "Hora local por confirmar" not in (await client.get(PATH)).text
    found = site.in_force
    was = found.edition.revisions[WORKSHOP]
    promised = replace(was, offsets={**was.offsets, "Asia/Tokyo": 8 * 3600})
    site.put(replace(found, edition=replace(found.edition, revisions={**found.edition.revisions, WORKSHOP: promised})))
    page = (await client.get(PATH)).text
    assert "07:00 h, hora de Tokio" in page
    assert "Hora local por confirmar: cambiaron reglas de horario." in page
