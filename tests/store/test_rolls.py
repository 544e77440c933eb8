"""Whom a roll call asks, when, and how long an answer counts: the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from calendars import zones
from calendars.model.people import Role
from scheduler.people.handover import HandoverWish, hand_over
from scheduler.people.roll_call import RollPlan, answer_clock, answer_here, call_roll, plan_roll, propose
from scheduler.planning.delivery import Decision, Purpose, State
from scheduler.planning.rolls import Mailbox
from scheduler.reporting.roll_words import site_cells
from scheduler.reporting.rolls import ClockState, SiteRoll, roll
from scheduler.sending import rolls
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.ledger import roll_calls
from scheduler.store.ledger.servicemail import COORDINATOR
from scheduler.store.people import signups
from scheduler.store.posts import roll_answers, roster
from scheduler.store.schema import deliveries, recipients
from tests.support.factories import agenda
from tests.support.factories import site as place
from tests.support.ledger import ME, PUBLISHED, TOKENS, claim, draft, intend, post, put, settle

pytestmark = pytest.mark.conformance
CALLED = datetime(2021, 10, 4, 1, tzinfo=UTC)  # Monday, 10:00 in Tokyo
AGAIN = timedelta(days=3)
_D = deliveries.c


def called(database: Database, at: datetime = CALLED) -> RollPlan:
    with database.write() as connection:
        found = editions.load(connection)
        assert found is not None
        plan = plan_roll(connection, found.edition, at, "M. R.", AGAIN)
        call_roll(connection, plan, found.edition.agenda)
        return plan


def sent(database: Database, at: datetime) -> list[tuple[str, str]]:
    """Send what is due, as a node does; (purpose or rule, recipient) of what went."""
    claims = claim(database, at)
    with database.write() as connection:
        found = editions.load(connection)
        assert found is not None
        going = rolls.settle(connection, ME, [one for one in claims if one.subject.startswith("roll-")], found.edition)
    go = [one for one in claims if one.id in going]
    intend(database, go, at)
    for one in go:
        settle(database, one, Decision(state=State.ACCEPTED), at)
    return sorted((one.rule or one.purpose, one.recipient) for one in go)


def says(database: Database, name: str, ahead: int = 0, at: datetime = CALLED) -> None:
    with database.write() as connection:
        found, who = editions.load(connection), roster.on_list(connection, name)
        assert found is not None
        assert who is not None
        where = found.edition.agenda.site(who.recipient.site)
        assert where is not None
        answer_clock(connection, who, where.zone, ahead, at)
        answer_here(connection, who, at)


def stands(database: Database) -> SiteRoll:
    with database.read() as connection:
        found = editions.load(connection)
        assert found is not None
        return roll(connection, found.edition).sites[0]


def test_each_post_is_asked_in_working_hours_and_again_and_the_region_gets_one_list(database: Database) -> None:
    put(database, draft(posts=[post(), post("dos")]))
    plan = called(database)
    assert [(row.rule, row.recipient, row.due_at) for row in plan.rows] == [
        ("first", "dos", CALLED),
        ("again", "dos", CALLED + AGAIN),
        ("first", "uno", CALLED),
        ("again", "uno", CALLED + AGAIN),
    ]
    (listed,) = plan.lists
    assert (listed.recipient, listed.due_at) == (COORDINATOR, datetime(2021, 10, 11, 0, tzinfo=UTC)), "10 is a Sunday"
    assert plan.alone == ("asia-pacifico",)
    assert sent(database, CALLED) == [("first", "dos"), ("first", "uno")]
    says(database, "dos", at=CALLED + timedelta(hours=1))
    assert sent(database, CALLED + AGAIN) == [("again", "uno")]
    assert sent(database, listed.due_at) == [(Purpose.ROLL_LIST, COORDINATOR)]
    assert sent(database, listed.due_at + AGAIN) == []


def test_the_list_goes_to_the_coordinator_of_the_region_and_not_at_all_where_all_answered(database: Database) -> None:
    head = post("jefa", Role.COORDINATOR)
    put(database, draft(posts=[post(), head]))
    plan = called(database)
    assert [row.recipient for row in plan.lists] == ["jefa"]
    assert plan.alone == ()
    sent(database, CALLED)
    says(database, "uno", at=CALLED + timedelta(hours=1))
    assert sent(database, CALLED + AGAIN) == [("again", "jefa")]
    assert sent(database, plan.lists[0].due_at) == [], "its own silence is not news to it"


def test_nobody_is_asked_twice_by_one_call_however_often_it_is_called(database: Database) -> None:
    put(database, draft())
    assert len(called(database).firsts) == 1
    again = called(database, CALLED + timedelta(hours=1))
    assert (again.begins, again.rows) == (False, ())
    sent(database, CALLED)
    assert called(database, CALLED + timedelta(days=1)).rows == ()
    put(database, draft(posts=[post(), post("dos")]), CALLED + timedelta(days=1))
    assert [row.recipient for row in called(database, CALLED + timedelta(days=1)).firsts] == ["dos"]
    later = called(database, CALLED + timedelta(days=30))
    assert later.begins
    assert (later.call.number, {row.recipient for row in later.firsts}) == (2, {"uno", "dos"})


def test_a_corrected_address_is_asked_anew_and_the_former_one_no_more(database: Database) -> None:
    put(database, draft())
    called(database)
    sent(database, CALLED)
    corrected = CALLED + timedelta(days=1)
    put(database, draft(posts=[post(address="buena@tokio.example")]), corrected)
    plan = called(database, corrected + timedelta(hours=1))
    assert [(row.rule, row.schedule) for row in plan.rows] == [("first", 1), ("again", 1)]
    with database.read() as connection:
        rows = roll_calls.asked(connection, 1)["uno"]
    assert [(row.schedule, row.rule, row.state) for row in rows] == [
        (0, "first", State.ACCEPTED),
        (0, "again", State.SUPERSEDED),
        (1, "first", State.PLANNED),
        (1, "again", State.PLANNED),
    ]


def test_bad_addresses_and_who_left_are_left_out_and_a_bad_one_gets_no_second_mail(database: Database) -> None:
    put(database, draft(posts=[post(), post("dos")]))
    with database.write() as connection:
        connection.execute(update(recipients).where(recipients.c.id == "dos").values(suppressed_at=PUBLISHED))
    plan = called(database)
    assert plan.left_out == ("dos",)
    assert {row.recipient for row in plan.rows} == {"uno"}
    sent(database, CALLED)
    with database.write() as connection:
        connection.execute(update(recipients).where(recipients.c.id == "uno").values(suppressed_at=CALLED))
    assert sent(database, CALLED + AGAIN) == []
    with database.read() as connection:
        states = connection.execute(select(_D.state).where(_D.rule == "again")).scalars().all()
    assert states == [State.CANCELLED]
    assert stands(database).mailbox is Mailbox.BOUNCED


def test_a_mailbox_is_accepted_then_opened(database: Database) -> None:
    put(database, draft())
    called(database)
    assert stands(database).mailbox is Mailbox.WAITING
    sent(database, CALLED)
    assert (stands(database).mailbox, stands(database).proven) == (Mailbox.ACCEPTED, False)
    says(database, "uno", at=CALLED + timedelta(hours=1))
    assert (stands(database).mailbox, stands(database).proven) == (Mailbox.OPENED, True)


@pytest.mark.parametrize("ends", ["address", "zone", "rule", "handover", "site"])
def test_a_confirmation_ends_with_another_address_zone_rule_or_holder(
    database: Database, ends: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(database, draft())
    says(database, "uno")
    assert stands(database).proven
    later = CALLED + timedelta(hours=2)
    match ends:
        case "address":
            put(database, draft(posts=[post(address="otra@tokio.example")]), later)
        case "zone":
            put(database, draft(agenda(representations=(replace(place(), zone="Asia/Seoul"),))), later)
        case "rule":
            monkeypatch.setattr("scheduler.reporting.rolls.rules_digest", lambda zone: f"newer than {zone}")
        case "handover":
            wish = HandoverWish(recipient="uno", address="nueva@tokio.example")
            hand_over(database, wish, at=later, author="M. R.", reason="", tokens=TOKENS)
        case _:
            with database.write() as connection:
                connection.execute(update(recipients).where(recipients.c.id == "uno").values(site="lima"))
    assert not stands(database).proven
    assert stands(database).clock is ClockState.UNKNOWN


def test_posts_that_disagree_confirm_nothing_and_both_are_shown(database: Database) -> None:
    put(database, draft(posts=[post(), post("dos")]))
    says(database, "uno")
    assert stands(database).clock is ClockState.CONFIRMED
    says(database, "dos", ahead=-90)
    found = stands(database)
    assert (found.clock, found.proven) == (ClockState.DISPUTED, False)
    assert site_cells(agenda(), found, "es")[2] == "NO CONCUERDAN: 1 h 30 min de retraso / igual (Asia/Tokyo)"
    assert site_cells(agenda(), found, "en")[2] == "DISPUTED: 1 h 30 min behind / the same (Asia/Tokyo)"


def test_a_proposal_ends_with_the_handover_and_goes_with_whoever_is_forgotten(database: Database) -> None:
    put(database, draft())
    with database.write() as connection:
        found, who = editions.load(connection), roster.on_list(connection, "uno")
        assert found is not None
        assert who is not None
        propose(connection, who, "nueva@tokio.example", found.edition.agenda, CALLED)
    with database.read() as connection:
        assert "nueva@tokio.example" in signups.exported(connection, "uno", TOKENS.people)
    with database.write() as connection:
        roll_answers.forget_successor(connection, "Nueva@Tokio.example")
        word = roll_answers.of(connection, "uno")
    assert word is not None
    assert word.person is not None
    assert word.person.successor == ""
    with database.write() as connection:
        signups.erase(connection, "uno", TOKENS.digests("uno@tokio.example"), CALLED)
        assert roll_answers.by_recipient(connection) == {}


def test_the_digest_of_a_zone_tells_its_rules_apart() -> None:
    assert zones.rules_digest("Asia/Tokyo") != zones.rules_digest("Asia/Seoul")
    assert zones.rules_digest("Asia/Tokyo") == zones.rules_digest("Asia/Tokyo")
