"""The demo as people see it: the shipped agenda on the day before its first workshop, its mails, and live ones."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from calendars.editions import first_stamp
from scheduler.base.tokens import Link
from scheduler.rehearsal.capture import Outbox
from scheduler.rehearsal.run import Plan, captured, rehearsal_database, rehearse
from scheduler.serving import Serving, serve_until
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.web.app import Site
from scheduler.web.http.server import bind
from tests.support.shipped import shipped_draft
from tests.support.webserver import TOKENS

NOW = datetime(2021, 10, 18, 17, tzinfo=UTC)  # noon in Mexico
PATIENCE_SECONDS = 20  # until a mail has come
OFFICE, REGION = "nueva-delhi", "asia-pacifico"
EVENT, DRIVE = "taller-asia-pacifico-2021", "jornada-credencializacion-2022"
POST = "nueva-delhi-consular"  # of the administrator's list


def link(page: str, signed: Link) -> str:
    """The path of a page that speaks to the office's post."""
    return f"/{page}/{TOKENS.sign(signed, POST, NOW + timedelta(minutes=15))}"


# One page of each kind: test_every_kind.py and screenshots.py look at all of them.
KINDS = {
    "home": "/",
    "found": "/?q=alemania",
    "office": f"/sites/{OFFICE}",
    "region": f"/regions/{REGION}",
    "workshop": f"/events/{EVENT}",
    "drive": f"/events/{DRIVE}",
    "calendar": "/calendar",
    "calendar-office": f"/calendar?site={OFFICE}",
    "calendar-list": "/calendar?view=list",
    "work": "/agenda",
    "subscribe": f"/subscribe?site={OFFICE}",
    "privacy": "/privacy",
    "leave": link("leave", Link.LEAVE),
    "manage": link("manage", Link.LEAVE),
    "answer": f"/answer/{TOKENS.sign_answer(POST, EVENT)}?r=yes",
    "account": link("account", Link.ACCOUNT),
    "erase": link("account", Link.ACCOUNT) + "/erase",
    "index": "/feeds/",
    "outbox": "/outbox/",
    "mail": "/outbox/{mail}",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Demo:
    url: str  # without a slash at the end
    outbox: Path
    arrived: asyncio.Event  # set with each mail

    def path(self, kind: str) -> str:
        """Of one page of that kind."""
        first_mail = min(path.name for path in self.outbox.glob("*.eml"))
        return KINDS[kind].format(mail=first_mail)

    async def mailed(self, address: str, page: str) -> str:
        """The link to that page ("confirm", "account") in a mail to the address; waits until one has come."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (found := self._mailed(address, page)):
                self.arrived.clear()
                await self.arrived.wait()
        return found[-1]

    def _mailed(self, address: str, page: str) -> list[str]:
        mails = [message_from_bytes(path.read_bytes(), policy=default) for path in sorted(self.outbox.glob("*.eml"))]
        texts = [_text(mail) for mail in mails if address in str(mail["To"])]
        return [str(url) for said in texts for url in re.findall(rf"https?://\S+/{page}/\S+", said)]


def _text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@asynccontextmanager
async def demo(folder: Path, shown_at: str | None = None) -> AsyncIterator[Demo]:
    """Running, with live mail that lands in the outbox. `shown_at`: the address that its pages give as their own."""
    listener = bind("127.0.0.1", 0)
    made = Demo(url=f"http://127.0.0.1:{listener.getsockname()[1]}", outbox=folder / "outbox", arrived=asyncio.Event())
    with listener, rehearsal_database(folder / "demo.db", TOKENS) as database:
        await rehearse_until_now(database, made)
        kept = Outbox(made.outbox, resuming=True)
        stopped = asyncio.Event()
        async with (
            captured(database, kept, base_url=made.url, tokens=TOKENS, kept=made.arrived.set) as sending,
            asyncio.TaskGroup() as group,
        ):
            parts = Serving(
                database=database,
                site=site_at(made, database, shown_at or made.url),
                listener=listener,
                sending=replace(sending, invitations=True),
            )
            group.create_task(serve_until(parts, stopped))
            try:
                yield made
            finally:
                stopped.set()


async def rehearse_until_now(database: Database, known: Demo) -> None:
    draft = shipped_draft()
    plan = Plan(start=first_stamp(draft.agenda), until=NOW, base_url=known.url, tokens=TOKENS)
    await rehearse(database, draft, plan, Outbox(known.outbox, resuming=False), lambda: None)


def site_at(known: Demo, database: Database, base_url: str) -> Site:
    with database.read() as connection:
        found = editions.load(connection)
    assert found is not None
    return Site(
        database=database,
        tokens=TOKENS,
        base_url=base_url,
        now=NOW,
        outbox=known.outbox,
        mails=True,
        invitations=True,
        in_force=found,
    )
