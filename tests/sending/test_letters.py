"""Service mail through the one send loop: the right links, for the right time, at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendars.model.text import Language
from scheduler.base.tokens import Link
from scheduler.mail.compose import Composer
from scheduler.mail.prepared import PreparedMail
from scheduler.mail.subject import Subject
from scheduler.planning.channels import Carried
from scheduler.planning.delivery import Purpose
from scheduler.sending.errand import ReminderErrand
from scheduler.sending.letters import Letters
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.editions import InForce
from scheduler.store.people import signups
from scheduler.store.posts import roster
from tests.support.campaign import BASE, BUSY, TOKENS, UNKNOWN_USER, Campaign
from tests.support.campaign import mails as bodies
from tests.support.ledger import PUBLISHED, WEEK_BEFORE, claim, draft, post, put
from tests.support.people import ADDRESS, LATER, mails, sign_up
from tests.support.smtpd import Behaviour, scripted

NIGHT = PUBLISHED + timedelta(hours=13)  # 03:00 in Tokyo


async def letter(
    database: Database, purpose: Purpose, language: Language = "es", **script: Sequence[Behaviour]
) -> EmailMessage:
    """The mail of that purpose, asked for at night by a post that speaks the language."""
    put(database, draft(posts=(post(),)))
    with database.write() as connection:
        roster.speak(connection, "uno", language)
        signups.request(connection, purpose, "uno", NIGHT)
    async with scripted(**script) as fake:
        await Campaign(database, fake).run(NIGHT, NIGHT + timedelta(hours=2))
        (found,) = bodies(fake)
    return found


def part(message: EmailMessage, subtype: str) -> str:
    body = message.get_body((subtype,))
    assert body is not None
    return str(body.get_content())


@pytest.mark.parametrize(
    ("purpose", "page", "link", "lasts"),
    [
        (Purpose.CONFIRMATION, "confirm", Link.CONFIRM, timedelta(hours=48)),
        (Purpose.ACCESS, "account", Link.ACCOUNT, timedelta(minutes=15)),
        (Purpose.KNOWN, "manage", Link.LEAVE, None),
    ],
)
@pytest.mark.parametrize("language", ["es", "en"])
async def test_each_mail_carries_its_own_link_for_its_own_time(
    database: Database, purpose: Purpose, page: str, link: Link, lasts: timedelta | None, language: Language
) -> None:
    message = await letter(database, purpose, language)
    for subtype in ("plain", "html"):
        found = set(re.findall(rf"{BASE}/{page}/([\w.~-]+)", part(message, subtype)))
        assert len(found) == 1
        (token,) = found
        assert TOKENS.read(link, token, NIGHT) == "uno"
        if lasts is not None:
            assert TOKENS.read(link, token, NIGHT + lasts) == "uno"
            assert TOKENS.read(link, token, NIGHT + lasts + timedelta(seconds=1)) is None
    assert "Embajada de México en Japón" in part(message, "plain")
    assert message["Content-Language"] == language


async def test_what_somebody_asked_for_is_of_no_list_and_says_that_a_program_sent_it(database: Database) -> None:
    message = await letter(database, Purpose.CONFIRMATION)
    assert message["List-Unsubscribe"] is None
    assert message["List-Id"] is None
    assert message["Auto-Submitted"] == "auto-generated"


async def test_a_server_that_is_busy_gets_it_again_under_the_same_message_id(database: Database) -> None:
    message = await letter(database, Purpose.CONFIRMATION, RCPT=[BUSY])
    assert str(message["Message-ID"]).endswith("@ine.example>")


CHANGES: dict[str, st.SearchStrategy[object]] = {
    "language": st.sampled_from(["es", "en"]),
    "origin": st.sampled_from(["file", "self"]),
    "channel": st.sampled_from(["feed", "none"]),
    "first": st.booleans(),
    "recipient": st.sampled_from(["uno", "dos"]),
    "post": st.sampled_from(["", "Sección Consular"]),
}


@pytest.mark.parametrize("link", [None, "https://meet.example/1"])
def test_a_reminder_says_the_same_whatever_was_written_before_it(database: Database, link: str | None) -> None:
    """What reminders in a row have in common is kept from one to the next: of none but its own."""
    put(database, draft(link="https://meet.example/2"))
    [claimed] = claim(database, WEEK_BEFORE)
    with database.read() as connection:
        under = editions.current(connection, None)
    assert under is not None
    other = replace(under, links={} if link is None else {claimed.event: link})

    def errand(changed: dict[str, Any], edition: InForce, method: Carried) -> ReminderErrand:
        return ReminderErrand(claim=claimed._replace(**changed), under=edition, method=method)

    methods: st.SearchStrategy[Carried] = st.sampled_from(["", "PUBLISH"])
    errands = st.builds(errand, st.fixed_dictionaries(CHANGES), st.sampled_from([under, other]), methods)
    later = timedelta(seconds=0.3), timedelta(hours=15)  # already another day in Tokyo
    moments = st.sampled_from([WEEK_BEFORE, *(WEEK_BEFORE + delay for delay in later)])

    @given(st.lists(st.tuples(errands, moments), min_size=2, max_size=6))
    @settings(max_examples=30)
    def holds(row: list[tuple[ReminderErrand, datetime]]) -> None:
        letters = writer()
        assert [letters.write(*one) for one in row] == [writer().write(*one) for one in row]

    holds()


def writer() -> Letters:
    return Letters(composer=Composer(BASE), tokens=TOKENS, base_url=BASE)


class Counting(Composer):
    """Counts how often it is asked for what reminders have in common."""

    asked = 0

    def reminder(self, subject: Subject, *, first: bool = False, convokes: bool = False) -> PreparedMail:
        self.asked += 1
        return super().reminder(subject, first=first, convokes=convokes)


def test_reminders_that_leave_within_one_second_are_asked_for_once(database: Database) -> None:
    """A clock that goes on gives no two of them the same instant; Date tells no more than the second."""
    put(database, draft())
    [claimed] = claim(database, WEEK_BEFORE)
    with database.read() as connection:
        under = editions.current(connection, None)
    assert under is not None
    composer = Counting(BASE)
    letters = Letters(composer=composer, tokens=TOKENS, base_url=BASE)
    errand = ReminderErrand(claim=claimed, under=under, method="")
    second = [letters.write(errand, WEEK_BEFORE + timedelta(seconds=part)) for part in (0, 0.25, 0.999)]
    assert composer.asked == 1
    assert len(set(second)) == 1
    assert letters.write(errand, WEEK_BEFORE + timedelta(seconds=1)) not in second


async def test_an_address_that_signs_up_and_does_not_exist_is_written_to_once(database: Database) -> None:
    put(database, draft())
    key = str(sign_up(database))
    async with scripted(RCPT=[UNKNOWN_USER]) as fake:
        await Campaign(database, fake).run(LATER, LATER + timedelta(hours=47))
        assert fake.bodies == []
        assert [line for line in fake.commands if line.startswith("RCPT")] == [f"RCPT TO:<{ADDRESS}>"]
    assert mails(database) == [(Purpose.CONFIRMATION, key)]
