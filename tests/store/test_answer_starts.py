"""The start that an answer was given for: kept, and derived for what an earlier version kept without it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import select, text, update

from scheduler.store.database import Database
from scheduler.store.migrating import MIGRATIONS
from scheduler.store.posts import answers
from scheduler.store.posts.answers import Reply
from scheduler.store.schema import answers as table
from tests.support.answering import event_start, say
from tests.support.changes import MONDAY, MOVED
from tests.support.factories import agenda, drive, event
from tests.support.guests import OTHER, both, choose
from tests.support.ledger import draft, post, put

pytestmark = pytest.mark.conformance


def derive(database: Database) -> None:
    """What the upgrade does with the answers of an earlier version."""
    config = Config()
    config.set_main_option("script_location", MIGRATIONS.as_posix())
    found = ScriptDirectory.from_config(config).get_revision("0007")
    assert found is not None
    with database.write() as connection:
        connection.execute(update(table).values(start=None))
        connection.execute(text(found.module.IN_FORCE_THEN))


def starts(database: Database) -> dict[tuple[str, str], object]:
    with database.read() as connection:
        found = connection.execute(select(table.c.recipient, table.c.event, table.c.start))
        return {(row.recipient, row.event): row.start for row in found}


def test_an_earlier_versions_answer_is_for_the_start_in_force_when_it_was_said(database: Database) -> None:
    put(database, draft(posts=(post(), post("dos"))))
    say(database, Reply.YES)
    put(database, MOVED, MONDAY, confirmed=True)
    say(database, Reply.YES, MONDAY + timedelta(minutes=1))
    derive(database)
    later = starts(database)["uno", event().id]
    assert later == event_start() + timedelta(hours=2)
    with database.write() as connection:
        connection.execute(update(table).values(at=MONDAY - timedelta(hours=1)))
    derive(database)
    assert starts(database)["uno", event().id] == event_start()


def test_of_whole_days_and_of_what_is_older_than_the_first_edition_none_is_guessed(database: Database) -> None:
    put(database, draft(agenda(events=(event(), drive()))))
    say(database, Reply.YES, about=drive().id)
    say(database, Reply.YES)
    with database.write() as connection:
        connection.execute(
            update(table).where(table.c.event == event().id).values(at=event_start() - timedelta(days=900))
        )
    derive(database)
    assert starts(database) == {("uno", drive().id): None, ("uno", event().id): None}


def test_who_goes_to_another_session_said_so_of_that_ones_start(database: Database) -> None:
    put(database, both())
    choose(database)
    with database.read() as connection:
        [said] = answers.by_recipient(connection)["uno"]
    assert said.instead == OTHER
    kept = said.start
    assert kept is not None
    derive(database)
    assert list(starts(database).values()) == [kept]
