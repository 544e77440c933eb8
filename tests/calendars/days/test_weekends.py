"""The days of the week without work: by date, and where CLDR is not what missions keep."""

from __future__ import annotations

from datetime import date

import pytest
from babel import Locale, UnknownLocaleError, localedata
from babel.core import get_global

from calendars.days.weekends import OF_CLDR, OF_PROGRAM, OF_SITE, VARIES, unconfirmed, weekend, weekends
from calendars.model.places import FormerWeekend
from tests.support.factories import real_sites, site

FRIDAY, SATURDAY, SUNDAY = 4, 5, 6
DAY = date(2021, 10, 14)
OLD = FormerWeekend(days=(SUNDAY,), until=date(2021, 12, 31))


@pytest.mark.parametrize(
    ("country", "day", "days", "source"),
    [
        ("PS", date(2021, 10, 15), {FRIDAY, SATURDAY}, OF_PROGRAM),
        ("IN", date(2026, 10, 17), {SATURDAY, SUNDAY}, OF_PROGRAM),
        ("AE", date(2021, 12, 31), {FRIDAY, SATURDAY}, OF_PROGRAM),
        ("AE", date(2022, 1, 1), {SATURDAY, SUNDAY}, OF_CLDR),
        ("SA", date(2021, 10, 15), {FRIDAY, SATURDAY}, OF_CLDR),
    ],
)
def test_the_programs_own_table_corrects_cldr(country: str, day: date, days: set[int], source: str) -> None:
    """The Emirates by their government's announcement of 7 December 2021."""
    found = weekend(site(country_code=country), day)
    assert (set(found.days), found.source) == (days, source)


def test_what_the_site_says_comes_first_until_its_dates() -> None:
    own = site(country_code="PS", weekend=(FRIDAY,), former_weekends=(OLD,))
    assert [weekend(own, day).days for day in (OLD.until, date(2022, 1, 1))] == [{SUNDAY}, {FRIDAY}]
    assert weekend(own, DAY).source == OF_SITE
    ended = site(country_code="PS", former_weekends=(OLD,))
    assert weekend(ended, date(2022, 1, 1)).days == {FRIDAY, SATURDAY}


def test_what_was_kept_formerly_is_the_sites_own_word_or_the_countrys() -> None:
    emirates = FormerWeekend(days=(FRIDAY, SATURDAY), until=date(2021, 12, 31))
    assert weekends(site(country_code="AE")) == (emirates,)
    assert weekends(site(country_code="AE", weekend=(FRIDAY,))) == ()
    assert weekends(site(former_weekends=(OLD,))) == (OLD,)


def test_tehran_and_tel_aviv_have_to_be_confirmed_until_the_table_says_it() -> None:
    asked = unconfirmed(real_sites())
    assert [one.id for one in asked] == ["teheran", "tel-aviv"]
    assert unconfirmed([site(country_code="IL", weekend=(FRIDAY, SATURDAY))]) == ()


def test_of_a_country_the_weekend_is_kept_and_nothing_else() -> None:
    """Its locale was half a megabyte of names of months and cities that nobody asked for."""
    before = set(localedata._cache)
    assert weekend(site(country_code="BT"), DAY).days == {SATURDAY, SUNDAY}
    assert localedata._cache.keys() - before <= {"root"}


def test_every_country_has_the_weekend_of_cldr_where_the_program_knows_no_better() -> None:
    """Compared with what Babel says while it keeps everything."""
    others = set(get_global("territory_languages")) - {"PS", "IN"}
    known = {country: found for country in others if (found := _babels(country)) is not None}
    assert {country for country in known if _ours(country) != known[country]} == set()
    assert len(known) > len(VARIES | {one.country_code for one in real_sites()})


def _ours(country: str) -> frozenset[int]:
    return weekend(site(country_code=country), date(2022, 1, 1)).days


def _babels(country: str) -> frozenset[int] | None:
    try:
        found = Locale.parse(f"und_{country}")
    except UnknownLocaleError:
        return None
    return frozenset(
        day for day in range(7) if (day - found.weekend_start) % 7 <= (found.weekend_end - found.weekend_start) % 7
    )
