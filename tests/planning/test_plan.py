"""Which reminders are owed, and when each falls due."""

from __future__ import annotations

import csv
import subprocess
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import pytest

from calendars.editions import Edition, first_stamp
from calendars.model.agenda import Agenda
from calendars.model.events import Audience, EventStatus
from calendars.model.people import Recipient
from calendars.model.places import Representation
from calendars.model.rules import DaysBefore, Quiet, TimeBefore
from calendars.model.text import Language
from calendars.zones import to_instant, to_wall
from scheduler.planning.plan import DueDates, Member, Planned, moments, plan
from tests.support.checkout import CONFIG
from tests.support.factories import agenda, days, drive, edition, event, real_sites, site, timed
from tests.support.shipped import shipped_draft, shipped_edition

LONG_AGO = datetime(2021, 1, 1, tzinfo=UTC)


def member(where: Representation, name: str = "post", since: datetime = LONG_AGO, language: Language = "es") -> Member:
    recipient = Recipient(
        id=f"{where.id}-{name}",
        site=where.id,
        address=f"{name}@{where.id}.example",
        language=language,
        post="Sección Consular",
        joined=date(2021, 10, 1),
    )
    return Member(recipient=recipient, since=since)


def dues(content: Agenda, at: datetime = LONG_AGO) -> dict[str, datetime]:
    """Rule -> local wall time of the one site's reminders."""
    where = content.representations[0]
    found = plan(edition(content, at=at), [member(where)])
    return {one.moment.rule: to_wall(one.moment.due, where.zone) for one in found}


def shipped_plan() -> list[Planned]:
    since = first_stamp(shipped_draft().agenda)
    return list(plan(shipped_edition(), [Member(recipient=r, since=since) for r in shipped_draft().recipients]))


def test_the_shipped_agenda_owes_745_reminders_each_under_a_key_of_its_own() -> None:
    planned = shipped_plan()
    assert len(planned) == 745
    assert len({named_by(one) for one in planned}) == 745
    by_event = Counter(one.moment.event for one in planned)
    assert by_event["jornada-credencializacion-2022"] == 298
    assert sorted(by_event.values()) == sorted([298, 57 * 3, 30 * 3, 29 * 3, 17 * 3, 16 * 3])


def test_every_reminder_of_the_shipped_agenda_is_due_when_the_system_date_command_says() -> None:
    """Another road than the code's: GNU date and the system's zone files, which are right for 2021 and 2022."""
    with (CONFIG / "representations.csv").open(encoding="utf-8") as file:
        zones = {row["id"]: row["time_zone"] for row in csv.DictReader(file)}
    planned = shipped_plan()
    assert {(one.moment.site, one.moment.rule[:3]) for one in planned if one.moment.moved} == set(MOVED)
    for one in planned:
        zone, words = _question(one, zones[one.moment.site])
        if one.moment.moved:
            words = f"{MOVED[one.moment.site, one.moment.rule[:3]]} 09:00"
        assert one.moment.due.timestamp() == _ask_date(zone, words), (one.moment.site, words)


# What falls on a certain holiday there, looked up in almanacs: Dussehra,
# Ireland's October bank holiday, Guatemala's day of the revolution, the eve of the lunar new year (31 January 2022).
MOVED = {
    ("nueva-delhi", "P7D"): "2021-10-14",
    ("dublin", "P1D"): "2021-10-22",
    ("guatemala", "P7D"): "2021-10-19",
    ("quetzaltenango", "P7D"): "2021-10-19",
    ("tecun-uman", "P7D"): "2021-10-19",
    ("guangzhou", "P1D"): "2022-01-28",
    ("hanoi", "P1D"): "2022-01-28",
    ("pekin", "P1D"): "2022-01-28",
    ("seul", "P1D"): "2022-01-28",
    ("shanghai", "P1D"): "2022-01-28",
    ("taipei", "P1D"): "2022-01-28",
    ("sao-paulo", "P7D"): "2022-01-24",  # the 25th is the city's own day
}
STARTS = {
    "taller-medio-oriente-y-africa-2021": "2021-10-19 09:00",
    "taller-asia-pacifico-2021": "2021-10-21 18:00",
    "taller-europa-2021": "2021-10-26 09:00",
    "taller-america-latina-y-el-caribe-2021": "2021-10-27 10:00",
    "taller-america-del-norte-2021": "2021-10-28 12:00",
}


