"""Reminders and notices reach people on the right day, whatever the agenda, the site and the year.

Which days those are the judge reckons, from Babel and `holidays`, by a road of its own.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendars.days.off import DaysOff
from calendars.model.agenda import Agenda
from calendars.model.days import HomeHolidays, OwnDay
from calendars.model.events import Audience
from calendars.model.places import Representation
from calendars.model.rules import DaysBefore
from calendars.zones import to_wall
from scheduler.planning.notices import convocation_notices, leaves_at, settles_at
from scheduler.planning.plan import moments
from tests.judge.hours import SOON, Day, day_at
from tests.judge.truth import Truth
from tests.support.factories import agenda, days, edition, event, own_day
from tests.support.shipped import shipped_draft

SITES = shipped_draft().agenda.representations
NINE = time(9)
LONG_AGO = datetime(2021, 1, 1, tzinfo=UTC)
ONE_DAY = timedelta(days=1)
DATES = st.dates(date(2021, 2, 1), date(2037, 12, 1))


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Agenda, Representation, date]:
    """An agenda for one site with an event of whole days, some rows of festivos.csv around it, Mexico's days or not."""
    here, start = draw(st.sampled_from(SITES)), draw(DATES)
    around = st.integers(-20, 3).map(lambda offset: start + offset * ONE_DAY)
    places = st.sampled_from([here.id, here.country_code, "misiones", "todas", "otra-sede"])
    row = st.builds(lambda where, day, works: own_day(where, day, works=works), places, around, st.booleans())
    rows: list[OwnDay] = draw(st.lists(row, max_size=6))
    home = HomeHolidays(assumed=True) if draw(st.booleans()) else None
    stay = event(when=days(start.isoformat(), start.isoformat()), audience=Audience(kind="all"))
    content = agenda(representations=(here,), events=(stay,), own_days=tuple(rows), home_holidays=home)
    return content, here, start


def certainty(content: Agenda, here: Representation, day: date) -> Day:
    truth = Truth(at=LONG_AGO, agenda=content, links={}, posts=(), zones=Path())
    return day_at(truth, here, day)


def assert_a_reminder_goes_on_the_right_day(world: tuple[Agenda, Representation, date], before: int) -> None:
    content, here, start = world
    one = replace(content.events[0], rules=(DaysBefore(days=before, at=NINE),))
    content = replace(content, events=(one,))
    revision = edition(content, at=LONG_AGO).revisions[one.id]
    wanted = start - before * ONE_DAY
    for moment in moments(content, one, revision, {here.id}):
        due = to_wall(moment.due, here.zone).date()
        off = certainty(content, here, wanted) is Day.OFF
        assert moment.moved is off
        assert (due == wanted) is not off
        if off:
            assert certainty(content, here, due) is Day.WORK
            between = [due + n * ONE_DAY for n in range(1, (wanted - due).days + 1)]
            assert all(certainty(content, here, day) is not Day.WORK for day in between)  # and no further


def assert_a_notice_leaves_on_the_right_day(world: tuple[Agenda, Representation, date], minutes: int) -> None:
    content, here, start = world
    found = edition(content, at=LONG_AGO)
    at = datetime.combine(start, time(), UTC) - timedelta(minutes=minutes)
    for notice in convocation_notices(found, {}, [content.events[0].id], at):
        settled = settles_at(notice, at)
        leaves = leaves_at(notice, here, settled, DaysOff.of(content))
        wall = to_wall(leaves, here.zone)
        waits = datetime.combine(start, time(), UTC) - SOON - ONE_DAY > leaves  # no clock is further from UTC
        if waits:
            assert certainty(content, here, wall.date()) is Day.WORK
            assert here.opens <= wall.time() < here.closes
            asked = to_wall(settled, here.zone).date()
            passed = [asked + n * ONE_DAY for n in range(1, (wall.date() - asked).days)]
            assert all(certainty(content, here, day) is not Day.WORK for day in passed)


@settings(max_examples=150, deadline=None)
@given(worlds(), st.integers(0, 14))
def test_a_reminder_avoids_what_is_certainly_off_and_moves_no_further_than_it_has_to(
    world: tuple[Agenda, Representation, date], before: int
) -> None:
    assert_a_reminder_goes_on_the_right_day(world, before)


@settings(max_examples=150, deadline=None)
@given(worlds(), st.integers(1, 30 * 24 * 60))
def test_a_notice_that_can_wait_leaves_on_a_day_that_is_surely_a_working_day(
    world: tuple[Agenda, Representation, date], minutes: int
) -> None:
    assert_a_notice_leaves_on_the_right_day(world, minutes)


@pytest.mark.long
@settings(max_examples=5_000, deadline=None)
@given(worlds(), st.integers(0, 365), st.integers(1, 60 * 24 * 60))
def test_both_hold_at_length(world: tuple[Agenda, Representation, date], before: int, minutes: int) -> None:
    assert_a_reminder_goes_on_the_right_day(world, before)
    assert_a_notice_leaves_on_the_right_day(world, minutes)
