"""Many rows at once: as they were given, on both databases, and refused as every other statement is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, event, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from scheduler.store import upsert
from scheduler.store.database import Database, will_pass
from scheduler.store.schema import controls
from tests.support.ledger import WEEK_BEFORE, draft, moved, post, put

pytestmark = pytest.mark.conformance
ODD = ("tab\there", "line\nand\r", "\\N", "\\", '"quoted", and comma', "ñandú 東京", "")


def kept(connection: Connection) -> dict[str, str]:
    return dict(connection.execute(select(controls.c.name, controls.c.value)).all())


def test_rows_are_kept_as_they_were_given(database: Database) -> None:
    given = {f"name {number}": value for number, value in enumerate(ODD)}
    with database.write() as connection:
        assert upsert.pour(connection, controls, ("name", "value"), given.items()) == len(ODD)
        assert given.items() <= kept(connection).items()


def test_nothing_to_pour_is_nothing_done(database: Database) -> None:
    with database.write() as connection:
        assert upsert.pour(connection, controls, ("name", "value"), ()) == 0


def test_what_makes_the_rows_may_read_before_the_first(database: Database) -> None:
    """A COPY that was open by then would shut it out."""

    def made(connection: Connection) -> Iterator[tuple[object, ...]]:
        count = len(kept(connection))
        yield from ((f"name {number}", str(count)) for number in range(3))

    with database.write() as connection:
        assert upsert.pour(connection, controls, ("name", "value"), made(connection)) == 3


def test_a_row_that_is_there_already_is_refused_as_by_any_statement(database: Database) -> None:
    with pytest.raises(IntegrityError) as refusal, database.write() as connection:
        upsert.pour(connection, controls, ("name", "value"), [("one", "1"), ("one", "2")])
    assert not refusal.value.connection_invalidated
    with database.read() as connection:
        assert "one" not in kept(connection)


def test_an_error_of_whoever_makes_the_rows_is_its_own_and_nothing_stays(database: Database) -> None:
    def made() -> Iterator[tuple[object, ...]]:
        yield "one", "1"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), database.write() as connection:
        upsert.pour(connection, controls, ("name", "value"), made())
    with database.read() as connection:
        assert "one" not in kept(connection)


def test_a_server_that_goes_away_in_the_middle_is_told_as_one_that_comes_back(database: Database) -> None:
    """So whoever publishes reads that the database is away, and no traceback."""
    if database.kind == "sqlite":
        return

    def made(process: int) -> Iterator[tuple[object, ...]]:
        yield "one", "1"
        with database.write_own_row() as other:
            other.execute(text("SELECT pg_terminate_backend(:process)"), {"process": process})
        yield from ((f"name {number}", "x" * 1000) for number in range(20_000))

    def poured() -> None:
        with database.write() as connection:
            process = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            upsert.pour(connection, controls, ("name", "value"), made(process))

    with pytest.raises(DBAPIError) as lost:
        poured()
    assert will_pass(lost.value)
    with database.read() as connection:
        assert "one" not in kept(connection)


def test_a_post_that_stands_as_the_file_has_it_is_not_written(database: Database) -> None:
    written: list[Any] = []
    put(database, draft(posts=[post("uno"), post("dos")]))

    @event.listens_for(database._engine, "before_cursor_execute")  # what it says is nobody else's business
    def note(_c: object, _d: object, statement: str, parameters: Any, _e: object, _f: object) -> None:
        if "INTO recipients" in statement:
            written.append(parameters)

    put(database, moved_with("uno", "dos"), WEEK_BEFORE)
    assert written == []
    put(database, moved_with("uno", "tres"), WEEK_BEFORE, confirmed=True)
    assert "tres" in str(written)
    assert "uno" not in str(written)


def moved_with(*names: str) -> Any:
    return replace(moved(), recipients=tuple(post(name) for name in names))
