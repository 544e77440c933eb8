"""The one mail after a session: what it says to a post, when it leaves, and until when it is of use. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from calendars.days.off import DaysOff
from calendars.model.places import Representation
from calendars.workdays import next_working_instant

SETTLES = timedelta(hours=2)  # after the last word on who came: time for another file, an assignment, a slip
OF_USE = timedelta(days=14)  # after the session: thanked or asked later, nobody knows any more what it is about


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUp:
    """What one of these mails says to one post, by what is known as it leaves."""

    came: bool  # somebody of its site was there
    settled: datetime  # UTC: not before, for the last word has to stand that long


def settled_at(end: datetime, said_at: datetime) -> datetime:
    """When the last word on who came (`said_at`) has stood long enough, and the session is over; all UTC."""
    return max(end, said_at + SETTLES)


def goes_to(site: Representation, settled: datetime, days: DaysOff) -> datetime:
    """When it goes to a site (UTC): in working hours, on a day that is certain."""
    return next_working_instant(site, settled, days)


def stale_at(end: datetime) -> datetime:
    """From when on it is of no use (UTC); `end` is that of the session."""
    return end + OF_USE
