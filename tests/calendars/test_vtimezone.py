"""The rules that a local feed carries, evaluated by dateutil, which knows nothing of our zones."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from dateutil.tz import tzical  # type: ignore[import-untyped]  # because dateutil ships no types
from hypothesis import example, given
from hypothesis import strategies as st

from calendars.vtimezone import vtimezone
from calendars.zones import NonexistentWallTime, RepeatedWallTime, changes, to_instant, to_wall
from tests.support.factories import real_zones


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def says(zone: str, *moments: str) -> str:
    component = vtimezone(zone, [utc(moment) for moment in moments])
    assert component is not None
    document: bytes = component.to_ical()
    return document.decode()


def read_back(document: bytes, zone: str, instants: list[datetime]) -> list[datetime]:
    """The instants that a reader makes of our wall times by the rules in the document."""
    rules = tzical(io.StringIO(document.decode())).get(zone)
    return [to_wall(instant, zone).replace(tzinfo=rules).astimezone(UTC) for instant in instants]


def assert_true_or_silent(zone: str, instants: list[datetime]) -> bool:
    component = vtimezone(zone, instants)
    if component is None:
        return False
    assert read_back(component.to_ical(), zone, instants) == instants
    kinds = [part.name for part in component.subcomponents]
    assert kinds in (["STANDARD"], ["STANDARD", "DAYLIGHT"])
    assert "RDATE" not in component.to_ical().decode()
    return True


@given(
    zone=st.sampled_from(real_zones()),
    instants=st.lists(
        st.datetimes(datetime(2021, 1, 1), datetime(2037, 12, 31)).map(
            lambda moment: moment.replace(second=0, microsecond=0, tzinfo=UTC)
        ),
        min_size=1,
        max_size=5,
    ),
)
def test_what_is_said_is_true_at_every_instant(zone: str, instants: list[datetime]) -> None:
    assert_true_or_silent(zone, instants)


@pytest.mark.parametrize("zone", real_zones())
def test_it_is_true_on_both_sides_of_every_change_of_the_first_years(zone: str) -> None:
    assert_true_about_changes(zone, 2021, 2023)


@pytest.mark.long
@pytest.mark.parametrize("zone", real_zones())
def test_it_is_true_on_both_sides_of_every_change_until_2037(zone: str) -> None:
    assert_true_about_changes(zone, 2021, 2038)


def assert_true_about_changes(zone: str, first: int, end: int) -> None:
    for change in changes(zone, utc(f"{first}-01-01"), utc(f"{end}-01-01")):
        away = timedelta(hours=3)
        assert_true_or_silent(zone, [change.at - away, change.at + away])
        assert_true_or_silent(zone, [change.at + away])
        assert_true_or_silent(zone, [min(change.at + timedelta(days=400), utc("2037-12-31")), change.at - away])


@pytest.mark.parametrize("year", [2021, 2022, 2026, 2037])
def test_one_event_can_be_said_in_the_local_form_of_every_zone(year: int) -> None:
    for zone in real_zones():
        assert assert_true_or_silent(zone, [utc(f"{year}-10-21 23:00"), utc(f"{year}-10-22 01:00")]), zone


def test_europe_is_two_last_sundays() -> None:
    document = says("Europe/Madrid", "2021-10-18 14:00", "2022-02-01 12:00")
    assert "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10" in document
    assert "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3" in document
    assert "DTSTART:20201025T030000" in document


def test_the_lower_offset_is_standard_in_dublin() -> None:
    """Ireland's law calls its summer time standard; readers that use STANDARD alone must find the winter's."""
    document = says("Europe/Dublin", "2021-10-18 14:00")
    standard = document[document.index("BEGIN:STANDARD") : document.index("END:STANDARD")]
    assert "TZOFFSETTO:+0000" in standard


def test_a_zone_without_changes_is_one_fixed_offset() -> None:
    document = says("Asia/Tokyo", "2021-10-21 23:00")
    assert document.count("BEGIN:STANDARD") == 1
    assert "BEGIN:DAYLIGHT" not in document
    assert "RRULE" not in document
    assert "TZOFFSETTO:+0900" in document


def test_a_rule_between_two_weeks_is_a_range_of_dates() -> None:
    assert "RRULE:FREQ=YEARLY;BYDAY=SU;BYMONTHDAY=2,3,4,5,6,7,8;BYMONTH=9" in says(
        "America/Santiago", "2024-10-21 23:00", "2036-02-03 12:00"
    )


def test_one_offset_is_enough_where_the_years_follow_no_rule() -> None:
    """Mexico kept summer time in 2022 and dropped it in 2023."""
    document = says("America/Mexico_City", "2022-02-01 12:00", "2023-02-01 12:00")
    assert "RRULE" not in document
    assert "TZOFFSETTO:-0600" in document


def test_two_offsets_without_a_rule_are_not_said() -> None:
    assert vtimezone("America/Mexico_City", [utc("2022-07-01"), utc("2023-07-01")]) is None


def test_an_hour_that_clocks_show_twice_is_not_said() -> None:
    assert vtimezone("America/New_York", [utc("2021-11-07 05:30")]) is None
    assert vtimezone("America/New_York", [utc("2021-11-07 06:30")]) is None
    assert vtimezone("America/New_York", [utc("2021-11-07 07:00")]) is not None


def test_a_calendar_without_hours_needs_no_zone() -> None:
    assert vtimezone("Asia/Tokyo", []) is None


def test_the_edges_of_the_database_are_covered() -> None:
    assert assert_true_or_silent("Pacific/Auckland", [utc("2037-12-31 18:00"), utc("2038-01-01 18:00")])
    assert assert_true_or_silent("America/Los_Angeles", [utc("1970-01-01 02:00")])


@pytest.mark.parametrize(
    ("zone", "winter", "summer"),
    [
        ("Africa/Casablanca", "2021-04-20", "2021-07-20"),  # by the moon
        ("Asia/Tehran", "2021-01-20", "2022-07-20"),  # by the sun, a day earlier in a leap year
        ("Asia/Hebron", "2021-01-20", "2022-07-20"),  # by decree
    ],
)
def test_years_that_follow_no_rule_of_the_week_are_not_said(zone: str, winter: str, summer: str) -> None:
    assert vtimezone(zone, [utc(winter), utc(summer)]) is None


@example(zone="Asia/Seoul", year=2037, minute=525_060)  # there it is 2038
@given(zone=st.sampled_from(real_zones()), year=st.integers(2021, 2037), minute=st.integers(0, 365 * 1440))
def test_no_wall_time_in_a_local_feed_is_of_two_meanings(zone: str, year: int, minute: int) -> None:
    instant = utc(f"{year}-01-01") + timedelta(minutes=minute)
    if vtimezone(zone, [instant]) is not None and to_wall(instant, zone).year <= 2037:  # the last that are known
        try:
            assert to_instant(to_wall(instant, zone), zone) == instant
        except (RepeatedWallTime, NonexistentWallTime) as error:
            pytest.fail(str(error))
