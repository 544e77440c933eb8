"""What an administrator says about single days: which are off besides those that are listed, and which are not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from calendars.model.text import Text

MISSIONS, EVERYWHERE = "misiones", "todas"  # as `donde` names them


@dataclass(frozen=True, kw_only=True, slots=True)
class HomeHolidays:
    """Mexico's statutory holidays are days off at every site."""

    assumed: bool  # the source does not say so


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnDay:
    """One row of festivos.csv."""

    first: date
    last: date  # inclusive
    where: str  # Representation.id, a country code (ISO 3166-1 alpha-2), MISSIONS or EVERYWHERE
    name: Text
    works: bool  # True: people work then, whatever is listed
    source: str
