"""The journal: what senders write together, in what order, and when they may go on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from threading import Event

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from scheduler.planning.delivery import Decision, Outcome, State
from scheduler.store.database import Database
from scheduler.store.ledger import settling
from scheduler.store.ledger.claiming import Claim
from scheduler.store.ledger.journal import Journal
from scheduler.store.ledger.settling import Settlement
from tests.support.ledger import ME, WEEK_BEFORE, claim, counted, draft, intent_of, post, put
from tests.support.listening import heard

ACCEPTED = Outcome(kind="accepted", stage="body", code=250, status="2.0.0", text="2.0.0 queued")


@pytest.fixture
def claims(database: Database) -> list[Claim]:
    put(database, draft(posts=[post(f"p{number}") for number in range(3)]))
    return claim(database, WEEK_BEFORE)


@asynccontextmanager
async def journal_over(database: Database) -> AsyncIterator[Journal]:
    journal = Journal(database, ME)
    try:
        yield journal
    finally:
        await journal.aclose()


def accepted(one: Claim) -> Settlement:
    decision = Decision(state=State.ACCEPTED)
    return Settlement(claim=one, decision=decision, outcome=ACCEPTED, began_at=WEEK_BEFORE, at=WEEK_BEFORE)


async def test_an_outcome_goes_into_one_commit_with_the_next_intent(database: Database, claims: list[Claim]) -> None:
    """A sender on one connection pays for one flush of the disk a message."""
    async with journal_over(database) as journal:
        assert await journal.intend(intent_of(claims[0]), WEEK_BEFORE)
        with heard(Engine, "commit") as seen:
            for before, after in pairwise(claims):
                journal.settle(accepted(before))
                assert await journal.intend(intent_of(after), WEEK_BEFORE)
        assert len(seen) == 2
    assert counted(database)[State.ACCEPTED] == 2
    assert counted(database)[State.SENDING] == 1


async def test_what_senders_ask_for_at_once_is_one_commit(database: Database, claims: list[Claim]) -> None:
    async with journal_over(database) as journal:
        with heard(Engine, "commit") as seen:
            asked = [journal.intend(intent_of(one), WEEK_BEFORE) for one in claims]
            assert [await one for one in asked] == [True] * 3
        assert len(seen) == 1


async def test_an_outcome_that_nothing_follows_is_written_by_itself(database: Database, claims: list[Claim]) -> None:
    async with journal_over(database) as journal:
        await journal.intend(intent_of(claims[0]), WEEK_BEFORE)
        journal.settle(accepted(claims[0]))
    assert counted(database)[State.ACCEPTED] == 1


async def test_what_is_written_next_sees_what_was_settled(database: Database, claims: list[Claim]) -> None:
    """The next claim, and the next moment to wake at, depend on it."""
    async with journal_over(database) as journal:
        await journal.intend(intent_of(claims[0]), WEEK_BEFORE)
        journal.settle(accepted(claims[0]))
        state = text("SELECT state FROM deliveries WHERE id = :id")
        found = await journal.write(lambda connection: connection.execute(state, {"id": claims[0].id}).scalar())
    assert found == State.ACCEPTED


async def test_an_outcome_that_cannot_be_written_is_told_to_whoever_comes_next(
    database: Database, claims: list[Claim], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A statement that is wrong is not tried for ever, nor passed over in silence."""
    journal = Journal(database, ME)
    await journal.intend(intent_of(claims[0]), WEEK_BEFORE)
    monkeypatch.setitem(settling._RECORD, database.kind, "no SQL at all")
    monkeypatch.setattr("scheduler.store.ledger.journal.will_pass", lambda _: False)
    journal.settle(accepted(claims[0]))
    with pytest.raises(DBAPIError):
        await journal.write(counted_in)
    with pytest.raises(DBAPIError):
        journal.settle(accepted(claims[0]))
    with pytest.raises(DBAPIError):
        await journal.intend(intent_of(claims[1]), WEEK_BEFORE)
    with pytest.raises(DBAPIError):
        await journal.aclose()
    assert counted(database)[State.SENDING] == 1


async def test_who_comes_while_an_outcome_is_being_lost_is_told_too(
    database: Database, claims: list[Claim], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits for what is on its way, and not for ever."""
    journal = Journal(database, ME)
    await journal.intend(intent_of(claims[0]), WEEK_BEFORE)
    monkeypatch.setitem(settling._RECORD, database.kind, "no SQL at all")
    monkeypatch.setattr("scheduler.store.ledger.journal.will_pass", lambda _: False)
    journal.settle(accepted(claims[0]))
    await asyncio.sleep(0)  # the batch is taken, and on its way
    with pytest.raises(DBAPIError):
        await journal.write(counted_in)
    with pytest.raises(DBAPIError):
        await journal.aclose()


async def test_a_journal_that_is_closed_takes_nothing_more(database: Database) -> None:
    """Whoever comes too late is told so, and does not wait for a thread that has ended."""
    journal = Journal(database, ME)
    await journal.aclose()
    with pytest.raises(RuntimeError, match="closed"):
        await journal.write(counted_in)


async def test_who_is_cancelled_before_its_turn_leaves_nothing(database: Database, claims: list[Claim]) -> None:
    async with journal_over(database) as journal:
        at_work, go_on = asyncio.Event(), Event()
        loop = asyncio.get_running_loop()

        def hold(_: Connection) -> None:
            loop.call_soon_threadsafe(at_work.set)
            assert go_on.wait(30)

        first = asyncio.create_task(journal.write(hold))
        await at_work.wait()
        second = asyncio.create_task(journal.write(_expelled, claims[0].id))
        await asyncio.sleep(0)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        go_on.set()
        await first
    assert counted(database)[State.CLAIMED] == len(claims)


def _expelled(connection: Connection, number: int) -> None:
    connection.execute(text("DELETE FROM deliveries WHERE id = :id"), {"id": number})


def counted_in(connection: Connection) -> int:
    return int(connection.execute(text("SELECT count(*) FROM deliveries")).scalar_one())
