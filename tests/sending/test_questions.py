"""One mail to those who have not said whether they come: whom it asks, when it leaves, and that none is asked twice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from calendars.model.events import EventStatus
from calendars.model.people import Recipient
from scheduler.mail.compose import Composer
from scheduler.planning.delivery import Purpose, State
from scheduler.publishing.asking import NothingToAsk, OthersMeanwhile, Silence, Spared, ask, owe, silence
from scheduler.sending.foresight import foreseen
from scheduler.sending.letters import Letters
from scheduler.store.database import Database
from scheduler.store.ledger import states, wishes
from scheduler.store.posts.answers import Reply
from scheduler.store.schema import deliveries
from tests.support.answering import event_start, say
from tests.support.campaign import BASE, TOKENS, Campaign, ids
from tests.support.changes import MONDAY, change, sent, unwrapped, with_event, words
from tests.support.coverage import COORDINATION, SUPLENTE
from tests.support.factories import drive, event, text, timed
from tests.support.inviting import INVITATIONS, calendar_of, choose, run
from tests.support.ledger import DAY_BEFORE, PUBLISHED, START, draft, post, put
from tests.support.smtpd import scripted

KEY = event().id
ENGLISH = replace(post("dos"), language="en")
BEGUN = MONDAY - timedelta(hours=1)  # no reminder is due before Thursday
EVENING = MONDAY + timedelta(hours=11)  # 21:00 in Tokyo
OPENING = datetime(2021, 10, 19, tzinfo=UTC)  # 09:00 there on Tuesday
LETTERS = Letters(composer=Composer(BASE), tokens=TOKENS, base_url=BASE)


def look(database: Database, at: datetime = MONDAY, key: str = KEY) -> Silence:
    with database.read() as connection:
        return silence(connection, key, at)


def ask_all(database: Database, at: datetime = MONDAY) -> Silence:
    return ask(database, KEY, at, confirmed=look(database, at).people, author="M. R.")


def asked(database: Database) -> dict[tuple[int, str], str]:
    """(schedule, post) -> state, of the questions."""
    d = deliveries.c
    with database.read() as connection:
        chosen = select(d.schedule, d.recipient, d.state).where(d.purpose == Purpose.QUESTION).order_by(d.id)
        return {(row.schedule, row.recipient): row.state for row in connection.execute(chosen)}


def put_for(database: Database, *posts: Recipient) -> None:
    put(database, draft(posts=posts or (post(), ENGLISH)), BEGUN)


async def got(database: Database, start: datetime, until: datetime) -> list[str]:
    return [str(mail["Subject"]) for mail in await sent(database, start, until)]


async def test_it_asks_in_the_readers_language_with_the_hour_first_and_the_links_to_answer(database: Database) -> None:
    put_for(database)
    ask_all(database)
    mails = await sent(database, MONDAY, MONDAY + timedelta(minutes=1))
    spanish, english = sorted(mails, key=lambda mail: str(mail["Content-Language"]), reverse=True)
    assert str(spanish["Subject"]) == (
        "Falta su respuesta: vie 22 oct, 08:00 h (Tokio): Taller VMRE, Asia Pacífico · jue 21 oct, 18:00 h TCM"
    )
    assert "Todavía no sabemos si asistirá. Responder toma un momento y nos ayuda a prepararnos." in unwrapped(spanish)
    assert words(spanish).startswith("Viernes 22 de octubre de 2021\r\n08:00 h, hora de Tokio")
    assert "¿Asistirá?\r\nSí: " in words(spanish)
    assert str(english["Subject"]).startswith("Your answer is missing: Fri 22 Oct, 08:00 (Tokio)")
    assert "We do not know yet whether you will come. Saying so takes a moment" in unwrapped(english)
    said = {TOKENS.read_answer(token) for token in re.findall(r"/answer/([\w.~-]+)\?r=", words(spanish))}
    assert said == {("uno", KEY)}
    assert all("List-Unsubscribe" in mail for mail in mails)


async def test_the_text_is_short(database: Database) -> None:
    """What the event is about, they have read before."""
    put(database, draft(replace(draft().agenda, events=(event(description=text("Largo " * 50)),))), BEGUN)
    ask_all(database)
    [mail] = await sent(database, MONDAY, MONDAY + timedelta(minutes=1))
    assert "Largo" not in words(mail)
    assert len(words(mail).splitlines()) < 25


async def test_it_leaves_when_its_site_opens(database: Database) -> None:
    put_for(database, post())
    found = ask_all(database, EVENING)
    assert [(one.site.id, one.leaves, one.posts) for one in found.asks] == [("tokio", OPENING, ("uno",))]
    assert await got(database, EVENING, OPENING - timedelta(seconds=1)) == []
    assert len(await got(database, OPENING, OPENING)) == 1


async def test_nobody_is_asked_twice_about_one_hour(database: Database) -> None:
    put_for(database, post())
    assert ask_all(database).people == 1
    again = look(database)
    assert (again.people, [(one.recipient, one.state) for one in again.asked]) == (0, [("uno", State.PLANNED)])
    ask_all(database)
    assert len(await got(database, MONDAY, MONDAY + timedelta(minutes=1))) == 1
    later = MONDAY + timedelta(hours=2)
    [one] = look(database, later).asked
    assert (one.state, one.accepted_at) == (State.ACCEPTED, MONDAY)
    ask_all(database, later)
    assert await got(database, later, later + timedelta(hours=2)) == []


async def test_who_joins_later_is_asked_by_the_second_call(database: Database) -> None:
    put_for(database, post())
    ask_all(database)
    put(database, draft(posts=(post(), post("dos"))), MONDAY, confirmed=True)
    assert [one.posts for one in ask_all(database).asks] == [("dos",)]
    assert asked(database) == {(0, "uno"): State.PLANNED, (0, "dos"): State.PLANNED}


@pytest.mark.parametrize("reply", list(Reply))
async def test_who_has_answered_is_not_asked_whatever_it_said(database: Database, reply: Reply) -> None:
    put_for(database, post(), post("dos"))
    say(database, reply)
    found = look(database)
    assert ([one.posts for one in found.asks], found.answered) == ([("dos",)], 1)


async def test_who_answers_before_it_leaves_does_not_get_it(database: Database) -> None:
    put_for(database, post())
    ask_all(database, EVENING)
    say(database, Reply.YES, EVENING)
    assert await got(database, EVENING, OPENING + timedelta(hours=1)) == []
    assert asked(database) == {(0, "uno"): State.CANCELLED}


async def test_an_answer_that_a_move_set_aside_is_asked_for_again(database: Database) -> None:
    put_for(database, post())
    say(database, Reply.YES, start=event_start())
    assert look(database).people == 0
    put(database, with_event(event(when=timed("2021-10-25 18:00")), link=None), MONDAY, confirmed=True)
    assert look(database).people == 1


async def test_only_holders_are_asked(database: Database) -> None:
    put_for(database, post(), SUPLENTE, COORDINATION)
    assert [one.posts for one in look(database).asks] == [("uno",)]


async def test_bad_addresses_leaves_and_pauses_are_respected_and_said(database: Database) -> None:
    put_for(database, *(post(name) for name in ("a", "b", "c", "d")))
    with database.write() as connection:
        wishes.leave(connection, "a", MONDAY)
        states.suppress_address(connection, "b", MONDAY, "550 5.1.1")
        wishes.pause(connection, "c", DAY_BEFORE, MONDAY)
    found = look(database)
    assert dict(found.spared) == {"a": Spared.LEFT, "b": Spared.ADDRESS, "c": Spared.PAUSED}
    assert [one.posts for one in found.asks] == [("d",)]


async def test_who_pauses_before_it_leaves_does_not_get_it_and_can_be_asked_afterwards(database: Database) -> None:
    put_for(database, post())
    ask_all(database, EVENING)
    with database.write() as connection:
        wishes.pause(connection, "uno", DAY_BEFORE, EVENING)
    assert await got(database, EVENING, OPENING + timedelta(hours=1)) == []
    assert asked(database) == {(0, "uno"): State.SUPPRESSED}
    with database.write() as connection:
        wishes.come_back(connection, "uno", OPENING)
    tuesday = OPENING + timedelta(hours=2)
    assert ask_all(database, tuesday).people == 1
    assert len(await got(database, tuesday, tuesday)) == 1


async def test_a_question_about_an_hour_that_is_no_more_ends_and_the_new_hour_is_asked_about(
    database: Database,
) -> None:
    put_for(database, post())
    ask_all(database, EVENING)
    put(database, with_event(event(when=timed("2021-10-21 20:00")), link=None), EVENING, confirmed=True)
    assert look(database, EVENING).people == 1
    found = ask_all(database, OPENING)
    assert found.revision.schedule == 1
    [subject] = await got(database, OPENING, OPENING + timedelta(hours=1))
    assert "vie 22 oct, 10:00 h (Tokio)" in subject
    assert asked(database) == {(0, "uno"): State.CANCELLED, (1, "uno"): State.ACCEPTED}


async def test_a_question_to_an_event_that_is_cancelled_does_not_leave(database: Database) -> None:
    put_for(database, post())
    ask_all(database, EVENING)
    put(database, with_event(event(status=EventStatus.CANCELLED), link=None), EVENING, confirmed=True)
    assert await got(database, EVENING, OPENING + timedelta(hours=1)) == []
    assert asked(database) == {(0, "uno"): State.CANCELLED}


async def test_it_waits_for_a_notice_of_its_event(database: Database) -> None:
    """The word that the place is another comes first, and then the question."""
    put_for(database, post())
    change(database, with_event(event(place=text("Sala 2")), link=None), MONDAY)
    ask_all(database, MONDAY)
    first, second = await got(database, MONDAY, MONDAY + timedelta(hours=1))
    assert ("Sala 2" in first or "lugar" in first.lower(), second.startswith("Falta su respuesta")) == (True, True), (
        first
    )


async def test_what_is_late_waits_for_working_hours(database: Database) -> None:
    put_for(database, post())
    ask_all(database)
    assert await got(database, EVENING, OPENING - timedelta(seconds=1)) == []
    assert len(await got(database, OPENING, OPENING)) == 1


async def test_it_brings_an_invitation_to_who_has_none_yet(database: Database) -> None:
    put_for(database, post())
    choose(database, INVITATIONS, MONDAY)
    ask_all(database)
    found = await run(database, MONDAY, MONDAY + timedelta(minutes=1))
    assert [b"METHOD:REQUEST" in (calendar_of(mail) or b"") for mail in found].count(True) == 1


async def test_its_preview_is_the_mail_that_goes_in_both_languages(database: Database) -> None:
    put_for(database)
    with database.suppose() as connection:
        owe(connection, silence(connection, KEY, EVENING))
        foretold = list(foreseen(connection, LETTERS, "tokio", EVENING, event=KEY, purposes=(Purpose.QUESTION,)))
    assert asked(database) == {}
    ask_all(database, EVENING)
    async with scripted() as fake:
        await Campaign(database, fake).run(EVENING, OPENING)
        assert len(ids(fake)) == 2
        assert sorted(foretold) == sorted(_bodies(fake.bodies))


def _bodies(found: Sequence[bytes]) -> list[bytes]:
    return [body.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.") for body in found]


def test_more_than_were_confirmed_are_not_asked(database: Database) -> None:
    put_for(database)
    with pytest.raises(OthersMeanwhile) as refused:
        ask(database, KEY, MONDAY, confirmed=1, author="M. R.")
    assert str(refused.value).startswith("by now 2 posts have not answered, and not 1: nobody was asked")
    assert refused.value.why["es"].startswith("ahora faltan las respuestas de 2 puestos, y no de 1")
    assert asked(database) == {}


def test_a_site_that_does_not_open_before_it_is_not_asked(database: Database) -> None:
    put_for(database, post())
    found = look(database, START - timedelta(hours=2))
    assert (found.people, dict(found.spared)) == (0, {"uno": Spared.LATE})


@pytest.mark.parametrize(
    ("key", "at", "es", "en"),
    [
        ("taller-asia", MONDAY, "no hay ningún evento «taller-asia» vigente. ¿Quiso decir", "Did you mean"),
        ("jornada", MONDAY, "«jornada» no pregunta quién asistirá. Preguntan quién asistirá:", "asks nobody"),
        (KEY, START, "ya comenzó en todas partes", "has begun everywhere"),
        ("sin-fecha", MONDAY, "no tiene fecha", "has no date"),
        ("dejado", MONDAY, "está cancelado: no hay nada que preguntar", "is cancelled"),
    ],
)
def test_where_there_is_nothing_to_ask_it_says_why(
    database: Database, key: str, at: datetime, es: str, en: str
) -> None:
    events = (
        event(),
        drive("jornada"),
        event("sin-fecha", when=None, status=EventStatus.UNSCHEDULED, assumed=()),
        event("dejado", status=EventStatus.CANCELLED),
    )
    put(database, draft(replace(draft().agenda, events=events)))
    with pytest.raises(NothingToAsk) as refused:
        look(database, at, key)
    assert (es in refused.value.why["es"], en in refused.value.why["en"]) == (True, True), refused.value.why["es"]


def test_before_anything_is_published_there_is_nobody_to_ask(database: Database) -> None:
    with pytest.raises(NothingToAsk):
        look(database, PUBLISHED)
