"""What has become of an event: whether it was held, by who came, by the files, and by the clock. Pure.

The one place that says so, for the page of the work, the terminal and the report alike.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from calendars.editions import Revision, begins, is_past
from calendars.model.agenda import Agenda
from calendars.model.events import Event, EventStatus


class EventStanding(StrEnum):
    """What has become of an event by some moment."""

    HELD = "held"
    NOT_HELD = "not-held"
    CANCELLED = "cancelled"
    PASSED = "passed"  # its time is over, and nobody has said whether it took place
    UNDER_WAY = "under-way"
    COMING = "coming"
    UNDATED = "undated"


def outcome(agenda: Agenda, event: Event, revision: Revision, held: bool | None, at: datetime) -> EventStanding:
    """As of the instant `at`. `held`: what attendance says; None: nothing was recorded.

    A word about the session, or who came to it, says more than its status in the file; and an hour that passes holds
    no session. What was said of an event that is still to come was said of a date that it had before.
    """
    if event.status is EventStatus.CANCELLED:
        return EventStanding.CANCELLED
    if event.when is None:
        return EventStanding.UNDATED
    ahead = begins(agenda, event, revision) > at
    if held is not None and not ahead:
        return EventStanding.HELD if held else EventStanding.NOT_HELD
    if event.status is EventStatus.HELD:
        return EventStanding.HELD
    if is_past(agenda, event, revision, at):
        return EventStanding.PASSED
    return EventStanding.COMING if ahead else EventStanding.UNDER_WAY
