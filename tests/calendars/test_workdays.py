"""When a site works, by its own country's week and its own clocks."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.days.weekends import NoWorkingDay, weekend
from calendars.model.places import Representation
from calendars.workdays import in_working_hours, is_working_day, next_working_instant, working_day_at_or_before
from calendars.zones import WallTimeOutOfRange, to_instant, to_wall
from tests.support.factories import NO_WORD, real_sites, site

TOKYO = site()
DELHI = site("nueva-delhi", country_code="IN", zone="Asia/Kolkata", city="Nueva Delhi")
CAIRO = site("el-cairo", country_code="EG", zone="Africa/Cairo", city="El Cairo")
NEW_YORK = site("nueva-york", country_code="US", zone="America/New_York", city="Nueva York")

FRIDAY, SATURDAY, SUNDAY = 4, 5, 6
TODAY = date(2026, 11, 29)


def feast(place: Representation, day: date) -> str | None:
    """What is celebrated there, in Spanish."""
    found = NO_WORD.feast(place, day)
    return None if found is None else found.name["es"]


def at(place: Representation, wall: str) -> datetime:
    return to_instant(datetime.fromisoformat(wall), place.zone)


@pytest.mark.parametrize(
    ("country", "days"),
    [
        ("JP", {SATURDAY, SUNDAY}),
        ("EG", {FRIDAY, SATURDAY}),
        ("IR", {FRIDAY}),
        ("AE", {SATURDAY, SUNDAY}),
    ],
)
def test_the_weekend_is_the_countrys(country: str, days: set[int]) -> None:
    assert weekend(site(country_code=country), TODAY).days == days


def test_a_sites_own_weekend_comes_first() -> None:
    assert weekend(site(weekend=(FRIDAY,)), TODAY).days == {FRIDAY}
    assert weekend(site(weekend=()), TODAY).days == frozenset()


def test_a_weekend_of_seven_days_is_refused() -> None:
    with pytest.raises(NoWorkingDay, match="tokio: a weekend of seven days"):
        weekend(site(weekend=tuple(range(7))), TODAY)


def test_every_real_site_has_a_weekend_and_holidays() -> None:
    for known in {place.country_code: place for place in real_sites()}.values():
        assert 1 <= len(weekend(known, TODAY).days) <= 2, known.id
        named = [day for day in range(365) if feast(known, date(2021, 1, 1) + timedelta(days=day))]
        assert named, known.id


def test_a_holiday_has_a_name_that_can_be_read() -> None:
    assert feast(DELHI, date(2021, 10, 19)) == "Nacimiento del Profeta"
    assert feast(TOKYO, date(2022, 2, 11)) == "Día de la Fundación"
    assert feast(site(country_code="BR"), date(2021, 9, 7)) == "Día de la Independencia"
    assert feast(site(country_code="AR"), date(2021, 7, 9)) == "Día de la Independencia"
    assert feast(TOKYO, date(2021, 10, 20)) is None


def test_a_saturday_that_a_government_makes_a_working_day_stays_a_weekend() -> None:
    beijing = site(country_code="CN", zone="Asia/Shanghai")
    assert not is_working_day(beijing, date(2021, 10, 9), NO_WORD)


def test_the_last_working_day_before_a_holiday() -> None:
    assert working_day_at_or_before(DELHI, date(2021, 10, 15), NO_WORD) == date(2021, 10, 14)
    assert working_day_at_or_before(DELHI, date(2021, 10, 20), NO_WORD) == date(2021, 10, 20)
    assert working_day_at_or_before(CAIRO, date(2021, 10, 23), NO_WORD) == date(2021, 10, 21)


def test_new_year_steps_back_into_the_year_before() -> None:
    assert working_day_at_or_before(NEW_YORK, date(2023, 1, 2), NO_WORD) == date(2022, 12, 30)


@pytest.mark.parametrize(
    ("wall", "open_"),
    [
        ("2021-10-21 08:59:59", False),
        ("2021-10-21 09:00", True),
        ("2021-10-21 17:59:59", True),
        ("2021-10-21 18:00", False),
        ("2021-10-23 10:00", False),
        ("2021-11-03 10:00", False),
    ],
)
def test_hours_begin_at_opening_and_end_before_closing(wall: str, open_: bool) -> None:
    assert in_working_hours(TOKYO, at(TOKYO, wall), NO_WORD) is open_


@pytest.mark.parametrize(
    ("wall", "opening"),
    [
        ("2021-10-21 11:17:05", "2021-10-21 11:17:05"),
        ("2021-10-21 03:00", "2021-10-21 09:00"),
        ("2021-10-21 18:00", "2021-10-22 09:00"),
        ("2021-10-22 20:00", "2021-10-25 09:00"),
        ("2021-11-02 20:00", "2021-11-04 09:00"),
    ],
)
def test_what_can_wait_waits_for_the_next_opening(wall: str, opening: str) -> None:
    assert next_working_instant(TOKYO, at(TOKYO, wall), NO_WORD) == at(TOKYO, opening)


def test_a_site_keeps_its_own_hours() -> None:
    early = site(opens=time(7, 30), closes=time(13))
    assert next_working_instant(early, at(early, "2021-10-21 13:00"), NO_WORD) == at(early, "2021-10-22 07:30")


def test_a_site_that_opens_in_the_hour_that_clocks_skip_opens_after_it() -> None:
    odd = site(country_code="US", zone="America/New_York", weekend=(), opens=time(2, 30))
    assert next_working_instant(odd, at(odd, "2022-03-13 01:00"), NO_WORD) == at(odd, "2022-03-13 03:00")


def test_an_opening_in_the_hour_that_comes_twice_is_never_in_the_past() -> None:
    odd = site(country_code="US", zone="America/New_York", weekend=(), opens=time(1, 30))
    second_pass = datetime(2021, 11, 7, 6, 15, tzinfo=UTC)  # 01:15 for the second time
    assert next_working_instant(odd, second_pass, NO_WORD) == second_pass


def test_an_opening_after_2037_is_refused() -> None:
    with pytest.raises(WallTimeOutOfRange):
        next_working_instant(TOKYO, at(TOKYO, "2037-12-31 19:00"), NO_WORD)


@given(
    place=st.sampled_from(real_sites()),
    instant=st.datetimes(datetime(2021, 9, 1), datetime(2022, 2, 28)).map(
        lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
    ),
)
def test_the_next_working_instant_is_the_first_at_which_the_site_works(
    place: Representation, instant: datetime
) -> None:
    found = next_working_instant(place, instant, NO_WORD)
    assert found >= instant
    assert in_working_hours(place, found, NO_WORD)
    assert sure(place, found)
    if found != instant:
        assert to_wall(found, place.zone).time() == place.opens
        hours = (found - instant) // timedelta(hours=1)
        earlier = [instant + timedelta(hours=hour) for hour in range(hours)]
        assert not any(in_working_hours(place, moment, NO_WORD) and sure(place, moment) for moment in earlier)


def sure(place: Representation, moment: datetime) -> bool:
    """Is it no day that may be off?"""
    return NO_WORD.off(place, to_wall(moment, place.zone).date()) is None


def test_every_country_has_holidays_up_to_the_last_year() -> None:
    """India's moon feasts are known up to 2035 only; the library then warns, and the rest still counts."""
    assert all(feast(known, date(2037, 1, 26)) != "" for known in real_sites())
    assert feast(site("nueva-delhi", country_code="IN"), date(2037, 1, 26)) is not None
