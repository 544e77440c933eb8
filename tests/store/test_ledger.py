"""The ledger: each state change is guarded, and nothing is told twice or to the wrong hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from calendars.model.events import EventStatus
from scheduler.planning.delivery import Decision, Purpose, State
from scheduler.publishing.publish import NothingToPublish, Unconfirmed
from scheduler.reporting.report import campaign
from scheduler.store import controls, editions, nodes
from scheduler.store.database import Database
from scheduler.store.ledger import claiming, wishes
from scheduler.store.ledger import states as ledger
from scheduler.store.posts import roster
from scheduler.store.schema import deliveries, recipients
from tests.support.factories import agenda, event, site, timed
from tests.support.ledger import (
    DAY_BEFORE,
    HOUR_BEFORE,
    ME,
    PUBLISHED,
    START,
    WEEK_BEFORE,
    claim,
    counted,
    draft,
    intend,
    moved,
    post,
    put,
    send,
    settle,
    states,
)

pytestmark = pytest.mark.conformance


def of_reminders(database: Database) -> dict[str, int]:
    """How many stand in each state; what goes to a coordinator is not among them."""
    kind, state = deliveries.c.purpose, deliveries.c.state
    with database.read() as connection:
        rows = connection.execute(select(state, func.count()).where(kind == Purpose.REMINDER).group_by(state))
        return {str(one): count for one, count in rows}


def test_publishing_plans_each_reminder_once(database: Database) -> None:
    done = put(database, draft())
    assert done.ledger.added == 3
    assert set(states(database).values()) == {State.PLANNED}


def test_publishing_an_unchanged_draft_makes_no_edition(database: Database) -> None:
    put(database, draft())
    with pytest.raises(NothingToPublish):
        put(database, draft(), WEEK_BEFORE)
    with database.read() as connection:
        assert editions.number_in_force(connection) == 1


def test_what_was_published_is_what_is_loaded(database: Database) -> None:
    done = put(database, draft(link="https://salas.example/1"))
    with database.read() as connection:
        found = editions.load(connection)
    assert found is not None
    assert found.edition == done.prospect.publication.edition
    assert found.links == {event().id: "https://salas.example/1"}


def test_a_new_joining_link_makes_an_edition_and_leaves_every_revision(database: Database) -> None:
    first = put(database, draft()).prospect.publication.edition
    second = put(database, draft(link="https://salas.example/2"), WEEK_BEFORE).prospect.publication.edition
    assert (second.number, second.revisions) == (2, first.revisions)


def test_a_due_reminder_is_claimed_once(database: Database) -> None:
    put(database, draft())
    assert claim(database, WEEK_BEFORE - timedelta(seconds=1)) == []
    assert [one.rule for one in claim(database, WEEK_BEFORE)] == ["P7D a las 09:00"]
    assert claim(database, WEEK_BEFORE, owner="another") == []


def test_the_first_reminder_of_a_schedule_is_known_as_such(database: Database) -> None:
    put(database, draft())
    assert [one.first for one in send(database, WEEK_BEFORE)] == [True]
    assert [one.first for one in send(database, DAY_BEFORE)] == [False]
    put(database, moved(), DAY_BEFORE + timedelta(hours=1))
    assert [one.first for one in send(database, HOUR_BEFORE + timedelta(hours=2))] == [True]


def test_the_nearest_event_goes_first(database: Database) -> None:
    later = event("otro", when=timed("2021-10-28 18:00"))
    put(database, draft(agenda(events=(later, event()))))
    claims = claim(database, DAY_BEFORE, limit=1)
    assert [one.event for one in claims] == [event().id]


def test_a_move_supersedes_planned_reminders_and_plans_new_ones(database: Database) -> None:
    put(database, draft())
    done = put(database, moved(), WEEK_BEFORE - timedelta(days=1))
    assert (done.ledger.added, done.ledger.ended) == (3, 3)
    by_schedule = {(schedule, state) for (schedule, *_), state in states(database).items()}
    assert by_schedule == {(0, State.SUPERSEDED), (1, State.PLANNED)}


def test_no_reminder_for_the_old_time_leaves_after_a_move_not_even_a_claimed_one(database: Database) -> None:
    put(database, draft())
    claims = claim(database, WEEK_BEFORE)
    put(database, moved("2021-10-28 18:00"), WEEK_BEFORE)
    assert intend(database, claims, WEEK_BEFORE) == set()
    assert claim(database, WEEK_BEFORE, owner="another") == []


def test_a_message_on_its_way_is_settled_though_its_event_moved(database: Database) -> None:
    put(database, draft())
    claims = claim(database, WEEK_BEFORE)
    intend(database, claims, WEEK_BEFORE)
    put(database, moved("2021-10-28 18:00"), WEEK_BEFORE)
    settle(database, claims[0], Decision(state=State.ACCEPTED), WEEK_BEFORE)
    assert states(database)[0, "P7D a las 09:00", "uno"] == State.ACCEPTED


def test_a_message_on_its_way_when_its_event_moves_is_not_tried_again(database: Database) -> None:
    for decision in (
        Decision(state=State.DEFERRED, next_at=WEEK_BEFORE + timedelta(minutes=1)),
        Decision(state=State.UNCERTAIN, next_at=WEEK_BEFORE + timedelta(minutes=5)),
    ):
        put(database, moved(f"2021-10-28 1{decision.state is State.DEFERRED:d}:00"), WEEK_BEFORE - timedelta(days=1))
        put(database, moved("2021-10-21 18:00"), WEEK_BEFORE - timedelta(hours=1))
        claims = claim(database, WEEK_BEFORE)
        intend(database, claims, WEEK_BEFORE)
        put(database, moved("2021-10-29 18:00"), WEEK_BEFORE)
        settle(database, claims[0], decision, WEEK_BEFORE)
        assert claim(database, WEEK_BEFORE + timedelta(hours=1)) == []
        assert states(database)[claims[0].schedule, "P7D a las 09:00", "uno"] == State.EXPIRED


def test_a_message_on_its_way_when_its_post_leaves_is_not_tried_again(database: Database) -> None:
    put(database, draft())
    claims = claim(database, WEEK_BEFORE)
    intend(database, claims, WEEK_BEFORE)
    with database.write() as connection:
        wishes.leave(connection, "uno", WEEK_BEFORE)
    settle(database, claims[0], Decision(state=State.DEFERRED, next_at=WEEK_BEFORE), WEEK_BEFORE)
    later = claim(database, WEEK_BEFORE + timedelta(hours=1))
    assert [one.purpose for one in later] == [Purpose.LEFT], "the coordinator hears that nobody is left"


def test_a_cancelled_event_cancels_its_reminders_and_a_revived_one_plans_them_again(database: Database) -> None:
    put(database, draft())
    cancelled = draft(agenda(events=(event(status=EventStatus.CANCELLED),)))
    put(database, cancelled, WEEK_BEFORE + timedelta(hours=1))
    assert counted(database) == {State.CANCELLED: 3}
    done = put(database, draft(), WEEK_BEFORE + timedelta(days=1))
    assert done.ledger.revived == 2
    assert states(database)[0, "P7D a las 09:00", "uno"] == State.CANCELLED


def test_removing_an_event_wants_confirmation_and_without_it_nothing_happens(database: Database) -> None:
    put(database, draft())
    with pytest.raises(Unconfirmed) as caught:
        put(database, draft(agenda(events=())), WEEK_BEFORE)
    assert caught.value.prospect.removed_events == (event().id,)
    assert counted(database) == {State.PLANNED: 3}
    put(database, draft(agenda(events=())), WEEK_BEFORE, confirmed=True)
    assert counted(database) == {State.CANCELLED: 3}


def test_removing_a_recipient_wants_confirmation(database: Database) -> None:
    put(database, draft(posts=[post(), post("dos")]))
    with pytest.raises(Unconfirmed) as caught:
        put(database, draft(), WEEK_BEFORE)
    assert caught.value.prospect.removed_posts == ("dos",)
    put(database, draft(), WEEK_BEFORE, confirmed=True)
    assert {state for (*_, who), state in states(database).items() if who == "dos"} == {State.CANCELLED}


def test_a_post_that_joins_late_gets_no_reminder_that_was_due_before(database: Database) -> None:
    put(database, draft())
    done = put(database, draft(posts=[post(), post("dos")]), WEEK_BEFORE + timedelta(hours=1))
    assert done.ledger.added == 2


def test_a_post_that_moves_to_another_site_takes_its_reminders_along(database: Database) -> None:
    wellington = site("wellington", city="Wellington", country_code="NZ", zone="Pacific/Auckland")
    both = agenda(representations=(site(), wellington))
    put(database, draft(both))
    done = put(database, draft(both, [replace(post(), site="wellington")]), PUBLISHED + timedelta(days=1))
    assert (done.ledger.added, done.ledger.ended, done.ledger.followed) == (0, 0, 3)
    assert [one.site for one in claim(database, WEEK_BEFORE)] == ["wellington"]


def test_expiry_is_checked_again_just_before_sending(database: Database) -> None:
    put(database, draft())
    claims = claim(database, HOUR_BEFORE)
    assert intend(database, claims, START) == set()


def test_an_expired_reminder_is_visible_and_never_sent(database: Database) -> None:
    put(database, draft())
    assert claim(database, START) == []
    assert counted(database) == {State.EXPIRED: 3}


def test_several_overdue_reminders_of_one_event_collapse_into_the_newest(database: Database) -> None:
    put(database, draft())
    assert [one.rule for one in claim(database, HOUR_BEFORE)] == ["PT1H"]
    assert counted(database) == {State.EXPIRED: 2, State.CLAIMED: 1}


def test_while_stopped_nothing_is_claimed_and_nothing_claimed_goes(database: Database) -> None:
    put(database, draft())
    claims = claim(database, WEEK_BEFORE)
    with database.write() as connection:
        controls.put(connection, controls.STOPPED, "now")
    assert intend(database, claims, WEEK_BEFORE) == set()
    assert claim(database, WEEK_BEFORE, owner="another") == []
    with database.write() as connection:
        claiming.release_claims(connection, ME, claims)
        controls.clear(connection, controls.STOPPED)
    assert len(claim(database, WEEK_BEFORE)) == 1


def test_a_settlement_under_an_old_fence_changes_nothing(database: Database) -> None:
    put(database, draft())
    stale = claim(database, WEEK_BEFORE)
    with database.write() as connection:
        claiming.release_claims(connection, ME, stale)
    fresh = claim(database, WEEK_BEFORE)
    intend(database, fresh, WEEK_BEFORE)
    settle(database, stale[0], Decision(state=State.HELD), WEEK_BEFORE)
    assert states(database)[0, "P7D a las 09:00", "uno"] == State.SENDING


def test_a_deferred_message_is_due_again_at_its_retry(database: Database) -> None:
    put(database, draft())
    again = WEEK_BEFORE + timedelta(minutes=5)
    send(database, WEEK_BEFORE, Decision(state=State.DEFERRED, next_at=again, refused=True))
    assert claim(database, again - timedelta(seconds=1)) == []
    claims = claim(database, again)
    assert [(one.attempts, one.refusals) for one in claims] == [(1, 1)]
    with database.write() as connection:
        claiming.release_claims(connection, ME, claims)
    assert counted(database) == {State.DEFERRED: 1, State.PLANNED: 2}


def test_a_postponed_claim_comes_back_at_its_hour(database: Database) -> None:
    put(database, draft())
    claims = claim(database, WEEK_BEFORE)
    later = WEEK_BEFORE + timedelta(hours=9)
    with database.write() as connection:
        claiming.postpone_claims(connection, ME, [(claims[0], later)])
        assert claiming.next_moments(connection, WEEK_BEFORE, later, 5) == [later]
    assert claim(database, later - timedelta(seconds=1)) == []
    assert len(claim(database, later)) == 1


def test_what_a_dead_process_was_sending_is_uncertain_and_repeated_once_under_its_message_id(
    database: Database,
) -> None:
    put(database, draft())
    now = WEEK_BEFORE
    first = claim(database, now, owner="dead")
    intend(database, first, now, owner="dead")
    for expected in (State.DEFERRED, State.HELD):
        with database.write() as connection:
            nodes.leave(connection, "dead")
            assert claiming.abandon_dead(connection, now) == 1
        assert counted(database)[State.UNCERTAIN] == 1
        now += timedelta(minutes=5)
        with database.write() as connection:
            ledger.sweep(connection, now)
        assert states(database)[0, "P7D a las 09:00", "uno"] == expected
        if expected is State.DEFERRED:
            again = claim(database, now, owner="dead")
            assert [one.message_key for one in again] == [one.message_key for one in first]
            assert not again[0].first or again[0].attempts
            intend(database, again, now, owner="dead")


def test_what_a_dead_process_had_only_claimed_is_due_as_it_was(database: Database) -> None:
    put(database, draft())
    claim(database, WEEK_BEFORE, owner="dead")
    with database.write() as connection:
        nodes.leave(connection, "dead")
        assert claiming.abandon_dead(connection, WEEK_BEFORE) == 0
    assert len(claim(database, WEEK_BEFORE)) == 1


def test_leaving_stops_reminders_and_coming_back_plans_those_that_lie_ahead(database: Database) -> None:
    put(database, draft())
    with database.write() as connection:
        wishes.leave(connection, "uno", PUBLISHED)
        assert roster.uncovered_sites(connection) == ["tokio"]
    assert of_reminders(database) == {State.SUPPRESSED: 3}
    assert claim(database, WEEK_BEFORE, owner="another") == []
    with database.write() as connection:
        wishes.come_back(connection, "uno", WEEK_BEFORE + timedelta(hours=1))
        assert roster.uncovered_sites(connection) == []
    assert of_reminders(database) == {State.SUPPRESSED: 1, State.PLANNED: 2}


def test_a_claimed_reminder_does_not_leave_once_its_post_has_left(database: Database) -> None:
    put(database, draft())
    claims = claim(database, WEEK_BEFORE)
    with database.write() as connection:
        wishes.leave(connection, "uno", WEEK_BEFORE)
    assert intend(database, claims, WEEK_BEFORE) == set()


def test_reminders_planned_for_a_post_that_has_left_are_suppressed_from_the_start(database: Database) -> None:
    put(database, draft())
    with database.write() as connection:
        wishes.leave(connection, "uno", PUBLISHED)
    put(database, moved(), PUBLISHED + timedelta(days=1))
    assert {state for (schedule, *_), state in states(database).items() if schedule == 1} == {State.SUPPRESSED}
    with database.write() as connection:
        wishes.come_back(connection, "uno", PUBLISHED + timedelta(days=2))
    assert {key[0]: state for key, state in states(database).items()} == {0: State.SUPERSEDED, 1: State.PLANNED}


def test_an_event_that_is_cancelled_and_comes_back_stays_silent_for_a_post_that_has_left(database: Database) -> None:
    put(database, draft())
    with database.write() as connection:
        wishes.leave(connection, "uno", PUBLISHED)
    put(database, draft(agenda(events=(event(status=EventStatus.CANCELLED),))), PUBLISHED + timedelta(days=1))
    assert of_reminders(database) == {State.CANCELLED: 3}
    put(database, draft(), PUBLISHED + timedelta(days=2))
    assert of_reminders(database) == {State.SUPPRESSED: 3}
    assert claim(database, WEEK_BEFORE, owner="another") == []


def test_a_suppressed_reminder_follows_its_moment_so_that_coming_back_brings_the_new_one(database: Database) -> None:
    """The seventh day before becomes the site's day of rest while the post is away."""
    put(database, draft())
    with database.write() as connection:
        wishes.leave(connection, "uno", PUBLISHED)
    put(database, draft(agenda(representations=(site(weekend=(4,)),))), PUBLISHED + timedelta(days=1))
    with database.write() as connection:
        wishes.come_back(connection, "uno", PUBLISHED + timedelta(days=2))
    assert [one.due_at for one in claim(database, WEEK_BEFORE)] == [WEEK_BEFORE - timedelta(days=1)]


