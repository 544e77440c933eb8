"""A database that is full, read-only or gone for a while: a clear error, nothing half done, and on it goes."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from scheduler.base.clock import SimulatedClock
from scheduler.planning.delivery import State
from scheduler.sending import presence as presence_module
from scheduler.sending.presence import Presence
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.ledger.journal import Journal
from tests.support.campaign import Campaign, ids
from tests.support.command_line import agenda, edit
from tests.support.editing import published
from tests.support.ledger import PUBLISHED, TOKENS, WEEK_BEFORE, counted, draft, moved, post, put
from tests.support.postgres import Cluster, cluster, migrated
from tests.support.smtpd import Late, scripted

pytestmark = pytest.mark.usefixtures("here")

DURABLE = ("fsync=on",)  # the other tests' clusters lose in a crash what they said was committed
POSTS = [post(f"p{number}") for number in range(3)]


@contextmanager
def full_disk(database: Path) -> Iterator[None]:
    """No file of this process may grow beyond the size of the database: writing to it fails as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (database.stat().st_size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def troubled(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Set when the journal meets an error that it waits out, which it then does in no time."""
    found = asyncio.Event()
    waits = Journal._try_again

    async def told(self: Journal, error: DBAPIError) -> bool:
        found.set()
        return await waits(self, error)

    monkeypatch.setattr("scheduler.store.ledger.journal.TRY_AGAIN_SECONDS", 0.01)
    monkeypatch.setattr(Journal, "_try_again", told)
    return found


async def sends_through(database: Database, troubled: asyncio.Event, trouble: Any) -> list[str]:
    """Trouble begins while the server has a message in hand, and ends after the journal has met it.

    Returns the Message-IDs that the server took.
    """
    answer = asyncio.Event()
    async with scripted(BODY=[Late(b"250 2.0.0 queued\r\n", answer)]) as fake:
        working = asyncio.create_task(Campaign(database, fake).run(PUBLISHED, WEEK_BEFORE))
        await fake.reached("BODY")
        with trouble:
            answer.set()
            await troubled.wait()
        await working
        return ids(fake)


def assert_each_once(database: Database, taken: list[str]) -> None:
    assert len(set(taken)) == len(taken) == 3
    assert counted(database) == {State.ACCEPTED: 3, State.PLANNED: 6}


async def test_sending_waits_out_a_full_disk_and_repeats_nothing(tmp_path: Path, troubled: asyncio.Event) -> None:
    database = Database(f"sqlite:///{tmp_path / 'agenda.db'}")
    put(database, draft(posts=POSTS))
    taken = await sends_through(database, troubled, full_disk(tmp_path / "agenda.db-shm"))
    assert_each_once(database, taken)
    database.close()


@pytest.mark.usefixtures("postgres")  # skipped where there is none
async def test_sending_waits_out_a_restart_of_the_server(tmp_path: Path, troubled: asyncio.Event) -> None:
    with cluster(*DURABLE) as running:
        database = Database(running.url(migrated(running)), tokens=TOKENS)
        put(database, draft(posts=POSTS))
        taken = await sends_through(database, troubled, restarting(running))
        assert_each_once(database, taken)
        database.close()


async def test_sending_waits_out_a_server_that_takes_no_writes(
    postgres: Cluster, postgres_template: str, troubled: asyncio.Event
) -> None:
    url = postgres.create(postgres_template)
    database = Database(url, tokens=TOKENS)
    put(database, draft(posts=POSTS))
    taken = await sends_through(database, troubled, standing_by(postgres, url))
    assert_each_once(database, taken)
    database.close()
    postgres.drop(url)


@pytest.mark.usefixtures("postgres")  # skipped where there is none
async def test_a_service_that_meets_a_database_at_rest_waits_to_join_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """It ended with a traceback: a restart of both at once left nothing running."""
    met = waiting_to_join(monkeypatch)
    with cluster(*DURABLE) as falling:
        database = Database(falling.url(migrated(falling)), tokens=TOKENS)
        put(database, draft(posts=POSTS))
        async with scripted() as fake, asyncio.TaskGroup() as group:
            with restarting(falling):
                group.create_task(Campaign(database, fake).run(PUBLISHED, WEEK_BEFORE))
                await met.wait()
        assert len(ids(fake)) == len(POSTS)
        database.close()


async def test_who_waits_to_join_may_be_told_to_give_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    met = waiting_to_join(monkeypatch, seconds=3600)
    database = Database(f"sqlite:///{tmp_path / 'agenda.db'}", tokens=TOKENS)
    put(database, draft(posts=POSTS))
    (tmp_path / "agenda.db").rename(tmp_path / "away.db")
    database._engine.dispose()
    presence = Presence(database, "a", SimulatedClock(PUBLISHED))

    async def joined() -> bool:
        async with presence.kept() as found:
            return found

    joining = asyncio.create_task(joined())
    await met.wait()
    presence.give_up()
    assert await joining is False
    database.close()


def waiting_to_join(monkeypatch: pytest.MonkeyPatch, seconds: float = 0.01) -> asyncio.Event:
    """Set when a node is told that it cannot join, which it then tries again in no time."""
    met = asyncio.Event()
    monkeypatch.setattr(presence_module, "JOIN_AGAIN_SECONDS", seconds)
    monkeypatch.setattr(presence_module.log, "error", lambda *_, **__: met.set())
    return met


@contextmanager
def restarting(running: Cluster) -> Iterator[None]:
    running.stop()
    try:
        yield
    finally:
        running.start()


@contextmanager
def standing_by(running: Cluster, url: str) -> Iterator[None]:
    """Read-only, as a standby is, for whoever connects from now on."""
    name = make_url(url).database
    with psycopg.connect(f"host={running.folder} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        try:
            yield
        finally:
            connection.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
            connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")


def test_a_publication_that_the_disk_has_no_room_for_leaves_everything_as_it_was(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'agenda.db'}")
    put(database, draft(posts=POSTS))
    with full_disk(tmp_path / "agenda.db-shm"), pytest.raises(DBAPIError):
        put(database, moved(), WEEK_BEFORE, confirmed=True)
    with database.read() as connection:
        assert editions.number_in_force(connection) == 1
    assert counted(database) == {State.PLANNED: 9}
    put(database, moved(), WEEK_BEFORE, confirmed=True)
    with database.read() as connection:
        assert editions.number_in_force(connection) == 2
    database.close()


def test_a_read_only_database_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    published()
    edit(('hora: "18:00"', 'hora: "20:00"'))

    def read_only(self: Database, url: str, **options: Any) -> None:
        opens(self, url, **options)
        event.listen(self._engine, "connect", lambda connection, _: connection.execute("PRAGMA query_only=ON"))
        self._engine.dispose()

    opens = Database.__init__
    with monkeypatch.context() as patched:
        patched.setattr(Database, "__init__", read_only)
        refused = agenda("publish", "--reason", "se mueve", "--yes")
    assert (refused.exit_code, refused.stdout) == (3, "")
    last = refused.stderr.splitlines()[-1]
    assert last == "agenda: falló la base de datos: attempt to write a readonly database"
    assert agenda("publish", "--reason", "se mueve", "--yes").exit_code == 0
