"""`agenda deliveries`: what an operator sees of the ledger, and what the operator may decide of it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from typer.testing import Result

from calendars.model.events import EventStatus
from scheduler.base.clock import SystemClock
from scheduler.planning.delivery import Decision, Purpose, State
from scheduler.store.database import Database
from scheduler.store.ledger import deliveries as operated
from scheduler.store.ledger import wishes
from scheduler.store.ledger.deliveries import Chosen, Order
from scheduler.store.people import signups
from scheduler.store.schema import deliveries
from tests.support.command_line import AGENDA, agenda
from tests.support.editing import published
from tests.support.factories import agenda as content
from tests.support.factories import event
from tests.support.ledger import (
    DAY_BEFORE,
    PUBLISHED,
    START,
    WEEK_BEFORE,
    claim,
    draft,
    intend,
    post,
    put,
    send,
    states,
)

pytestmark = pytest.mark.usefixtures("here")

WORDS = "by ana: prueba"
REASON = ("--reason", "prueba", "--author", "ana")
_D = deliveries.c


def act(database: Database, order: Order, now: datetime = DAY_BEFORE, **chosen: Any) -> int:
    which = Chosen(**chosen)
    with database.write() as connection:
        if order is Order.HOLD:
            return operated.hold(connection, which, WORDS)
        if order is Order.DROP:
            return operated.drop(connection, which, WORDS)
        if order is Order.RELEASE:
            return operated.release(connection, which, WORDS, now)
        return operated.retry(connection, which, WORDS, now)


def put_in(database: Database, state: State) -> int:
    """One delivery, the week's, in that state; returns its id."""
    put(database, draft())
    with database.write() as connection:
        first: int = connection.execute(select(_D.id).order_by(_D.due_at).limit(1)).scalar_one()
        connection.execute(update(deliveries).where(_D.id == first).values(state=state))
    return first


def state_of(database: Database, id_: int) -> tuple[str, object, str]:
    with database.read() as connection:
        row = connection.execute(select(_D.state, _D.next_at, _D.reply).where(_D.id == id_)).one()
        return row.state, row.next_at, row.reply


@pytest.mark.parametrize("order", list(Order))
def test_a_decision_changes_only_what_it_can_be_taken_of(database: Database, order: Order) -> None:
    put(database, draft(posts=[post(state.value) for state in State]))
    with database.write() as connection:
        connection.execute(update(deliveries).values(state=_D.recipient))  # three of each
    into = {Order.HOLD: State.HELD, Order.DROP: State.CANCELLED}.get(order, State.DEFERRED)
    fit = operated.ACTS_ON[order]
    assert act(database, order, event=event().id) == 3 * len(fit)
    with database.read() as connection:
        found = connection.execute(select(_D.recipient, _D.state, _D.reply)).all()
    assert {(was, state, words) for was, state, words in found} == {
        (was, into if was in fit else was, WORDS if was in fit else "") for was in State
    }


def test_what_is_held_is_not_sent_until_it_is_released(database: Database) -> None:
    put(database, draft())
    assert act(database, Order.HOLD, event=event().id) == 3
    assert claim(database, WEEK_BEFORE) == []
    assert act(database, Order.RELEASE, WEEK_BEFORE, states=(State.HELD,)) == 3
    assert [one.rule for one in claim(database, WEEK_BEFORE)] == ["P7D a las 09:00"]


def test_what_is_released_before_it_is_due_waits_until_then(database: Database) -> None:
    put(database, draft())
    act(database, Order.HOLD, event=event().id)
    act(database, Order.RELEASE, PUBLISHED, event=event().id)
    assert claim(database, WEEK_BEFORE - timedelta(seconds=1)) == []
    assert len(claim(database, WEEK_BEFORE)) == 1


def test_what_is_released_after_its_event_began_is_expired_and_not_sent(database: Database) -> None:
    id_ = put_in(database, State.HELD)
    assert act(database, Order.RELEASE, START, ids=(id_,)) == 1
    assert state_of(database, id_) == (State.EXPIRED, None, WORDS)


def test_a_post_that_left_meanwhile_gets_nothing_by_a_release(database: Database) -> None:
    id_ = put_in(database, State.HELD)
    with database.write() as connection:
        wishes.leave(connection, "uno", WEEK_BEFORE)
    assert act(database, Order.RELEASE, ids=(id_,)) == 1
    assert state_of(database, id_) == (State.SUPPRESSED, None, WORDS)


