"""Who is asked where too few come: the site's deputies, then the region's coordinators; and nobody where enough do."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from calendars.model.events import EventStatus
from calendars.model.people import Role
from calendars.model.rules import Coverage
from scheduler.planning.delivery import Purpose, State
from scheduler.store.database import Database
from scheduler.store.ledger import invited, wishes
from scheduler.store.people import signups
from scheduler.store.posts import answers
from scheduler.store.posts.answers import Reply
from scheduler.store.schema import deliveries
from tests.support.answering import say
from tests.support.campaign import TOKENS, Campaign, mails
from tests.support.changes import change, unwrapped, words
from tests.support.coverage import ALL, COORDINATION, COVERED, DELHI, MADRID, SUPLENTE, TITULAR, covered
from tests.support.factories import drive, event, site, timed
from tests.support.ledger import PUBLISHED, START, post, put
from tests.support.smtpd import scripted

ASKED = datetime(2021, 10, 15, 1, tzinfo=UTC)  # 10:00 in Tokyo on Friday: five days before is a Sunday
TOLD = datetime(2021, 10, 20, 1, tzinfo=UTC)  # two days before


async def sent(
    database: Database, until: datetime = START, start: datetime = PUBLISHED
) -> dict[str, list[EmailMessage]]:
    """The mails by the local part of their address, which is the post's id."""
    async with scripted() as fake:
        await Campaign(database, fake).run(start, until)
        found: dict[str, list[EmailMessage]] = {}
        for mail in mails(fake):
            found.setdefault(str(mail["To"]).strip("<>").partition("@")[0], []).append(mail)
        return found


def escalations(database: Database) -> dict[str, tuple[datetime, str]]:
    d = deliveries.c
    with database.read() as connection:
        chosen = select(d.recipient, d.due_at, d.state).where(d.purpose == Purpose.ESCALATION).order_by(d.id)
        return {row.recipient: (row.due_at, row.state) for row in connection.execute(chosen)}


def subjects(found: list[EmailMessage]) -> list[str]:
    return [str(mail["Subject"]) for mail in found]


def test_escalations_are_planned_at_the_sites_own_hour_and_off_its_weekend(database: Database) -> None:
    put(database, covered())
    assert escalations(database) == {"dos": (ASKED, State.PLANNED), "tres": (TOLD, State.PLANNED)}


async def test_a_deputy_and_a_coordinator_get_no_reminders_only_what_is_for_them(database: Database) -> None:
    put(database, covered(link="https://salas.example/1"))
    found = await sent(database)
    assert {who: len(got) for who, got in found.items()} == {"uno": 3, "dos": 1, "tres": 1}
    [asked], [told] = found["dos"], found["tres"]
    assert asked["Date"].datetime == ASKED
    [head] = subjects([asked])
    assert head.startswith("Se necesita a alguien de su sede: vie 22 oct, 08:00 h (Tokio): Taller VMRE, Asia Pacífico")
    said = words(asked)
    assert said.startswith("Nadie de su sede ha dicho que asistirá. ¿Puede asistir usted, como suplente?\r\n")
    assert "08:00 h, hora de Tokio\r\n= jueves 21, 18:00 h, tiempo del centro de México (TCM)" in said
    assert "https://salas.example/1" in said
    tokens = set(re.findall(r"/answer/([\w.~-]+)\?r=", said))
    assert {TOKENS.read_answer(token) for token in tokens} == {("dos", COVERED.id)}
    assert told["Date"].datetime == TOLD
    assert subjects([told]) == ["Sin quien asista: Tokio: Taller VMRE, Asia Pacífico, jue 21 oct, 18:00 h TCM"]
    assert "Tokio (vie 22 oct, 08:00 h, hora local): asistirán 0 de 1; 1 suplente en la lista" in unwrapped(told)
    assert "/answer/" not in words(told)


