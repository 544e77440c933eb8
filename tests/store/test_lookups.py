"""How SQLite finds a post's own mails: by the post, however many mails were ever accepted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.event import listen

from scheduler.planning.delivery import Purpose, State
from scheduler.store.database import Database
from scheduler.store.ledger import claiming
from scheduler.store.people import bounces
from scheduler.store.schema import deliveries
from tests.support.changes import AT_EIGHT, MONDAY, SETTLED, begin, change, sent, with_event
from tests.support.factories import event
from tests.support.ledger import TOKENS, post
from tests.support.sqlite import migrated_at

TWO = (post("dos"), post("uno"))
BY_STATE = "ix_deliveries_state"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(migrated_at(tmp_path / "agenda.db"), tokens=TOKENS)
    yield opened
    opened.close()


def watched(database: Database) -> list[tuple[str, list[str]]]:
    """Fills with each statement that reads, and the steps of its plan, outermost first."""
    plans: list[tuple[str, list[str]]] = []

    def plan(connection: Connection, _: object, statement: str, parameters: Any, __: object, many: bool) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH", "UPDATE", "INSERT")):
            cursor = connection.connection.cursor()
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters[0] if many else parameters)
            plans.append((statement, [row[3] for row in cursor.fetchall()]))
            cursor.close()

    with database.read() as connection:
        listen(connection.engine, "before_cursor_execute", plan)
    return plans


async def test_no_step_of_a_change_looks_at_all_that_was_accepted_once_for_each_post(database: Database) -> None:
    """From the publication to the notices sent: a hundred thousand accepted mails would be read a thousand times."""
    await begin(database, with_event(event(), posts=TWO))
    plans = watched(database)
    change(database, with_event(event(when=AT_EIGHT), posts=TWO), MONDAY)
    assert len(await sent(database, MONDAY, SETTLED)) == 2
    assert any("CORRELATED" in step for _, steps in plans for step in steps), "nothing was looked up for each post"
    for statement, steps in plans:
        inner = next((at for at, step in enumerate(steps) if "CORRELATED" in step), len(steps))
        assert not [step for step in steps[inner:] if BY_STATE in step], (statement, steps)


async def test_whose_a_report_is_is_looked_up_among_what_was_tried(database: Database) -> None:
    """A Message-ID that left finds its delivery by the index; of one that is only planned nothing can come back."""
    await begin(database, with_event(event(), posts=TWO))
    change(database, with_event(event(when=AT_EIGHT), posts=TWO), MONDAY)
    assert len(await sent(database, MONDAY, SETTLED)) == 2
    with database.read() as connection:
        keys = select(deliveries.c.message_key)
        told = connection.execute(keys.where(deliveries.c.purpose == Purpose.NOTICE)).scalars().all()
        planned = connection.execute(keys.where(deliveries.c.state == State.PLANNED)).scalars().first()
    assert planned is not None
    plans = watched(database)
    with database.read() as connection:
        found = [bounces.sent(connection, key, SETTLED) for key in told]
        assert [one.message_key for one in found if one is not None] == told
        assert bounces.sent(connection, planned, SETTLED) is None
        assert claiming.due_of(connection, planned) is None
    assert {steps[0] for _, steps in plans} == {"SEARCH deliveries USING INDEX ix_deliveries_tried (message_key=?)"}
