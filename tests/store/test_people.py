"""Posts and their wishes: signing up, pausing, choosing, moving, being erased; the file's posts stay the file's."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from calendars.model.agenda import Agenda
from scheduler.base.tokens import Tokens
from scheduler.planning.delivery import Purpose, State
from scheduler.publishing.prospect import Act
from scheduler.publishing.publish import KeyWanted, publish_draft
from scheduler.reporting.report import campaign, totals
from scheduler.reporting.status import status
from scheduler.store.database import Database
from scheduler.store.ledger import claiming, states, wishes
from scheduler.store.ledger.claiming import Wanted
from scheduler.store.ledger.reconcile import replan
from scheduler.store.people import signups
from scheduler.store.posts import feed_tokens, roster
from scheduler.store.posts.roster import Post
from scheduler.store.schema import deliveries, metadata, recipients
from tests.support.factories import agenda, event, site, timed
from tests.support.ledger import DAY_BEFORE, HOUR_BEFORE, WEEK_BEFORE, draft, moved, post, put
from tests.support.people import ADDRESS, LATER, TOKENS, confirm, erase, in_force, joined, mails, purge, sign_up, wish

pytestmark = pytest.mark.conformance

WEEK, DAY, HOUR = "P7D a las 09:00", "P1D a las 09:00", "PT1H"


def reminders(database: Database, recipient: str) -> dict[str, str]:
    """Rule -> state, of the newest schedule."""
    d = deliveries.c
    with database.read() as connection:
        found = connection.execute(
            select(d.rule, d.state)
            .where(d.recipient == recipient, d.purpose == Purpose.REMINDER)
            .order_by(d.schedule, d.id)
        )
        return {row.rule: row.state for row in found}


def find(database: Database, key: str) -> Post | None:
    with database.read() as connection:
        return roster.find(connection, key)


def address_of(database: Database, key: str) -> str:
    with database.read() as connection:
        return str(connection.execute(select(recipients.c.address).where(recipients.c.id == key)).scalar_one())


@pytest.fixture
def published(database: Database) -> Database:
    put(database, draft())
    return database


ALL_PLANNED = {WEEK: State.PLANNED, DAY: State.PLANNED, HOUR: State.PLANNED}


# Signing up


def test_who_signs_up_is_asked_by_mail_and_gets_nothing_before_the_answer(published: Database) -> None:
    key = sign_up(published)
    assert key is not None
    assert mails(published) == [(Purpose.CONFIRMATION, key)]
    assert reminders(published, key) == {}
    again = put(published, moved(), LATER)
    assert again.prospect.removed_posts == ()
    assert reminders(published, key) == {}


def test_who_confirms_is_reminded_from_then_on(published: Database) -> None:
    key = sign_up(published, at=WEEK_BEFORE - timedelta(hours=1))
    assert key is not None
    found = confirm(published, key, WEEK_BEFORE + timedelta(minutes=1))
    assert found is not None
    assert (found.origin, found.confirmed, found.recipient.address) == ("self", True, ADDRESS)
    assert reminders(published, key) == {DAY: State.PLANNED, HOUR: State.PLANNED}
    assert confirm(published, key, WEEK_BEFORE + timedelta(minutes=2)) == found
    assert reminders(published, key) == {DAY: State.PLANNED, HOUR: State.PLANNED}


def test_nobody_else_can_be_confirmed(published: Database) -> None:
    assert confirm(published, "s-0000") is None


@pytest.mark.parametrize("address", ["uno@tokio.example", "UNO@Tokio.Example"])
def test_an_address_that_is_on_the_list_is_told_so_and_nothing_changes(published: Database, address: str) -> None:
    assert sign_up(published, wish(address)) == "uno"
    assert mails(published) == [(Purpose.KNOWN, "uno")]
    assert reminders(published, "uno") == ALL_PLANNED


def test_who_asks_on_and_on_gets_three_mails_an_hour(published: Database) -> None:
    assert [sign_up(published) is not None for _ in range(5)] == [True, True, True, False, False]
    assert sign_up(published, at=LATER + timedelta(hours=1, seconds=1)) is not None


def test_who_signs_up_anew_before_confirming_means_the_last(published: Database) -> None:
    first = sign_up(published)
    assert sign_up(published, wish(language="en", declined=frozenset({WEEK}))) == first
    found = confirm(published, str(first))
    assert found is not None
    assert (found.recipient.language, set(found.declined)) == ("en", {WEEK})
    assert reminders(published, str(first)) == {DAY: State.PLANNED, HOUR: State.PLANNED}


def test_an_address_that_was_found_bad_may_sign_up_again_and_replaces_itself(published: Database) -> None:
    bad = joined(published)
    with published.write() as connection:
        states.suppress_address(connection, bad, LATER, "550 5.1.1 no such user")
    fresh = joined(published)
    assert fresh != bad
    assert reminders(published, fresh) == ALL_PLANNED
    assert find(published, bad) is None


def test_an_office_is_covered_by_the_files_posts_alone(published: Database) -> None:
    sign_up(published)
    with published.read() as connection:
        assert roster.uncovered_sites(connection) == []
    joined(published)
    put(published, draft(posts=()), LATER, confirmed=True)
    with published.write() as connection:
        assert roster.uncovered_sites(connection) == []  # somebody is left to write to
        for one in roster.at_address(connection, ADDRESS):
            wishes.leave(connection, one.recipient.id, LATER)
        assert roster.uncovered_sites(connection) == ["tokio"]


def test_who_signed_up_and_is_then_listed_gets_each_mail_once(published: Database) -> None:
    key = joined(published)
    put(published, draft(posts=(post(), post("ana"))), LATER)
    assert find(published, key) is None
    assert set(reminders(published, key).values()) == {State.CANCELLED}
    assert reminders(published, "ana") == ALL_PLANNED


def test_a_file_without_those_who_signed_up_removes_nobody(published: Database) -> None:
    key = joined(published)
    assert put(published, moved(), LATER).prospect.removed_posts == ()
    assert find(published, key) is not None
    assert reminders(published, key) == ALL_PLANNED


def test_service_mail_counts_as_no_reminder_of_the_campaign(published: Database) -> None:
    sign_up(published)
    with published.read() as connection:
        assert campaign(connection, agenda()) == []
        assert totals(connection).states == {State.PLANNED: 4}


# Wishes


def test_a_pause_mutes_what_falls_due_in_it_and_ends_by_itself(published: Database) -> None:
    with published.write() as connection:
        wishes.pause(connection, "uno", DAY_BEFORE - timedelta(hours=1), LATER)
    assert reminders(published, "uno") == ALL_PLANNED | {WEEK: State.SUPPRESSED}
    with published.write() as connection:
        wishes.come_back(connection, "uno", LATER)
    assert reminders(published, "uno") == ALL_PLANNED


def test_what_fell_due_in_a_pause_is_not_sent_after_it(published: Database) -> None:
    with published.write() as connection:
        wishes.pause(connection, "uno", HOUR_BEFORE, LATER)
        wishes.come_back(connection, "uno", DAY_BEFORE + timedelta(minutes=1))
    assert reminders(published, "uno") == {WEEK: State.SUPPRESSED, DAY: State.SUPPRESSED, HOUR: State.PLANNED}


def test_a_new_edition_obeys_a_pause(published: Database) -> None:
    with published.write() as connection:
        wishes.pause(connection, "uno", HOUR_BEFORE, LATER)
    put(published, moved("2021-10-21 20:00"), LATER)
    assert reminders(published, "uno") == {WEEK: State.SUPPRESSED, DAY: State.SUPPRESSED, HOUR: State.PLANNED}
    put(published, moved("2021-10-20 18:00"), LATER)
    assert set(reminders(published, "uno").values()) == {State.SUPPRESSED}


def test_what_is_to_come_is_shown_soonest_first_and_without_what_will_not_be_sent(published: Database) -> None:
    with published.read() as connection:
        coming = signups.upcoming(connection, "uno", LATER, 9)
        assert [one.due_at for one in coming] == [WEEK_BEFORE, DAY_BEFORE, HOUR_BEFORE]
        assert {(one.event, one.site) for one in coming} == {("taller-asia-pacifico-2021", "tokio")}
        assert signups.upcoming(connection, "uno", LATER, 2) == coming[:2]
        assert signups.upcoming(connection, "uno", DAY_BEFORE, 9) == coming[1:]
        assert signups.upcoming(connection, "nadie", LATER, 9) == []
    with published.write() as connection:
        wishes.pause(connection, "uno", HOUR_BEFORE, LATER)
        signups.request(connection, Purpose.ACCESS, "uno", LATER)
        assert signups.upcoming(connection, "uno", LATER, 9) == coming[2:]
        wishes.leave(connection, "uno", LATER)
        assert signups.upcoming(connection, "uno", LATER, 9) == []


def test_what_is_not_wanted_is_not_planned_until_it_is_wanted_again(published: Database) -> None:
    key = joined(published)
    edition = in_force(published)
    for declined, expected in (({DAY, WEEK}, State.CANCELLED), (set(), State.PLANNED)):
        with published.write() as connection:
            signups.decline(connection, key, declined)
            replan(connection, edition, key, LATER)
        assert reminders(published, key) == {WEEK: expected, DAY: expected, HOUR: State.PLANNED}
    assert reminders(published, "uno") == ALL_PLANNED


def test_a_post_keeps_the_language_that_it_chose_whatever_the_file_says(published: Database) -> None:
    with published.write() as connection:
        roster.speak(connection, "uno", "en")
    put(published, draft(posts=(post(post="Consulado"),)), LATER)
    found = find(published, "uno")
    assert found is not None
    assert (found.recipient.language, found.recipient.post) == ("en", "Consulado")


def two_offices() -> Agenda:
    """The workshop is the region's, so it concerns both."""
    return agenda(representations=(site(), site("seul", name="Embajada de México en Corea", city="Seúl")))