def test_a_bad_address_mutes_its_post_until_the_file_corrects_it(database: Database) -> None:
    put(database, draft())
    send(database, WEEK_BEFORE, Decision(state=State.REJECTED, suppress=True))
    alarm = 1  # to the coordinator: the site has nobody left
    assert counted(database) == {State.REJECTED: 1, State.SUPPRESSED: 2, State.PLANNED: alarm}
    put(database, draft(posts=[post(address="nueva@tokio.example")]), WEEK_BEFORE + timedelta(days=1))
    assert counted(database) == {State.REJECTED: 1, State.PLANNED: 2 + alarm}
    assert [one.address for one in claim(database, DAY_BEFORE)] == ["nueva@tokio.example"]


def test_the_report_tells_what_was_taken_from_what_was_refused(database: Database) -> None:
    put(database, draft())
    send(database, WEEK_BEFORE, Decision(state=State.REJECTED, refused=True))
    send(database, DAY_BEFORE)
    with database.read() as connection:
        rows = [(row.rule, row.count, row.refused) for row in campaign(connection, agenda())]
    assert rows == [("P7D a las 09:00", 0, 1), ("P1D a las 09:00", 1, 0)]


def test_a_removed_rule_cancels_its_reminders_and_leaves_the_others(database: Database) -> None:
    put(database, draft())
    put(database, draft(agenda(events=(event(rules=agenda().reminders.timed[1:]),))), PUBLISHED + timedelta(days=1))
    assert counted(database) == {State.CANCELLED: 1, State.PLANNED: 2}


