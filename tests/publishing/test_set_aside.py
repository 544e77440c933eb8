"""Before a move is published, it is known how many answers it sets aside, and who is asked for that; and it is so."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from calendars.model.agenda import Draft
from calendars.model.events import Event, EventStatus
from calendars.model.people import Recipient, Role
from calendars.model.rules import Coverage
from scheduler.publishing.set_aside import MovedAnswers, moved_answers
from scheduler.reporting.acceptances import acceptances
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.posts import roster
from scheduler.store.posts.answers import Reply
from tests.support.answering import say
from tests.support.command_line import agenda as command
from tests.support.command_line import edit, into_the_future
from tests.support.coverage import ALL, COVERED, DELHI, covered
from tests.support.editing import NAME
from tests.support.factories import edition, event, site, timed
from tests.support.ledger import PUBLISHED, post, put

pytestmark = [pytest.mark.conformance, pytest.mark.usefixtures("here")]

LATER = PUBLISHED + timedelta(hours=2)
OTHER_DAY = event(coverage=Coverage(), when=timed("2021-10-25 18:00"))
NEAR = event(coverage=Coverage(), when=timed("2021-10-21 18:30"))


def here(*posts: Recipient, of: Event = COVERED) -> Draft:
    """At two sites."""
    return covered(*posts, of=of, representations=(site(), DELHI))


def foreseen(database: Database, of: Event = OTHER_DAY, gone: tuple[str, ...] = ()) -> tuple[MovedAnswers, ...]:
    with database.read() as connection:
        found = editions.load(connection)
        assert found is not None
        content = here(of=of).agenda
        after = edition(content, found.edition, LATER)
        return moved_answers(connection, found.edition, after, gone)


def lacking(database: Database) -> list[str]:
    with database.read() as connection:
        found = editions.load(connection)
        assert found is not None
        [one] = acceptances(connection, found.edition)
        return [tally.site.id for tally in one.lacking]


def test_a_move_to_another_day_sets_answers_aside_and_has_deputies_and_coordinators_asked(database: Database) -> None:
    put(database, here(*ALL))
    say(database, Reply.YES)
    [one] = foreseen(database)
    assert (one.event, one.set_aside, one.back, one.lacking) == (COVERED.id, 1, 0, ("tokio",))
    assert [(call.role, call.site) for call in one.calls] == [(Role.DEPUTY, "tokio"), (Role.COORDINATOR, "tokio")]
    put(database, here(*ALL, of=OTHER_DAY), LATER, confirmed=True)
    assert lacking(database) == ["tokio", "nueva-delhi"]


def test_what_is_published_back_is_told_to_count_again_and_does(database: Database) -> None:
    put(database, here(*ALL))
    say(database, Reply.YES)
    put(database, here(*ALL, of=OTHER_DAY), LATER, confirmed=True)
    [one] = foreseen(database, COVERED)
    assert (one.set_aside, one.back, one.lacking, one.calls) == (0, 1, (), ())
    put(database, here(*ALL), LATER + timedelta(minutes=5), confirmed=True)
    assert lacking(database) == ["nueva-delhi"]


def test_a_move_by_half_an_hour_a_silent_post_and_a_cancelled_event_set_nothing_aside(database: Database) -> None:
    put(database, here(*ALL))
    assert foreseen(database) == ()
    say(database, Reply.YES)
    assert foreseen(database, NEAR) == ()
    assert foreseen(database, event(coverage=Coverage(), status=EventStatus.CANCELLED)) == ()


def test_who_leaves_the_list_is_not_asked(database: Database) -> None:
    put(database, here(*ALL))
    say(database, Reply.YES)
    [one] = foreseen(database, gone=("dos",))
    assert [call.role for call in one.calls] == [Role.COORDINATOR]


def test_a_post_that_says_it_again_covers_its_site(database: Database) -> None:
    put(database, here(post()))
    say(database, Reply.YES)
    put(database, here(post(), of=OTHER_DAY), LATER, confirmed=True)
    assert lacking(database) == ["tokio", "nueva-delhi"]
    say(database, Reply.YES, LATER + timedelta(minutes=1))
    assert lacking(database) == ["nueva-delhi"]


def test_impact_says_it_and_answers_shows_it_afterwards() -> None:
    into_the_future()
    edit((f"  - id: {NAME}", f"  - cobertura: sí\n    id: {NAME}"))
    assert command("publish", "--reason", "inicio").exit_code == 0
    database = Database("sqlite:///agenda.db")
    with database.read() as connection:
        [uno] = [one.recipient.id for one in roster.members(connection) if one.recipient.site == "tokio"]
    say(database, Reply.YES, LATER, of=uno, about=NAME)
    database.close()
    edit(("2036-10-21", "2036-10-23"))
    said = json.loads(command("impact", "--json").stdout)["answers"]
    assert said == [{"event": NAME, "set_aside": 1, "counting_again": 0, "lacking": ["tokio"], "escalations": []}]
    shown = command("impact").stdout
    assert "1 respuesta se aparta hasta que se repita" in shown
    assert "Cobertura: faltaría en 1: Tokio" in shown
    assert "1 answer is set aside until it is said again" in command("impact", "--lang", "en").stdout
    assert command("publish", "--reason", "otro día", "--yes").exit_code == 0
    one = json.loads(command("answers", NAME, "--json").stdout)
    assert (one["yes"], one["set_aside"], one["another_hour"]) == (0, 1, 0)
    assert "Apartadas hasta que se repitan, pues se dieron para otra fecha u hora (1): Tokio 1" in " ".join(
        command("answers", NAME).stdout.split()
    )
    assert f"{NAME}: 1 apartada hasta que se repita" in command("answers").stdout
