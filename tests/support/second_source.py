"""Days off by another hand: npm's date-holidays beside our list, and which rule explains where they differ."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

import holidays

from calendars.days.certainty import is_moons
from calendars.days.listed import listed, subdivisions
from tests.support.checkout import ROOT
from tests.support.factories import NO_WORD, site
from tests.support.wanted import leave_out

FOLDER = ROOT / "tests" / "js"
SECONDS = 120
_DAY = timedelta(days=1)
_NEAR = 4  # days; from Sunday to the Thursday of its week, as Egypt moves them
_MONTHS = re.compile(r"\b(?:Muharram|Safar|Rabi|Jumada|Rajab|Shaban|Ramadan|Shawwal|Dhu) ?", re.IGNORECASE)
_SHIA = re.compile(r"Imam|Mahdi|Arbaeen|Martyrdom|Ghadir", re.IGNORECASE)
_OUR_LABEL = re.compile(r"\((?:observed|in lieu|in place of [^)]*|additional holiday)\)|Bridge|Alternative holiday")
_THEIR_LABEL = re.compile(r"substitute| if ", re.IGNORECASE)


class Rule(StrEnum):
    """What explains a day that one of the lists has and the other lacks."""

    WRONG = "a list is wrong, by a source"
    MOON = "the moon, a day before or after"
    OBSERVED = "observed or bridge day"
    REGIONAL = "in parts of the country"
    OFFICES = "no day off for offices"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What date-holidays says of one day."""

    day: date
    kind: str  # public, bank, school, optional, observance
    name: str
    rule: str
    part: str | None  # of the country; None: the whole


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    country: str
    day: date
    ours: bool  # ours has it and theirs has not
    name: str  # in English, in the list that has it


@dataclass(frozen=True, kw_only=True, slots=True)
class Wrong:
    """A row of second_source_wrong.csv: feasts of one country that one list has and should not, or rightly has."""

    country: str
    ours: bool
    feast: str  # a regular expression; of the name in the list that has the day
    source: str

    def fits(self, one: Difference) -> bool:
        same = (self.country, self.ours) == (one.country, one.ours)
        return same and re.search(self.feast, one.name) is not None


def read(countries: Sequence[str], years: Sequence[int]) -> dict[str, list[Entry]]:
    """The entries of each country that date-holidays knows, with a year more on both sides.

    Skipped where Node or the package is missing; never where CI=true promises them.
    """
    node = shutil.which("node")
    if node is None or not (FOLDER / "node_modules" / "date-holidays").is_dir():
        leave_out("node with date-holidays (Debian: nodejs, npm; then npm ci --prefix tests/js)")
    asked = json.dumps({"countries": countries, "years": [min(years) - 1, *years, max(years) + 1]})
    done = subprocess.run(
        [node, "holidays.mjs"], cwd=FOLDER, input=asked, capture_output=True, text=True, check=False, timeout=SECONDS
    )
    assert done.returncode == 0, done.stderr
    return {
        country: [Entry(**{**one, "day": date.fromisoformat(one["day"])}) for one in entries]
        for country, entries in json.loads(done.stdout).items()
    }


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Comparison:
    """One country in both lists: the whole country's days off, without Mexico's and festivos.csv."""

    def __init__(self, country: str, entries: Iterable[Entry], years: Sequence[int], wrong: Sequence[Wrong]) -> None:
        self._country = country
        known = list(entries)
        self._public = _by_day(one for one in known if one.part is None and one.kind == "public")
        self._others = _by_day(one for one in known if one.part is None and one.kind != "public")
        self._parts = _by_day(one for one in known if one.part is not None and one.kind == "public")
        around = range(min(years) - 1, max(years) + 2)  # a moon a day later may be next year's
        self._ours = {day: one.name["en"] for year in around for day, one in listed(country, None, year).items()}
        self._years = years
        self._wrong = wrong

    def differences(self) -> Iterator[Difference]:
        """The days outside the country's weekend that one list alone has, in order."""
        place = site(country_code=self._country)
        for day in sorted(self._ours.keys() ^ self._public.keys()):
            if day.year in self._years and NO_WORD.weekend(place, day) is None:
                ours = day in self._ours
                name = self._ours[day] if ours else "; ".join(one.name for one in self._public[day])
                yield Difference(country=self._country, day=day, ours=ours, name=name)

    def rule(self, one: Difference) -> Rule | None:
        """The first that explains it. None: it must stand by itself, with a source."""
        if any(row.fits(one) for row in self._wrong):
            return Rule.WRONG
        if self._moon(one):
            return Rule.MOON
        if self._observed(one):
            return Rule.OBSERVED
        if self._regional(one):
            return Rule.REGIONAL
        return Rule.OFFICES if self._no_day_off(one) else None

    def _moon(self, one: Difference) -> bool:
        """Both have a feast of Islam's calendar, at most one day from each other."""
        near = (one.day - _DAY, one.day, one.day + _DAY)
        if one.ours:
            return self._our_moon(one.day) and any(self._their_moon(day) for day in near)
        return self._their_moon(one.day) and any(self._our_moon(day) for day in near)

    def _our_moon(self, day: date) -> bool:
        name = self._ours.get(day, "")
        return is_moons(name) or _SHIA.search(name) is not None

    def _their_moon(self, day: date) -> bool:
        return any(_MONTHS.search(one.rule) for one in self._public.get(day, ()))

    def _observed(self, one: Difference) -> bool:
        """It is called so, or lies within a few days of one that is and that the other list lacks."""
        if self._is_moved(one):
            return True
        return any(
            other.ours != one.ours and abs(other.day - one.day).days <= _NEAR and self._is_moved(other)
            for other in self.differences()
        )

    def _is_moved(self, one: Difference) -> bool:
        if one.ours:
            return _OUR_LABEL.search(one.name) is not None
        own = f"{one.day:%m-%d}"  # a rule begins with the day that it moves
        return any(
            _THEIR_LABEL.search(f"{found.name} {found.rule}") and own not in found.rule
            for found in self._public[one.day]
        )

    def _regional(self, one: Difference) -> bool:
        """The list that lacks it for the whole country has it in a part."""
        if one.ours:
            return one.day in self._parts
        return any(one.day in listed(self._country, part, one.day.year) for part in subdivisions(self._country))

    def _no_day_off(self, one: Difference) -> bool:
        """The list that lacks it has it as a day of another kind, or the other has it from noon."""
        if one.ours:
            return one.day in self._others
        noon = all("12:00" in found.rule for found in self._public[one.day])
        return noon or one.day in _other_categories(self._country, self._years)


def _by_day(entries: Iterable[Entry]) -> Mapping[date, list[Entry]]:
    found: dict[date, list[Entry]] = {}
    for one in entries:
        found.setdefault(one.day, []).append(one)
    return found


def _other_categories(country: str, years: Sequence[int]) -> frozenset[date]:
    return _of_categories(country, tuple(years))


@cache
def _of_categories(country: str, years: tuple[int, ...]) -> frozenset[date]:
    """The days that the library has in a category that is not the public one."""
    supported = holidays.country_holidays(country).supported_categories
    others = tuple(one for one in supported if one not in {"public", "workday"})
    return frozenset(holidays.country_holidays(country, years=years, categories=others)) if others else frozenset()
