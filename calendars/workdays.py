"""When a site works: its country's weekend and public holidays, its own hours; all by the site's clocks."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache

import holidays
from babel import Locale

from calendars.model.places import Representation
from calendars.zones import nearest_instant, to_wall

_ONE_DAY = timedelta(days=1)
_WEEK = frozenset(range(7))
_LANGUAGES = ("es", "en_US")  # of holiday names, best first; else the country's own


class NoWorkingDay(ValueError):
    """The site's weekend leaves no day of the week to work on."""

    def __init__(self, site: Representation) -> None:
        super().__init__(f"{site.id}: a weekend of seven days")


def weekend(site: Representation) -> frozenset[int]:
    """The days of the week without work, 0 = Monday .. 6 = Sunday: the site's own, else its country's (CLDR).

    Raises NoWorkingDay where none is left.
    """
    days = _weekend(site.country_code) if site.weekend is None else frozenset(site.weekend)
    if days >= _WEEK:
        raise NoWorkingDay(site)
    return days


def holiday_name(site: Representation, day: date) -> str | None:
    """The public holiday on that date in the site's country: in Spanish or English where known, else its own name.

    A weekend day that a government turns into a working day stays a weekend day here: missions rarely follow.
    """
    return country_holiday(site.country_code, day)


def country_holiday(country: str, day: date) -> str | None:
    """The same by the country's code (ISO 3166-1 alpha-2)."""
    return _holidays(country, day.year).get(day)


def is_working_day(site: Representation, day: date) -> bool:
    return day.weekday() not in weekend(site) and holiday_name(site, day) is None


def working_day_at_or_before(site: Representation, day: date) -> date:
    while not is_working_day(site, day):
        day -= _ONE_DAY
    return day


def in_working_hours(site: Representation, instant: datetime) -> bool:
    """Is the site at work at this instant (UTC)? From `opens`, and no longer at `closes`."""
    wall = to_wall(instant, site.zone)
    return is_working_day(site, wall.date()) and site.opens <= wall.time() < site.closes


def next_working_instant(site: Representation, instant: datetime) -> datetime:
    """The instant itself within working hours, else that of the next opening (UTC). Never before `instant`.

    Raises calendars.zones.WallTimeOutOfRange when the next opening lies after 2037.
    """
    if in_working_hours(site, instant):
        return instant
    wall = to_wall(instant, site.zone)
    day = wall.date() if wall.time() < site.opens else wall.date() + _ONE_DAY
    while not is_working_day(site, day):
        day += _ONE_DAY
    return max(instant, nearest_instant(datetime.combine(day, site.opens), site.zone))


@cache
def _weekend(country: str) -> frozenset[int]:
    locale = Locale.parse(f"und_{country}")
    length = (locale.weekend_end - locale.weekend_start) % 7 + 1
    return frozenset((locale.weekend_start + offset) % 7 for offset in range(length))


@cache
def _holidays(country: str, year: int) -> Mapping[date, str]:
    """One country's public holidays of one year, as a plain mapping: the library's own widens itself on a lookup.

    The feasts that follow the moon are computed up to 2035 for some countries; later years have the others.
    """
    spoken = holidays.country_holidays(country).supported_languages
    language = next((language for language in _LANGUAGES if language in spoken), None)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Requested Holidays are available only", UserWarning)
        return dict(holidays.country_holidays(country, years=year, expand=False, language=language))
