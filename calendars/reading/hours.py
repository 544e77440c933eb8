"""Hours that a zone's clocks skip or show twice, as problems."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from babel.dates import format_date

from calendars import zones
from calendars.catalogue import Phrase, catalogue
from calendars.model.text import Language, Said
from calendars.reading.problems import Wrong

_SHORT_DATE = Phrase("d MMM y", "date pattern")  # as CLDR writes patterns of dates


@dataclass(frozen=True, slots=True)
class Dated(Said):
    """«22-oct-2021», "22 Oct 2021": a date as problems show it."""

    day: date

    def __getitem__(self, language: Language) -> str:
        return format_date(self.day, _SHORT_DATE[language], locale=catalogue(language).locale)


def wrong_hour(wall: datetime, zone: str, fold: Literal[0, 1] | None) -> Wrong | None:
    """Why a wall time names no instant of its zone, or not one alone; None where it does."""
    try:
        zones.to_instant(wall, zone, fold)
    except zones.NeedlessFold:
        return _needless(wall, zone)
    except zones.NonexistentWallTime as error:
        return _nonexistent(error)
    except zones.RepeatedWallTime as error:
        return _repeated(error)
    return None


def _nonexistent(error: zones.NonexistentWallTime) -> Wrong:
    wall, skipped = error.wall, error.before + timedelta(seconds=1)
    message = Phrase(
        "{hour} on {date} does not exist in {zone}: clocks go from {before:%H:%M} to {after:%H:%M}. Write another hour."
    ).of(hour=f"{wall:%H:%M}", date=Dated(wall), zone=error.zone, before=skipped, after=error.after)
    return Wrong("nonexistent-time", message, value=f"{wall:%H:%M}")


def _repeated(error: zones.RepeatedWallTime) -> Wrong:
    wall = error.wall
    first, second = f"{error.first:%H:%M} UTC", f"{error.second:%H:%M} UTC"
    message = Phrase(
        "{hour} on {date} comes twice in {zone}. Add “pliegue: primero” ({first}) or “pliegue: segundo” ({second})."
    ).of(hour=f"{wall:%H:%M}", date=Dated(wall), zone=error.zone, first=first, second=second)
    return Wrong("repeated-time", message, value=f"{wall:%H:%M}")


def _needless(wall: datetime, zone: str) -> Wrong:
    message = Phrase("{hour} on {date} comes once in {zone}. Delete “pliegue”.").of(
        hour=f"{wall:%H:%M}", date=Dated(wall), zone=zone
    )
    return Wrong("needless-fold", message, value="pliegue")