def test_the_due_moment_of_a_message_is_found_by_its_key(database: Database) -> None:
    put(database, draft())
    claims = claim(database, WEEK_BEFORE)
    intend(database, claims, WEEK_BEFORE)
    with database.read() as connection:
        assert claiming.due_of(connection, claims[0].message_key) == WEEK_BEFORE
        assert claiming.due_of(connection, "unknown") is None


def test_the_next_moments_are_distinct_and_in_order(database: Database) -> None:
    put(database, draft(posts=[post(), post("dos")]))
    far = START + timedelta(days=1)
    with database.read() as connection:
        assert claiming.next_moments(connection, PUBLISHED, far, 9) == [WEEK_BEFORE, DAY_BEFORE, HOUR_BEFORE]
        assert claiming.next_moments(connection, PUBLISHED, far, 1) == [WEEK_BEFORE]
        assert claiming.next_moments(connection, PUBLISHED, PUBLISHED, 9) == [WEEK_BEFORE]
        assert claiming.next_moments(connection, HOUR_BEFORE, far, 9) == []


def test_a_key_stands_once_in_the_ledger(database: Database) -> None:
    put(database, draft())
    with database.write() as connection:
        connection.execute(update(recipients).values(since=PUBLISHED))
    put(database, draft(posts=[post(post="Otro puesto")]), PUBLISHED + timedelta(hours=1))
    assert len(states(database)) == 3