def _question(one: Planned, zone: str) -> tuple[str, str]:
    """(zone, words for `date -d`) from the note's own figures."""
    start = STARTS.get(one.moment.event)
    if one.moment.rule == "PT1H":
        assert start is not None
        return zone, f'TZ="America/Mexico_City" {start} 1 hour ago'
    days = one.moment.rule[1]
    if start is None:
        return zone, f"2022-02-01 09:00 {days} days ago"
    instant = _ask_date(zone, f'TZ="America/Mexico_City" {start}')
    local = _date(zone, "-d", f"@{instant}", "+%Y-%m-%d")
    return zone, f"{local} 09:00 {days} days ago"


@cache
def _ask_date(zone: str, words: str) -> int:
    return int(_date(zone, "-d", words, "+%s"))


@cache
def _date(zone: str, *arguments: str) -> str:
    done = subprocess.run(["date", *arguments], env={"TZ": zone}, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize("place", ["argel", "aman", "rabat", "el-cairo"])
def test_a_feast_that_governments_announced_for_another_day_leaves_monday_18_october_alone(place: str) -> None:
    """By the governments' word (config/festivos.csv): the 19th, and in Cairo Thursday 21, for which libraries have 18.

    Algeria's ministry of religious affairs, Jordan's and Egypt's prime ministers, Morocco's ministry of Habous, all in
    the press of October 2021.
    """
    assert shipped_day(place, "taller-medio-oriente-y-africa-2021", "P1D") == date(2021, 10, 18)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("ramala", date(2026, 10, 18)),
        ("nueva-delhi", date(2026, 10, 16)),
        ("abu-dabi", date(2026, 10, 16)),
        ("doha", date(2026, 10, 18)),
    ],
)
def test_the_day_before_a_monday_is_the_last_day_on_which_the_mission_works(place: str, expected: date) -> None:
    """Friday and Saturday in Ramallah, Saturday and Sunday in New Delhi; CLDR alone gave Friday 16 and Saturday 17."""
    monday = event(when=timed("2026-10-19 06:00"), audience=Audience(kind="sites", ids=(place,)))
    here = next(known for known in real_sites() if known.id == place)
    assert dues(agenda(representations=(here,), events=(monday,)))["P1D a las 09:00"].date() == expected


def test_the_city_day_of_sao_paulo_sends_a_reminder_to_monday_24_january_2022() -> None:
    """The 25th is in the municipal calendar, the drive begins on Tuesday 1 February."""
    assert shipped_day("sao-paulo", "jornada-credencializacion-2022", "P7D") == date(2022, 1, 24)


def shipped_day(place: str, name: str, rule: str) -> date:
    """The date on which a reminder of the shipped agenda goes, by the site's clocks."""
    found = shipped_edition()
    event, revision = next(pair for pair in found.listed() if pair[0].id == name)
    known = next(site for site in found.agenda.representations if site.id == place)
    [due] = [one.due for one in moments(found.agenda, event, revision, {place}) if one.rule.startswith(rule)]
    return to_wall(due, known.zone).date()


def test_days_are_counted_from_the_date_at_the_site() -> None:
    """18:00 TCM on the 21st is the 22nd in Tokyo: the day before is the 21st there."""
    assert dues(agenda()) == {
        "P7D a las 09:00": datetime(2021, 10, 15, 9),
        "P1D a las 09:00": datetime(2021, 10, 21, 9),
        "PT1H": datetime(2021, 10, 22, 7),
    }


def test_a_reminder_on_a_weekend_goes_on_the_last_working_day_before() -> None:
    monday = agenda(events=(event(when=timed("2021-10-24 18:00")),))
    assert dues(monday)["P1D a las 09:00"] == datetime(2021, 10, 22, 9)


def test_the_weekend_is_the_one_of_the_site() -> None:
    cairo = site("el-cairo", zone="Africa/Cairo", country_code="EG", region="medio-oriente-y-africa")
    sunday = event(when=timed("2021-10-17 03:00"), audience=drive().audience)
    assert dues(agenda(representations=(cairo,), events=(sunday,)))["P1D a las 09:00"] == datetime(2021, 10, 14, 9)


def test_a_reminder_on_a_holiday_goes_before_it() -> None:
    """3 November is Culture Day in Japan."""
    thursday = agenda(events=(event(when=timed("2021-11-03 18:00")),))
    assert dues(thursday)["P1D a las 09:00"] == datetime(2021, 11, 2, 9)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2021-10-21 18:00", datetime(2021, 10, 22, 7)),  # 07:00 in Tokyo is no night
        ("2021-10-21 10:00", datetime(2021, 10, 21, 18)),  # 23:00 on the 21st
        ("2021-10-21 12:00", datetime(2021, 10, 21, 18)),  # 01:00 on the 22nd
    ],
)
def test_silence_moves_what_falls_in_the_night_to_the_evening_before(start: str, expected: datetime) -> None:
    quiet = Quiet(start=time(22), end=time(6))
    assert dues(agenda(events=(event(when=timed(start)),), quiet=quiet))["PT1H"] == expected


