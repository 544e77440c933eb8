"""Whether an answer that was given for one start counts for the start that its event has now. Pure.

An answer belongs to the start that it was given for, and counts again when the event is back there (RFC 6638 §3.2.8
has participation begin anew with a reschedule, and Exchange shows nobody as having answered). A little later on the
same day is the same event to whoever said that they come.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from calendars.editions import Edition, Revision, begins

NEAR = timedelta(minutes=60)  # a move by more is another appointment


class Footing(StrEnum):
    HOLDS = "holds"
    ANOTHER_HOUR = "another-hour"  # it counts, and whoever reads it sees that it was said of another hour
    SET_ASIDE = "set-aside"  # it counts for nothing until it is said again, or the event is back


def stands(given: datetime | None, start: datetime, revision: Revision, zone: str) -> Footing:
    """Of an answer for the start `given`, where the event begins at `start` (both UTC); the post's site is in `zone`.

    None: nobody kept what it was given for, and it counts as it did. The day is that of the site's clocks, by the
    rules that the revision was published under.
    """
    if given is None or given == start:
        return Footing.HOLDS
    near = abs(given - start) <= NEAR and revision.start is not None
    if near and revision.wall(given, zone).date() == revision.wall(start, zone).date():
        return Footing.ANOTHER_HOUR
    return Footing.SET_ASIDE


def standing(edition: Edition, event: str, site: str, given: datetime | None) -> Footing:
    """Of what a post of that site (its id) said of an event (its id), for the start `given`.

    What has no date any more, or is gone, sets aside what was said of a start.
    """
    if given is None:
        return Footing.HOLDS
    found, where = edition.agenda.event(event), edition.agenda.site(site)
    if found is None or found.when is None:
        return Footing.SET_ASIDE
    revision = edition.revisions[event]
    zone = edition.agenda.zone if where is None else where.zone
    return stands(given, begins(edition.agenda, found, revision), revision, zone)


def start_of(edition: Edition, event: str) -> datetime | None:
    """What an answer of now is given for (UTC): of whole days, midnight by the agenda's clock; None without a date."""
    found = edition.agenda.event(event)
    dated = found is not None and found.when is not None
    return begins(edition.agenda, found, edition.revisions[event]) if found is not None and dated else None