def test_who_moves_to_another_office_is_reminded_by_its_clock_and_loses_the_staff_feed(database: Database) -> None:
    put(database, draft(two_offices()))
    key = joined(database)
    with database.write() as connection:
        feed_tokens.issue(connection, "tokio", LATER, label="", recipient=key)
        signups.move(connection, key, "seul", LATER)
        replan(connection, in_force(database), key, LATER)
    d = deliveries.c
    with database.read() as connection:
        sites = connection.execute(
            select(d.site).where(d.recipient == key, d.state == State.PLANNED, d.rule != "").distinct()
        )
        assert list(sites.scalars()) == ["seul"]
        assert [one.revoked_at for one in feed_tokens.of_recipient(connection, key)] == [LATER]


def test_leaving_stops_reminders_and_not_the_mail_that_one_asks_for(published: Database) -> None:
    with published.write() as connection:
        signups.request(connection, Purpose.ACCESS, "uno", LATER)
        wishes.leave(connection, "uno", LATER)
        wishes.obey_wishes(connection, LATER)
        claims = claiming.claim_due(connection, "me", LATER, Wanted(limit=10))
    assert [one.purpose for one in claims if one.recipient == "uno"] == [Purpose.ACCESS]


def test_an_access_link_is_of_no_use_after_a_quarter_of_an_hour(published: Database) -> None:
    with published.write() as connection:
        signups.request(connection, Purpose.ACCESS, "uno", LATER)
        states.sweep(connection, LATER + timedelta(minutes=15))
        assert claiming.claim_due(connection, "me", LATER + timedelta(minutes=15), Wanted(limit=10)) == []


