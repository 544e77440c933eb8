"""The demo in small: the shipped agenda at the demo's present, with the mails of its first morning, on a free port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from calendars.editions import first_stamp
from scheduler.capture import Outbox
from scheduler.rehearsal import Plan, rehearsal_database, rehearse
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.web.app import Site, build_app
from scheduler.web.server import bind, serve_http
from tests.shipped import shipped_draft
from tests.webserver import TOKENS, leave_path

NOW = datetime(2021, 10, 18, 17, tzinfo=UTC)  # noon in Mexico, the day before the first workshop
FIRST_MAILS = datetime(2021, 10, 12, 23, tzinfo=UTC)  # the day on which Middle East and Africa hear of theirs
OFFICE, REGION = "nueva-delhi", "asia-pacifico"
EVENT, DRIVE = "taller-asia-pacifico-2021", "jornada-credencializacion-2022"
POST = "nueva-delhi-consular"


@dataclass(frozen=True, kw_only=True, slots=True)
class Demo:
    url: str  # without a slash at the end
    mail: str  # the path of one captured mail

    def kinds(self) -> dict[str, str]:
        """One page of each kind, by name."""
        return {
            "home": "/",
            "found": "/?q=alemania",
            "office": f"/sites/{OFFICE}",
            "region": f"/regions/{REGION}",
            "workshop": f"/events/{EVENT}",
            "drive": f"/events/{DRIVE}",
            "index": "/feeds/",
            "outbox": "/outbox/",
            "mail": self.mail,
            "leave": leave_path(POST),
        }


@asynccontextmanager
async def demo(folder: Path) -> AsyncIterator[Demo]:
    listener = bind("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    outbox = folder / "outbox"
    with listener, rehearsal_database(folder / "demo.db") as database:
        await rehearse_first_mails(database, url, outbox)
        with database.read() as connection:
            found = editions.load(connection)
        assert found is not None
        site = Site(database=database, tokens=TOKENS, base_url=url, now=NOW, outbox=outbox, in_force=found)
        stopped = asyncio.Event()
        server = asyncio.create_task(serve_http(build_app(site), listener, stopped))
        try:
            yield Demo(url=url, mail=f"/outbox/{min(path.name for path in outbox.glob('*.eml'))}")
        finally:
            stopped.set()
            await server


async def rehearse_first_mails(database: Database, url: str, outbox: Path) -> None:
    draft = shipped_draft()
    plan = Plan(start=first_stamp(draft.agenda), until=FIRST_MAILS, base_url=url, tokens=TOKENS)
    await rehearse(database, draft, plan, Outbox(outbox, resuming=False), lambda: None)
