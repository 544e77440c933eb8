"""What is claimed and does not go waits on as it did: deferred where it was tried before, else planned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, select, update

from scheduler.planning.channels import Channel
from scheduler.planning.delivery import Decision, Purpose, State
from scheduler.store import editions, nodes
from scheduler.store.database import Database
from scheduler.store.ledger import claiming, deliveries, invited, notices_owed, settling, states
from scheduler.store.ledger.claiming import Claim, Wanted
from scheduler.store.ledger.deliveries import Chosen
from scheduler.store.people import handovers
from scheduler.store.people.handovers import Successor
from scheduler.store.schema import deliveries as ledger
from scheduler.store.schema import recipients
from tests.support.ledger import (
    ME,
    START,
    WEEK_BEFORE,
    claim,
    draft,
    intend,
    intent_of,
    moved,
    put,
    send,
)

pytestmark = pytest.mark.conformance
LATER = WEEK_BEFORE + timedelta(minutes=20)
SUCCESSOR = Successor(address="dos@tokio.example", language=None, author="M. R.", reason="se fue")
WAITS = Decision(state=State.DEFERRED, next_at=LATER)
Way = Callable[[Connection, list[Claim]], object]


def released(connection: Connection, claims: list[Claim]) -> None:
    claiming.release_claims(connection, ME, claims)


def postponed(connection: Connection, claims: list[Claim]) -> None:
    claiming.postpone_claims(connection, ME, [(one, LATER + timedelta(hours=1)) for one in claims])


def asked_for_more(connection: Connection, _: list[Claim]) -> None:
    """By a node that knows of none: nothing else is due an hour before."""
    claiming.claim_due(connection, ME, WEEK_BEFORE - timedelta(hours=1), Wanted(limit=1))


def left_by_the_dead(connection: Connection, _: list[Claim]) -> None:
    nodes.leave(connection, ME)
    claiming.abandon_dead(connection, LATER)


def published_over(connection: Connection, _: list[Claim]) -> None:
    states.void(connection)


def chosen_otherwise(connection: Connection, _: list[Claim]) -> None:
    invited.choose(connection, "uno", Channel.INVITATIONS)


def handed_over(connection: Connection, _: list[Claim]) -> None:
    found = editions.load(connection)
    assert found is not None
    handovers.hand_over(connection, found.edition, "uno", SUCCESSOR, LATER)


WAYS = (released, postponed, asked_for_more, left_by_the_dead, published_over, chosen_otherwise, handed_over)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("tried", "state"), [(False, State.PLANNED), (True, State.DEFERRED)])
def test_a_claim_that_is_given_back_waits_as_it_did(database: Database, way: Way, tried: bool, state: State) -> None:
    put(database, draft())
    assert not tried or send(database, WEEK_BEFORE, WAITS)
    claims = claim(database, LATER)
    assert [one.attempts for one in claims] == [int(tried)]
    with database.write() as connection:
        way(connection, claims)
    assert state_of(database, claims) == state
    assert intend(database, claims, LATER) == set()


@pytest.mark.parametrize("tried", [False, True])
def test_an_intent_whose_commit_was_lost_counts_as_an_attempt(database: Database, tried: bool) -> None:
    """It was written, and maybe nobody was told."""
    put(database, draft())
    assert not tried or send(database, WEEK_BEFORE, WAITS)
    claims = claim(database, LATER)
    assert intend(database, claims, LATER)
    with database.write() as connection:
        settling.retract(connection, ME, [intent_of(one) for one in claims])
    assert state_of(database, claims) == State.DEFERRED


@pytest.mark.parametrize(("tried", "state"), [(False, State.PLANNED), (True, State.DEFERRED)])
def test_news_that_is_claimed_goes_with_its_post_to_another_site(database: Database, tried: bool, state: State) -> None:
    put(database, draft())
    put(database, moved(), WEEK_BEFORE - timedelta(hours=1), silent=False)
    assert not tried or send(database, WEEK_BEFORE, WAITS)
    claims = claim(database, LATER)
    assert [one.purpose for one in claims] == [Purpose.NOTICE]
    with database.write() as connection:
        connection.execute(update(recipients).values(site="madrid"))
        notices_owed.follow_moved(connection)
    assert state_of(database, claims) == state
    with database.read() as connection:
        assert connection.execute(select(ledger.c.site).where(ledger.c.id == claims[0].id)).scalar() == "madrid"


@pytest.mark.parametrize(
    ("now", "left", "state"),
    [(LATER, False, State.DEFERRED), (LATER, True, State.SUPPRESSED), (START, False, State.EXPIRED)],
)
def test_an_operator_tries_again_only_what_is_of_use_and_wanted(
    database: Database, now: datetime, left: bool, state: State
) -> None:
    put(database, draft())
    (one,) = send(database, WEEK_BEFORE, Decision(state=State.HELD))
    with database.write() as connection:
        connection.execute(update(recipients).values(left_at=LATER if left else None))
        assert deliveries.retry(connection, Chosen(ids=(one.id,)), "again", now) == 1
    assert state_of(database, [one]) == state


def state_of(database: Database, claims: list[Claim]) -> str:
    (one,) = claims
    with database.read() as connection:
        return str(connection.execute(select(ledger.c.state).where(ledger.c.id == one.id)).scalar_one())
