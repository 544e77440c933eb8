"""How certain a feast is: what only the moon will tell moves nothing."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from calendars.days.certainty import ANNOUNCED, FIXED, is_certain, is_moons, unlabelled
from calendars.days.listed import listed
from calendars.days.off import DayOff, DaysOff, Ground
from calendars.model.places import Representation
from calendars.workdays import (
    in_working_hours,
    is_working_day,
    next_working_instant,
    working_day_at_or_before,
)
from calendars.zones import to_instant
from tests.support.factories import NO_WORD, own_day, real_sites, site

YEARS = range(2021, 2038)
COUNTRIES = sorted({known.country_code for known in real_sites()})
RAMALLAH = site("ramala", country_code="PS", zone="Asia/Hebron")
BIRTHDAY = date(2021, 10, 18)  # of the Prophet, a Monday: computed, for Palestine announces it
# Dates by other calendars, and by votes: they wander, and somebody fixes them well ahead.
OTHERWISE = (
    "Easter", "Pascha", "Good Friday", "Holy", "Maundy", "Ascension", "Pentecost", "Whit", "Corpus", "Carnival", "Ash",
    "Buddha", "Vesak", "Diwali", "Deepavali", "Divali", "Dussehra", "Holi", "Janmashtami", "Guru", "Mahavir", "Navami",
    "Maha", "Ganesh", "Pongal", "Raksha", "Phagwah", "New Year", "Lunar", "Chinese", "Dragon", "Autumn", "Tomb",
    "Qingming", "Ching Ming", "Chuseok", "Chung Yeung", "Hung Kings", "Tet", "Rosh", "Yom", "Sukkot", "Passover",
    "Shavuot", "Simchat", "Memorial", "Public Holiday", "Additional", "Bridge", "Special", "Day off", "Election",
    "Nowruz", "Silence", "Nyepi", "Makha", "Visakha", "Asarnha", "Khao Phansa", "Matariki", "Coronation", "Spring",
    "Meskel", "Finding", "Epiphany", "Birthday of", "Martyrdom", "Death of", "Arbaeen", "Ghadir", "Christmas", "Boxing",
)  # fmt: skip


@pytest.mark.parametrize(
    ("country", "name", "certain"),
    [
        ("PS", "Prophet's Birthday", False),
        ("TR", "Eid al-Fitr", True),
        ("TR", "Eid al-Fitr (estimated)", False),
        ("IR", "Eid al-Fitr Holiday", False),
        ("IR", "Ashura", True),
        ("IR", "Eid al-Fitr Holiday; Nowruz Holiday", True),
        ("MA", "Eid al-Adha (estimated); Eid al-Adha", False),
        ("PS", "Independence Day", True),
    ],
)
def test_a_date_is_certain_if_one_of_its_feasts_is(country: str, name: str, certain: bool) -> None:
    assert is_certain(country, name) is certain


def test_the_label_is_no_part_of_the_name() -> None:
    assert unlabelled("Eid al-Fitr (estimated)") == "Eid al-Fitr"
    assert unlabelled("Eid al-Fitr (observed, estimated)") == "Eid al-Fitr (observed)"
    assert unlabelled("Waitangi Day (observed)") == "Waitangi Day (observed)"


def test_of_every_country_with_feasts_by_the_moon_it_is_known_whether_it_announces_them() -> None:
    """Another release of the library, or another site, may bring one."""
    moons = {
        country
        for country in COUNTRIES
        for year in (2021, 2026, 2030)
        if any(is_moons(feast.name["en"]) for feast in listed(country, None, year).values())
    }
    assert moons == {*ANNOUNCED, *FIXED}
    assert not FIXED & ANNOUNCED.keys()


def test_no_feast_by_the_moon_goes_by_a_name_that_the_table_does_not_know() -> None:
    """Where feasts are announced, what wanders through the year is named in one of two lists."""
    for country in sorted(ANNOUNCED.keys() - {"IR"}):
        months: dict[str, set[int]] = {}
        for year in YEARS:
            for day, feast in listed(country, None, year).items():
                for name in feast.name["en"].split("; "):
                    months.setdefault(name, set()).add(day.month)
        strange = [name for name, found in months.items() if len(found) > 3 and not is_moons(name)]
        assert [name for name in strange if not name.startswith(OTHERWISE)] == [], country


def date_at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour))


def off(place: Representation, day: date, days: DaysOff = NO_WORD) -> DayOff:
    found = days.off(place, day)
    assert found is not None
    return found


def test_a_feast_that_will_be_announced_is_estimated_until_the_administrator_confirms_it() -> None:
    assert not off(RAMALLAH, BIRTHDAY).certain
    assert is_working_day(RAMALLAH, BIRTHDAY, NO_WORD)
    confirmed = DaysOff((own_day("PS", BIRTHDAY),))
    assert off(RAMALLAH, BIRTHDAY, confirmed).certain
    assert not is_working_day(RAMALLAH, BIRTHDAY, confirmed)
    assert off(RAMALLAH, BIRTHDAY - timedelta(days=2)).certain  # a Saturday


def test_mexicos_holiday_makes_an_estimated_day_certain() -> None:
    """Wherever the two meet first."""
    day, known = next(
        (day, known)
        for known in real_sites()
        for year in YEARS
        for day, feast in listed(known.country_code, None, year).items()
        if not feast.certain and day in listed("MX", None, year) and NO_WORD.weekend(known, day) is None
    )
    assert not off(known, day).certain
    assert off(known, day, DaysOff(home=True)).ground is Ground.HOME


def test_a_reminder_on_an_estimated_day_stays_and_one_that_moves_skips_it() -> None:
    """Tuesday 19 made certain: the days before are an estimated Monday, a Sunday of work, a weekend."""
    tuesday = BIRTHDAY + timedelta(days=1)
    days = DaysOff((own_day("PS", tuesday),))
    assert working_day_at_or_before(RAMALLAH, BIRTHDAY, days) == BIRTHDAY
    assert working_day_at_or_before(RAMALLAH, tuesday, days) == date(2021, 10, 17)


def test_what_may_choose_its_moment_avoids_a_day_that_may_be_off() -> None:
    """A site is at work on such a day nevertheless: what was due on it is not late."""
    ten = to_instant(date_at(BIRTHDAY, 10), RAMALLAH.zone)
    assert in_working_hours(RAMALLAH, ten, NO_WORD)
    assert next_working_instant(RAMALLAH, ten, NO_WORD) == to_instant(date_at(date(2021, 10, 19), 9), RAMALLAH.zone)