def test_service_mail_is_released_to_whom_it_was_promised(database: Database) -> None:
    put(database, draft())
    with database.write() as connection:
        signups.request(connection, Purpose.ACCESS, "uno", WEEK_BEFORE)
    act(database, Order.HOLD, purpose=Purpose.ACCESS)
    assert act(database, Order.RELEASE, WEEK_BEFORE, purpose=Purpose.ACCESS) == 1
    assert Purpose.ACCESS in [one.purpose for one in claim(database, WEEK_BEFORE)]


def test_a_retry_of_what_is_uncertain_counts_as_a_repeat(database: Database) -> None:
    put(database, draft())
    send(database, WEEK_BEFORE, Decision(state=State.UNCERTAIN, next_at=WEEK_BEFORE + timedelta(minutes=5)))
    act(database, Order.RETRY, WEEK_BEFORE, states=(State.UNCERTAIN,))
    assert len(claim(database, WEEK_BEFORE)) == 1
    with database.read() as connection:
        assert connection.execute(select(_D.repeats).where(_D.state == State.CLAIMED)).scalar_one() == 1


def test_a_delivery_that_a_node_has_in_hand_is_left_to_it(database: Database) -> None:
    put(database, draft())
    claims = claim(database, WEEK_BEFORE)
    assert act(database, Order.HOLD, WEEK_BEFORE, ids=(claims[0].id,)) == 0
    assert intend(database, claims, WEEK_BEFORE) == {claims[0].id}


def test_what_was_dropped_is_planned_again_by_no_publication(database: Database) -> None:
    put(database, draft())
    act(database, Order.HOLD, event=event().id)
    act(database, Order.DROP, event=event().id)
    put(database, draft(content(events=(event(status=EventStatus.CANCELLED),))), PUBLISHED + timedelta(hours=1))
    put(database, draft(), PUBLISHED + timedelta(hours=2))
    assert set(states(database).values()) == {State.CANCELLED}


def test_filters_narrow_together(database: Database) -> None:
    put(database, draft(posts=[post("uno"), post("dos")]))
    with database.read() as connection:
        assert operated.count(connection, Chosen()) == 6
        assert operated.count(connection, Chosen(site="tokio", states=(State.PLANNED,))) == 6
        assert operated.count(connection, Chosen(site="tokio", states=(State.HELD,))) == 0
        assert operated.count(connection, Chosen(event="another")) == 0
        assert operated.count(connection, Chosen(purpose=Purpose.REMINDER)) == 6
        dues = [one.due_at for one in operated.listing(connection, Chosen(), 4)]
    assert dues == [WEEK_BEFORE, WEEK_BEFORE, DAY_BEFORE, DAY_BEFORE]


def test_attempts_are_told_in_the_order_in_which_they_were_made(database: Database) -> None:
    put(database, draft())
    again = WEEK_BEFORE + timedelta(minutes=2)
    send(database, WEEK_BEFORE, Decision(state=State.DEFERRED, next_at=again))
    [sent] = send(database, again)
    with database.read() as connection:
        tries = operated.attempts_of(connection, sent.id)
    assert [(one.state, one.ended_at) for one in tries] == [("deferred", WEEK_BEFORE), ("accepted", again)]


# The command


@pytest.fixture
def campaign(here: Path) -> None:
    """48 reminders ahead, for sixteen sites."""
    published()


