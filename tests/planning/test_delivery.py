"""What follows from an outcome."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.planning.delivery import (
    Attempted,
    Decision,
    Outcome,
    Purpose,
    State,
    asks_for_less,
    decide,
    minds_hours,
    relay_pause,
)

NOW = datetime(2021, 10, 20, 15, tzinfo=UTC)
START = NOW + timedelta(days=2)


def tried(attempts: int = 1, refusals: int = 0, expires_at: datetime = START, jitter: float = 0.0) -> Attempted:
    return Attempted(attempts=attempts, refusals=refusals, expires_at=expires_at, jitter=jitter)


def refused(code: int, status: str | None = None, stage: Literal["mail", "rcpt", "body"] = "rcpt") -> Outcome:
    return Outcome(kind="refused", stage=stage, code=code, status=status)


def test_a_message_taken_after_the_final_dot_is_accepted() -> None:
    outcome = Outcome(kind="accepted", stage="body", code=250)
    assert decide(tried(), outcome, NOW) == Decision(state=State.ACCEPTED)


def test_a_message_lost_after_its_body_was_begun_is_uncertain() -> None:
    decision = decide(tried(), Outcome(kind="unknown", stage="body"), NOW)
    assert (decision.state, decision.next_at) == (State.UNCERTAIN, NOW + timedelta(minutes=5))


@pytest.mark.parametrize(("attempts", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 30), (5, 60), (6, 60), (40, 60)])
def test_a_temporary_failure_is_retried_after_1_5_15_30_60_minutes_then_hourly(attempts: int, minutes: int) -> None:
    for outcome in (refused(451), Outcome(kind="broken", stage="data")):
        decision = decide(tried(attempts), outcome, NOW)
        assert (decision.state, decision.next_at) == (State.DEFERRED, NOW + timedelta(minutes=minutes))
        assert not decision.refused


@pytest.mark.parametrize("status", ["5.1.1", "5.1.3", "5.1.6", "5.1.10"])
def test_an_answer_that_says_the_address_is_bad_rejects_and_suppresses(status: str) -> None:
    decision = decide(tried(), refused(550, status), NOW)
    assert decision == Decision(state=State.REJECTED, refused=True, suppress=True)


@pytest.mark.parametrize("status", [None, "5.0.0", "5.1.2", "5.2.2", "5.3.4", "5.4.1"])
def test_any_other_5xx_defers_and_is_held_at_the_third(status: str | None) -> None:
    for refusals, state in ((0, State.DEFERRED), (1, State.DEFERRED), (2, State.HELD)):
        decision = decide(tried(refusals + 1, refusals), refused(554, status), NOW)
        assert (decision.state, decision.suppress, decision.fault) == (state, False, False)


def test_exchange_onlines_access_denied_is_an_unknown_recipient() -> None:
    words = "5.4.1 Recipient address rejected: Access denied. AS(201806281)"
    outcome = Outcome(kind="refused", stage="rcpt", code=550, status="5.4.1", text=words)
    assert decide(tried(), outcome, NOW) == Decision(state=State.REJECTED, refused=True, suppress=True)


@pytest.mark.parametrize(("status", "counts"), [(None, True), ("5.1.2", True), ("5.3.4", True), ("5.2.2", False)])
def test_a_refusal_counts_towards_the_breaker_unless_it_speaks_of_one_mailbox(status: str | None, counts: bool) -> None:
    assert decide(tried(), refused(550, status), NOW).counts is counts


def test_a_policy_refusal_or_a_refused_sender_is_the_installations_fault_and_mutes_nobody() -> None:
    about_us = (refused(550, "5.7.60", "mail"), refused(550, "5.1.1", "mail"), refused(550, "5.1.8"))
    for outcome in (refused(554, "5.7.1"), refused(554, "5.2.252"), *about_us):
        decision = decide(tried(), outcome, NOW)
        assert (decision.state, decision.fault, decision.suppress) == (State.DEFERRED, True, False)
    assert decide(tried(3, 2), refused(554, "5.7.1"), NOW).fault


@given(st.integers(1, 100), st.integers(1, 3000), st.floats(0, 1))
def test_a_retry_never_lies_past_the_start_of_the_event(attempts: int, minutes: int, jitter: float) -> None:
    expires = NOW + timedelta(minutes=minutes)
    decision = decide(tried(attempts, expires_at=expires, jitter=jitter), refused(451), NOW)
    assert decision.next_at is not None
    assert NOW < decision.next_at <= expires


def test_a_late_reminder_minds_working_hours_unless_its_event_is_near_or_it_goes_by_the_hour() -> None:
    late = NOW - timedelta(hours=3)
    assert minds_hours(Purpose.REMINDER, "P1D a las 09:00", late, NOW, START)
    assert not minds_hours(Purpose.REMINDER, "P1D a las 09:00", NOW - timedelta(minutes=10), NOW, START)
    assert not minds_hours(Purpose.REMINDER, "P1D a las 09:00", late, NOW, NOW + timedelta(hours=24))
    assert not minds_hours(Purpose.REMINDER, "PT1H", late, NOW, START)
    assert minds_hours(Purpose.INVITATION, "", late, NOW, START)
    assert not minds_hours(Purpose.INVITATION, "", late, NOW, NOW + timedelta(hours=24))
    assert minds_hours(Purpose.ESCALATION, "P5D a las 10:00", late, NOW, START)


def test_mail_that_somebody_asked_for_comes_at_any_hour() -> None:
    assert not minds_hours(Purpose.CONFIRMATION, "", NOW - timedelta(hours=3), NOW, NOW + timedelta(days=2))


def test_a_relay_that_fails_is_tried_after_1_5_15_and_then_every_30_minutes() -> None:
    minutes = [relay_pause(failures) // timedelta(minutes=1) for failures in range(1, 7)]
    assert minutes == [1, 5, 15, 30, 30, 30]


@pytest.mark.parametrize(
    ("code", "status", "words", "less"),
    [
        (451, "4.7.500", "Server busy", True),
        (450, "4.7.1", "Greylisted", True),
        (421, None, "Too many messages, slow down", True),
        (450, "4.2.1", "rate limited", True),
        (432, "4.3.2", "Concurrent connections limit exceeded", True),
        (451, "4.3.0", "busy", False),
        (452, "4.2.2", "limit exceeded", False),  # a mailbox that is full
        (454, "4.7.0", "TLS not available", False),
        (554, "5.7.1", "too many", False),
        (None, None, "too many open files here", False),
    ],
)
def test_a_server_that_wants_less_says_4_7_or_says_so(
    code: int | None, status: str | None, words: str, less: bool
) -> None:
    assert asks_for_less(code, status, words) is less
