"""What has become of an event: first what attendance says, then the files, then the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from calendars.model.events import Event, EventStatus
from scheduler.planning.outcome import EventStanding, outcome
from tests.support import factories

BEGINS = datetime(2021, 10, 21, 23, tzinfo=UTC)
BEFORE, DURING, AFTER = BEGINS - timedelta(seconds=1), BEGINS, BEGINS + timedelta(hours=2)


def standing(event: Event, held: bool | None, at: datetime) -> EventStanding:
    edition = factories.edition(factories.agenda(events=(event,)))
    return outcome(edition.agenda, event, edition.revisions[event.id], held, at)


@pytest.mark.parametrize(
    ("status", "held", "at", "becomes"),
    [
        (EventStatus.CONFIRMED, None, BEFORE, EventStanding.COMING),
        (EventStatus.TENTATIVE, None, DURING, EventStanding.UNDER_WAY),
        (EventStatus.TENTATIVE, None, AFTER, EventStanding.PASSED),
        (EventStatus.HELD, None, AFTER, EventStanding.HELD),
        (EventStatus.HELD, None, BEFORE, EventStanding.HELD),
        (EventStatus.CONFIRMED, True, DURING, EventStanding.HELD),
        (EventStatus.TENTATIVE, True, AFTER, EventStanding.HELD),
        (EventStatus.CONFIRMED, False, AFTER, EventStanding.NOT_HELD),
        (EventStatus.HELD, False, AFTER, EventStanding.NOT_HELD),
        (EventStatus.CANCELLED, True, AFTER, EventStanding.CANCELLED),
    ],
)
def test_who_came_says_more_than_the_files_and_these_more_than_the_clock(
    status: EventStatus, held: bool | None, at: datetime, becomes: EventStanding
) -> None:
    assert standing(factories.event(status=status), held, at) is becomes


@pytest.mark.parametrize("held", [True, False])
def test_what_was_said_of_an_event_that_moved_ahead_was_said_of_its_former_date(held: bool) -> None:
    """A session that was not held, and has got another date, is to come."""
    assert standing(factories.event(), held, BEFORE) is EventStanding.COMING


@pytest.mark.parametrize("held", [None, True, False])
def test_what_has_no_date_has_none_whatever_was_said(held: bool | None) -> None:
    undated = factories.event(when=None, status=EventStatus.UNSCHEDULED, assumed=())
    assert standing(undated, held, AFTER) is EventStanding.UNDATED


@pytest.mark.parametrize(
    ("at", "becomes"),
    [
        (datetime(2022, 2, 1, 5, 59, tzinfo=UTC), EventStanding.COMING),
        (datetime(2022, 2, 1, 6, tzinfo=UTC), EventStanding.UNDER_WAY),
        (datetime(2022, 2, 8, 5, 59, tzinfo=UTC), EventStanding.UNDER_WAY),
        (datetime(2022, 2, 9, tzinfo=UTC), EventStanding.PASSED),
    ],
)
def test_whole_days_pass_by_the_agendas_clock(at: datetime, becomes: EventStanding) -> None:
    assert standing(factories.drive(), None, at) is becomes
