"""When a notice leaves: on a day on which its site works."""

from __future__ import annotations

from datetime import datetime

from calendars.changes import Notice
from calendars.days.off import DaysOff
from calendars.editions import Edition
from calendars.zones import to_instant, to_wall
from scheduler.planning.notices import convocation_notices, leaves_at, settles_at
from tests.support.shipped import shipped_edition

WORKSHOP = "taller-medio-oriente-y-africa-2021"


def notice(found: Edition, place: str, at: datetime) -> Notice:
    return next(one for one in convocation_notices(found, {}, [WORKSHOP], at) if one.site == place)


def departure(place: str, published: str) -> datetime:
    """The site's wall at which a notice of the workshop of 19 October 2021 leaves, published at a wall there."""
    found = shipped_edition()
    site = next(known for known in found.agenda.representations if known.id == place)
    at = to_instant(datetime.fromisoformat(published), site.zone)
    told = notice(found, place, at)
    return to_wall(leaves_at(told, site, settles_at(told, at), DaysOff.of(found.agenda)), site.zone)


def test_a_notice_for_abu_dhabi_waits_from_thursday_evening_for_sunday() -> None:
    """In 2021 the Emirates rested on Friday and Saturday, by their government's announcement of 7 December 2021."""
    assert departure("abu-dabi", "2021-10-14 19:00") == datetime(2021, 10, 17, 9)
