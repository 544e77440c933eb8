"""From the build whose Message-IDs anybody could reckon: what never left gets another, what left keeps its own."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from scheduler.base.tokens import NoKey, Tokens
from scheduler.people.incoming import Inbox, Meaning
from scheduler.planning.delivery import Purpose, State
from scheduler.store.copying import copy
from scheduler.store.database import Database
from scheduler.store.ledger.servicemail import COORDINATOR, ServiceMail, keep_coordinator, owe
from scheduler.store.people import bounces
from scheduler.store.schema import deliveries
from tests.support.command_line import agenda
from tests.support.former_build import NOON, UNKNOWN_FATE, FormerRow, guessed, make_former
from tests.support.ledger import PUBLISHED, TOKENS, draft, put
from tests.support.postgres import Cluster
from tests.support.returned import returned

pytestmark = pytest.mark.conformance
_D = deliveries.c

NEVER_LEFT = [
    FormerRow(rule="planned", state="planned"),
    FormerRow(rule="cancelled", state="cancelled"),
    FormerRow(rule="suppressed", state="suppressed"),
    FormerRow(rule="claimed", state="claimed", owner="a node of the former build"),
    FormerRow(rule="held by somebody", state="held", reply="M. R.: until Monday"),
]
MAY_HAVE_LEFT = [
    FormerRow(rule="accepted", state="accepted", attempts=1, accepted=NOON),
    FormerRow(rule="bounced", state="bounced", attempts=1, accepted=NOON),
    FormerRow(rule="sending", state="sending", attempts=1, owner="a node"),
    FormerRow(rule="deferred", state="deferred", attempts=2),
    FormerRow(rule="uncertain", state="uncertain", attempts=1, uncertain=NOON),
    FormerRow(rule="tried, then moved", state="superseded", attempts=1),
    FormerRow(rule="restored", state="held", reply=UNKNOWN_FATE),
]


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Of a database without any table, on SQLite or PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'former.db'}"
        return
    running: Cluster = request.getfixturevalue("postgres")
    url = running.create()
    yield url
    running.drop(url)


both = pytest.mark.parametrize("empty_url", ["sqlite", "postgresql"], indirect=True)


def keys(database: Database) -> dict[str, str]:
    with database.read() as connection:
        return {row.rule: row.message_key for row in connection.execute(select(_D.rule, _D.message_key))}


def version(database: Database) -> str:
    with database.read() as connection:
        return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one())


def upgraded(url: str, tokens: Tokens | None = TOKENS) -> Database:
    return Database(url, migrating=True, tokens=tokens)


@both
def test_what_never_left_gets_a_key_that_only_the_secret_makes_and_what_may_have_left_keeps_its_own(
    empty_url: str,
) -> None:
    make_former(empty_url, NEVER_LEFT + MAY_HAVE_LEFT)
    database = upgraded(empty_url)
    found = keys(database)
    made = {one.rule: TOKENS.message_key("reminder", "taller@ine.example", 0, one.rule, "uno") for one in NEVER_LEFT}
    assert found == made | {one.rule: one.key for one in MAY_HAVE_LEFT}
    database.close()


@both
def test_a_node_of_the_former_build_that_is_still_at_work_sends_nothing_under_a_former_key(empty_url: str) -> None:
    make_former(empty_url, NEVER_LEFT)
    database = upgraded(empty_url)
    with database.read() as connection:
        state, owner = connection.execute(select(_D.state, _D.owner).where(_D.rule == "claimed")).one()
    assert (state, owner) == (State.PLANNED, None)
    database.close()


@both
def test_a_bounce_of_what_was_sent_before_the_upgrade_is_still_known(empty_url: str) -> None:
    make_former(empty_url, NEVER_LEFT + MAY_HAVE_LEFT)
    database = upgraded(empty_url)
    with database.read() as connection:
        for one in (*NEVER_LEFT, *MAY_HAVE_LEFT):
            known = bounces.sent(connection, one.key, NOON)
            assert (known is not None) == (one.accepted is not None or one.uncertain is not None), one.rule
    database.close()


@both
def test_to_upgrade_twice_or_by_two_nodes_at_once_changes_a_key_once(empty_url: str) -> None:
    make_former(empty_url, NEVER_LEFT)
    with ThreadPoolExecutor() as nodes:
        opened = list(nodes.map(upgraded, [empty_url, empty_url]))
    first = keys(opened[0])
    again = upgraded(empty_url, Tokens(["a newer key", "a key for tests only"]))
    assert keys(again) == first == keys(opened[1])
    for one in (*opened, again):
        one.close()


def test_without_the_secret_postgresql_is_left_as_it_was(postgres: Cluster) -> None:
    url = postgres.create()
    make_former(url, NEVER_LEFT)
    with pytest.raises(NoKey, match="AGENDA_SECRET_KEY is not set"):
        upgraded(url, None)
    done = agenda("migrate", "--lang", "en", AGENDA_DATABASE_URL=url)
    assert (done.exit_code, done.stdout) == (3, "")
    assert "AGENDA_SECRET_KEY is not set" in done.stderr
    assert "openssl rand" in done.stderr
    assert "Nothing was changed" in done.stderr
    done = agenda("migrate", AGENDA_DATABASE_URL=url, AGENDA_SECRET_KEY="a key for tests only")
    assert done.exit_code == 0, done.output
    database = Database(url, tokens=TOKENS)
    assert not set(keys(database).values()) & {one.key for one in NEVER_LEFT}
    database.close()
    postgres.drop(url)


def test_a_sqlite_file_is_upgraded_as_it_is_opened_with_the_key_beside_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'former.db'}"
    make_former(url, NEVER_LEFT)
    database = Database(url)
    beside = Tokens((tmp_path / "former.db.key").read_text(encoding="ascii").split())
    expected = beside.message_key("reminder", "taller@ine.example", 0, "planned", "uno")
    assert keys(database)["planned"] == expected
    database.close()


def test_rotation_changes_no_stored_key_and_signs_what_is_new_with_the_newest(
    database: Database, database_url: str
) -> None:
    put(database, draft())
    before = _all_keys(database)
    newest = Tokens(["a newer key", "a key for tests only"])
    rotated = Database(database_url, tokens=newest)
    put(rotated, draft(link="https://reunion.example/uno"), PUBLISHED + timedelta(minutes=1))
    assert _all_keys(rotated) == before
    until = PUBLISHED + timedelta(days=1)
    with rotated.write() as connection:
        keep_coordinator(connection, "agenda@ine.example", "tokio", PUBLISHED)
        mail = ServiceMail(purpose=Purpose.ALARM, recipient=COORDINATOR, subject="x", site="tokio", until=until)
        owe(connection, mail, PUBLISHED)
    (added,) = _all_keys(rotated) - before
    assert added == newest.message_key("alarm", "x", 0, "", COORDINATOR)
    rotated.close()


def test_a_copy_keeps_the_keys_of_what_is_owed_and_of_what_was_sent(database: Database, tmp_path: Path) -> None:
    put(database, draft())
    copied = Database(f"sqlite:///{tmp_path / 'copy.db'}", tokens=Tokens(["another key for tests only"]))
    list(copy(database, copied))
    assert _all_keys(copied) == _all_keys(database)
    copied.close()


def test_no_key_can_be_reckoned_from_what_is_public(database: Database) -> None:
    put(database, draft())
    with database.read() as connection:
        rows = connection.execute(select(_D.purpose, _D.subject, _D.schedule, _D.rule, _D.recipient)).all()
    assert not _all_keys(database) & {guessed(*row) for row in rows}


@given(st.lists(st.text(max_size=8), min_size=4, max_size=4), st.integers(0, 9), st.text("ab", min_size=1, max_size=9))
def test_a_key_is_of_its_five_columns_and_of_the_secret(named: list[str], schedule: int, secret: str) -> None:
    purpose, subject, rule, recipient = named
    made = Tokens([secret, "older"]).message_key(purpose, subject, schedule, rule, recipient)
    assert made == Tokens([secret]).message_key(purpose, subject, schedule, rule, recipient)
    assert made != Tokens([secret + "x"]).message_key(purpose, subject, schedule, rule, recipient)
    assert made != Tokens([secret]).message_key(purpose, subject, schedule + 1, rule, recipient)
    assert len(made) == 32
    assert set(made) <= set("0123456789abcdef")


def test_a_bounce_under_a_former_key_of_what_was_never_sent_is_of_nothing_that_we_know(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'former.db'}"
    make_former(url, NEVER_LEFT)
    database = upgraded(url)
    box = Inbox(tokens=TOKENS)
    for one in NEVER_LEFT:
        handled = box.handle(database, box.read(returned(key=one.key)), NOON)
        assert handled.meaning is Meaning.UNKNOWN
    database.close()


def _all_keys(database: Database) -> set[str]:
    with database.read() as connection:
        found = set(connection.execute(select(_D.message_key)).scalars())
        assert len(found) == connection.execute(select(func.count()).select_from(deliveries)).scalar_one()
    return found
