"""Who signed up by itself is given no joining link, in nothing that leaves, until the agenda allows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from email.message import EmailMessage

import pytest

from calendars.model.agenda import Draft
from calendars.model.events import Event
from calendars.model.people import Signups
from scheduler.planning.channels import Channel
from scheduler.store.database import Database
from tests.support.changes import AT_EIGHT, LINK, MONDAY, begin, change, sent
from tests.support.factories import agenda, event
from tests.support.inviting import choose
from tests.support.inviting import run as run_inviting
from tests.support.ledger import PUBLISHED, START, draft
from tests.support.people import joined

OTHER = "https://salas.example/2"
ASKS = "pida el enlace a agenda@ine.example"
UNTIL = MONDAY + timedelta(hours=3)


def opened(*, links: bool, link: str = LINK, changed: Event | None = None) -> Draft:
    signups = Signups(domains=("tokio.example",), links=links)
    return draft(agenda(events=(changed or event(),), signups=signups), link=link)


def by_reader(mails: Sequence[EmailMessage]) -> tuple[list[str], list[str]]:
    """All of what who signed up got, then what the administrator's post did, each mail decoded."""
    texts = [(str(mail["To"]), _all_of(mail)) for mail in mails if "recordatorio" not in str(mail["Subject"])]
    return [one for to, one in texts if to == "ana@tokio.example"], [one for to, one in texts if to.startswith("uno@")]


def _all_of(mail: EmailMessage) -> str:
    parts = [part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart()]
    return "\n".join(part.decode().replace("\r\n ", "") for part in parts if isinstance(part, bytes))


async def test_who_signed_up_gets_no_link_and_is_told_whom_to_ask(database: Database) -> None:
    await begin(database, opened(links=False), PUBLISHED + timedelta(minutes=1))
    joined(database)
    own, listed = by_reader(await sent(database, PUBLISHED, START))
    assert not [one for one in own if LINK in one]
    assert len([one for one in own if ASKS in one]) == 3
    assert len([one for one in listed if LINK in one]) == 3
    assert not [one for one in listed if ASKS in one]


async def test_an_invitation_holds_none_either(database: Database) -> None:
    await begin(database, opened(links=False), PUBLISHED + timedelta(minutes=1))
    choose(database, Channel.INVITATIONS, recipient=joined(database))
    fake = await run_inviting(database, PUBLISHED, START)
    own = [mail for mail in fake if str(mail["To"]) == "ana@tokio.example"]
    assert [mail for mail in own if "METHOD:REQUEST" in _all_of(mail)]
    assert not [mail for mail in own if LINK in _all_of(mail)]


async def test_where_the_agenda_allows_it_they_get_what_all_get(database: Database) -> None:
    await begin(database, opened(links=True), PUBLISHED + timedelta(minutes=1))
    joined(database)
    own, _ = by_reader(await sent(database, PUBLISHED, START))
    assert len([one for one in own if LINK in one]) == 3
    assert not [one for one in own if ASKS in one]


async def test_of_a_new_link_alone_they_hear_nothing(database: Database) -> None:
    await begin(database, opened(links=False), PUBLISHED + timedelta(minutes=1))
    joined(database)
    await sent(database, PUBLISHED, MONDAY - timedelta(seconds=1))
    change(database, opened(links=False, link=OTHER), MONDAY)
    own, listed = by_reader(await sent(database, MONDAY, UNTIL))
    assert own == []
    assert len(listed) == 1
    assert OTHER in listed[0]


@pytest.mark.parametrize("link", [LINK, OTHER])
async def test_of_a_move_they_hear_all_but_the_link(database: Database, link: str) -> None:
    await begin(database, opened(links=False), PUBLISHED + timedelta(minutes=1))
    joined(database)
    await sent(database, PUBLISHED, MONDAY - timedelta(seconds=1))
    change(database, opened(links=False, link=link, changed=event(when=AT_EIGHT)), MONDAY)
    own, listed = by_reader(await sent(database, MONDAY, UNTIL))
    assert len(own) == len(listed) == 1
    assert "10:00" in own[0]
    assert "salas.example" not in own[0]
    assert link in listed[0]
