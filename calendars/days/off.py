"""Why a day is off at a site, and how certain that is: one answer for reminders, notices, pages and tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from calendars.catalogue import Phrase
from calendars.days.declared import DeclaredDays
from calendars.days.listed import SOURCE, listed
from calendars.days.weekends import weekend
from calendars.model.agenda import Agenda
from calendars.model.days import OwnDay
from calendars.model.places import Representation
from calendars.model.text import Said

HOME_COUNTRY = "MX"  # a mission keeps some of its own country's holidays too
_WEEKEND = Phrase("weekend")


class Ground(StrEnum):
    """Why a day is off."""

    WEEKEND = "weekend"
    OWN = "own"  # the administrator's word
    COUNTRY = "country"
    REGION = "region"  # of the site's part of the country alone
    HOME = "home"  # Mexico's


@dataclass(frozen=True, kw_only=True, slots=True)
class DayOff:
    """One day without work at one site."""

    day: date
    ground: Ground
    name: Said
    source: str  # where it is from: a row's `fuente`, the library with its version
    certain: bool = True  # False: «por confirmar», for its country announces it; such a day moves nothing


class DaysOff:
    """What an agenda and the lists say about days, to be asked by site and date."""

    def __init__(self, own: tuple[OwnDay, ...] = (), *, home: bool = False) -> None:
        """`home`: Mexico's holidays are days off everywhere."""
        self._declared = DeclaredDays(own)
        self._home = home

    @classmethod
    def of(cls, agenda: Agenda) -> DaysOff:
        return cls(agenda.own_days, home=agenda.home_holidays is not None)

    def off(self, site: Representation, day: date) -> DayOff | None:
        """Why nobody works at the site on that date; None where people do.

        A weekend day that a government, or a row of festivos.csv, makes a working day stays a weekend day: missions
        rarely follow.
        """
        return self.weekend(site, day) or self.feast(site, day)

    def weekend(self, site: Representation, day: date) -> DayOff | None:
        """The site's weekend, if the date lies on it."""
        found = weekend(site, day)
        if day.weekday() not in found.days:
            return None
        return DayOff(day=day, ground=Ground.WEEKEND, name=_WEEKEND, source=found.source)

    def feast(self, site: Representation, day: date) -> DayOff | None:
        """What makes the date a day off at the site, weekends aside."""
        row = self._declared.about(site, day)
        found = _there(site, day, row)
        if self._home and row is None and (found is None or not found.certain):
            return home_holiday(day) or found
        return found

    def local_feast(self, site: Representation, day: date) -> DayOff | None:
        """The same without Mexico's: by the administrator's word, or of the country or region."""
        return _there(site, day, self._declared.about(site, day))

    def year(self, site: Representation, year: int) -> Iterator[DayOff]:
        """The days off of a site in a year that are none of its weekend, in order."""
        day = date(year, 1, 1)
        while day.year == year:
            found = None if self.weekend(site, day) else self.feast(site, day)
            if found is not None:
                yield found
            day += timedelta(days=1)


def _there(site: Representation, day: date, row: OwnDay | None) -> DayOff | None:
    """A day off of the site alone; what its row of festivos.csv says, if there is one, counts."""
    if row is not None:
        return None if row.works else DayOff(day=day, ground=Ground.OWN, name=row.name, source=row.source)
    found = listed(site.country_code, site.subdivision, day.year).get(day)
    if found is None:
        return None
    ground = Ground.REGION if found.regional else Ground.COUNTRY
    place = site.country_code if site.subdivision is None else f"{site.country_code} {site.subdivision}"
    return DayOff(day=day, ground=ground, name=found.name, source=f"{SOURCE}, {place}", certain=found.certain)


def home_holiday(day: date) -> DayOff | None:
    """Mexico's public holiday on that date."""
    found = listed(HOME_COUNTRY, None, day.year).get(day)
    source = f"{SOURCE}, {HOME_COUNTRY}"
    return None if found is None else DayOff(day=day, ground=Ground.HOME, name=found.name, source=source)
