"""A mail that waits, or that publishing would send, is shown as it goes: the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from calendars.model.agenda import Draft
from calendars.model.events import EventStatus
from scheduler.mail.compose import Composer
from scheduler.planning.delivery import Purpose
from scheduler.publishing.prospect import Act, prospect
from scheduler.publishing.publish import enact_draft
from scheduler.sending.foresight import OF_EVENTS, foreseen, foreseen_news
from scheduler.sending.letters import Letters
from scheduler.store.database import Database
from scheduler.store.ledger import claiming
from tests.support.campaign import BASE, TOKENS, Campaign
from tests.support.changes import AS_IT_WAS, LINK, MONDAY, MOVED, SETTLED, begin, change, with_event
from tests.support.coverage import COORDINATION, SUPLENTE, covered
from tests.support.factories import event, text
from tests.support.inviting import FEED, INVITATIONS, choose
from tests.support.ledger import DAY_BEFORE, HOUR_BEFORE, PUBLISHED, START, WEEK_BEFORE, counted, draft, post, put
from tests.support.smtpd import scripted

LETTERS = Letters(composer=Composer(BASE), tokens=TOKENS, base_url=BASE, invitations=True)
READERS = (post(), replace(post("dos"), language="en"))
OFF = event(status=EventStatus.CANCELLED, reason=text("se une a otro", "it joins another"))
CHANGES = {
    "moved": (AS_IT_WAS, MOVED),
    "cancelled": (AS_IT_WAS, with_event(OFF)),
    "restored": (with_event(OFF), AS_IT_WAS),
    "elsewhere": (AS_IT_WAS, with_event(event(place=text("Sala 2", "Room 2")))),
    "another link": (AS_IT_WAS, with_event(event(), link="https://salas.example/2")),
    "confirmed": (with_event(event(status=EventStatus.TENTATIVE)), AS_IT_WAS),
    "new": (draft(replace(AS_IT_WAS.agenda, events=())), AS_IT_WAS),
}


def read_by_both(content: Draft) -> Draft:
    return replace(content, recipients=READERS)


def would_send(database: Database, content: Draft, at: datetime, announce: Sequence[str] = ()) -> list[bytes]:
    """What publishing would send to Tokyo, found out without it."""
    before = counted(database)
    with database.suppose() as connection:
        found = prospect(connection, content, Act(at=at, author="M. R.", reason="prueba", announce=announce))
        newest = claiming.newest(connection)
        enact_draft(connection, found, content, at=at, tokens=None)
        shown = list(foreseen_news(connection, LETTERS, "tokio", at, event=None, after=newest))
    assert counted(database) == before
    return shown


def shown(database: Database, at: datetime, *, reminder: bool = False, event: str | None = None) -> list[bytes]:
    with database.write_own_row() as connection:
        purposes = (Purpose.REMINDER,) if reminder else OF_EVENTS
        return list(foreseen(connection, LETTERS, "tokio", at, event=event, purposes=purposes))


async def sent(database: Database, start: datetime, until: datetime) -> Sequence[bytes]:
    async with scripted() as fake:
        await Campaign(database, fake, invitations=True).run(start, until)
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


@pytest.mark.parametrize("name", CHANGES)
async def test_a_notice_is_shown_before_publishing_as_it_then_goes(database: Database, name: str) -> None:
    """In both languages; and nothing of the look stays."""
    before, after = map(read_by_both, CHANGES[name])
    await begin(database, before)
    foretold = would_send(database, after, MONDAY)
    change(database, after, MONDAY)
    assert sorted(foretold) == sorted(await sent(database, MONDAY, SETTLED))
    assert [b"Content-Language: en" in one for one in sorted(foretold, key=lambda one: b"dos@" in one)] == [False, True]


@pytest.mark.parametrize(("name", "method"), [("moved", b"REQUEST"), ("cancelled", b"CANCEL")])
async def test_what_a_change_carries_for_calendars_is_shown_too(database: Database, name: str, method: bytes) -> None:
    """One post has invitations, the other subscribes: each is shown."""
    before, after = map(read_by_both, CHANGES[name])
    put(database, before)
    choose(database, INVITATIONS, recipient="dos")
    await sent(database, PUBLISHED, MONDAY - timedelta(seconds=1))
    foretold = would_send(database, after, MONDAY)
    assert [b"method=" + method in one for one in sorted(foretold, key=lambda one: b"dos@" in one)] == [False, True]
    change(database, after, MONDAY)
    assert sorted(foretold) == sorted(await sent(database, MONDAY, SETTLED))


async def test_a_convocation_is_shown_before_publishing_as_it_then_goes(database: Database) -> None:
    """With the first edition, which tells nobody else."""
    content = replace(draft(link=LINK), recipients=READERS)
    foretold = would_send(database, content, PUBLISHED, announce=[event().id])
    assert len(foretold) == 2
    put(database, content, silent=False, announce=[event().id])
    assert sorted(foretold) == sorted(await sent(database, PUBLISHED, PUBLISHED + timedelta(days=3)))


async def test_a_change_that_is_no_news_to_its_post_is_not_shown(database: Database) -> None:
    """It is taken back before anybody heard of it."""
    await begin(database)
    change(database, MOVED, MONDAY)
    assert would_send(database, AS_IT_WAS, MONDAY + timedelta(minutes=1)) == []


@pytest.mark.parametrize("language", ["es", "en"])
async def test_an_invitation_and_its_end_are_shown_as_they_then_go(database: Database, language: str) -> None:
    put(database, draft(posts=(replace(post(), language=language),)))
    await sent(database, PUBLISHED, MONDAY)
    start = MONDAY + timedelta(hours=1)
    for channel, method in ((INVITATIONS, b"REQUEST"), (FEED, b"CANCEL")):
        choose(database, channel, start)
        [foretold] = shown(database, start)
        assert b"method=" + method in foretold
        assert [foretold] == await sent(database, start, start + timedelta(minutes=30))
        start += timedelta(hours=1)


@pytest.mark.parametrize("language", ["es", "en"])
async def test_what_asks_a_deputy_is_shown_as_it_then_goes(database: Database, language: str) -> None:
    put(database, covered(replace(SUPLENTE, language=language)))
    [foretold] = shown(database, PUBLISHED)
    assert [foretold] == await sent(database, PUBLISHED, START - timedelta(days=1))


async def test_what_tells_a_coordinator_is_shown_as_it_then_goes(database: Database) -> None:
    put(database, covered(COORDINATION))
    [foretold] = shown(database, PUBLISHED)
    assert [foretold] == await sent(database, PUBLISHED, START - timedelta(hours=2))


async def test_what_is_late_is_shown_at_the_hour_at_which_its_site_opens(database: Database) -> None:
    """Sending was stopped over its moment: it goes in working hours, and says how many days are left then."""
    put(database, replace(draft(), recipients=READERS))
    late = WEEK_BEFORE + timedelta(hours=11)  # 20:00 in Tokyo, on a Friday
    foretold = shown(database, late)
    assert all(b"Mon, 18 Oct 2021 09:00:00 +0900" in one for one in foretold)
    assert sorted(foretold) == sorted(await sent(database, late, MONDAY))


def test_a_reminder_that_waits_behind_a_notice_is_not_the_next(database: Database) -> None:
    """It is due before the notice may go, and stays until that is out."""
    put(database, draft())
    change(database, MOVED, MONDAY)
    with database.read() as connection:
        moments = list(claiming.next_of_site(connection, "tokio", (Purpose.NOTICE, Purpose.REMINDER), MONDAY))
    assert {one.purpose for one in moments[0]} == {Purpose.NOTICE}


async def test_of_several_overdue_reminders_the_newest_is_shown_for_it_alone_goes(database: Database) -> None:
    put(database, draft())
    late = HOUR_BEFORE + timedelta(minutes=10)
    [foretold] = shown(database, late)
    assert [foretold] == await sent(database, late, late)


def test_what_its_event_has_overtaken_is_not_shown(database: Database) -> None:
    """Nobody has swept it yet."""
    put(database, draft())
    assert shown(database, START) == []
