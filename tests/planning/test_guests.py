"""Going to another region's session: its reminders and its changes come instead of one's own, and back again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from calendars.model.events import Audience, EventStatus
from scheduler.planning.plan import Member, plan
from scheduler.publishing.consequences import consequences
from scheduler.publishing.prospect import Act, prospect
from scheduler.reporting.acceptances import acceptances
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.posts import answers
from scheduler.store.posts.answers import Reply
from scheduler.store.schema import revisions
from tests.support.answering import LATER
from tests.support.campaign import TOKENS, Campaign, mails
from tests.support.changes import MONDAY, change, unwrapped, words
from tests.support.factories import agenda, days, edition, event, site, timed
from tests.support.guests import MADRID, OTHER, OWN, asia, both, choose, europe, planned
from tests.support.ledger import PUBLISHED, post, put
from tests.support.smtpd import scripted

END = datetime(2021, 10, 27, tzinfo=UTC)


async def sent(database: Database, start: datetime, until: datetime) -> dict[str, list[EmailMessage]]:
    async with scripted() as fake:
        await Campaign(database, fake).run(start, until)
        found: dict[str, list[EmailMessage]] = {}
        for mail in mails(fake):
            found.setdefault(str(mail["To"]).strip("<>").partition("@")[0], []).append(mail)
        return found


def notices(found: dict[str, list[EmailMessage]]) -> dict[str, list[str]]:
    heads = ("CAMBIO", "CANCELADO", "NUEVO ENLACE", "NUEVO")
    said = {who: [str(mail["Subject"]).partition(":")[0] for mail in got] for who, got in found.items()}
    return {who: [head for head in each if head in heads] for who, each in said.items() if set(each) & set(heads)}


def test_the_reminders_of_the_chosen_session_come_instead_of_ones_own(database: Database) -> None:
    put(database, both())
    choose(database)
    assert planned(database) == {OTHER: 3}
    assert planned(database, "dos") == {OWN: 3}


@pytest.mark.parametrize("reply", [Reply.YES, Reply.MAYBE])
def test_taking_it_back_undoes_it(database: Database, reply: Reply) -> None:
    put(database, both())
    choose(database)
    choose(database, None, LATER + timedelta(minutes=1), reply)
    assert planned(database) == {OWN: 3}


def test_a_plain_no_afterwards_goes_nowhere(database: Database) -> None:
    put(database, both())
    choose(database)
    choose(database, None, LATER + timedelta(minutes=1))
    assert planned(database) == {}


def test_publishing_keeps_it(database: Database) -> None:
    put(database, both())
    choose(database)
    put(database, both(asia(source="Otra")), LATER + timedelta(hours=1))
    assert planned(database) == {OTHER: 3}


async def test_a_node_whose_zone_data_gives_the_chosen_session_another_instant_withholds_its_guests_mail(
    database: Database,
) -> None:
    put(database, both())
    choose(database)
    with database.write() as connection:
        promised = datetime(2021, 10, 25, 23, tzinfo=UTC)  # an hour early, as other zone data would have it
        connection.execute(revisions.update().where(revisions.c.event == OTHER).values(start=promised))
    assert "uno" not in await sent(database, LATER, END)


async def test_a_guests_mail_is_at_its_own_hour_and_leads_to_its_own_answer(database: Database) -> None:
    put(database, both())
    choose(database)
    found = await sent(database, LATER, END)
    [first, *others] = found["uno"]
    assert len(others) == 2
    assert "Mar 26 oct, 09:00 h (Tokio)" in str(first["Subject"])
    assert "Es la sesión de otra región que usted eligió." in words(first)
    assert "¿Asistirá?" not in words(first)
    token = words(first).partition("Cambiar su respuesta: ")[2].split()[0].rpartition("/")[2]
    assert TOKENS.read_answer(token) == ("uno", OWN)
    assert any(part.get_content_type() == "text/calendar" for part in first.walk())


async def test_a_move_of_the_chosen_session_is_told_to_its_guest_and_to_nobody_else_there(database: Database) -> None:
    put(database, both())
    choose(database)
    done = change(database, both(other=europe(when=timed("2021-10-25 20:00"))), MONDAY)
    assert done == 2
    found = await sent(database, MONDAY, MONDAY + timedelta(hours=12))
    assert notices(found) == {"uno": ["CAMBIO"], "tres": ["CAMBIO"]}
    assert "AHORA  martes 26 de octubre de 2021, 10:00 h, hora de Tokio" in words(found["uno"][0])
    assert "Cambiar su respuesta: " in words(found["uno"][0])


async def test_a_move_that_is_taken_back_is_told_to_no_guest(database: Database) -> None:
    put(database, both())
    choose(database)
    change(database, both(other=europe(when=timed("2021-10-25 20:00"))), MONDAY)
    change(database, both(), MONDAY + timedelta(minutes=5))
    assert notices(await sent(database, MONDAY + timedelta(minutes=5), MONDAY + timedelta(hours=12))) == {}


async def test_what_changed_before_it_was_chosen_is_not_told(database: Database) -> None:
    put(database, both())
    change(database, both(other=europe(when=timed("2021-10-25 20:00"))), MONDAY - timedelta(hours=2))
    await sent(database, MONDAY - timedelta(hours=2), MONDAY - timedelta(hours=1))
    choose(database, at=MONDAY - timedelta(minutes=30))
    change(database, both(other=europe(when=timed("2021-10-25 20:00"), source="Otra")), MONDAY)
    assert "uno" not in await sent(database, MONDAY, MONDAY + timedelta(hours=12))


async def test_who_took_it_back_hears_no_more_of_it(database: Database) -> None:
    put(database, both())
    choose(database)
    change(database, both(other=europe(when=timed("2021-10-25 20:00"))), MONDAY)
    choose(database, None, MONDAY + timedelta(minutes=1), Reply.YES)
    found = await sent(database, MONDAY + timedelta(minutes=1), MONDAY + timedelta(hours=12))
    assert notices(found) == {"tres": ["CAMBIO"]}


async def test_a_cancellation_of_the_chosen_session_is_told_and_brings_ones_own_reminders_back(
    database: Database,
) -> None:
    put(database, both())
    choose(database)
    change(database, both(other=europe(status=EventStatus.CANCELLED)), MONDAY)
    assert planned(database) == {OWN: 2}  # the one of a week before fell due meanwhile
    found = await sent(database, MONDAY, MONDAY + timedelta(hours=12))
    assert notices(found) == {"uno": ["CANCELADO"], "tres": ["CANCELADO"]}


async def test_a_session_that_the_file_drops_is_cancelled_for_its_guest_too(database: Database) -> None:
    put(database, both())
    choose(database)
    change(database, both(with_other=False), MONDAY)
    assert notices(await sent(database, MONDAY, MONDAY + timedelta(hours=12)))["uno"] == ["CANCELADO"]


async def test_a_move_of_ones_own_session_is_told_all_the_same(database: Database) -> None:
    put(database, both())
    choose(database)
    change(database, both(asia(when=timed("2021-10-21 20:00"))), MONDAY)
    found = await sent(database, MONDAY, MONDAY + timedelta(hours=12))
    assert notices(found) == {"uno": ["CAMBIO"], "dos": ["CAMBIO"]}
    assert planned(database).keys() == {OTHER}


def test_a_session_that_becomes_ones_own_is_reminded_of_once(database: Database) -> None:
    put(database, both())
    choose(database)
    put(database, both(other=europe(audience=Audience(kind="all"))), LATER + timedelta(hours=1))
    assert planned(database) == {OTHER: 3}
    assert planned(database, "dos") == {OWN: 3, OTHER: 3}


def test_a_session_that_loses_its_hour_gives_ones_own_back(database: Database) -> None:
    put(database, both())
    choose(database)
    put(database, both(other=europe(when=days("2021-10-25", "2021-10-25"))), LATER + timedelta(hours=1))
    assert planned(database) == {OWN: 3}


def test_who_was_at_the_other_session_is_not_called_to_its_own_once_that_is_held(database: Database) -> None:
    put(database, both(other=europe(when=timed("2021-10-18 19:00"))))
    choose(database)
    held = both(other=europe(when=timed("2021-10-18 19:00"), status=EventStatus.HELD))
    put(database, held, MONDAY + timedelta(days=2), confirmed=True)
    assert planned(database) == {}


def test_what_publishing_would_do_counts_guests_once_and_keeps_their_reminders(database: Database) -> None:
    put(database, both())
    choose(database)
    with database.read() as connection:
        moved = both(other=europe(when=timed("2021-10-25 20:00")))
        found = prospect(connection, moved, Act(at=MONDAY))
        assert (found.mails, found.heard) == (2, 2)
        assert {(mail.site.id, mail.people) for mail in consequences(connection, found, MONDAY).mails} == {
            ("madrid", 1),
            ("tokio", 1),
        }
        same = prospect(connection, both(asia(source="Otra")), Act(at=MONDAY))
        assert consequences(connection, same, MONDAY).replaced == 0


def test_who_goes_elsewhere_counts_as_elsewhere(database: Database) -> None:
    put(database, both())
    choose(database)
    with database.read() as connection:
        [said] = answers.by_recipient(connection)["uno"]
        assert said.instead == OTHER
        assert {(one.site, one.instead) for one in answers.voices(connection, said.subject)} == {
            ("tokio", OTHER),
            ("tokio", None),
            ("madrid", None),
        }


def test_the_session_that_was_chosen_says_from_where_people_come(database: Database) -> None:
    put(database, both())
    choose(database)
    with database.read() as connection:
        found = editions.load(connection)
        assert found is not None
        assert {one.event.id: dict(one.guests) for one in acceptances(connection, found.edition)} == {
            OWN: {},
            OTHER: {"tokio": 1},
        }


async def test_the_first_mail_to_a_site_outside_hours_offers_the_others_and_later_ones_do_not(
    database: Database,
) -> None:
    put(database, both())
    found = await sent(database, PUBLISHED, END)
    first, second, *_ = found["uno"]
    assert (
        "Si esta hora no le acomoda, puede acudir a la sesión de otra región. "
        "mar 26 oct, 09:00 h en su sede (lun 25 oct, 19:00 h TCM): Taller VMRE, Asia Pacífico Elegirla: "
    ) in unwrapped(first)
    assert f"?instead={OTHER}" in words(first)
    assert "otra región" not in words(second)
    assert all("otra región" not in words(mail) for mail in found["tres"])  # 02:00 in Madrid, but its event opens none


async def test_news_of_a_session_at_a_bad_hour_offers_the_others_before_any_reminder_does(database: Database) -> None:
    without = both()
    put(database, replace(without, agenda=replace(without.agenda, events=(europe(),))))
    change(database, both(), MONDAY)
    told = (await sent(database, MONDAY, MONDAY + timedelta(minutes=30)))["uno"][0]
    said = words(told).replace("\r", "")
    assert str(told["Subject"]).startswith("NUEVO: ")
    assert "Término: 10:00 h (duración supuesta: 2 h, por confirmar).\n" in said
    offered = "mar 26 oct, 09:00 h en su sede (lun 25 oct, 19:00 h TCM): Taller VMRE, Asia Pacífico"
    assert f"puede acudir a la sesión de otra región. {offered} " in unwrapped(told)
    assert f"?instead={OTHER}\n\nEnviado a" in said


async def test_the_mail_says_so_where_no_other_session_is_at_a_good_hour(database: Database) -> None:
    put(database, both(other=europe(when=timed("2021-10-26 09:00"))))
    found = await sent(database, PUBLISHED, END)
    assert "fuera de su horario de trabajo, de noche" in unwrapped(found["uno"][0])
    assert "Ninguna cae por completo en su horario de trabajo" in unwrapped(found["uno"][0])


def test_a_post_that_chose_one_session_for_two_of_its_own_is_reminded_once() -> None:
    content = agenda(representations=(site(), MADRID), events=(asia(), event("otro"), europe()))
    member = Member(
        recipient=post(),
        since=PUBLISHED,
        away=frozenset({OWN, "otro"}),
        instead={OWN: OTHER, "otro": OTHER},
    )
    found = list(plan(edition(content), [member]))
    assert sorted({(one.moment.event, one.recipient) for one in found}) == [(OTHER, "uno")]
    assert len(found) == 3
    declined = replace(member, declined=frozenset({"PT1H"}))
    assert len(list(plan(edition(content), [declined]))) == 2
