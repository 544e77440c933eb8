"""The digest of the days off that an agenda is planned with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from calendars.days.fingerprint import days_digest
from calendars.days.listed import listed
from calendars.model.rules import Coverage, TimeBefore
from tests.support.added_days import add_a_holiday
from tests.support.factories import agenda, drive, event, own_day, site


@pytest.fixture(autouse=True)
def _lists_are_read_anew() -> Iterator[None]:
    yield
    listed.cache_clear()


def test_only_the_days_around_an_event_count_and_how_certain_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    was = days_digest(agenda())
    add_a_holiday(monkeypatch, date(2021, 12, 22))
    assert days_digest(agenda()) == was
    ramallah = agenda(representations=(site("ramala", country_code="PS", zone="Asia/Hebron"),))
    estimated = date(2021, 10, 18)
    confirmed = days_digest(agenda(representations=ramallah.representations, own_days=(own_day("PS", estimated),)))
    assert confirmed != days_digest(ramallah)
    undated = agenda(events=(event(when=None),))
    assert days_digest(undated) == days_digest(agenda(events=()))
    assert days_digest(agenda(events=(drive(),))) not in {was, days_digest(undated)}


def test_it_reaches_back_as_far_as_the_first_reminder_or_escalation(monkeypatch: pytest.MonkeyPatch) -> None:
    """A month more than the rules: nothing moves further."""
    alone = agenda(events=(event(rules=(TimeBefore(minutes=60),)),))
    far = agenda(events=(event(rules=(TimeBefore(minutes=60),), coverage=Coverage()),))
    was = days_digest(alone), days_digest(far)
    add_a_holiday(monkeypatch, date(2021, 9, 16))  # 35 days before: within five days and a month
    assert days_digest(alone) == was[0]
    assert days_digest(far) != was[1]
