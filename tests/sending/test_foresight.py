"""A mail that waits is shown as it goes: the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from scheduler.mail.compose import Composer
from scheduler.sending.foresight import foreseen
from scheduler.sending.letters import Letters
from scheduler.store.database import Database
from tests.support.campaign import BASE, TOKENS, Campaign
from tests.support.changes import MONDAY, MOVED, SETTLED, begin, change
from tests.support.ledger import DAY_BEFORE, HOUR_BEFORE, PUBLISHED, WEEK_BEFORE, counted, draft, post, put
from tests.support.smtpd import scripted

LETTERS = Letters(composer=Composer(BASE), tokens=TOKENS, base_url=BASE)


def shown(database: Database, at: datetime, *, reminder: bool = False, event: str | None = None) -> list[bytes]:
    with database.write_own_row() as connection:
        return list(foreseen(connection, LETTERS, "tokio", at, of=(event, reminder)))


async def sent(database: Database, start: datetime, until: datetime) -> Sequence[bytes]:
    async with scripted() as fake:
        await Campaign(database, fake).run(start, until)
        return [body.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.") for body in fake.bodies]


async def test_each_reminder_is_shown_as_it_then_goes(database: Database) -> None:
    """The first with its file, the later ones without."""
    put(database, draft())
    start = PUBLISHED
    for due in (WEEK_BEFORE, DAY_BEFORE, HOUR_BEFORE):
        before = counted(database)
        foretold = shown(database, start, reminder=True)
        assert counted(database) == before
        assert foretold == await sent(database, start, due)
        assert len(foretold) == 1
        start = due + timedelta(seconds=1)
    assert shown(database, start) == []


async def test_a_notice_that_waits_is_shown_as_it_then_goes_and_before_the_reminders(database: Database) -> None:
    await begin(database)
    change(database, MOVED, MONDAY)
    [foretold] = shown(database, MONDAY)
    assert b"ANTES" in foretold or b"CAMBIO" in foretold
    assert [foretold] == await sent(database, MONDAY, SETTLED)


async def test_a_convocation_is_shown_as_it_then_goes(database: Database) -> None:
    put(database, draft(), announce=[draft().agenda.events[0].id])
    [foretold] = shown(database, PUBLISHED)
    assert [foretold] == await sent(database, PUBLISHED, PUBLISHED + timedelta(days=3))


async def test_one_mail_a_language_is_shown_and_none_of_another_event(database: Database) -> None:
    english = replace(post("dos"), language="en")
    put(database, draft(posts=(post(), english)))
    assert len(shown(database, PUBLISHED)) == 2
    assert shown(database, PUBLISHED, event="otro") == []
