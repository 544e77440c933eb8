"""A database that was copied or restored sends nothing by itself; adopting it holds what may have gone already."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from scheduler.planning.delivery import State
from scheduler.store import controls, copying, nodes
from scheduler.store.copying import NotCopied
from scheduler.store.database import Database
from scheduler.store.instance import Instance
from scheduler.store.ledger.deliveries import hold_what_may_have_gone
from scheduler.store.schema import deliveries, metadata
from tests.support.campaign import Campaign, ids
from tests.support.ledger import (
    DAY_BEFORE,
    HOUR_BEFORE,
    PUBLISHED,
    START,
    TOKENS,
    WEEK_BEFORE,
    counted,
    draft,
    post,
    put,
)
from tests.support.postgres import Cluster
from tests.support.smtpd import scripted

pytestmark = pytest.mark.conformance

POSTS = [post("uno"), post("dos")]
NIGHTLY = WEEK_BEFORE - timedelta(hours=12)  # when the backup is made
MINUTE = timedelta(minutes=1)


def back_up(database: Database, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """A copy as backups are: of the SQLite file alone, of PostgreSQL's database. Returns its URL."""
    database.close()  # SQLite leaves one file then, and PostgreSQL copies none that somebody is connected to
    if database.file is not None:
        shutil.copy(database.file, tmp_path / "backup.db")
        return f"sqlite:///{tmp_path / 'backup.db'}"
    running: Cluster = request.getfixturevalue("postgres")
    return running.create(str(database.url.database))


async def sent(database: Database, since: object, until: object) -> list[str]:
    async with scripted() as fake:
        await Campaign(database, fake).run(since, until)  # type: ignore[arg-type]  # because the instants are datetimes
        return ids(fake)


def adopt(database: Database, now: object, *, held: bool = True) -> int:
    instance = Instance(database)
    with database.write() as connection:
        count = hold_what_may_have_gone(connection, NIGHTLY, now) if held else 0  # type: ignore[arg-type]  # likewise
        mark = instance.take(connection)
    instance.confirm(mark)
    return count


def is_own(database: Database) -> bool:
    with database.read() as connection:
        return Instance(database).is_own(connection)


async def test_a_restored_backup_sends_nothing_by_itself_and_nothing_twice_once_adopted(
    database: Database, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Back up, send, lose the disk, restore, adopt."""
    put(database, draft(posts=[post("cero")]), PUBLISHED - timedelta(days=10))
    put(database, draft(posts=POSTS), confirmed=True)
    await sent(database, PUBLISHED, NIGHTLY)
    adopt(database, NIGHTLY, held=False)  # it has sent before
    url = back_up(database, tmp_path, request)
    gone = await sent(database, NIGHTLY, DAY_BEFORE - MINUTE)
    assert len(gone) == 2
    database.close()
    restored = Database(url, tokens=TOKENS)
    assert not is_own(restored)
    assert await sent(restored, DAY_BEFORE - MINUTE, DAY_BEFORE - MINUTE) == []
    assert counted(restored)[State.PLANNED] == 6

    assert adopt(restored, DAY_BEFORE - MINUTE) == 2
    assert is_own(restored)
    later = await sent(restored, DAY_BEFORE - MINUTE, START)
    assert len(later) == 4
    assert not set(later) & set(gone)
    assert counted(restored)[State.HELD] == 2
    restored.close()


async def test_a_backup_put_back_in_the_same_place_is_known_as_one(tmp_path: Path) -> None:
    path = tmp_path / "agenda.db"
    database = Database(f"sqlite:///{path}")
    put(database, draft(posts=POSTS))
    await sent(database, PUBLISHED, WEEK_BEFORE)
    database.close()
    shutil.copy(path, tmp_path / "kept.db")
    again = Database(f"sqlite:///{path}")
    assert is_own(again)
    await sent(again, WEEK_BEFORE, DAY_BEFORE)
    again.close()
    shutil.copy(tmp_path / "kept.db", path)
    restored = Database(f"sqlite:///{path}")
    assert not is_own(restored)
    assert await sent(restored, DAY_BEFORE, START) == []
    restored.close()


async def test_a_file_that_was_moved_with_its_mark_goes_on(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    database = Database(f"sqlite:///{old / 'agenda.db'}")
    put(database, draft(posts=POSTS))
    await sent(database, PUBLISHED, WEEK_BEFORE)
    database.close()
    old.rename(new)
    moved = Database(f"sqlite:///{new / 'agenda.db'}")
    assert len(await sent(moved, WEEK_BEFORE, DAY_BEFORE)) == 2
    moved.close()


def test_a_crash_between_commit_and_mark_takes_nothing_away(database: Database) -> None:
    adopt(database, PUBLISHED, held=False)
    with database.write() as connection:
        Instance(database).take(connection)  # and the file beside it is never written
    assert is_own(database)


def test_a_database_that_was_never_sent_from_belongs_to_who_asks_first(database: Database) -> None:
    assert is_own(database)
    Instance(database).renew()
    with database.read() as connection:
        assert controls.get(connection, "instance") is None


@pytest.mark.parametrize("target_kind", ["sqlite", "postgresql"])
async def test_a_copy_has_every_row_and_goes_on_once_it_is_adopted(
    database: Database, tmp_path: Path, postgres: Cluster, postgres_template: str, target_kind: str
) -> None:
    put(database, draft(posts=POSTS, link="https://salas.example/1"))
    gone = await sent(database, PUBLISHED, WEEK_BEFORE)
    url = f"sqlite:///{tmp_path / 'copy.db'}" if target_kind == "sqlite" else postgres.create(postgres_template)
    target = Database(url, tokens=TOKENS)
    counted_rows = dict(copying.copy(database, target))
    with database.read() as old, target.read() as new:
        for table in metadata.sorted_tables:
            if table.name not in (*copying.NOT_COPIED, "controls"):
                rows = [list(one.execute(select(table).order_by(*table.primary_key))) for one in (old, new)]
                assert rows[0] == rows[1], table.name
                assert counted_rows[table.name] == len(rows[0])
    assert await sent(target, WEEK_BEFORE, HOUR_BEFORE) == []
    adopt(target, WEEK_BEFORE, held=False)
    later = await sent(target, WEEK_BEFORE, START)
    assert len(later) == 4
    assert not set(later) & set(gone)
    put(target, draft(posts=[*POSTS, post("tres")]), WEEK_BEFORE, confirmed=True)  # its numbers are counted on
    with target.read() as connection:
        assert max(connection.execute(select(deliveries.c.id)).scalars()) > 6
    target.close()


def test_what_is_at_work_or_full_is_not_copied(database: Database, tmp_path: Path) -> None:
    put(database, draft())
    full = Database(f"sqlite:///{tmp_path / 'full.db'}")
    put(full, draft())
    with pytest.raises(NotCopied, match="is not empty; name a new database"):
        list(copying.copy(database, full))
    full.close()


def test_what_a_worker_sends_from_is_not_copied(postgres: Cluster, postgres_template: str, tmp_path: Path) -> None:
    url = postgres.create(postgres_template)
    source, target = Database(url, tokens=TOKENS), Database(f"sqlite:///{tmp_path / 'copy.db'}")
    with source.write() as connection:
        nodes.join(connection, "a", PUBLISHED, "", timedelta(hours=1))
    with pytest.raises(NotCopied, match="a worker sends from it"):
        list(copying.copy(source, target))
    source.close()
    target.close()
    postgres.drop(url)