def test_a_silence_within_one_day_moves_only_what_lies_in_it() -> None:
    quiet = Quiet(start=time(0), end=time(6))
    late = agenda(events=(event(when=timed("2021-10-21 10:00")),), quiet=quiet)
    early = agenda(events=(event(when=timed("2021-10-21 12:00")),), quiet=quiet)
    assert dues(late)["PT1H"] == datetime(2021, 10, 21, 23)
    assert dues(early)["PT1H"] == datetime(2021, 10, 21, 18)


def test_nothing_is_planned_that_was_due_before_the_schedule_was_published() -> None:
    late = to_instant(datetime(2021, 10, 21, 9, 1), "Asia/Tokyo")
    assert set(dues(agenda(), at=late)) == {"PT1H"}


def test_nothing_is_planned_that_was_due_before_the_recipient_joined() -> None:
    joined = to_instant(datetime(2021, 10, 16, 0), "Asia/Tokyo")
    found = plan(edition(at=LONG_AGO), [member(site(), since=joined)])
    assert [one.moment.rule for one in found] == ["P1D a las 09:00", "PT1H"]


@pytest.mark.parametrize("status", [EventStatus.CANCELLED, EventStatus.HELD])
def test_cancelled_and_held_events_are_reminded_of_no_more(status: EventStatus) -> None:
    assert dues(agenda(events=(event(status=status),))) == {}


def test_coordination_has_no_reminders() -> None:
    meeting = event(audience=drive().audience.__class__(kind="coordination"))
    assert dues(agenda(events=(meeting,))) == {}


def test_a_rule_that_would_fall_after_the_start_is_left_out() -> None:
    own = (DaysBefore(days=0, at=time(9)), TimeBefore(minutes=90))
    assert set(dues(agenda(events=(event(rules=own),)))) == {"PT1H30M"}


def test_a_reminder_of_whole_days_expires_at_midnight_of_the_site() -> None:
    found = list(plan(edition(agenda(events=(drive(),)), at=LONG_AGO), [member(site())]))
    assert {to_wall(one.moment.expires, "Asia/Tokyo") for one in found} == {datetime(2022, 2, 1)}


def named_by(one: Planned) -> tuple[str, ...]:
    """The five columns that a row of the ledger is found by."""
    return (one.purpose, one.subject, str(one.schedule), one.moment.rule, one.recipient)


def test_a_key_changes_with_schedule_and_recipient_and_with_nothing_else() -> None:
    first = edition(at=LONG_AGO)
    moved = edition(agenda(events=(event(when=timed("2021-10-21 20:00")),)), previous=first, at=LONG_AGO)
    reworded = edition(agenda(events=(event(source="otra"),)), previous=first, at=LONG_AGO + timedelta(days=1))

    def keys(found: Edition, name: str = "post") -> list[tuple[str, ...]]:
        return [named_by(one) for one in plan(found, [member(site(), name)])]

    assert keys(first) == keys(reworded)
    assert not set(keys(first)) & set(keys(moved))
    assert not set(keys(first)) & set(keys(first, "other"))


def around_new_year(*declined: str) -> list[tuple[str, datetime]]:
    """Rule and local wall of the reminders of 5 February 2022 in Peking, whose offices rest from 29 January on."""
    peking = site("pekin", city="Pekín", country_code="CN", zone="Asia/Shanghai")
    content = agenda(representations=(peking,), events=(drive(when=days("2022-02-05", "2022-02-05")),))
    who = replace(member(peking), declined=frozenset(declined))
    return [
        (one.moment.rule, to_wall(one.moment.due, peking.zone)) for one in plan(edition(content, at=LONG_AGO), [who])
    ]


def test_two_reminders_that_holidays_move_to_one_hour_are_one() -> None:
    friday = datetime(2022, 1, 28, 9)
    assert around_new_year() == [("P1D a las 09:00", friday)]
    assert around_new_year("P1D a las 09:00") == [("P7D a las 09:00", friday)]


def test_a_rule_is_found_by_its_name_while_the_event_has_it() -> None:
    """So the watch finds out on which day a reminder would be planned now."""
    content = agenda()
    revision = edition(content, at=LONG_AGO).revisions[event().id]
    due = DueDates(content, content.events[0], revision).named(site(), "P7D a las 09:00")
    assert due is not None
    assert to_wall(due, site().zone) == datetime(2021, 10, 15, 9)
    assert DueDates(content, content.events[0], revision).named(site(), "P3D a las 09:00") is None
    over = replace(content.events[0], status=EventStatus.HELD)
    assert DueDates(content, over, revision).named(site(), "P7D a las 09:00") is None
