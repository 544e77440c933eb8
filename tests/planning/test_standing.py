"""An answer belongs to the start it was given for: when it counts for another, when it is set aside, when again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.editions import Revision
from calendars.model.events import Days
from calendars.zones import to_wall
from scheduler.planning.standing import NEAR, Footing, standing, stands, start_of
from tests.support.factories import agenda, drive, edition, event, real_sites, timed

REVISION = edition().revisions[event().id]
ZONES = sorted({site.zone for site in real_sites()})
INSTANTS = st.datetimes(datetime(2021, 1, 1), datetime(2037, 1, 1)).map(
    lambda naive: naive.replace(microsecond=0, tzinfo=UTC)
)


def at(start: datetime) -> Revision:
    return replace(REVISION, start=start, end=start + timedelta(hours=2), offsets={})


@given(INSTANTS, st.sampled_from(ZONES))
def test_an_answer_holds_for_its_own_start_everywhere(start: datetime, zone: str) -> None:
    assert stands(start, start, at(start), zone) is Footing.HOLDS


@given(INSTANTS, st.sampled_from(ZONES))
def test_an_answer_of_which_nobody_kept_the_start_counts_as_it_did(start: datetime, zone: str) -> None:
    assert stands(None, start, at(start), zone) is Footing.HOLDS


@given(INSTANTS, st.integers(-3 * 24 * 60, 3 * 24 * 60), st.sampled_from(ZONES))
def test_only_a_move_by_at_most_an_hour_on_the_sites_day_keeps_an_answer(
    given: datetime, minutes: int, zone: str
) -> None:
    start = given + timedelta(minutes=minutes)
    found = stands(given, start, at(start), zone)
    near = abs(minutes) <= 60 and to_wall(given, zone).date() == to_wall(start, zone).date()
    assert found is (Footing.HOLDS if not minutes else Footing.ANOTHER_HOUR if near else Footing.SET_ASIDE)


@given(INSTANTS, st.integers(1, 10_000), st.sampled_from(ZONES))
def test_a_move_and_the_move_back_lose_nothing(start: datetime, minutes: int, zone: str) -> None:
    away = start + timedelta(minutes=minutes)
    assert stands(start, away, at(away), zone) is not Footing.HOLDS
    assert stands(start, start, at(start), zone) is Footing.HOLDS


def test_half_an_hour_over_midnight_is_another_day_of_the_site() -> None:
    given = datetime(2021, 10, 21, 14, 45, tzinfo=UTC)  # 23:45 in Tokyo
    start = given + timedelta(minutes=30)
    assert stands(given, start, at(start), "Asia/Tokyo") is Footing.SET_ASIDE
    assert stands(given, start, at(start), "Europe/Madrid") is Footing.ANOTHER_HOUR


def test_the_day_is_that_of_the_clocks_that_the_edition_promised() -> None:
    given = datetime(2021, 10, 21, 14, 45, tzinfo=UTC)
    start = given + timedelta(minutes=30)
    promised = replace(at(start), offsets={"Asia/Tokyo": 8 * 3600})
    assert stands(given, start, promised, "Asia/Tokyo") is Footing.ANOTHER_HOUR


def test_exactly_an_hour_is_near_and_a_minute_more_is_not() -> None:
    given = datetime(2021, 10, 21, 3, tzinfo=UTC)
    assert timedelta(minutes=60) == NEAR
    for minutes, right in (
        (60, Footing.ANOTHER_HOUR),
        (61, Footing.SET_ASIDE),
        (-60, Footing.ANOTHER_HOUR),
    ):
        start = given + timedelta(minutes=minutes)
        assert stands(given, start, at(start), "Asia/Tokyo") is right


def test_what_lost_its_date_or_is_gone_sets_aside_what_was_said_of_a_start() -> None:
    known = edition(agenda(events=(event(when=None, assumed=()),)))
    given = REVISION.start
    assert given is not None
    assert standing(known, event().id, "tokio", given) is Footing.SET_ASIDE
    assert standing(known, "ninguno", "tokio", given) is Footing.SET_ASIDE
    assert standing(known, event().id, "tokio", None) is Footing.HOLDS
    assert (start_of(known, event().id), start_of(known, "ninguno")) == (None, None)


@pytest.mark.parametrize(("days", "right"), [(0, Footing.HOLDS), (1, Footing.SET_ASIDE)])
def test_whole_days_are_themselves_or_other_days(days: int, right: Footing) -> None:
    was = edition(agenda(events=(drive(),)))
    when = drive().when
    assert isinstance(when, Days)
    moved = replace(drive(), when=replace(when, first=when.first + timedelta(days=days)))
    now = edition(agenda(events=(moved,)), was)
    assert standing(now, drive().id, "tokio", start_of(was, drive().id)) is right


def test_a_timed_event_moved_in_its_zone_is_found_by_the_sites_clock() -> None:
    was = edition()
    moved = edition(agenda(events=(event(when=timed("2021-10-21 18:45")),)), was)
    assert standing(moved, event().id, "tokio", start_of(was, event().id)) is Footing.ANOTHER_HOUR