def rows(*arguments: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(agenda("deliveries", *arguments, "--json").stdout)
    return found


@pytest.mark.usefixtures("campaign")
def test_the_list_tells_when_each_is_due_by_the_clocks_of_its_site() -> None:
    [first, *_] = rows("--site", "tokio")
    assert (first["due_at"], first["due_local"]) == ("2036-10-15T00:00:00+00:00", "2036-10-15T09:00")
    shown = agenda("deliveries", "--site", "tokio", "--lang", "en").stdout
    assert "Wed 15 Oct 09:00" in shown
    assert "2036-10-15 00:00" in shown
    assert len(rows("--limit", "100")) == 48


@pytest.mark.usefixtures("campaign")
def test_the_list_says_how_many_there_are_beyond_its_limit() -> None:
    assert agenda("deliveries", "--limit", "5").stdout.endswith("5 de 48; --limit muestra más.\n")
    assert agenda("deliveries", "--state", "held").stdout == "Ningún envío es así.\n"


@pytest.mark.usefixtures("campaign")
def test_no_address_stands_in_any_output_of_the_command() -> None:
    reason = ("--reason", "porque lo pidió consular@tokio.example", "--author", "ana@ine.example")
    done = agenda("deliveries", "hold", "--site", "tokio", *reason, "--yes")
    shown = [done.stdout, done.stderr, agenda("deliveries").stdout, agenda("deliveries", "--json").stdout]
    [one, *_] = rows("--state", "held")
    shown += [agenda("deliveries", "show", str(one["id"])).stdout, json.dumps(one)]
    assert "held by" in one["reply"]
    assert [text for text in shown if "@tokio" in text or "@ine" in text or "@sedes" in text] == []


@pytest.mark.usefixtures("campaign")
def test_several_are_changed_only_with_yes_and_one_by_its_id_at_once() -> None:
    refused = agenda("deliveries", "hold", "--site", "tokio", *REASON)
    assert (refused.exit_code, "No se cambió nada" in refused.stderr) == (1, True)
    assert rows("--state", "held") == []
    one = str(rows("--site", "tokio")[0]["id"])
    assert agenda("deliveries", "hold", one, *REASON).stdout == "Retenidos: 1\n"
    assert agenda("deliveries", "hold", "--site", "tokio", "--yes", *REASON).stdout == "Retenidos: 2\n"
    released = agenda("deliveries", "release", "--all", "--yes", *REASON, "--lang", "en")
    assert (released.exit_code, released.stdout) == (0, "Released: 3\n")
    assert agenda("deliveries", "release", "--all", *REASON).stdout == "Liberados: 0\n"


@pytest.mark.usefixtures("campaign")
def test_what_does_not_fit_is_named_and_the_rest_is_done() -> None:
    first, second, *_ = (str(one["id"]) for one in rows())
    agenda("deliveries", "hold", first, *REASON)
    done = agenda("deliveries", "release", first, second, "999999", *REASON)
    assert (done.exit_code, done.stdout) == (1, "Liberados: 1\n")
    assert f"{second}: está en «planned»" in done.stderr
    assert "999999: no hay tal envío" in done.stderr


@pytest.mark.usefixtures("campaign")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("release", *REASON), "diga cuáles: ids, filtros o --all; vea agenda deliveries release --help"),
        (("release", *REASON, "--lang", "en"), "say which: ids, filters or --all"),
        (("release", "--all", "--reason", " "), "--reason está vacío"),
        (("release", "--all", "--reason", " ", "--lang", "en"), "--reason is empty"),
        (("drop", "--state", "planned", *REASON), "drop solo puede decidirse de: held, uncertain"),
        (("drop", "--state", "planned", *REASON, "--lang", "en"), "held, uncertain only"),
        (("release", "--state", "planned", *REASON), "release solo puede decidirse de: held"),
        (("--state", "held", "release", "--all", *REASON), "después de la orden: agenda deliveries release"),
        (("--lang", "en", "--state", "held", "release", "--all", *REASON), "after the command"),
        (("show", "999999"), "no hay tal envío"),
    ],
)
def test_what_is_not_said_clearly_is_refused(arguments: tuple[str, ...], told: str) -> None:
    done: Result = agenda("deliveries", *arguments)
    assert (done.exit_code in (1, 2), told in done.stderr) == (True, True)
    assert {one["state"] for one in rows()} == {"planned"}


@pytest.mark.usefixtures("campaign")
@pytest.mark.parametrize(("typed", "code"), [("3", 0), ("4", 1)])
def test_at_a_terminal_the_number_of_deliveries_has_to_be_typed(typed: str, code: int) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, f"{typed}\n".encode())
    command = [*AGENDA, "deliveries", "hold", "--site", "tokio", *REASON]
    done = subprocess.run(command, stdin=theirs, capture_output=True, text=True, check=False)
    os.close(ours)
    os.close(theirs)
    assert done.returncode == code, done.stderr
    assert len(rows("--state", "held")) == (3 if code == 0 else 0)


@pytest.mark.usefixtures("campaign")
def test_one_delivery_is_shown_with_what_the_server_answered() -> None:
    database = Database("sqlite:///agenda.db")
    now = SystemClock().now()
    with database.write() as connection:
        connection.execute(update(deliveries).where(_D.site == "tokio").values(next_at=now, due_at=now))
    send(database, now, Decision(state=State.DEFERRED, next_at=now + timedelta(minutes=1)))
    database.close()
    [one, *_] = rows("--state", "deferred")
    shown = agenda("deliveries", "show", str(one["id"]), "--lang", "en").stdout
    assert "deferred" in shown
    assert "250 ok" in shown
    told = json.loads(agenda("deliveries", "show", str(one["id"]), "--json").stdout)
    assert [(a["state"], a["code"]) for a in told["tries"]] == [("deferred", 250)]
