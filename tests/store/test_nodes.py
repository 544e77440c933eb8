"""Several nodes on one ledger: leases by the database's clock, claims that pass each other by, late truth."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest
from sqlalchemy import select

from scheduler.planning.delivery import Decision, Outcome, State
from scheduler.store import nodes
from scheduler.store.database import Database
from scheduler.store.ledger import claiming, settling
from scheduler.store.ledger.claiming import Wanted
from scheduler.store.ledger.settling import Settlement
from scheduler.store.nodes import Relay
from scheduler.store.schema import attempts
from tests.support.ledger import PUBLISHED, WEEK_BEFORE, claim, counted, draft, intend, intent_of, post, put

pytestmark = pytest.mark.conformance

HOUR = timedelta(hours=1)
LAPSED = timedelta(seconds=-1)
POSTS = [post(name) for name in ("uno", "dos", "tres", "cuatro")]
TAKEN = Outcome(kind="accepted", stage="body", code=250, status="2.0.0", text="queued")


def join(database: Database, owner: str, lease: timedelta | None = HOUR) -> None:
    with database.write_own_row() as connection:
        nodes.join(connection, owner, PUBLISHED, "digest", lease)


def renew(database: Database, owner: str, lease: timedelta = HOUR) -> bool:
    with database.write_own_row() as connection:
        return nodes.renew(connection, owner, lease)


def bury(database: Database) -> int:
    with database.write_as_sender() as connection:
        uncertain = claiming.abandon_dead(connection, WEEK_BEFORE)
        nodes.bury(connection)
        return uncertain


def settled(one: claiming.Claim, decision: Decision, outcome: Outcome = TAKEN) -> Settlement:
    return Settlement(claim=one, decision=decision, outcome=outcome, began_at=WEEK_BEFORE, at=WEEK_BEFORE)


def settle(database: Database, owner: str, *settlements: Settlement) -> None:
    with database.write_as_sender() as connection:
        settling.settle_if_still_sending(connection, owner, settlements)


def tried(database: Database) -> list[tuple[str, str, int | None]]:
    with database.read() as connection:
        found = connection.execute(select(attempts).order_by(attempts.c.delivery, attempts.c.fence, attempts.c.code))
        return [(row.owner, row.state, row.code) for row in found]


def test_a_lease_that_is_renewed_goes_on_and_one_that_ran_out_cannot_be(database: Database) -> None:
    join(database, "a")
    join(database, "b", LAPSED)
    assert renew(database, "a")
    assert not renew(database, "b")
    with database.read() as connection:
        assert [node.owner for node in nodes.alive(connection)] == ["a"]


def test_who_keeps_the_file_for_itself_ends_all_others(database: Database) -> None:
    join(database, "a")
    join(database, "b", None)
    with database.read() as connection:
        assert [node.owner for node in nodes.alive(connection)] == ["b"]


def test_a_node_tells_how_its_relay_is_doing(database: Database) -> None:
    join(database, "a")
    seen = Relay(failures=2, paused_until=WEEK_BEFORE, reason="535 5.7.3 no", fault=True)
    with database.write_own_row() as connection:
        nodes.note_relay(connection, "a", seen)
    with database.read() as connection:
        assert [node.relay for node in nodes.alive(connection)] == [seen]


def test_two_nodes_never_hold_the_same_delivery(database: Database) -> None:
    put(database, draft(posts=POSTS))
    first, second = claim(database, WEEK_BEFORE, owner="a", limit=3), claim(database, WEEK_BEFORE, owner="b", limit=3)
    assert (len(first), len(second)) == (3, 1)
    assert {one.id for one in first}.isdisjoint(one.id for one in second)


def test_a_claim_passes_by_what_another_node_is_just_claiming(postgresql: Database) -> None:
    put(postgresql, draft(posts=POSTS))
    join(postgresql, "a")
    join(postgresql, "b")
    with postgresql.write_as_sender() as open_claim:
        first = claiming.claim_due(open_claim, "a", WEEK_BEFORE, Wanted(limit=3))
        with postgresql.write_as_sender() as connection:
            second = claiming.claim_due(connection, "b", WEEK_BEFORE, Wanted(limit=3))
    assert (len(first), len(second)) == (3, 1)


def test_a_publication_waits_for_senders_and_they_for_it(postgresql: Database) -> None:
    put(postgresql, draft(posts=POSTS))
    join(postgresql, "a")
    published = Event()

    def publish() -> None:
        put(postgresql, draft(posts=POSTS[:1]), WEEK_BEFORE, confirmed=True)
        published.set()

    with postgresql.write_as_sender() as connection:
        claims = claiming.claim_due(connection, "a", WEEK_BEFORE, Wanted(limit=4))
        publishing = Thread(target=publish)
        publishing.start()
        assert not published.wait(0.2)  # because it stands behind this transaction
    publishing.join()
    assert intend(postgresql, claims, WEEK_BEFORE, owner="a") == set()
    assert len(claim(postgresql, WEEK_BEFORE, owner="a")) == 1


def test_what_a_lapsed_node_claimed_is_claimed_by_another(database: Database) -> None:
    put(database, draft())
    claim(database, WEEK_BEFORE, owner="a")
    join(database, "a", LAPSED)
    assert bury(database) == 0
    assert len(claim(database, WEEK_BEFORE, owner="b")) == 1


def test_two_nodes_may_find_a_third_dead_at_the_same_moment(postgresql: Database) -> None:
    put(postgresql, draft())
    claims = claim(postgresql, WEEK_BEFORE, owner="a")
    intend(postgresql, claims, WEEK_BEFORE, owner="a")
    join(postgresql, "a", LAPSED)
    found: list[int] = []
    with postgresql.write_as_sender() as connection:
        found.append(claiming.abandon_dead(connection, WEEK_BEFORE))
        other = Thread(target=lambda: found.append(bury(postgresql)))
        other.start()
        other.join(0.2)
        assert other.is_alive()  # because it stands behind this transaction
    other.join()
    assert found == [1, 0]
    assert tried(postgresql) == [("a", "uncertain", None)]


def test_a_node_without_a_lease_may_not_begin_to_send(database: Database) -> None:
    put(database, draft())
    claims = claim(database, WEEK_BEFORE, owner="a")
    join(database, "a", LAPSED)
    assert intend(database, claims, WEEK_BEFORE, owner="a") == set()


def test_what_a_lapsed_node_was_sending_is_uncertain_and_its_late_answer_is_the_truth(database: Database) -> None:
    put(database, draft())
    claims = claim(database, WEEK_BEFORE, owner="a")
    intend(database, claims, WEEK_BEFORE, owner="a")
    join(database, "a", LAPSED)
    assert bury(database) == 1
    assert counted(database)[State.UNCERTAIN] == 1
    settle(database, "a", settled(claims[0], Decision(state=State.ACCEPTED)))
    assert counted(database)[State.ACCEPTED] == 1
    assert tried(database) == [("a", "uncertain", None), ("a", "accepted", 250)] or tried(database)[::-1] == [
        ("a", "uncertain", None), ("a", "accepted", 250),
    ]  # fmt: skip


@pytest.mark.parametrize("answer", [State.REJECTED, State.HELD])
def test_a_late_refusal_is_the_truth_too(database: Database, answer: State) -> None:
    put(database, draft())
    claims = claim(database, WEEK_BEFORE, owner="a")
    intend(database, claims, WEEK_BEFORE, owner="a")
    join(database, "a", LAPSED)
    bury(database)
    settle(database, "a", settled(claims[0], Decision(state=answer, refused=True)))
    assert counted(database)[answer] == 1


def test_a_late_answer_changes_nothing_once_another_node_repeats_the_message(database: Database) -> None:
    put(database, draft())
    first = claim(database, WEEK_BEFORE, owner="a")
    intend(database, first, WEEK_BEFORE, owner="a")
    join(database, "a", LAPSED)
    bury(database)
    again = claim(database, WEEK_BEFORE + timedelta(minutes=6), owner="b")
    assert [one.message_key for one in again] == [first[0].message_key]
    settle(database, "a", settled(first[0], Decision(state=State.REJECTED, suppress=False)))
    assert State.REJECTED not in counted(database)


def test_each_attempt_is_kept_with_the_servers_words(database: Database) -> None:
    put(database, draft())
    busy = Outcome(kind="refused", stage="rcpt", code=450, status="4.2.1", text="busy")
    now = WEEK_BEFORE
    for outcome, state in ((busy, State.DEFERRED), (TAKEN, State.ACCEPTED)):
        (one,) = claim(database, now, owner="a")
        intend(database, [one], now, owner="a")
        retry = now + timedelta(minutes=1)
        settle(database, "a", settled(one, Decision(state=state, next_at=retry), outcome))
        settle(database, "a", settled(one, Decision(state=state, next_at=retry), outcome))  # its commit got no answer
        now = retry
    assert tried(database) == [("a", "deferred", 450), ("a", "accepted", 250)]


def test_an_intent_whose_commit_got_no_answer_is_taken_back(database: Database) -> None:
    put(database, draft())
    claims = claim(database, WEEK_BEFORE, owner="a")
    intend(database, claims, WEEK_BEFORE, owner="a")
    with database.write_as_sender() as connection:
        settling.retract(connection, "a", [intent_of(one) for one in claims])
    assert len(claim(database, WEEK_BEFORE, owner="b")) == 1


def test_a_node_that_asks_anew_gives_back_what_it_does_not_know_of(database: Database) -> None:
    put(database, draft())
    assert len(claim(database, WEEK_BEFORE, owner="a")) == 1
    assert len(claim(database, WEEK_BEFORE, owner="a")) == 1


def test_the_databases_clock_is_no_other_than_ours(database: Database) -> None:
    with database.read() as connection:
        micros = connection.execute(select(nodes.present())).scalar_one()
    assert abs(datetime.fromtimestamp(micros / 1e6, UTC) - datetime.now(UTC)) < HOUR
