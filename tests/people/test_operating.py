"""What an operator decides, by the command line and by the desk alike: on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from scheduler.people import addresses
from scheduler.people.operating import Operator
from scheduler.planning.delivery import State
from scheduler.reporting.waiting import resumption
from scheduler.store import brake, controls
from scheduler.store.audit.deeds import Via, What
from scheduler.store.audit.tables import audit
from scheduler.store.database import Database
from scheduler.store.ledger import states as ledger
from scheduler.store.ledger.deliveries import Chosen, Order
from scheduler.store.schema import deliveries
from tests.support.ledger import DAY_BEFORE, HOUR_BEFORE, PUBLISHED, START, WEEK_BEFORE, claim, draft, post, put, states

pytestmark = pytest.mark.conformance
_D = deliveries.c
WEEK, DAY, HOUR = "P7D a las 09:00", "P1D a las 09:00", "PT1H"


def operator(database: Database, now: datetime = DAY_BEFORE, by: str = "Ana Prueba") -> Operator:
    return Operator(database=database, by=by, who="cuenta", now=now, via=Via.DESK)


def recorded(database: Database) -> list[tuple[str, str, str]]:
    """What, which way and who, of each row of the audit."""
    with database.read() as connection:
        chosen = select(audit.c.what, audit.c.via, audit.c.who).order_by(audit.c.number)
        return [(row.what, row.via, row.who) for row in connection.execute(chosen)]


@pytest.fixture
def published(database: Database) -> Database:
    put(database, draft(posts=(post(), post("dos"))))
    return database


def make(database: Database, rule: str, recipient: str, **values: object) -> None:
    with database.write() as connection:
        chosen = update(deliveries).where(_D.rule == rule, _D.recipient == recipient)
        assert connection.execute(chosen.values(**values)).rowcount == 1


def standing(database: Database) -> brake.Brake | None:
    with database.read() as connection:
        return brake.pulled(connection)


def test_a_stop_says_by_whom_and_why_and_the_first_hand_stays(published: Database) -> None:
    """A second press changes neither; a reason that was not given yet is taken from it."""
    operator(published).stop()
    operator(published, DAY_BEFORE + timedelta(hours=1), by="Beto").stop("enlace equivocado")
    assert standing(published) == brake.Brake(since=DAY_BEFORE, by="Ana Prueba", reason="enlace equivocado")
    operator(published).give_reason("enlace equivocado en Europa")
    found = standing(published)
    assert found is not None
    assert found.reason == "enlace equivocado en Europa"


def test_a_stop_of_an_earlier_version_has_no_hand_and_stands(published: Database) -> None:
    """Only the moment is known: it is stopped all the same, and resuming ends it."""
    with published.write() as connection:
        controls.put(connection, controls.STOPPED, DAY_BEFORE.isoformat())
    assert standing(published) == brake.Brake(since=DAY_BEFORE, by="", reason="")
    assert claim(published, WEEK_BEFORE) == []
    operator(published).resume()
    assert standing(published) is None
    assert claim(published, WEEK_BEFORE) != []


def test_what_resuming_would_send_is_what_it_sends(published: Database) -> None:
    """Stopped over the reminder of the week before: on the day before, the newer one goes and the older is replaced."""
    operator(published, WEEK_BEFORE - timedelta(hours=1)).stop()
    with published.read() as connection:
        found = resumption(connection, DAY_BEFORE, WEEK_BEFORE)
    assert [(one.count, one.sites, one.first_at) for one in found.going] == [(4, 1, WEEK_BEFORE)]
    assert (found.replaced, found.count, found.past) == (2, 2, ())
    operator(published).resume()
    assert {(one.rule, one.recipient) for one in claim(published, DAY_BEFORE)} == {(DAY, "uno"), (DAY, "dos")}


def test_what_was_stopped_past_its_use_is_told_as_such(published: Database) -> None:
    """Stopped until the event has begun: nothing goes, and what was to go is named, before and after the sweep."""
    operator(published, HOUR_BEFORE - timedelta(hours=1)).stop()
    for swept in (False, True):
        if swept:
            claim(published, START + timedelta(hours=3))
        with published.read() as connection:
            found = resumption(connection, START + timedelta(hours=3), HOUR_BEFORE - timedelta(hours=1))
        assert (found.going, found.count) == ((), 0)
        assert sum(one.count for one in found.past) == 6


@pytest.mark.parametrize("order", list(Order))
def test_what_a_decision_would_come_to_is_what_it_comes_to(published: Database, order: Order) -> None:
    """Found out by doing it: nothing of that stays, and the same figures stand after it is done."""
    make(published, WEEK, "uno", state=State.HELD, next_at=None)
    make(published, DAY, "uno", state=State.UNCERTAIN, uncertain_at=PUBLISHED)
    make(published, HOUR, "uno", state=State.HELD, next_at=None, uncertain_at=PUBLISHED)
    make(published, DAY, "dos", state=State.DEFERRED)
    before = states(published)
    foreseen = operator(published).foresee(order, Chosen())
    assert states(published) == before
    done = operator(published).decide(order, Chosen(), "prueba")
    after = states(published)
    changed = [after[key] for key in after if after[key] != before[key] or _words(published, key[1], key[2])]
    assert done.done == foreseen.count
    assert {State(one): changed.count(one) for one in set(changed)} == foreseen.become


def _words(database: Database, rule: str, recipient: str) -> bool:
    with database.read() as connection:
        chosen = select(_D.reply).where(_D.rule == rule, _D.recipient == recipient)
        return "Ana Prueba" in str(connection.execute(chosen).scalar())


def test_of_what_may_have_arrived_it_is_said_that_it_may_arrive_twice(published: Database) -> None:
    """A retry of what is uncertain is counted; a hold sends nothing, and counts none."""
    make(published, DAY, "uno", state=State.UNCERTAIN, uncertain_at=PUBLISHED)
    assert operator(published).foresee(Order.RETRY, Chosen(states=(State.UNCERTAIN,))).twice == 1
    assert operator(published).foresee(Order.HOLD, Chosen(states=(State.UNCERTAIN,))).twice == 0


def test_states_of_which_nothing_can_be_decided_mean_nothing_and_not_everything(published: Database) -> None:
    """Dropping what is planned: none, however much else could be dropped."""
    make(published, DAY, "uno", state=State.HELD, next_at=None)
    assert operator(published).foresee(Order.DROP, Chosen(states=(State.PLANNED,))).count == 0
    assert operator(published).decide(Order.DROP, Chosen(states=(State.PLANNED,)), "prueba").done == 0
    assert states(published)[0, DAY, "uno"] == State.HELD


def test_what_lifting_would_bring_is_what_waits_once_it_is_lifted(published: Database) -> None:
    """The reminders that lie ahead; those that fell due while the address was bad were missed."""
    with published.write() as connection:
        ledger.suppress_address(connection, "uno", PUBLISHED, "5.1.1 unknown")
    foreseen = addresses.when_lifted(published, "uno", DAY_BEFORE - timedelta(hours=2))
    with published.read() as connection:
        stands = addresses.missed(connection, "uno", DAY_BEFORE - timedelta(hours=2))
    assert [one.rule for one in stands.missed] == [WEEK]
    assert stands.waiting == ()
    operator(published, DAY_BEFORE - timedelta(hours=2)).lift("uno")
    with published.read() as connection:
        assert addresses.missed(connection, "uno", DAY_BEFORE).waiting == foreseen
    assert [one.rule for one in foreseen] == [DAY, HOUR]


def test_each_act_is_on_record_and_looking_is_not(published: Database) -> None:
    """Who, which way and what, in the order in which it was done; what a decision would bring leaves no row."""
    make(published, WEEK, "uno", state=State.HELD, next_at=None)
    with published.write() as connection:
        ledger.suppress_address(connection, "dos", PUBLISHED, "5.1.1 unknown")
    acts = operator(published)
    before = len(recorded(published))
    acts.foresee(Order.DROP, Chosen())
    addresses.when_lifted(published, "dos", DAY_BEFORE)
    assert len(recorded(published)) == before
    acts.stop()
    acts.give_reason("enlace")
    acts.resume()
    acts.decide(Order.DROP, Chosen(), "ya llegó")
    acts.lift("dos")
    assert recorded(published)[before:] == [
        (What.STOPPED, Via.DESK, "cuenta"),
        (What.STOPPED, Via.DESK, "cuenta"),
        (What.RESUMED, Via.DESK, "cuenta"),
        (What.DROPPED, Via.DESK, "cuenta"),
        (What.LIFTED, Via.DESK, "cuenta"),
    ]
