"""Why a day is off at a site: its week, the lists, and the administrator's word above them."""

from __future__ import annotations

from datetime import date

from calendars.days.off import DaysOff, Ground
from calendars.workdays import is_working_day
from tests.support.factories import NO_WORD, own_day, site, text

TOKYO = site()
FEAST = text("Fiesta", "Feast")
TUESDAY, SATURDAY = date(2021, 10, 19), date(2021, 10, 23)
CULTURE_DAY = date(2021, 11, 3)  # a Wednesday


def test_a_row_makes_a_day_off_with_its_name_and_source() -> None:
    found = DaysOff((own_day("tokio"),)).off(TOKYO, TUESDAY)
    assert found is not None
    assert (found.ground, found.name, found.source) == (Ground.OWN, FEAST, "Gaceta")
    assert NO_WORD.off(TOKYO, TUESDAY) is None


def test_a_row_takes_a_listed_day_off_the_list() -> None:
    assert not is_working_day(TOKYO, CULTURE_DAY, NO_WORD)
    assert is_working_day(TOKYO, CULTURE_DAY, DaysOff((own_day("JP", first=CULTURE_DAY, works=True),)))


def test_the_nearer_place_counts() -> None:
    """A site over its country, that over all missions, those over all; wherever they stand in the file."""
    places = ("tokio", "JP", "misiones", "todas")
    for number, nearer in enumerate(places):
        rows = [own_day(place, works=True) for place in places[number + 1 :]]
        for order in ([own_day(nearer), *rows], [*rows, own_day(nearer)]):
            assert not is_working_day(TOKYO, TUESDAY, DaysOff(tuple(order))), nearer


def test_a_row_speaks_of_its_own_place_alone() -> None:
    days = DaysOff((own_day("DZ"), own_day("madrid")))
    assert is_working_day(TOKYO, TUESDAY, days)
    assert not is_working_day(site(country_code="DZ"), TUESDAY, days)


def test_in_one_place_the_later_row_counts() -> None:
    assert is_working_day(TOKYO, TUESDAY, DaysOff((own_day("JP"), own_day("JP", works=True))))
    assert not is_working_day(TOKYO, TUESDAY, DaysOff((own_day("JP", works=True), own_day("JP"))))


def test_mexicos_holidays_are_days_off_everywhere_where_the_agenda_says_so() -> None:
    """16 September 2021 is a Thursday. The administrator's word counts over it, too."""
    day = date(2021, 9, 16)
    found = DaysOff(home=True).off(TOKYO, day)
    assert found is not None
    assert (found.ground, found.name["es"]) == (Ground.HOME, "Día de la Independencia")
    assert NO_WORD.off(TOKYO, day) is None
    assert DaysOff((own_day("tokio", day, works=True),), home=True).off(TOKYO, day) is None
    assert DaysOff(home=True).local_feast(TOKYO, day) is None


def test_a_holiday_of_both_countries_is_the_sites_own() -> None:
    found = DaysOff(home=True).off(TOKYO, date(2021, 1, 1))
    assert found is not None
    assert found.ground is Ground.COUNTRY


def test_a_range_holds_for_each_of_its_days() -> None:
    days = DaysOff((own_day("JP", last=date(2021, 10, 21)),))
    off = [number for number in range(18, 23) if not is_working_day(TOKYO, date(2021, 10, number), days)]
    assert off == [19, 20, 21]


def test_a_weekend_stays_a_weekend() -> None:
    found = DaysOff((own_day("tokio", first=SATURDAY, works=True),)).off(TOKYO, SATURDAY)
    assert found is not None
    assert found.ground is Ground.WEEKEND


def test_the_days_off_of_a_year_are_those_besides_the_weekend() -> None:
    found = list(DaysOff((own_day("tokio"), own_day("tokio", first=SATURDAY))).year(TOKYO, 2021))
    assert [one.day for one in found if one.ground is Ground.OWN] == [TUESDAY]
    assert date(2021, 1, 1) in {one.day for one in found}
    assert all(one.day.weekday() < 5 for one in found)
