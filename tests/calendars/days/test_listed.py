"""The lists of the library: by region, with names in both languages, and where it keeps them elsewhere."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest

from calendars.days.listed import is_listed, listed, subdivision, subdivisions
from calendars.days.off import Ground
from calendars.days.weekends import weekend
from calendars.model.places import Representation
from tests.support.factories import NO_WORD, site
from tests.support.shipped import shipped_draft

YEARS = range(2026, 2029)


@pytest.mark.parametrize(
    ("country", "written", "found"),
    [
        ("CA", "CA-AB", "AB"),
        ("CA", "ab", "AB"),
        ("CA", "Alberta", "AB"),
        ("ES", "barcelona", "Barcelona"),
        ("BR", "São Paulo Capital", "São Paulo Capital"),
        ("MY", "14", "14"),
        ("CA", "Texas", None),
        ("JP", "13", None),
    ],
)
def test_a_part_of_a_country_is_named_by_its_code_or_as_the_library_does(
    country: str, written: str, found: str | None
) -> None:
    assert subdivision(country, written) == found


@pytest.mark.parametrize("country", ["IC", "EA", "DG"])
def test_a_place_that_the_library_lacks_has_no_list_and_stops_nobody(country: str) -> None:
    assert not is_listed(country)
    assert subdivisions(country) == ()
    assert listed(country, None, 2026) == {}


def test_a_part_that_another_release_does_not_know_has_the_countrys_list() -> None:
    assert listed("CA", "Atlantis", 2026) == listed("CA", None, 2026)


def test_a_regional_holiday_is_off_in_its_region_alone() -> None:
    """Family Day in Alberta, on the third Monday of February."""
    day = date(2026, 2, 16)
    found = NO_WORD.off(site(country_code="CA", subdivision="AB"), day)
    assert found is not None
    assert (found.ground, found.name["en"], found.source[-5:]) == (Ground.REGION, "Family Day", "CA AB")
    assert NO_WORD.off(site(country_code="CA"), day) is None
    new_year = NO_WORD.off(site(country_code="CA", subdivision="AB"), date(2026, 1, 1))
    assert new_year is not None
    assert new_year.ground is Ground.COUNTRY


def test_ukraines_holidays_stand_in_another_category_since_2022() -> None:
    independence = date(2026, 8, 24)
    assert listed("UA", None, 2026)[independence].name["en"] == "Independence Day"
    assert date(2021, 8, 24) in listed("UA", None, 2021)


def test_a_name_is_told_in_each_language_that_the_library_has() -> None:
    names = {day: feast.name for day, feast in listed("AR", None, 2021).items()}
    assert (names[date(2021, 7, 9)]["es"], names[date(2021, 7, 9)]["en"]) == (
        "Día de la Independencia",
        "Independence Day",
    )


def test_the_shipped_sites_have_the_regions_that_add_a_weekday_and_no_others() -> None:
    """24 outside the United States, whose consulates keep the federal days; measured with this library."""
    told = {known.id: known.subdivision for known in shipped_draft().agenda.representations if known.subdivision}
    assert len(told) == 24
    assert (told["barcelona"], told["sao-paulo"], told["londres"]) == ("Barcelona", "São Paulo Capital", "ENG")
    for known in shipped_draft().agenda.representations:
        if known.subdivision is not None:
            assert any(added(known, year) for year in YEARS), known.id


def added(known: Representation, year: int) -> int:
    """How many weekdays of a year are off in the site's region alone."""
    feasts = listed(known.country_code, known.subdivision, year).items()
    return sum(feast.regional and day.weekday() not in weekend(known, day).days for day, feast in feasts)


def test_the_holidays_of_one_country_load_no_other_country() -> None:
    """The library loads all of them with the first, and no site is in Antarctica."""
    code = (
        "import sys; from datetime import date; from calendars.days.listed import listed\n"
        "assert listed('JP', None, 2026)\n"
        "print([name for name in sys.modules if name.startswith('holidays.countries.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "['holidays.countries.japan']\n"
