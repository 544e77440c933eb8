"""Opening a database: what is made, what is refused and left alone, who may send from it, and who is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Text, inspect
from sqlalchemy.exc import OperationalError

from scheduler.store import controls
from scheduler.store.database import HEAD, Database, DatabaseInUse, DatabaseUnavailable, _reason
from scheduler.store.migrating import newest
from scheduler.store.tables import metadata
from tests.support.checkout import ROOT
from tests.support.postgres import Cluster, cluster
from tests.support.watching import until_changed

pytestmark = pytest.mark.conformance


def test_migrations_give_the_schema(database: Database) -> None:
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_text_is_compared_by_its_bytes_in_a_cluster_of_any_locale(postgres: Cluster, postgres_template: str) -> None:
    """A list, a pack of evidence, a copy in another database: in one order, that of SQLite and of Python."""
    database = Database(postgres.create(postgres_template))
    with database.read() as connection:
        tables = inspect(connection)
        columns = [column for name in tables.get_table_names() for column in tables.get_columns(name)]
    texts = [column["type"] for column in columns if isinstance(column["type"], Text)]
    assert len(texts) > 100
    assert {one.collation for one in texts} == {"C"}
    database.close()


def test_opening_a_database_twice_migrates_once(database: Database, database_url: str) -> None:
    with database.write() as connection:
        controls.put(connection, "mark", "kept")
    again = Database(database_url)
    with again.read() as connection:
        assert controls.get(connection, "mark") == "kept"
    again.close()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("no database, " * 200)
    with pytest.raises(DatabaseUnavailable, match=r"x\.db: file is not a database"):
        Database(f"sqlite:///{tmp_path / 'x.db'}")


@pytest.mark.parametrize("url", ["nonsense", "mysql://localhost/x", "sqlite://", "postgresql://localhost"])
def test_a_url_that_cannot_be_served_is_refused(url: str) -> None:
    with pytest.raises(DatabaseUnavailable, match="sqlite:///"):
        Database(url)


def test_only_one_service_works_on_a_file(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'agenda.db'}")
    database.lock_for_sending()
    second = Database(f"sqlite:///{tmp_path / 'agenda.db'}")
    with pytest.raises(DatabaseInUse):
        second.lock_for_sending()
    database.close()
    second.lock_for_sending()
    second.close()


def test_the_database_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'agenda.db'}")
    with database.write() as connection:
        controls.put(connection, "mark", "kept")
    assert {path.stat().st_mode & 0o777 for path in tmp_path.glob("agenda.db*")} == {0o600}
    database.close()


def test_a_database_of_a_newer_program_is_refused_and_left_alone(database: Database, database_url: str) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseUnavailable, match="9999"):
        Database(database_url)


def test_a_postgresql_database_is_migrated_by_its_command_alone(postgres: Cluster) -> None:
    url = postgres.create()
    with pytest.raises(DatabaseUnavailable, match="is empty: run `agenda migrate` once"):
        Database(url)
    Database(url, migrating=True).close()
    Database(url).close()
    postgres.drop(url)


def test_many_may_send_from_postgresql(postgres: Cluster, postgres_template: str) -> None:
    url = postgres.create(postgres_template)
    both = [Database(url), Database(url)]
    for one in both:
        one.lock_for_sending()
        with one.write() as connection:
            controls.put(connection, "last", str(id(one)))
    with both[0].read() as connection:
        assert controls.get(connection, "last") == str(id(both[1]))
    for one in both:
        one.close()
    postgres.drop(url)


def test_nothing_stands_between_the_tests_and_their_server(database: Database) -> None:
    """A pooler in transaction mode would give the first of two connections another process of the server."""
    assert not database.behind_transaction_pool()


def test_a_pooler_is_named_by_what_it_says_to_our_options() -> None:
    error = OperationalError("", {}, Exception("FATAL:  unsupported startup parameter: options"))
    assert "a connection pooler (PgBouncer) stands in between" in _reason(error)


def test_a_database_that_is_not_there_is_named_without_its_password() -> None:
    with pytest.raises(DatabaseUnavailable) as raised:
        Database("postgresql+psycopg://agenda:secreto@127.0.0.1:1/x")
    assert "127.0.0.1:1/x" in str(raised.value)
    assert "secreto" not in str(raised.value)


def test_whoever_watches_hears_of_a_commit_and_of_nothing_else(database: Database, database_url: str) -> None:
    other = Database(database_url)
    watch = database.watch()
    assert not watch.changed()
    with other.write() as connection:
        controls.put(connection, "mark", "1")
    until_changed(watch)
    assert not watch.changed()
    watch.close()
    other.close()


@pytest.mark.usefixtures("postgres")  # skipped where there is none
def test_a_watch_that_lost_its_server_counts_what_it_missed_as_a_change() -> None:
    with cluster() as falling:
        database = Database(falling.create(), migrating=True)
        watch = database.watch()
        falling.stop()
        assert not watch.changed()
        falling.start()
        assert watch.changed()
        assert not watch.changed()
        watch.close()
        database.close()


def test_the_head_that_a_database_is_asked_for_is_where_the_migrations_lead() -> None:
    assert newest() == HEAD


def test_only_one_function_loads_modules_by_name_besides_the_command_line() -> None:
    """Whatever is loaded late is loaded there, so that it can be found."""
    loading = [path for path in (ROOT / "scheduler").rglob("*.py") if "import_module" in path.read_text("utf-8")]
    assert {path.relative_to(ROOT).as_posix() for path in loading} == {"scheduler/cli.py", "scheduler/base/heavy.py"}
