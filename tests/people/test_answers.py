"""Who comes: the links of the mails, the last word of each post, and what follows for its reminders."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from calendars.model.events import EventStatus
from scheduler.planning.delivery import State
from scheduler.store.database import Database
from scheduler.store.posts import answers
from scheduler.store.posts.answers import Reply
from tests.support.answering import LATER, event_start, say
from tests.support.campaign import TOKENS, Campaign, mails
from tests.support.changes import AT_EIGHT, MONDAY, MOVED, NEARBY, SETTLED, change, sent, subjects, words
from tests.support.factories import agenda, drive, event
from tests.support.ledger import DAY_BEFORE, PUBLISHED, START, WEEK_BEFORE, draft, post, put, states
from tests.support.smtpd import scripted

pytestmark = pytest.mark.conformance


async def test_a_reminder_asks_by_links_that_name_this_post_and_this_event(database: Database) -> None:
    put(database, draft())
    async with scripted() as fake:
        await Campaign(database, fake).run(PUBLISHED, WEEK_BEFORE)
        [mail] = mails(fake)
    for subtype in ("plain", "html"):
        body = mail.get_body((subtype,))
        assert body is not None
        found = re.findall(r"https://agenda.example/answer/([\w.~-]+)\?r=(\w+)", body.get_content())
        assert [reply for _, reply in found] == ["yes", "no", "maybe"]
        assert {TOKENS.read_answer(token) for token, _ in found} == {("uno", event().id)}


async def test_a_notice_asks_too_where_the_post_still_has_the_event(database: Database) -> None:
    put(database, draft())
    change(database, MOVED, MONDAY)
    [moved] = await sent(database, MONDAY, SETTLED)
    assert "¿Asistirá?" in words(moved)
    off = event(when=AT_EIGHT, status=EventStatus.CANCELLED)
    change(database, draft(agenda(events=(off,))), MONDAY + timedelta(hours=1))
    [gone] = await sent(database, MONDAY + timedelta(hours=1), MONDAY + timedelta(hours=2))
    assert str(gone["Subject"]).startswith("CANCELADO")
    assert "¿Asistirá?" not in words(gone)


def test_a_no_ends_what_is_still_to_come_for_this_post_alone(database: Database) -> None:
    put(database, draft(posts=(post(), post("dos"))))
    say(database, Reply.NO)
    assert {state for (_, _, who), state in states(database).items() if who == "uno"} == {State.CANCELLED}
    assert {state for (_, _, who), state in states(database).items() if who == "dos"} == {State.PLANNED}


def test_a_yes_or_a_maybe_after_a_no_brings_back_what_lies_ahead(database: Database) -> None:
    put(database, draft())
    say(database, Reply.NO)
    say(database, Reply.MAYBE, WEEK_BEFORE + timedelta(hours=1))
    found = {rule: state for (_, rule, _), state in states(database).items()}
    assert found == {"P7D a las 09:00": State.CANCELLED, "P1D a las 09:00": State.PLANNED, "PT1H": State.PLANNED}


def test_an_answer_that_arrives_after_a_later_one_changes_nothing(database: Database) -> None:
    """A reply by mail may have lain about while the post pressed the link."""
    put(database, draft())
    assert say(database, Reply.YES, LATER + timedelta(minutes=11))
    assert not say(database, Reply.NO, LATER)
    assert set(states(database).values()) == {State.PLANNED}


def test_within_ten_minutes_the_last_to_arrive_wins_over_a_slow_clock(database: Database) -> None:
    put(database, draft())
    assert say(database, Reply.YES, LATER + timedelta(minutes=10))
    assert say(database, Reply.NO, LATER)
    assert set(states(database).values()) == {State.CANCELLED}
    assert not say(database, Reply.YES, LATER - timedelta(minutes=5)), "a slow clock moves no later word back"


async def test_who_does_not_come_is_told_of_a_change_all_the_same_and_of_nothing_else(database: Database) -> None:
    put(database, draft())
    say(database, Reply.NO)
    change(database, NEARBY, MONDAY)
    async with scripted() as fake:
        await Campaign(database, fake).run(PUBLISHED, START)
        [told] = subjects(fake)
    assert told.startswith("CAMBIO")


def test_a_no_holds_over_a_move_by_half_an_hour(database: Database) -> None:
    put(database, draft())
    say(database, Reply.NO)
    put(database, NEARBY, DAY_BEFORE - timedelta(days=1), confirmed=True)
    assert {state for (schedule, _, _), state in states(database).items() if schedule == 1} == set()


def test_a_no_to_one_hour_ends_no_reminder_of_another_and_holds_again_when_the_event_is_back(
    database: Database,
) -> None:
    put(database, draft())
    say(database, Reply.NO)
    put(database, MOVED, MONDAY, confirmed=True)
    assert State.PLANNED in {state for (schedule, _, _), state in states(database).items() if schedule == 1}
    put(database, draft(), MONDAY + timedelta(minutes=5), confirmed=True)
    assert State.PLANNED not in set(states(database).values())


def test_what_is_said_of_an_hour_that_holds_no_more_takes_no_word_away_that_counts(database: Database) -> None:
    put(database, draft())
    put(database, MOVED, MONDAY, confirmed=True)
    say(database, Reply.YES, MONDAY)
    assert not say(database, Reply.NO, MONDAY + timedelta(hours=1), start=event_start())
    with database.read() as connection:
        [said] = answers.by_recipient(connection)["uno"]
    assert said.reply is Reply.YES


def test_what_counts_replaces_a_later_word_on_an_hour_that_holds_no_more(database: Database) -> None:
    put(database, draft())
    say(database, Reply.NO, MONDAY)
    put(database, MOVED, MONDAY + timedelta(minutes=1), confirmed=True)
    assert say(database, Reply.YES, MONDAY - timedelta(hours=1))
    with database.read() as connection:
        [said] = answers.by_recipient(connection)["uno"]
    assert (said.reply, said.start != event_start()) == (Reply.YES, True)


def test_each_post_has_one_last_word_on_each_event(database: Database) -> None:
    put(database, draft(agenda(events=(event(), drive())), posts=(post(), post("dos"))))
    say(database, Reply.NO)
    say(database, Reply.MAYBE, LATER + timedelta(minutes=1))
    say(database, Reply.YES, about=drive().id)
    say(database, Reply.YES, of="dos")
    with database.read() as connection:
        found = answers.by_recipient(connection)
        assert {(one.event, one.reply) for one in found["uno"]} == {(event().id, "maybe"), (drive().id, "yes")}
        assert answers.by_recipient(connection, "dos").keys() == {"dos"}
