"""When a notice of a change, or a convocation, leaves: once settled, at an hour that its site can bear. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from calendars.changes import Change, Kind, Notice, Standing, for_guest, notices, standings
from calendars.days.off import DaysOff
from calendars.editions import Edition
from calendars.model.events import Days
from calendars.model.places import Representation
from calendars.model.text import OwnWords
from calendars.workdays import next_working_instant
from calendars.zones import nearest_instant
from scheduler.planning.delivery import URGENT
from scheduler.planning.plan import REMINDED

SETTLES = timedelta(minutes=10)  # a slip that is corrected meanwhile is told to nobody
SETTLES_SOON = timedelta(minutes=2)  # where the event begins within URGENT
AT_ONCE = timedelta(minutes=60)  # a new joining link so near to the start does not wait
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Telling:
    """What one notice, or one convocation, says to one post."""

    notice: Notice
    since: int  # number of the edition that the post knew; of a convocation, 0
    message: OwnWords | None = None  # of the publication that owes it
    unread: bool  # the post's own calendar program reads our feed, and has not done so since the change


def of_use(changes: Iterable[Change], now: datetime) -> Iterator[Notice]:
    """What has to be told of these changes, but for what was over already and still is."""
    for change in changes:
        for notice in notices(change):
            if any(_end(one, notice.site) > now for one in _standings(notice)):
                yield notice


def of_use_to_guests(
    changes: Iterable[Change], visits: Collection[tuple[str, str]], zones: Mapping[str, str], now: datetime
) -> Iterator[Notice]:
    """The same for those who come from sites that the event does not address: `visits` are events and sites (ids).

    `zones` are those of the sites.
    """
    for change in changes:
        concerned = {*change.had, *change.has}
        for event, site in sorted(visits):
            if event == change.event and site not in concerned and site in zones:
                seen = for_guest(change, site, zones[site])
                found = () if seen is None else of_use((seen,), now)
                yield from (replace(notice, guest=True) for notice in found)


def convocation_notices(
    edition: Edition, links: Mapping[str, str], events: Collection[str], now: datetime
) -> Iterator[Notice]:
    """What calls each site to these events (ids) of an edition: to those that are to take place and are not over.

    It is told as what is new to the site is: `links` are the joining links by Event.id.
    """
    for key, one in standings(edition, links).items():
        if key in events and one.takes_place and one.event.status in REMINDED:
            for site in one.zones:
                if _end(one, site) > now:
                    yield Notice(event=key, site=site, kinds=(Kind.ADDED,), before=None, after=one)


def settles_at(notice: Notice, changed_at: datetime) -> datetime:
    """When a change that was published at `changed_at` (UTC) has stood long enough to be told."""
    ahead = _begins(notice, changed_at) - changed_at
    if notice.kinds == (Kind.LINK,) and ahead <= AT_ONCE:
        return changed_at
    return changed_at + (SETTLES_SOON if ahead <= URGENT else SETTLES)


def leaves_at(notice: Notice, site: Representation, settled_at: datetime, days: DaysOff) -> datetime:
    """When a settled notice goes to its site (UTC): in working hours, but no later than a day before the event.

    The nearer of the old and the new hour counts: whoever would come at the old one has to know in time.
    """
    latest = max(settled_at, _begins(notice, settled_at) - URGENT)
    return min(next_working_instant(site, settled_at, days), latest)


def expires_at(notice: Notice, now: datetime) -> datetime:
    """From when on it is of no use to hear of it (UTC): the later start, old or new; of what has begun, its end."""
    ahead = [start for one in _standings(notice) if (start := _start(one, notice.site)) > now]
    return max(ahead or (_end(one, notice.site) for one in _standings(notice)))


def _begins(notice: Notice, now: datetime) -> datetime:
    """The earlier start, old or new, of what is not over yet."""
    ahead = [_start(one, notice.site) for one in _standings(notice) if _end(one, notice.site) > now]
    return min(ahead, default=now)


def _standings(notice: Notice) -> Iterator[Standing]:
    yield from (one for one in (notice.before, notice.after) if one is not None)


def _start(standing: Standing, site: str) -> datetime:
    return standing.start or _midnight(standing, site, after_last=False)


def _end(standing: Standing, site: str) -> datetime:
    return standing.end or _midnight(standing, site, after_last=True)


def _midnight(standing: Standing, site: str, *, after_last: bool) -> datetime:
    """Where whole days begin or end by the clocks of a site."""
    days = standing.event.when
    assert isinstance(days, Days), "what is told of has a date"
    day = days.last + _ONE_DAY if after_last else days.first
    return nearest_instant(datetime.combine(day, time()), standing.zones[site])
