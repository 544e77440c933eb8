"""A roll call: when each post is asked, and what its word on the site's clock comes to. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from calendars.days.off import DaysOff
from calendars.model.places import Representation
from calendars.workdays import next_working_instant
from calendars.zones import to_wall

SLACK = timedelta(minutes=10)  # a clock may be wrong by that; no two zones are so near to each other
FRESH = timedelta(minutes=10)  # what a page shows of a clock; older, it is asked anew
_HALF = timedelta(seconds=30)
_MINUTE = timedelta(minutes=1)


class Mailbox(StrEnum):
    """How far a post's address is known to be right, the best first."""

    OPENED = "opened"  # somebody there pressed a button of the mail
    ACCEPTED = "accepted"  # the mail server took the mail
    WAITING = "waiting"  # nothing has come of it yet, or it was not asked
    BOUNCED = "bounced"  # the mail came back, or the address is refused


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedTwice:
    """When a post is asked, and once more if it is silent (UTC)."""

    first: datetime
    again: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class SilentPost:
    """A post that was asked twice and has not answered."""

    site: str  # Representation.id
    post: str  # as recipients.csv calls it
    bounced: bool  # the mail did not reach it


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockWord:
    """What a post said of its clock."""

    at: datetime  # UTC
    ahead: int  # minutes by which it was ahead of ours; negative: behind
    zone: str  # that ours was reckoned by
    digest: str  # of the rules of that zone

    @property
    def agrees(self) -> bool:
        return abs(self.ahead) * _MINUTE < SLACK


def asked(site: Representation, now: datetime, again: timedelta, days: DaysOff) -> AskedTwice:
    """In the site's working hours, on days that are certain: as soon as may be, and not before `again` later."""
    first = next_working_instant(site, now, days)
    return AskedTwice(first=first, again=next_working_instant(site, first + again, days))


def told(site: Representation, asked_again: Sequence[datetime], again: timedelta, days: DaysOff) -> datetime:
    """When somebody at a site is told of the silent: they too have had their time since they were asked last."""
    return next_working_instant(site, max(asked_again) + again, days)


def ahead(wall: datetime, now: datetime, zone: str) -> int:
    """By how many minutes a clock that shows `wall` (naive) is ahead of what ours shows in the zone."""
    return (wall - to_wall(now, zone) + _HALF) // _MINUTE


def shown_day(now: datetime, zone: str, later: int) -> date:
    """The zone's date, or one so many days later."""
    return to_wall(now, zone).date() + timedelta(days=later)
