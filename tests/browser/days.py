"""A day at the desk: its pages and the service that sends, on one clock that the test moves, and a mail server."""

from __future__ import annotations

import asyncio
import email.utils
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from calendars.reading.files import AGENDA
from scheduler.base.clock import SimulatedClock
from scheduler.base.settings import Settings
from scheduler.base.tokens import Tokens
from scheduler.mail.relay.smtp_url import SmtpSettings
from scheduler.people.accounts import AccountActs
from scheduler.sending.runtime import Bell
from scheduler.sending.service import Sending, Service
from scheduler.serving import Serving, serve_until
from scheduler.store import editions
from scheduler.store.accounts import register
from scheduler.store.accounts.roles import DeskRole, Grant
from scheduler.store.database import Database
from scheduler.web.http.server import bind
from scheduler.web.site import DeskHome, Site
from tests.support.campaign import UNLIMITED, mails
from tests.support.desk import KEY, publish, shipped_folder
from tests.support.quick_hashes import HASHED
from tests.support.smtpd import ScriptedServer, scripted
from tests.support.sqlite import migrated_at

PERSON = "ana@ine.example"
EDITION = timedelta(days=7)  # before the day begins, the files were published


class Steered(Bell):
    """Wakes at each moment that the ledger wants, up to the one that the test lets come; then it waits to be rung."""

    def __init__(self, clock: SimulatedClock) -> None:
        super().__init__()
        self._clock = clock
        self._until = clock.now()
        self._next: datetime | None = None
        self._idle = asyncio.Event()

    def arm(self, moments: Sequence[datetime]) -> None:
        self._next = min(moments, default=None)

    async def wait(self) -> bool:
        if self._next is not None and self._next <= self._until:
            self._clock.advance_to(self._next)
            return True
        self._clock.advance_to(self._until)
        self._idle.set()
        return await super().wait()

    async def pass_to(self, moment: datetime) -> None:
        """Let everything happen that happens until then."""
        self._until = moment
        self._idle.clear()
        self.wake()
        await self._idle.wait()


@dataclass(frozen=True, kw_only=True)
class Day:
    """One installation, its clock and its mail server's record."""

    url: str
    folder: Path
    clock: SimulatedClock
    server: ScriptedServer
    waker: Steered

    async def until(self, moment: datetime) -> list[EmailMessage]:
        """Let the clock run to that instant; returns what the mail server took meanwhile."""
        before = len(self.server.bodies)
        await self.waker.pass_to(moment)
        return mails(self.server)[before:]

    async def later(self, **by: float) -> list[EmailMessage]:
        """The same, from now on for a while: minutes=…, hours=…"""
        return await self.until(self.clock.now() + timedelta(**by))

    def text(self, name: str = AGENDA) -> str:
        """One of the files."""
        return (self.folder / name).read_text(encoding="utf-8")


@asynccontextmanager
async def day_at(folder: Path, now: datetime, files: Mapping[str, str] | None = None) -> AsyncIterator[Day]:
    """The shipped agenda in force since a week, with other contents for `files`, and Ana, who may do everything."""
    config = shipped_folder(folder / "config")
    for name, text in (files or {}).items():
        (config / name).write_text(text, encoding="utf-8")
    database = Database(migrated_at(folder / "day.db"), tokens=Tokens([KEY]))
    publish(database, config, now - EDITION)
    _sign_up(database, now - EDITION)
    clock, stopped = SimulatedClock(now - EDITION), asyncio.Event()
    waker = Steered(clock)
    try:
        async with scripted() as server, asyncio.TaskGroup() as group:
            listener = bind("127.0.0.1", 0)
            site = _site(database, config, clock, f"http://127.0.0.1:{listener.getsockname()[1]}")
            serving = Serving(database=database, site=site, listener=listener, sending=None)
            group.create_task(serve_until(serving, stopped))
            service = Service(database=database, sending=_sending(site, server), clock=clock, waker=waker)
            group.create_task(service.run())
            day = Day(url=site.base_url, folder=config, clock=clock, server=server, waker=waker)
            await day.until(now)
            try:
                yield day
            finally:
                stopped.set()
                service.drain()
    finally:
        database.close()


def _sign_up(database: Database, at: datetime) -> None:
    grants = frozenset(Grant(role=role, region=None) for role in DeskRole)
    made = AccountActs(database=database, by="test", now=at).invite(PERSON, "", grants).account.id
    with database.write() as connection:
        register.set_password(connection, made, HASHED, at)
        register.rename(connection, made, "Ana Prueba")


def _site(database: Database, folder: Path, clock: SimulatedClock, url: str) -> Site:
    with database.read() as connection:
        found = editions.load(connection)
    assert found is not None
    settings = Settings(
        database_url=database.url.render_as_string(hide_password=False),
        smtp_url="smtp://127.0.0.1:25",
        secret_keys=(KEY,),
        base_url=url,
    )
    desk = DeskHome(folder=folder, settings=settings)
    return Site(
        database=database, tokens=database.tokens, base_url=url, in_force=found, clock=clock, mails=True, desk=desk
    )


def _sending(site: Site, server: ScriptedServer) -> Sending:
    smtp = SmtpSettings(host="127.0.0.1", port=server.port, security="none")
    return Sending(smtp=smtp, pace=UNLIMITED, base_url=site.base_url, tokens=site.tokens)


def addressees(found: Sequence[EmailMessage]) -> list[str]:
    """To whom, sorted."""
    return sorted(email.utils.parseaddr(str(one["To"]))[1] for one in found)
