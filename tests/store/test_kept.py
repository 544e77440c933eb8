"""A connection that a thread keeps between its transactions: for how long, and when not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import Pool

from scheduler.store.database import Database
from scheduler.store.ledger.journal import PAUSE_SECONDS, Journal, Kept
from tests.support.ledger import ME, WEEK_BEFORE, claim, draft, intent_of, post, put
from tests.support.listening import heard


class Hand:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@contextmanager
def written(database: Database, kept: Kept) -> Iterator[Connection]:
    """One transaction, as the journal has it."""
    with kept.connection() as one, database.write_as_sender(one) as connection:
        yield connection


async def test_senders_who_write_one_after_another_take_one_connection(database: Database) -> None:
    put(database, draft(posts=[post(f"p{number}") for number in range(3)]))
    claims = claim(database, WEEK_BEFORE)
    journal = Journal(database, ME)
    with heard(Pool, "checkout") as seen:
        for one in claims:
            assert await journal.intend(intent_of(one), WEEK_BEFORE)
        await journal.aclose()
    assert len(claims) == 3
    assert len(seen) == 1


@pytest.mark.parametrize(("pause", "connections"), [(PAUSE_SECONDS / 2, 1), (PAUSE_SECONDS * 2, 2)])
def test_after_a_pause_it_is_taken_anew(database: Database, pause: float, connections: int) -> None:
    hand = Hand()
    kept = Kept(database.connect_to_write, hand)
    with heard(Pool, "checkout") as seen:
        for _ in range(2):
            with written(database, kept):
                hand.seconds += pause
            hand.seconds += pause
    kept.close()
    assert len(seen) == connections


def test_what_went_wrong_is_undone_and_the_next_takes_another(database: Database) -> None:
    kept = Kept(database.connect_to_write)
    with heard(Pool, "checkout") as seen:
        with pytest.raises(DBAPIError), written(database, kept) as connection:
            _set(connection, "before", then="SELECT * FROM nowhere")
        with written(database, kept) as connection:
            _set(connection, "after")
    kept.close()
    assert len(seen) == 2
    with database.read() as connection:
        found = connection.execute(text("SELECT value FROM controls WHERE name = 'kept'")).scalars().all()
    assert found == ["after"]


def test_one_that_the_server_has_ended_is_not_used_again(postgresql: Database) -> None:
    kept = Kept(postgresql.connect_to_write)
    with written(postgresql, kept) as connection:
        process = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with postgresql.read() as other:
        other.execute(text("SELECT pg_terminate_backend(:process)"), {"process": process})
    with pytest.raises(DBAPIError), written(postgresql, kept):
        raise AssertionError("its server process is gone")
    with written(postgresql, kept) as connection:
        assert connection.execute(text("SELECT pg_backend_pid()")).scalar_one() != process
    kept.close()


def test_what_is_not_wanted_any_more_is_given_back(database: Database) -> None:
    kept = Kept(database.connect_to_write)
    with written(database, kept):
        pass
    with heard(Pool, "checkin") as given:
        kept.close()
        kept.close()
    assert given == ["checkin"]


def _set(connection: Connection, value: str, then: str = "SELECT 1") -> None:
    connection.execute(text("INSERT INTO controls (name, value) VALUES ('kept', :value)"), {"value": value})
    connection.execute(text(then))