def test_the_administrator_sees_which_posts_left(published: Database) -> None:
    key = joined(published)
    with published.write() as connection:
        wishes.leave(connection, "uno", LATER)
        wishes.leave(connection, key, LATER)
        found = status(connection, LATER, (LATER, LATER + timedelta(days=1)))
    assert found.posts.left == ("uno",)
    assert found.posts.signed_up == 1


# Taking along, and being erased


def test_the_export_holds_all_that_is_kept_of_a_post_and_nothing_of_others(published: Database) -> None:
    key = joined(published)
    with published.write() as connection:
        feed_tokens.issue(connection, "tokio", LATER, label="Teléfono", recipient=key)
        found = json.loads(signups.exported(connection, key, TOKENS.people))
    assert found["recipient"]["address"] == ADDRESS
    assert {row["purpose"] for row in found["deliveries"]} == {"confirmation", "reminder"}
    assert [row["label"] for row in found["staff_feeds"]] == ["Teléfono"]
    assert "uno" not in json.dumps(found)


def again(database: Database, *posts: object, tokens: Tokens | None = TOKENS) -> tuple[str, ...]:
    """Publish these posts; returns who was kept away."""
    content = draft(agenda(events=(event(when=timed("2021-10-21 19:00")),)), posts)  # type: ignore[arg-type]  # because they are posts
    done = publish_draft(
        database, content, Act(at=LATER, author="M. R.", reason="prueba"), confirmed=True, tokens=tokens
    )
    return done.kept_away


