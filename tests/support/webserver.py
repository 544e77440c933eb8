"""A real server on a loopback port, over a real database, for the tests of the web half."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp

from calendars.model.agenda import Agenda, Draft
from calendars.model.people import Recipient
from scheduler.base.clock import SimulatedClock
from scheduler.base.tokens import Link, Tokens
from scheduler.publishing.prospect import Act
from scheduler.publishing.publish import publish_draft
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.editions import InForce
from scheduler.web.app import Site, build_app, ready_of
from scheduler.web.http.server import bind, serve_http
from tests.support import factories
from tests.support.copies import copy_of
from tests.support.sqlite import migrated_at
from tests.support.unencrypted import PLAIN

PUBLISHED = datetime(2021, 10, 1, 15, tzinfo=UTC)
TOKENS = Tokens(["a key for the tests"])
POST = "tokio-consular"
LINK = "https://videollamada.example/sala-secreta"


def small_draft(content: Agenda | None = None) -> Draft:
    """One site with one post, and a joining link that must never be seen."""
    recipient = Recipient(
        id=POST,
        site="tokio",
        address="consular.tokio@sedes.example",
        language="es",
        post="Sección Consular",
        joined=date(2021, 10, 1),
    )
    agenda = content or factories.agenda(events=(factories.event(), factories.drive()))
    return Draft(agenda=agenda, recipients=(recipient,), links={"taller-asia-pacifico-2021": LINK})


def publish(database: Database, draft: Draft, at: datetime = PUBLISHED) -> InForce:
    publish_draft(database, draft, Act(at=at, author="Ana Prueba", reason="Motivo interno"), confirmed=True)
    with database.read() as connection:
        found = editions.load(connection)
    assert found is not None
    return found


@contextmanager
def site_of(folder: Path, draft: Draft | None = None, **changes: Any) -> Iterator[Site]:
    """An installation whose database lies in `folder`, with the draft in force. Its clock stands at publishing."""
    wanted = draft or small_draft()
    database = Database(copy_of(wanted, folder / "web.db", partial(_publish, wanted)))
    try:
        with database.read() as connection:
            found = editions.load(connection)
        assert found is not None
        given = {"base_url": "https://agenda.example", "clock": SimulatedClock(PUBLISHED), **changes}
        yield Site(database=database, tokens=TOKENS, in_force=found, **given)
    finally:
        database.close()


def _publish(draft: Draft, path: Path) -> None:
    with closing(Database(migrated_at(path))) as database:
        publish(database, draft)


@asynccontextmanager
async def serving(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    """The site on a free port, and a client that talks to it."""
    listener = bind("127.0.0.1", 0)
    stopped = asyncio.Event()
    server = asyncio.create_task(serve_http(build_app(site), listener, stopped, ready=ready_of(site)))
    try:
        base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with httpx.AsyncClient(base_url=base_url, trust_env=False, verify=PLAIN, timeout=60) as client:
            yield client
    finally:
        stopped.set()
        await server


def asking(app: ASGIApp) -> httpx.AsyncClient:
    """A client that asks the application itself, where nothing is about the server."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="https://agenda.example")


def leave_path(post: str = POST) -> str:
    return f"/leave/{TOKENS.sign(Link.LEAVE, post)}"


async def raw(client: httpx.AsyncClient, method: str, target: str, *headers: str) -> bytes:
    """The server's answer to the letter, for a request to the letter: httpx tidies up both."""
    reader, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
    lines = (f"{method} {target} HTTP/1.1", "host: 127.0.0.1", "connection: close", *headers, "", "")
    writer.write("\r\n".join(lines).encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer
