"""What an event is at each site: the workshops of 2021 against the clocks, weeks and holidays of the 149."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.days.off import DayOff, DaysOff
from calendars.editions import Edition
from calendars.impact import Fit, Session, Span, session_at, sessions, stays, working_spans
from calendars.model.events import Audience
from calendars.model.places import Representation
from calendars.workdays import in_working_hours
from calendars.zones import to_instant
from tests.support import factories
from tests.support.factories import NO_WORD, real_sites, site
from tests.support.shipped import shipped_draft

TCM = "America/Mexico_City"
TWO_HOURS = timedelta(hours=2)
TOKYO = site()
DELHI = site("nueva-delhi", country_code="IN", zone="Asia/Kolkata", city="Nueva Delhi")
RIYADH = site("riad", country_code="SA", zone="Asia/Riyadh", city="Riad")
NEW_YORK = site("nueva-york", country_code="US", zone="America/New_York", city="Nueva York")


@pytest.fixture(scope="module")
def shipped() -> Edition:
    return factories.edition(shipped_draft().agenda)


def workshop(shipped: Edition, name: str) -> tuple[Session, ...]:
    agenda = shipped.agenda
    event = next(event for event in agenda.events if event.id == name)
    return sessions(agenda, event, shipped.revisions[event.id])


def named(found: DayOff | None) -> str | None:
    return None if found is None else found.name["es"]


def seen(place: Representation, wall: str, hours: float = 2) -> Session:
    """A session that begins at this wall time of the site."""
    start = to_instant(datetime.fromisoformat(wall), place.zone)
    return session_at(place, start, start + timedelta(hours=hours), TCM, NO_WORD)


def test_all_sixteen_asia_pacific_sites_are_a_date_ahead(shipped: Edition) -> None:
    found = workshop(shipped, "taller-asia-pacifico-2021")
    assert len(found) == 16
    assert {session.days_off for session in found} == {1}
    assert found[0].site.city == "Nueva Delhi"
    assert found[0].start == datetime(2021, 10, 22, 4, 30)
    assert found[-1].site.city == "Wellington"
    assert found[-1].end == datetime(2021, 10, 22, 14)


@pytest.mark.parametrize(
    ("name", "inside", "partly", "outside", "at_night"),
    [
        ("taller-medio-oriente-y-africa-2021", 4, 9, 4, 0),
        ("taller-asia-pacifico-2021", 2, 2, 12, 1),
        ("taller-europa-2021", 21, 7, 2, 0),
        ("taller-america-latina-y-el-caribe-2021", 29, 0, 0, 0),
        ("taller-america-del-norte-2021", 57, 0, 0, 0),
    ],
)
def test_each_workshop_is_held_against_every_sites_hours(
    shipped: Edition,
    name: str,
    inside: int,
    partly: int,
    outside: int,
    at_night: int,
) -> None:
    found = workshop(shipped, name)
    fits = Counter(session.fit for session in found)
    assert (fits[Fit.INSIDE], fits[Fit.PARTLY], fits[Fit.OUTSIDE]) == (inside, partly, outside)
    assert sum(session.night for session in found) == at_night


@pytest.mark.parametrize(
    ("wall", "fit"),
    [
        ("2021-10-20 09:00", Fit.INSIDE),
        ("2021-10-20 16:00", Fit.INSIDE),
        ("2021-10-20 16:01", Fit.PARTLY),
        ("2021-10-20 08:59", Fit.PARTLY),
        ("2021-10-20 07:00", Fit.OUTSIDE),
        ("2021-10-20 18:00", Fit.OUTSIDE),
        ("2021-10-23 10:00", Fit.OUTSIDE),
    ],
)
def test_working_hours_reach_from_opening_to_closing(wall: str, fit: Fit) -> None:
    assert seen(TOKYO, wall).fit is fit


def test_a_session_from_one_working_day_into_the_next_meets_either() -> None:
    assert seen(TOKYO, "2021-10-20 17:00", hours=20).fit is Fit.PARTLY
    assert seen(TOKYO, "2021-10-20 19:00", hours=15).fit is Fit.PARTLY
    assert seen(TOKYO, "2021-10-20 19:00", hours=14).fit is Fit.OUTSIDE


def test_the_weekend_is_the_sites_own() -> None:
    assert seen(RIYADH, "2021-10-22 10:00").weekend
    assert not seen(RIYADH, "2021-10-24 10:00").weekend
    assert seen(TOKYO, "2021-10-24 10:00").weekend
    assert not seen(TOKYO, "2021-10-22 10:00").weekend


def test_the_countrys_holiday_and_mexicos_are_named_by_the_sites_date() -> None:
    delhi = seen(DELHI, "2021-10-15 10:00")
    assert (named(delhi.holiday), named(delhi.home_holiday), delhi.fit) == ("Dussehra", None, Fit.OUTSIDE)
    tokyo = seen(TOKYO, "2021-09-16 10:00")
    assert (named(tokyo.holiday), named(tokyo.home_holiday)) == (None, "Día de la Independencia")
    assert tokyo.fit is Fit.INSIDE


def test_a_feast_that_is_only_estimated_is_named_and_leaves_the_hour_a_working_hour() -> None:
    delhi = seen(DELHI, "2021-10-19 10:00")
    assert delhi.holiday is not None
    assert (delhi.holiday.name["en"], delhi.holiday.certain, delhi.fit) == ("Prophet's Birthday", False, Fit.INSIDE)


def test_mexicos_holiday_is_no_working_day_where_the_agenda_says_so() -> None:
    """It is named apart from the site's own."""
    start = to_instant(datetime(2021, 9, 16, 10), TOKYO.zone)
    tokyo = session_at(TOKYO, start, start + TWO_HOURS, TCM, DaysOff(home=True))
    assert (tokyo.holiday, named(tokyo.home_holiday)) == (None, "Día de la Independencia")
    assert tokyo.fit is Fit.OUTSIDE


