"""The days of the week without work at a site."""

from __future__ import annotations

from datetime import date
from functools import cache

from babel import Locale

from calendars.model.places import Representation

_WEEK = frozenset(range(7))


class NoWorkingDay(ValueError):
    """The site's weekend leaves no day of the week to work on."""

    def __init__(self, site: Representation) -> None:
        super().__init__(f"{site.id}: a weekend of seven days")


def weekend(site: Representation, day: date) -> frozenset[int]:
    """The days of the week without work then, 0 = Monday .. 6 = Sunday: the site's own, else its country's (CLDR).

    Raises NoWorkingDay where none is left.
    """
    days = _of_country(site.country_code) if site.weekend is None else frozenset(site.weekend)
    if days >= _WEEK:
        raise NoWorkingDay(site)
    return days


@cache
def _of_country(country: str) -> frozenset[int]:
    locale = Locale.parse(f"und_{country}")
    length = (locale.weekend_end - locale.weekend_start) % 7 + 1
    return frozenset((locale.weekend_start + offset) % 7 for offset in range(length))
