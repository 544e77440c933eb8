"""Floods: strangers' mail waits, and nobody else's for theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from calendars.model.people import Signups
from scheduler.planning.delivery import Purpose
from scheduler.reporting.in_words import status_json, status_lines
from scheduler.reporting.status import status
from scheduler.sending.pace import Share
from scheduler.store.database import Database
from scheduler.store.ledger import claiming
from scheduler.store.ledger.claiming import Wanted
from scheduler.store.people.floods import Door
from scheduler.store.people.signups import SignUp, sign_up
from tests.support.ledger import DAY_BEFORE, WEEK_BEFORE, draft, post, put

GAP = timedelta(seconds=6)


def asks(database: Database, address: str, at: datetime = DAY_BEFORE, *, named: bool = True) -> datetime | None:
    wish = SignUp(address=address, site="tokio", language="es", declined=frozenset())
    with database.write() as connection:
        return sign_up(connection, wish, at, Door(gap=GAP, named=named))


def takes(database: Database, limit: int, asked: int) -> list[Purpose]:
    with database.write() as connection:
        found = claiming.claim_due(connection, "me", WEEK_BEFORE, Wanted(limit=limit, asked=asked))
        return [one.purpose for one in found]


def test_a_mailbox_is_asked_three_times_an_hour_whatever_its_tag(database: Database) -> None:
    put(database, draft())
    tags = ["ana", "ANA+uno", "ana+dos", "ana+tres", "ana"]
    assert [asks(database, f"{local}@tokio.example") is not None for local in tags] == [True] * 3 + [False] * 2
    assert asks(database, "anabel@tokio.example") == DAY_BEFORE
    assert asks(database, "ana@otro.example") == DAY_BEFORE
    assert asks(database, "ana+tres@tokio.example", DAY_BEFORE + timedelta(hours=1, seconds=1)) is not None


@pytest.mark.parametrize("odd", ["a_a", "a%a"])
def test_a_mailbox_is_itself_and_no_pattern(database: Database, odd: str) -> None:
    put(database, draft())
    for tag in ("", "+1", "+2"):
        assert asks(database, f"axa{tag}@tokio.example") is not None
    assert asks(database, f"{odd}@tokio.example") == DAY_BEFORE


def test_beyond_sixty_an_hour_each_waits_a_gap_more_than_the_one_before(database: Database) -> None:
    put(database, draft())
    turns = [asks(database, f"p{number}@tokio.example") for number in range(63)]
    assert turns == [DAY_BEFORE] * 60 + [DAY_BEFORE + GAP, DAY_BEFORE + 2 * GAP, DAY_BEFORE + 3 * GAP]
    an_hour_on = DAY_BEFORE + timedelta(hours=1, minutes=1)
    assert asks(database, "otra@tokio.example", an_hour_on) == an_hour_on


def test_a_domain_that_the_agenda_does_not_name_waits_beyond_twenty(database: Database) -> None:
    put(database, draft())
    turns = [asks(database, f"p{number}@uno.gob.example", named=False) for number in range(21)]
    assert turns == [DAY_BEFORE] * 20 + [DAY_BEFORE + GAP]
    assert asks(database, "p@dos.gob.example", named=False) == DAY_BEFORE
    assert asks(database, "q@uno.gob.example", named=True) == DAY_BEFORE


def test_a_domain_is_named_where_it_stands_itself() -> None:
    signups = Signups(domains=("sre.gob.example", "*.ine.example"))
    assert signups.names("ana@SRE.gob.example")
    assert not signups.names("ana@juntas.ine.example")


def test_those_who_wait_are_an_alert(database: Database) -> None:
    put(database, draft())
    day = (DAY_BEFORE, DAY_BEFORE + timedelta(days=1))
    for number in range(62):
        asks(database, f"p{number}@tokio.example")
    with database.read() as connection:
        before = status(connection, DAY_BEFORE + timedelta(minutes=1), day)
        found = status(connection, DAY_BEFORE, day)
    assert (before.queued, found.queued) == (0, 2)
    assert found.alerts > 0
    spanish = "\n".join(status_lines(found, None, pace=None, lang="es"))
    assert "Muchas altas a la vez: 2 mensajes esperan turno" in spanish
    assert "Many sign up at once: 2 of their messages wait" in "\n".join(
        status_lines(found, None, pace=None, lang="en")
    )
    assert status_json(found, None, pace=None)["signups_waiting"] == 2


def test_what_strangers_ask_for_takes_no_more_than_its_share_while_others_wait(database: Database) -> None:
    put(database, draft(posts=[post(f"p{number}") for number in range(4)]))
    for number in range(6):
        asks(database, f"x{number}@tokio.example", WEEK_BEFORE)
    assert takes(database, 3, asked=1) == [Purpose.REMINDER, Purpose.REMINDER, Purpose.CONFIRMATION]
    assert takes(database, 3, asked=0) == [Purpose.REMINDER] * 3  # the former claims are given back
    assert takes(database, 6, asked=1) == [Purpose.REMINDER] * 4 + [Purpose.CONFIRMATION] * 2


def test_alone_they_have_all_of_it(database: Database) -> None:
    put(database, draft())
    for number in range(6):
        asks(database, f"x{number}@tokio.example", WEEK_BEFORE - timedelta(days=1))
    with database.write() as connection:
        found = claiming.claim_due(connection, "me", WEEK_BEFORE - timedelta(days=1), Wanted(limit=3, asked=1))
    assert [one.purpose for one in found] == [Purpose.CONFIRMATION] * 3


@pytest.mark.parametrize(("limit", "granted"), [(1, [0, 0, 1, 0, 0, 1]), (2, [0, 1, 1, 0]), (3, [1, 1, 1])])
def test_a_third_is_a_third_however_many_are_taken_at_a_time(limit: int, granted: list[int]) -> None:
    share, found = Share(), []
    for _ in granted:
        found.append(share.of(limit))
        share.took(found[-1])
    assert found == granted
    assert sum(found) <= len(found) * limit / 3


def test_what_nobody_asked_for_is_not_saved_up() -> None:
    share = Share()
    for _ in range(100):
        share.of(3)
    assert share.of(3) == 1


def test_a_short_key_is_an_alert(database: Database) -> None:
    put(database, draft())
    day = (DAY_BEFORE, DAY_BEFORE + timedelta(days=1))
    with database.read() as connection:
        before = status(connection, DAY_BEFORE, day)
    found = replace(before, short_key=True)
    assert found.alerts == before.alerts + 1
    assert "menos de 16 caracteres" in "\n".join(status_lines(found, None, pace=None, lang="es"))
    assert "fewer than 16 characters" in "\n".join(status_lines(found, None, pace=None, lang="en"))
    assert status_json(found, None, pace=None)["short_key"] is True