@pytest.mark.parametrize(("clock", "night"), [("21:59", False), ("22:00", True), ("05:59", True), ("06:00", False)])
def test_night_is_that_of_the_mails(clock: str, night: bool) -> None:
    assert seen(TOKYO, f"2021-10-20 {clock}").night is night


def test_clocks_that_change_during_a_session_do_not_change_its_length() -> None:
    """New York at 01:30 on the night when the clocks go back: two hours later they show 02:30."""
    start = to_instant(datetime(2021, 11, 7, 1, 30), NEW_YORK.zone, 0)
    found = session_at(NEW_YORK, start, start + TWO_HOURS, TCM, NO_WORD)
    assert (found.start, found.end) == (datetime(2021, 11, 7, 1, 30), datetime(2021, 11, 7, 2, 30))
    assert found.length == TWO_HOURS


@given(
    place=st.sampled_from(real_sites()),
    start=st.datetimes(datetime(2021, 1, 1), datetime(2035, 1, 1)),
    minutes=st.integers(1, 600),
)
def test_what_lies_inside_begins_and_ends_at_work(place: Representation, start: datetime, minutes: int) -> None:
    """Within ten hours the office shuts at most once, so both ends tell of the whole."""
    instant = to_instant(start.replace(second=0, microsecond=0), "UTC")
    end = instant + timedelta(minutes=minutes)
    last = end - timedelta(minutes=1)
    at_work = (in_working_hours(place, instant, NO_WORD), in_working_hours(place, last, NO_WORD))
    fit = session_at(place, instant, end, TCM, NO_WORD).fit
    assert (fit is Fit.INSIDE) == all(at_work)
    if any(at_work):
        assert fit is not Fit.OUTSIDE


def test_working_hours_leave_out_weekends_and_holidays() -> None:
    early = site(opens=time(8, 30), closes=time(14))
    friday = Span(start=datetime(2022, 2, 10, 8, 30), end=datetime(2022, 2, 10, 14))
    assert working_spans(early, date(2022, 2, 10), date(2022, 2, 13), NO_WORD) == (friday,)  # the 11th is a holiday


def test_the_drive_begins_in_wellington_and_ends_in_the_west(shipped: Edition) -> None:
    agenda = shipped.agenda
    drive = next(event for event in agenda.events if event.id == "jornada-credencializacion-2022")
    found = stays(agenda, drive)
    assert len(found) == 149
    assert (found[0].site.city, found[0].begins) == ("Wellington", datetime(2022, 1, 31, 5))
    assert max(stay.ends for stay in found) == datetime(2022, 2, 8, 2)


def test_a_stay_counts_its_working_days_and_names_its_holidays() -> None:
    agenda = factories.agenda(representations=(site(country_code="NZ", zone="Pacific/Auckland"),))
    stay = stays(agenda, factories.drive())[0]
    assert stay.working_days == 4
    assert [(holiday.day.day, holiday.name["es"]) for holiday in stay.holidays] == [
        (6, "Día de Waitangi"),
        (7, "Día de Waitangi (observado)"),
    ]
    assert [(holiday.day.day, holiday.name["es"]) for holiday in stay.home_holidays] == [(7, "Día de la Constitución")]


def test_what_has_no_hour_has_no_sessions_and_what_has_one_no_stays() -> None:
    drive, timed = factories.drive(), factories.event(audience=Audience(kind="all"))
    agenda = factories.agenda(events=(drive, timed))
    revisions = factories.edition(agenda).revisions
    assert sessions(agenda, drive, revisions[drive.id]) == ()
    assert len(sessions(agenda, timed, revisions[timed.id])) == 1
    assert stays(agenda, timed) == ()
