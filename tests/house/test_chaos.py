"""The short form of `make chaos`, the judge that it goes by, and that a seed repeats itself."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from chaos.record import Record, Recorder, Seen
from chaos.schedule import Blow, Greeting, Message, Naming, Schedule, blows
from chaos.verdict import Entry, Evidence, judge
from scheduler.planning.delivery import State
from tests.support.checkout import ROOT
from tests.support.postgres import NoPostgres, binaries
from tests.support.wanted import leave_out

TOKYO, BAD = "tokio@sedes.example", "nadie@sedes.example"
TAKEN = Seen(to=TOKYO, key="a", kept=True)
DOUBTED, SURE = Entry(state=State.ACCEPTED, doubted=True), Entry(state=State.ACCEPTED, doubted=False)
GOOD = Evidence(owed={"a": TOKYO}, ledger={"a": SURE}, record=[TAKEN], bad={BAD}, edited=1, doubts=0)


def broken(evidence: Evidence) -> dict[str, list[str]]:
    return {promise: list(keys) for promise, keys in judge(evidence, repeats=1).broken.items()}


def in_state(state: State, **more: object) -> Evidence:
    """The message in this state, and nothing on the mail server's record."""
    return replace(GOOD, ledger={"a": Entry(state=state, doubted=False)}, record=[], **more)  # type: ignore[arg-type]  # because replace checks the fields' names only when it runs


def test_a_message_that_was_delivered_once_breaks_nothing() -> None:
    assert broken(GOOD) == {}


@pytest.mark.parametrize("state", [State.PLANNED, State.DEFERRED, State.CLAIMED, State.SENDING])
def test_a_message_that_nobody_has_and_nobody_accounts_for_is_lost(state: State) -> None:
    assert broken(in_state(state)) == {"lost": ["a"]}
    assert broken(replace(GOOD, ledger={}, record=[])) == {"lost": ["a"]}


@pytest.mark.parametrize("state", [State.SUPERSEDED, State.CANCELLED, State.EXPIRED, State.UNCERTAIN])
def test_a_message_that_the_ledger_accounts_for_is_not_lost(state: State) -> None:
    assert broken(in_state(state)) == {}


def test_a_message_counted_as_accepted_that_the_server_does_not_have_is_told() -> None:
    assert broken(in_state(State.ACCEPTED)) == {"only_claimed": ["a"]}


def test_a_repeat_is_allowed_to_what_was_uncertain_and_to_nothing_else() -> None:
    twice = replace(GOOD, record=[TAKEN, TAKEN])
    assert broken(twice) == {"repeated": ["a"]}
    assert broken(replace(twice, ledger={"a": DOUBTED})) == {}
    assert broken(replace(twice, ledger={"a": DOUBTED}, record=[TAKEN] * 3)) == {"too_often": ["a"]}


def test_a_message_under_another_id_or_to_another_address_is_told() -> None:
    assert broken(replace(GOOD, record=[TAKEN, replace(TAKEN, key="z")])) == {"unknown": ["z"]}
    assert broken(replace(GOOD, record=[replace(TAKEN, to=BAD)])) == {"astray": ["a"]}


@pytest.mark.parametrize("state", [State.REJECTED, State.SUPPRESSED])
def test_a_post_whose_address_is_good_must_not_be_muted(state: State) -> None:
    assert broken(in_state(state)) == {"muted": ["a"]}
    assert broken(in_state(state, owed={"a": BAD})) == {}


@pytest.mark.parametrize("state", [State.SUPERSEDED, State.CANCELLED])
def test_a_message_must_not_go_once_its_event_was_moved_or_cancelled(state: State) -> None:
    before = replace(GOOD, ledger={"a": Entry(state=state, doubted=False)})
    assert broken(before) == {}
    after = replace(before, edited=0)
    assert broken(after) == {"outdated": ["a"]}
    assert broken(replace(after, ledger={"a": Entry(state=state, doubted=True)})) == {}


def test_nothing_counts_as_bounced_that_only_an_outsider_said() -> None:
    assert broken(in_state(State.BOUNCED)) == {"believed": ["a"]}


def test_no_more_may_be_held_than_the_kills_account_for() -> None:
    assert broken(in_state(State.HELD)) == {"held": ["a"]}
    assert broken(in_state(State.HELD, doubts=1)) == {}


def test_a_seed_repeats_its_faults_and_another_has_others() -> None:
    def faults(seed: int) -> list[object]:
        schedule = Schedule(seed=seed)
        return [
            (schedule.greeting(n), schedule.naming(f"{n}@sedes.example", 1), schedule.message(str(n), 1))
            for n in range(300)
        ] + [blows(seed, kills=20, mails=1000, restarts=True)]

    assert faults(1) == faults(1)
    assert faults(1) != faults(2)


def test_every_kind_of_fault_comes_in_a_long_campaign() -> None:
    schedule = Schedule(seed=1)
    numbers = range(1, 4000)
    assert {schedule.greeting(n) for n in numbers} == {None, *Greeting}
    assert {schedule.naming(TOKYO, n) for n in numbers} == {None, *Naming}
    assert {schedule.message("a", n) for n in numbers} == {None, *Message}


def test_as_many_are_killed_as_asked_for_while_there_is_mail_to_send() -> None:
    planned = blows(1, kills=200, mails=4000, restarts=False)
    assert sum(one.blow is Blow.KILL for one in planned) == 200
    assert not any(one.blow is Blow.RESTART for one in planned)
    assert [one.after for one in planned] == sorted(one.after for one in planned)
    assert planned[-1].after <= 3200


def test_the_record_is_read_while_it_is_written(tmp_path: Path) -> None:
    record, recorder = Record(tmp_path / "record"), Recorder(tmp_path / "record")
    recorder.write(TAKEN)
    assert list(record.read()) == [TAKEN]
    recorder.write(Seen(fault="closed"))
    assert list(record.read()) == [TAKEN, Seen(fault="closed")]
    record.close()


@pytest.mark.long
@pytest.mark.pole
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_campaign_is_delivered_though_its_workers_are_killed(kind: str) -> None:
    if kind == "postgresql":
        try:
            binaries()
        except NoPostgres as error:
            leave_out(str(error))
    command = (sys.executable, "-m", "chaos", "--mails", "100", "--kills", "4", "--database", kind)
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 kill -9" in done.stdout
    assert "lost 0" in done.stdout
    assert "of an outsider: 122 messages, 0 of them still in the mailbox" in done.stdout
