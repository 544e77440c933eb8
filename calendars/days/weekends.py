"""The days of the week without work at a site, by date: the site's own word, a correction of ours, or CLDR."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from babel import Locale, localedata

from calendars.model.places import FormerWeekend, Representation

_WEEK = frozenset(range(7))
_FRIDAY, _SATURDAY, _SUNDAY = 4, 5, 6
OF_SITE, OF_PROGRAM, OF_CLDR = "representations.csv", "Agenda Consular", "CLDR"  # where a weekend is from

# Where CLDR, which has no dates, is not what missions there keep.
_CORRECTED: Mapping[str, tuple[int, ...]] = {
    # The Palestinian Authority's offices rest on Friday and Saturday; CLDR has the world's Saturday and Sunday.
    "PS": (_FRIDAY, _SATURDAY),
    # The central government and the missions in New Delhi work five days; CLDR has the Sunday of shops and states.
    "IN": (_SATURDAY, _SUNDAY),
}
_FORMERLY: Mapping[str, tuple[FormerWeekend, ...]] = {
    # The federal government changed to Saturday and Sunday on 1 January 2022 (its announcement of 7 December 2021).
    "AE": (FormerWeekend(days=(_FRIDAY, _SATURDAY), until=date(2021, 12, 31)),),
}
# Where missions differ among themselves: in Tehran some rest on Thursday and Friday, some on Friday and Saturday; in
# Tel Aviv some on Friday and Saturday, some on Saturday and Sunday. Their own word has to be asked for.
VARIES = frozenset({"IR", "IL"})


class NoWorkingDay(ValueError):
    """The site's weekend leaves no day of the week to work on."""

    def __init__(self, site: Representation) -> None:
        super().__init__(f"{site.id}: a weekend of seven days")


@dataclass(frozen=True, kw_only=True, slots=True)
class Weekend:
    days: frozenset[int]  # 0 = Monday .. 6 = Sunday
    source: str  # OF_SITE, OF_PROGRAM or OF_CLDR


def weekend(site: Representation, day: date) -> Weekend:
    """The days of the week without work then: the site's own, else its country's.

    Raises NoWorkingDay where none is left.
    """
    found = _own(site, day) or _of_country(site.country_code, day)
    if found.days >= _WEEK:
        raise NoWorkingDay(site)
    return found


def weekends(site: Representation) -> tuple[FormerWeekend, ...]:
    """Those that the site kept until a date, the earliest first."""
    own = site.weekend is not None or site.former_weekends
    return site.former_weekends if own else _FORMERLY.get(site.country_code, ())


def unconfirmed(sites: Iterable[Representation]) -> tuple[Representation, ...]:
    """The sites where missions differ, and whose own weekend nobody has said."""
    return tuple(site for site in sites if site.country_code in VARIES and site.weekend is None)


def _own(site: Representation, day: date) -> Weekend | None:
    days = _then(site.former_weekends, day) or site.weekend
    return None if days is None else Weekend(days=frozenset(days), source=OF_SITE)


def _then(former: tuple[FormerWeekend, ...], day: date) -> tuple[int, ...] | None:
    return next((one.days for one in former if day <= one.until), None)


def _of_country(country: str, day: date) -> Weekend:
    days = _then(_FORMERLY.get(country, ()), day) or _CORRECTED.get(country)
    return _of_cldr(country) if days is None else Weekend(days=frozenset(days), source=OF_PROGRAM)


@cache
def _of_cldr(country: str) -> Weekend:
    start, end = _two_days(country)
    length = (end - start) % 7 + 1
    return Weekend(days=frozenset((start + offset) % 7 for offset in range(length)), source=OF_CLDR)


def _two_days(country: str) -> tuple[int, int]:
    """The first and the last day of its weekend, of which Babel is then made to forget the rest.

    Of the locale that is spoken there only what it adds to others is read: the whole takes ten times as long, and 43 MB
    for the countries that have a site. Where CLDR has no word of the country, it is the world's.
    """
    with localedata._cache_lock:  # there is no other way to let go of it
        kept = {*localedata._cache, "root"}
        world = localedata.load("root")["week_data"]
        own = localedata.load(str(Locale.parse(f"und_{country}")), merge_inherited=False).get("week_data", {})
        for name in localedata._cache.keys() - kept:
            del localedata._cache[name]
    days = {**world, **own}
    return days["weekend_start"], days["weekend_end"]
