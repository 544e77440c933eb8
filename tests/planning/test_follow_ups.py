"""When the mail after a session leaves: settled, over, at an hour of its site, and for two weeks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from calendars.days.off import DaysOff
from calendars.model.places import Representation
from calendars.workdays import in_working_hours
from scheduler.planning.follow_ups import OF_USE, SETTLES, goes_to, settled_at, stale_at
from tests.support.factories import real_sites

SITES = real_sites()
END = datetime(2021, 10, 22, 1, tzinfo=UTC)
MINUTES = st.integers(-180, 20_000).map(lambda n: timedelta(minutes=n))


@given(st.sampled_from(SITES), MINUTES)
def test_it_leaves_no_earlier_than_two_hours_after_the_last_word_and_in_working_hours(
    here: Representation, after: timedelta
) -> None:
    """At any of the 149 sites, whenever somebody says who came; also during the session."""
    said, days = END + after, DaysOff()
    leaves = goes_to(here, settled_at(END, said), days)
    assert leaves >= said + SETTLES
    assert leaves >= END
    assert in_working_hours(here, leaves, days)


def test_what_is_said_during_the_session_waits_for_its_end() -> None:
    assert settled_at(END, END - timedelta(hours=3)) == END
    assert settled_at(END, END - timedelta(hours=1)) == END + timedelta(hours=1)


def test_it_is_of_use_for_two_weeks_after_the_session() -> None:
    assert stale_at(END) - END == OF_USE == timedelta(days=14)
