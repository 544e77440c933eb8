"""What each way to a second database does before and after the first mail: the mail server's record is asked.

A copy knows as well as the original what is owed; sent from, it would send everything twice.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from scheduler.store.backup import back_up, restore
from scheduler.store.database import Database, DatabaseInUse
from scheduler.store.file_place import FilePlace, mark_beside
from scheduler.store.instance import Instance
from tests.support.campaign import Campaign, ids
from tests.support.ledger import DAY_BEFORE, PUBLISHED, TOKENS, WEEK_BEFORE, draft, post, put
from tests.support.postgres import Cluster, binaries
from tests.support.smtpd import scripted

POSTS = [post("uno"), post("dos")]
MAILED = pytest.mark.parametrize("mailed", [False, True], ids=["before the first mail", "after it"])


async def sent(database: Database, since: datetime, until: datetime) -> list[str]:
    async with scripted() as fake:
        await Campaign(database, fake).run(since, until)
        return ids(fake)


async def original(url: str, *, mailed: bool) -> Database:
    database = Database(url, tokens=TOKENS)
    put(database, draft(posts=POSTS))
    if mailed:
        assert len(await sent(database, PUBLISHED, WEEK_BEFORE)) == 2
    return database


async def leaves(url: str) -> list[str]:
    """What leaves from the database that is there now."""
    database = Database(url, tokens=TOKENS)
    found = await sent(database, WEEK_BEFORE, DAY_BEFORE)
    database.close()
    return found


def sqlite(path: Path) -> str:
    return f"sqlite:///{path}"


def copy_all(path: Path, to: Path) -> None:
    shutil.copytree(path.parent, to.parent, copy_function=shutil.copy2)


def copy_alone(path: Path, to: Path) -> None:
    to.parent.mkdir()
    shutil.copy(path, to)


def link_hard(path: Path, to: Path) -> None:
    to.parent.mkdir()
    to.hardlink_to(path)


def link_all_hard(path: Path, to: Path) -> None:
    """As `cp -al` does: the mark is linked too."""
    to.parent.mkdir()
    for one in (path, mark_beside(path)):
        to.with_name(one.name).hardlink_to(one)


@MAILED
@pytest.mark.parametrize("make", [copy_all, copy_alone, link_hard, link_all_hard])
async def test_a_copied_or_linked_file_sends_nothing_before_it_is_adopted(
    make: Callable[[Path, Path], None], tmp_path: Path, *, mailed: bool
) -> None:
    path, other = tmp_path / "here" / "agenda.db", tmp_path / "there" / "agenda.db"
    path.parent.mkdir()
    (await original(sqlite(path), mailed=mailed)).close()
    make(path, other)
    assert await leaves(sqlite(other)) == []
    if make not in (link_hard, link_all_hard):
        assert len(await leaves(sqlite(path))) == (2 if mailed else 4)


@MAILED
@pytest.mark.parametrize("remove", [False, True], ids=["over it", "in its place"])
async def test_a_restored_file_sends_nothing_before_it_is_adopted(
    tmp_path: Path, *, mailed: bool, remove: bool
) -> None:
    path, kept = tmp_path / "agenda.db", tmp_path / "kept.db"
    (await original(sqlite(path), mailed=mailed)).close()
    shutil.copy(path, kept)
    assert await leaves(sqlite(path))
    if remove:
        path.unlink()
    shutil.copy(kept, path)
    assert await leaves(sqlite(path)) == []


@MAILED
async def test_what_agenda_backup_made_sends_nothing_before_it_is_adopted(tmp_path: Path, *, mailed: bool) -> None:
    """Where the original sent nothing since, too."""
    path, kept = tmp_path / "agenda.db", tmp_path / "kept.db"
    database = await original(sqlite(path), mailed=mailed)
    back_up(database, kept, WEEK_BEFORE)
    database.close()
    restored = restore(kept, path, WEEK_BEFORE)
    assert restored.taken == WEEK_BEFORE
    assert restored.key == TOKENS.fingerprint
    assert await leaves(sqlite(path)) == []
    database = Database(sqlite(path), tokens=TOKENS)
    with database.write() as connection:
        mark = Instance(database).take(connection)
    Instance(database).confirm(mark)
    database.close()
    assert len(await leaves(sqlite(path))) == (2 if mailed else 4)


@MAILED
async def test_a_symlink_beside_a_running_service_is_the_same_database(tmp_path: Path, *, mailed: bool) -> None:
    path, link = tmp_path / "agenda.db", tmp_path / "elsewhere" / "agenda.db"
    link.parent.mkdir()
    link.symlink_to(path)
    database = await original(sqlite(path), mailed=mailed)
    database.lock_for_sending()
    other = Database(sqlite(link), tokens=TOKENS)
    with pytest.raises(DatabaseInUse):
        other.lock_for_sending()
    other.close()
    database.close()
    assert len(await leaves(sqlite(link))) == (2 if mailed else 4)  # who is alone may come by the link


@MAILED
async def test_a_file_that_was_moved_with_its_mark_sends_on(tmp_path: Path, *, mailed: bool) -> None:
    path, new = tmp_path / "agenda.db", tmp_path / "new" / "otra.db"
    (await original(sqlite(path), mailed=mailed)).close()
    new.parent.mkdir()
    path.rename(new)
    mark_beside(path).rename(mark_beside(new))
    assert len(await leaves(sqlite(new))) == (2 if mailed else 4)


@MAILED
@pytest.mark.parametrize("replaced", [False, True], ids=["deleted", "replaced"])
async def test_a_file_that_goes_under_a_running_service_is_not_sent_from(
    tmp_path: Path, *, mailed: bool, replaced: bool
) -> None:
    path = tmp_path / "agenda.db"
    database = await original(sqlite(path), mailed=mailed)
    assert database.in_place is True
    path.rename(tmp_path / "gone.db")
    if replaced:
        shutil.copy(tmp_path / "gone.db", path)
    gone = Instance(database)
    assert not gone.in_place
    assert await sent(database, WEEK_BEFORE, DAY_BEFORE) == []
    database.close()
    assert path.exists() == replaced  # nothing is begun anew


@MAILED
async def test_a_postgresql_database_made_from_another_sends_nothing_before_it_is_adopted(
    postgres: Cluster, postgres_template: str, *, mailed: bool
) -> None:
    url = postgres.create(postgres_template)
    (await original(url, mailed=mailed)).close()
    copied = postgres.create(str(make_url(url).database))
    assert await leaves(copied) == []
    assert len(await leaves(url)) == (2 if mailed else 4)
    for one in (url, copied):
        postgres.drop(one)


@MAILED
async def test_a_postgresql_database_that_pg_restore_filled_sends_nothing_before_it_is_adopted(
    postgres: Cluster, postgres_template: str, tmp_path: Path, *, mailed: bool
) -> None:
    if not (binaries() / "pg_dump").exists():
        pytest.skip("the package has no pg_dump")
    url, filled = postgres.create(postgres_template), postgres.create()
    (await original(url, mailed=mailed)).close()
    dump = postgres.folder / f"{make_url(url).database}.dump"
    where = ("-h", str(postgres.folder), "-U", "postgres")
    postgres._run("pg_dump", *where, "-Fc", "-f", str(dump), str(make_url(url).database))
    postgres._run("pg_restore", *where, "-d", str(make_url(filled).database), str(dump))
    assert await leaves(filled) == []
    for one in (url, filled):
        postgres.drop(one)


def place(**other: object) -> FilePlace:
    said: dict[str, object] = {"device": 1, "inode": 2, "links": 1, "path": "/a", "machine": "m", "boot": "b"}
    return FilePlace(**{**said, **other})  # type: ignore[arg-type]  # because each has its own type


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({"path": "/b"}, True),  # moved
        ({"boot": "c", "device": 9}, True),  # the machine was started again, and counts its disks anew
        ({"device": 9}, False),  # another disk
        ({"inode": 3}, False),
        ({"machine": "n"}, False),
        ({"links": 2}, True),
        ({"links": 2, "path": "/b"}, False),
    ],
)
def test_what_makes_two_places_one_file(other: dict[str, object], *, same: bool) -> None:
    assert place(**other).same(place()) is same
    assert FilePlace.read(place(**other).written) == place(**other)


@pytest.mark.parametrize("text", ["", "nonsense", "{}", '{"device": 1}'])
def test_a_mark_that_says_no_place_is_no_place(text: str) -> None:
    assert FilePlace.read(text) is None


def test_a_file_that_is_not_there_has_no_place(tmp_path: Path) -> None:
    assert FilePlace.of(tmp_path / "none.db") is None


def test_a_mark_of_an_earlier_version_is_taken(tmp_path: Path) -> None:
    """It says whose the database is, and not where it lies."""
    database = Database(sqlite(tmp_path / "agenda.db"), tokens=TOKENS)
    put(database, draft(posts=POSTS))
    beside = mark_beside(tmp_path / "agenda.db")
    beside.write_text(beside.read_text(encoding="utf-8").partition("\n")[0], encoding="utf-8")
    with database.read() as connection:
        assert Instance(database).is_own(connection)
    database.close()
