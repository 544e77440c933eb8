"""Dates that few mean: which of them whoever publishes is asked about, from the second edition on."""

from __future__ import annotations

from datetime import UTC, date, timedelta

import pytest

from calendars.model.events import Days, Event, EventStatus
from scheduler.publishing.prospect import Act, prospect
from scheduler.publishing.publish import Unconfirmed, publish_draft
from scheduler.publishing.rollback import roll_back
from scheduler.publishing.unlikely import Unlikely
from scheduler.store.database import Database
from tests.support.factories import agenda, event, timed
from tests.support.ledger import PUBLISHED, draft, put

NOW = PUBLISHED + timedelta(hours=1)  # 1 October 2021
DAY = date(2021, 10, 1)


def asked(database: Database, *events: Event) -> tuple[Unlikely, ...]:
    with database.read() as connection:
        return prospect(connection, draft(agenda(events=events)), Act(at=NOW)).unlikely


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("2021-10-21 18:00", "2020-10-21 18:00", [("2020-10-21", True)]),  # a slip in the year
        ("2021-10-21 18:00", "2021-09-30 18:00", [("2021-09-30", True)]),
        ("2021-10-21 18:00", "2024-04-01 18:00", []),  # thirty months, to the day
        ("2021-10-21 18:00", "2024-04-02 18:00", [("2024-04-02", False)]),
        ("2021-10-21 18:00", "2031-10-21 18:00", [("2031-10-21", False)]),
        ("2021-09-21 18:00", "2021-09-22 18:00", []),  # what was in the past is only put right
        ("2021-09-21 18:00", "2020-09-21 18:00", [("2020-09-21", True)]),  # but for its year
        ("2031-10-21 18:00", "2031-11-21 18:00", []),
        ("2031-10-21 18:00", "2020-10-21 18:00", [("2020-10-21", True)]),
        ("2021-10-21 18:00", "2021-11-21 18:00", []),
    ],
)
def test_a_move_is_asked_about_where_it_goes_into_the_past_or_years_ahead(
    database: Database, before: str, after: str, found: list[tuple[str, bool]]
) -> None:
    """Against edition 1, read on 1 October 2021."""
    put(database, draft(agenda(events=(event(when=timed(before)),))))
    seen = asked(database, event(when=timed(after)))
    assert [(one.day.isoformat(), one.past) for one in seen] == found


def test_whole_days_are_past_once_their_first_is_and_what_is_off_counts_nowhere(database: Database) -> None:
    """A drive that begins today is no slip; a cancelled one may lie where it likes."""
    put(database, draft(agenda(events=(event(),))))
    for first, count in ((DAY, 0), (DAY - timedelta(days=1), 1)):
        assert len(asked(database, event(), event(id="otra", when=Days(first=first, last=DAY)))) == count
    assert asked(database, event(when=timed("2020-10-21 18:00"), status=EventStatus.CANCELLED)) == ()
    assert asked(database, event(), event(id="otra", when=None, status=EventStatus.UNSCHEDULED)) == ()


def test_publishing_waits_for_a_confirmation_and_neither_the_first_edition_nor_the_way_back_does(
    database: Database,
) -> None:
    """The first edition and a rollback put dates in force that nobody moved."""
    slip = draft(agenda(events=(event(when=timed("2020-10-21 18:00")),)))
    put(database, slip)  # as a first edition: nothing is asked
    publish_draft(database, draft(agenda(events=(event(),))), Act(at=NOW), confirmed=False)
    later = NOW + timedelta(minutes=1)
    with pytest.raises(Unconfirmed):
        publish_draft(database, slip, Act(at=later), confirmed=False)
    done = roll_back(database, 1, Act(at=later, reason="así era"), confirmed=False)
    assert done.prospect.publication.edition.number == 3
    assert done.prospect.unlikely == ()


def test_what_lies_in_the_past_is_told_by_the_instant(database: Database) -> None:
    """One minute is enough: the session of today that would have begun by now."""
    put(database, draft(agenda(events=(event(),))))
    for minutes, count in ((-1, 1), (1, 0)):
        wall = (NOW + timedelta(minutes=minutes)).astimezone(UTC) - timedelta(hours=5)  # Mexico's summer time
        assert len(asked(database, event(when=timed(f"{wall:%Y-%m-%d %H:%M}")))) == count