def test_an_erased_address_is_gone_everywhere_and_its_figures_stay(published: Database) -> None:
    key = joined(published)
    with published.write() as connection:
        feed_tokens.issue(connection, "tokio", LATER, label="Ana", recipient=key)
    erase(published, key, ADDRESS)
    assert find(published, key) is None
    assert address_of(published, key) == ""
    assert set(reminders(published, key).values()) == {State.CANCELLED}
    with published.read() as connection:
        (token,) = feed_tokens.of_recipient(connection, key)
        dump = [repr(row) for table in metadata.sorted_tables for row in connection.execute(select(table))]
    assert token.revoked_at == LATER
    assert [row for row in dump if ADDRESS in row] == []


def test_an_erased_address_does_not_come_back_by_the_next_import(published: Database) -> None:
    erase(published, "uno", "uno@tokio.example")
    assert again(published, post(), post("otro", address="UNO@tokio.example"), post("dos")) == ("uno", "otro")
    assert find(published, "uno") is None
    assert find(published, "otro") is None
    assert find(published, "dos") is not None


def test_a_tombstone_outlives_a_rotation_of_the_key(published: Database) -> None:
    erase(published, "uno", "uno@tokio.example")
    assert again(published, post(), tokens=Tokens(["a newer key", "a key for the tests"])) == ("uno",)


def test_without_the_key_nothing_is_published_over_an_erasure(published: Database) -> None:
    erase(published, "uno", "uno@tokio.example")
    with pytest.raises(KeyWanted):
        again(published, post(), tokens=None)
    assert in_force(published).number == 1


def test_whoever_holds_the_post_next_has_wished_for_nothing_yet(published: Database) -> None:
    with published.write() as connection:
        wishes.leave(connection, "uno", LATER)
        roster.speak(connection, "uno", "en")
    erase(published, "uno", "uno@tokio.example")
    assert again(published, post(address="nueva@tokio.example")) == ()
    found = find(published, "uno")
    assert found is not None
    assert (found.left, found.recipient.language) == (False, "es")
    assert reminders(published, "uno") == ALL_PLANNED


def test_who_was_erased_may_sign_up_anew(published: Database) -> None:
    erase(published, joined(published), ADDRESS)
    assert reminders(published, joined(published)) == ALL_PLANNED


# Retention


def test_a_sign_up_that_nobody_confirms_is_forgotten_after_two_days(published: Database) -> None:
    key = str(sign_up(published))
    assert purge(published, LATER + timedelta(hours=48), None) == 0
    assert purge(published, LATER + timedelta(hours=48, seconds=1), None) == 1
    assert address_of(published, key) == ""
    assert confirm(published, key, LATER + timedelta(hours=49)) is None


def test_addresses_that_ended_are_forgotten_after_the_retention_and_no_others(published: Database) -> None:
    gone = joined(published)
    with published.write() as connection:
        wishes.leave(connection, gone, LATER)
        wishes.leave(connection, "uno", LATER)  # the file's: it has left, and is still the administrator's
    put(published, draft(posts=(post(), post("dos"))), LATER)
    put(published, draft(posts=(post(),)), LATER, confirmed=True)
    assert purge(published, LATER + timedelta(days=30), None) == 0
    assert purge(published, LATER + timedelta(days=30), 30) == 0
    assert purge(published, LATER + timedelta(days=30, seconds=1), 30) == 2
    assert purge(published, LATER + timedelta(days=31), 30) == 0
    assert [address_of(published, key) for key in ("uno", "dos", gone)] == ["uno@tokio.example", "", ""]


def test_a_post_that_was_forgotten_may_be_listed_again(published: Database) -> None:
    """Retention leaves no tombstone: the administrator may write to them again."""
    put(published, draft(posts=()), LATER, confirmed=True)
    assert purge(published, LATER + timedelta(days=31), 30) == 1
    assert again(published, post()) == ()
    assert reminders(published, "uno") == ALL_PLANNED