async def test_a_site_that_is_covered_in_time_ends_the_escalation_without_a_mail(database: Database) -> None:
    put(database, covered())
    say(database, Reply.YES)
    assert (await sent(database)).keys() == {"uno"}
    assert {state for _, state in escalations(database).values()} == {State.CANCELLED}


async def test_a_no_a_maybe_and_silence_cover_nothing(database: Database) -> None:
    put(database, covered(TITULAR, post("otro"), post("mudo"), SUPLENTE, COORDINATION))
    say(database, Reply.NO)
    say(database, Reply.MAYBE, of="otro")
    found = await sent(database)
    assert "asistirán 0 de 1; tal vez: 1; 1 suplente en la lista" in unwrapped(found["tres"][0])
    assert len(found["dos"]) == 1


async def test_a_rule_of_two_wants_two(database: Database) -> None:
    put(database, covered(of=event(coverage=Coverage(minimum=2))))
    say(database, Reply.YES)
    found = await sent(database)
    assert words(found["dos"][0]).startswith("De su sede asistirán 1, y hacen falta 2.")


async def test_a_deputy_who_comes_gets_the_reminders_still_to_come_and_the_coordinator_hears_nothing(
    database: Database,
) -> None:
    put(database, covered())
    await sent(database, ASKED)
    say(database, Reply.YES, ASKED + timedelta(hours=1), of="dos")
    found = await sent(database, START, ASKED + timedelta(hours=1))
    assert found.keys() == {"uno", "dos"}
    assert [mail["Date"].datetime for mail in found["dos"]] == [mail["Date"].datetime for mail in found["uno"]]


async def test_a_deputy_who_said_no_is_not_asked(database: Database) -> None:
    put(database, covered())
    say(database, Reply.NO, of="dos")
    assert (await sent(database)).keys() == {"uno", "tres"}


async def test_a_coordinator_gets_one_mail_for_all_sites_of_the_region_and_none_of_another(
    database: Database,
) -> None:
    there = [
        post("delhi", site="nueva-delhi"),
        post("madrid", site="madrid"),
        post("europa", Role.COORDINATOR, site="madrid"),
    ]
    put(database, covered(*ALL, *there, representations=(site(), DELHI, MADRID)))
    found = await sent(database)
    assert found.keys() == {"uno", "dos", "tres", "delhi"}
    [told] = found["tres"]
    assert subjects([told])[0].startswith("Sin quien asista: 2 sedes de su región: Taller VMRE, Asia Pacífico")
    assert "Tokio (vie 22 oct, 08:00 h, hora local): asistirán 0 de 1; 1 suplente en la lista" in unwrapped(told)
    assert "Nueva Delhi (vie 22 oct, 04:30 h, hora local): asistirán 0 de 1; sin suplente" in unwrapped(told)


async def test_what_a_coordinator_is_asked_counts_for_no_invitation(database: Database) -> None:
    """Its mail is about a region and carries none: the ledger says so, whatever channel the coordinator chose."""
    put(database, covered())
    with database.write() as connection:
        invited.choose_for_all(connection)
    async with scripted() as fake:
        await Campaign(database, fake, invitations=True).run(PUBLISHED, START)
    d = deliveries.c
    with database.read() as connection:
        asked = connection.execute(select(d.recipient, d.method).where(d.purpose == Purpose.ESCALATION)).all()
    assert {row.recipient: row.method for row in asked} == {"dos": "REQUEST", "tres": ""}


async def test_a_move_is_told_to_who_was_asked_and_asks_again_by_the_new_hour(database: Database) -> None:
    put(database, covered())
    await sent(database, ASKED)
    moved = event(coverage=Coverage(), when=timed("2021-10-27 20:00"))
    change(database, covered(of=moved), ASKED + timedelta(hours=1))
    found = await sent(database, datetime(2021, 10, 28, 1, tzinfo=UTC), ASKED + timedelta(hours=1))
    assert [one.partition(":")[0] for one in subjects(found["dos"])] == ["CAMBIO", "Se necesita a alguien de su sede"]
    assert [one.partition(":")[0] for one in subjects(found["tres"])] == ["Sin quien asista"]
    assert "jue 28 oct, 10:00 h (Tokio)" in subjects(found["dos"])[1]


