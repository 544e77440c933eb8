"""`agenda migrate`, `web`, `worker`, `copy-database` and `adopt`, as processes over one PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from pathlib import Path

import httpx
import pytest
from aiosmtpd.smtp import Envelope

from scheduler.base.clock import SystemClock
from scheduler.base.tokens import Tokens
from scheduler.planning.delivery import Purpose, State
from scheduler.store import nodes
from scheduler.store.database import Database
from scheduler.store.people import signups
from scheduler.store.posts import roster
from tests.support.command_line import AGENDA, agenda, into_the_future, wait_for
from tests.support.ledger import counted
from tests.support.postgres import Cluster
from tests.support.smtpd import aiosmtpd_server
from tests.support.watching import between_looks

pytestmark = pytest.mark.usefixtures("here")

SECRET = {"AGENDA_SECRET_KEY": "a-key-that-the-nodes-share", "AGENDA_BASE_URL": "https://agenda.example"}


@pytest.fixture
def url(postgres: Cluster) -> Iterator[str]:
    made = postgres.create()
    yield made
    postgres.drop(made)


@pytest.fixture
def environment(url: str, here: Path) -> dict[str, str]:
    """Of every node, with an edition in force."""
    common = {"AGENDA_DATABASE_URL": url, **SECRET}
    into_the_future()
    assert agenda("migrate", **common).exit_code == 0
    published = agenda("publish", "--reason", "inicio", **common)
    assert published.exit_code == 0, published.output
    return common


@contextmanager
def node(*words: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([*AGENDA, *words], env={**os.environ, **environment}, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)
        assert process.stderr is not None
        process.stderr.close()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def alive(database: Database) -> int:
    with database.read() as connection:
        return len(nodes.alive(connection))


def until(count: int, database: Database, state: State) -> None:
    while counted(database).get(state, 0) < count:
        between_looks()


async def test_two_workers_and_a_web_node_share_one_database(environment: dict[str, str]) -> None:
    database = Database(environment["AGENDA_DATABASE_URL"], tokens=Tokens([environment["AGENDA_SECRET_KEY"]]))
    async with aiosmtpd_server() as inbox:
        send = {**environment, "AGENDA_SMTP_URL": f"smtp://127.0.0.1:{inbox.port}", "AGENDA_PACE": "off"}
        port = free_port()
        with (
            node("worker", **send) as one,
            node("worker", **send),
            node("web", "--port", str(port), **environment) as web,
        ):
            await asyncio.to_thread(_until_alive, 2, database)
            await asyncio.to_thread(wait_for, f"http://127.0.0.1:{port}", web)
            with database.write() as connection:
                posts = roster.posts_of_the_file(connection)[:20]
                for key in posts:
                    signups.request(connection, Purpose.ACCESS, key, SystemClock().now())
            await asyncio.to_thread(until, 20, database, State.ACCEPTED)
            ids = [message_id(envelope) for envelope in inbox.envelopes]
            assert len(ids) == len(set(ids)) == 20
            one.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(one.wait, 30) == 0
            assert alive(database) == 1
            answer = await asyncio.to_thread(httpx.get, f"http://127.0.0.1:{port}/feeds/sites/tokio.ics")
            assert answer.status_code == 200
    database.close()


def message_id(envelope: Envelope) -> str:
    return str(message_from_bytes(envelope.content or b"")["Message-ID"])  # type: ignore[arg-type]  # bytes, without SMTPUTF8


def _until_alive(count: int, database: Database) -> None:
    while alive(database) < count:
        between_looks()


def test_a_node_says_what_it_misses(url: str) -> None:
    common = {"AGENDA_DATABASE_URL": url, **SECRET}
    empty = agenda("worker", **common)
    assert (empty.exit_code, "agenda migrate" in empty.stderr) == (3, True)
    assert agenda("migrate", **common).exit_code == 0
    assert agenda("migrate", **common).exit_code == 0
    unpublished = agenda("web", **common)
    assert (unpublished.exit_code, "agenda publish" in unpublished.stderr) == (1, True)
    assert agenda("publish", "--reason", "inicio", **common).exit_code == 0
    mute = agenda("worker", **common)
    assert (mute.exit_code, "AGENDA_SMTP_URL" in mute.stderr) == (3, True)
    homeless = agenda("worker", **{**common, "AGENDA_BASE_URL": "", "AGENDA_SMTP_URL": "smtp://127.0.0.1:1"})
    assert (homeless.exit_code, "AGENDA_BASE_URL" in homeless.stderr) == (3, True)
    keyless = agenda("web", "--port", "0", **{**common, "AGENDA_SECRET_KEY": ""})
    assert (keyless.exit_code, "AGENDA_SECRET_KEY" in keyless.stderr) == (3, True)


def test_an_installation_moves_from_sqlite_to_postgresql(url: str) -> None:
    into_the_future()
    assert agenda("publish", "--reason", "inicio").exit_code == 0
    copied = agenda("copy-database", "sqlite:///agenda.db", url, **SECRET)
    assert copied.exit_code == 0, copied.output
    assert "`agenda adopt`" in copied.stdout
    again = agenda("copy-database", "sqlite:///agenda.db", url, **SECRET)
    assert (again.exit_code, "no está vacía" in again.stderr) == (3, True)
    common = {"AGENDA_DATABASE_URL": url, **SECRET}
    before = agenda("adopt", "--backup-from", "2021-10-01T00:00", **common)
    assert (before.exit_code, "no dice la zona horaria" in before.stderr) == (2, True)
    adopted = agenda("adopt", "--backup-from", "2021-10-01T00:00Z", **common)
    assert (adopted.exit_code, "nada quedó retenido" in adopted.stdout) == (0, True)
    assert agenda("status", **common).exit_code == 0
