"""A published change, and the mails that it causes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

from calendars.model.agenda import Draft
from calendars.model.events import Audience, Event
from calendars.model.people import Recipient
from scheduler.store.database import Database
from tests.support.campaign import Campaign, mails
from tests.support.factories import agenda, event, site, timed
from tests.support.ledger import PUBLISHED, draft, post, put
from tests.support.smtpd import Behaviour, ScriptedServer, scripted

MONDAY = datetime(2021, 10, 18, 1, tzinfo=UTC)  # 10:00 in Tokyo; the workshop is on Friday 22nd at 08:00 there
SETTLED = MONDAY + timedelta(minutes=10)
AT_EIGHT = timed("2021-10-21 20:00")  # of Mexico: 10:00 in Tokyo
LINK = "https://salas.example/1"


def with_event(changed: Event, *, posts: Sequence[Recipient] = (post(),), link: str | None = LINK) -> Draft:
    return draft(agenda(events=(changed,)), posts, link)


MOVED = with_event(event(when=AT_EIGHT))
NEARBY = with_event(event(when=timed("2021-10-21 18:30")))  # half an hour later on the same day
AS_IT_WAS = with_event(event())


def subjects(fake: ScriptedServer) -> list[str]:
    return [str(mail["Subject"]) for mail in mails(fake)]


def words(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def unwrapped(mail: EmailMessage) -> str:
    """The same on one line: where a line of it ends is a matter of width."""
    return " ".join(words(mail).split())


def change(database: Database, content: Draft, at: datetime, *, silent: bool = False) -> int:
    return put(database, content, at, confirmed=True, silent=silent).notices


async def sent(
    database: Database, start: datetime, until: datetime, **script: Sequence[Behaviour]
) -> list[EmailMessage]:
    async with scripted(**script) as fake:
        await Campaign(database, fake).run(start, until)
        return mails(fake)


async def begin(database: Database, content: Draft = AS_IT_WAS, until: datetime = MONDAY) -> None:
    """The first edition, and whatever fell due before `until`."""
    put(database, content)
    await sent(database, PUBLISHED, until - timedelta(seconds=1))


def at_two_sites(audience: Audience, changed: Event, where: str = "tokio") -> Draft:
    sites = (site(), site("madrid", region="europa", zone="Europe/Madrid", country_code="ES", city="Madrid"))
    return draft(agenda(representations=sites, events=(replace(changed, audience=audience),)), (post(site=where),))