async def test_a_deputy_who_was_not_asked_yet_hears_nothing_of_a_change(database: Database) -> None:
    put(database, covered())
    moved, at = event(coverage=Coverage(), when=timed("2021-10-21 20:00")), PUBLISHED + timedelta(days=1)
    change(database, covered(of=moved), at)
    assert (await sent(database, ASKED - timedelta(hours=1), at)).keys() == {"uno"}


async def test_a_cancellation_ends_what_was_to_be_asked_and_is_told_to_who_was(database: Database) -> None:
    put(database, covered())
    await sent(database, ASKED)
    off = event(coverage=Coverage(), status=EventStatus.CANCELLED)
    done = change(database, covered(of=off), ASKED + timedelta(hours=1))
    found = await sent(database, START, ASKED + timedelta(hours=1))
    assert done == 2
    assert found.keys() == {"uno", "dos"}
    assert escalations(database)["tres"] == (TOLD, State.CANCELLED)


async def test_without_a_rule_nobody_is_asked_and_taking_it_away_ends_it(database: Database) -> None:
    put(database, covered())
    put(database, covered(of=event()), PUBLISHED + timedelta(hours=1), confirmed=True)
    assert {state for _, state in escalations(database).values()} == {State.CANCELLED}
    assert (await sent(database, START, PUBLISHED + timedelta(hours=1))).keys() == {"uno"}


async def test_a_late_escalation_waits_for_the_sites_working_hours(database: Database) -> None:
    """The service was down from Friday to Sunday: nobody is asked on a Sunday."""
    put(database, covered())
    found = await sent(database, TOLD, datetime(2021, 10, 17, 3, tzinfo=UTC))
    assert found["dos"][0]["Date"].datetime == datetime(2021, 10, 18, 0, tzinfo=UTC)


async def test_a_deputy_who_left_is_asked_no_more(database: Database) -> None:
    put(database, covered())
    with database.write() as connection:
        wishes.leave(connection, "dos", PUBLISHED)
    assert escalations(database)["dos"] == (ASKED, State.SUPPRESSED)
    assert "dos" not in await sent(database)


def test_a_deputy_that_becomes_a_holder_is_asked_no_more_and_reminded_instead(database: Database) -> None:
    put(database, covered())
    promoted = replace(SUPLENTE, role=Role.HOLDER)
    put(database, covered(TITULAR, promoted), PUBLISHED + timedelta(hours=1), confirmed=True)
    assert escalations(database)["dos"][1] == State.CANCELLED
    with database.read() as connection:
        assert len(signups.upcoming(connection, "dos", PUBLISHED, 9)) == 3


@pytest.mark.parametrize("reply", [Reply.YES, Reply.NO])
async def test_whole_days_with_a_rule_are_asked_about_too(database: Database, reply: Reply) -> None:
    put(database, covered(of=drive(coverage=Coverage())))
    say(database, reply, about="jornada-2022")
    found = await sent(database, datetime(2022, 2, 2, tzinfo=UTC))
    if reply is Reply.YES:
        assert found.keys() == {"uno"}
        assert "¿Asistirá?" in words(found["uno"][0])
    else:
        assert found.keys() == {"dos", "tres"}
        assert "Tokio: asistirán 0 de 1" in words(found["tres"][0])


def test_who_comes_is_read_with_every_post_on_the_list(database: Database) -> None:
    put(database, covered())
    say(database, Reply.YES)
    with database.read() as connection:
        subject = next(iter(answers.by_recipient(connection).values()))[0].subject
        found = [(one.role, one.reply) for one in answers.voices(connection, subject)]
    assert found == [(Role.DEPUTY, None), (Role.COORDINATOR, None), (Role.HOLDER, "yes")]
