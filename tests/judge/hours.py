"""When a site works, when its reminders fall due, and by when a change has to have been told."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from enum import Enum, auto
from functools import cache

import holidays
from babel import Locale

from calendars.model.events import Event, Timed
from calendars.model.places import Representation
from calendars.model.rules import DaysBefore
from tests.judge.truth import Truth

DAY = timedelta(days=1)
SOON = timedelta(hours=24)  # so near to the start, a change waits for no office hours


class Day(Enum):
    WORK = auto()
    PERHAPS = auto()  # a feast that its country has yet to announce
    OFF = auto()


def day_at(truth: Truth, site: Representation, day: date) -> Day:
    if day.weekday() in _rests(site, day):
        return Day.OFF
    said = _own_word(truth, site, day)
    if said is not None:
        return Day.WORK if said else Day.OFF
    if truth.agenda.home_holidays is not None and day in _holidays("MX", None, day.year):
        return Day.OFF
    return _holidays(site.country_code, site.subdivision, day.year).get(day, Day.WORK)


def _rests(site: Representation, day: date) -> Collection[int]:
    """What CLDR says, but for Ramallah, New Delhi, and the Emirates until 2021; what the site says comes first."""
    for former in site.former_weekends:
        if day <= former.until:
            return former.days
    if site.weekend is not None:
        return site.weekend
    if site.country_code == "AE" and day < date(2022, 1, 1):
        return {4, 5}
    return {"PS": {4, 5}, "IN": {5, 6}}.get(site.country_code) or _weekend(site.country_code)


def _own_word(truth: Truth, site: Representation, day: date) -> bool | None:
    """Whether festivos.csv says that people work: the nearest place first, the last row first."""
    rows = [row for row in reversed(truth.agenda.own_days) if row.first <= day <= row.last]
    for place in (site.id, site.country_code, "misiones", "todas"):
        for row in rows:
            if row.where == place:
                return row.works
    return None


def works_at(truth: Truth, site: str, instant: datetime) -> bool:
    known, wall = truth.sites[site], truth.wall(instant, site)
    return day_at(truth, known, wall.date()) is not Day.OFF and known.opens <= wall.time() < known.closes


def next_work(truth: Truth, site: str, instant: datetime) -> datetime:
    """The instant itself, or the next quarter of an hour at which the site surely works: all open and close on one."""
    step = timedelta(minutes=15)
    found = instant
    while not (works_at(truth, site, found) and _surely(truth, site, found)):
        found = found - timedelta(minutes=found.minute % 15, seconds=found.second) + step
    return found


def _surely(truth: Truth, site: str, instant: datetime) -> bool:
    return day_at(truth, truth.sites[site], truth.wall(instant, site).date()) is Day.WORK


def told_by(truth: Truth, site: str, settled: datetime, begins: datetime) -> datetime:
    """When a change that settled at an instant has to have been told, the event beginning at the earliest `begins`."""
    return min(next_work(truth, site, settled), max(settled, begins - SOON))


def reminders(truth: Truth, event: Event, site: str) -> Iterator[datetime]:
    """When an event's reminders are due at a site, UTC, in order; two that meet at one hour are one."""
    timed = isinstance(event.when, Timed)
    usual = truth.agenda.reminders.timed if timed else truth.agenda.reminders.days
    start = truth.moment(event, site).start
    due = []
    for rule in usual if event.rules is None else event.rules:
        if isinstance(rule, DaysBefore):
            day = truth.wall(start, site).date() - rule.days * DAY
            if day_at(truth, truth.sites[site], day) is Day.OFF:
                while day_at(truth, truth.sites[site], day) is not Day.WORK:
                    day -= DAY
            due.append(_at(truth, site, datetime.combine(day, rule.at)))
        else:
            due.append(start - timedelta(minutes=rule.minutes))
    yield from sorted(set(due))


def _at(truth: Truth, site: str, wall: datetime) -> datetime:
    """The instant of a wall in working hours, which no zone skips or repeats."""
    guess = truth.midnight(wall.date(), site)
    while truth.wall(guess, site) < wall:
        guess += timedelta(minutes=15)
    return guess


@cache
def _weekend(country: str) -> frozenset[int]:
    locale = Locale.parse(f"und_{country}")
    days = [locale.weekend_start]
    while days[-1] != locale.weekend_end:
        days.append((days[-1] + 1) % 7)
    return frozenset(days)


# By governments that announce what the moon shows, whatever the library says of it; in Iran the end of Ramadan alone.
ANNOUNCING = [
    "AE",
    "DZ",
    "EG",
    "ET",
    "GH",
    "GY",
    "IN",
    "JO",
    "KE",
    "KW",
    "LB",
    "MA",
    "NG",
    "PH",
    "PS",
    "QA",
    "SA",
    "TT",
]
MOON = ("Eid", "Prophet", "Islamic New Year", "Ashura", "Araf", "Isra'", "Shaqq")


@cache
def _holidays(country: str, part: str | None, year: int) -> Mapping[date, Day]:
    kinds = ("public", "workday") if country == "UA" else None
    english = "en_US" if "en_US" in holidays.country_holidays(country).supported_languages else None
    with warnings.catch_warnings():  # of some countries it knows the feasts by the moon up to 2035
        warnings.filterwarnings("ignore", "Requested Holidays are available only", UserWarning)
        found = holidays.country_holidays(
            country, subdiv=part, years=year, expand=False, categories=kinds, language=english
        )
    return {
        day: Day.PERHAPS if all(_announced(country, name) for name in found.get_list(day)) else Day.OFF
        for day in list(found)
    }


def _announced(country: str, name: str) -> bool:
    moons = country in ANNOUNCING and any(word in name for word in MOON)
    return moons or "estimated" in name or (country == "IR" and "Fitr" in name)
