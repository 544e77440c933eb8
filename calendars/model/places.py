"""Where the people are: regions, and the consular sites in them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, time

from calendars.model.text import Language, Text


def slug(name: str) -> str:
    """A region's id: its name without accents, lower case, hyphens ("Asia Pacífico" -> "asia-pacifico")."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


@dataclass(frozen=True, kw_only=True, slots=True)
class Region:
    id: str
    name: Text


@dataclass(frozen=True, kw_only=True, slots=True)
class FormerWeekend:
    """A weekend that was kept until a date."""

    days: tuple[int, ...]  # 0 = Monday .. 6 = Sunday
    until: date  # inclusive


@dataclass(frozen=True, kw_only=True, slots=True)
class Representation:
    """A consular site: embassy, consulate or other office."""

    id: str
    kind: str
    name: str
    city: str
    country: str
    country_code: str  # ISO 3166-1 alpha-2
    region: str  # Region.id
    zone: str  # IANA time zone of the city
    weekend: tuple[int, ...] | None = None  # 0 = Monday .. 6 = Sunday; None: the country's
    opens: time = time(9)
    closes: time = time(18)
    subdivision: str | None = None  # where holidays are told apart by region: the library's name of it
    former_weekends: tuple[FormerWeekend, ...] = ()  # before `weekend`, the earliest first
    city_en: str | None = None  # in English, where that is another
    name_en: str | None = None

    def city_in(self, language: Language) -> str:
        """Its city for people to read; what stands in a feed is `city`."""
        return Text(es=self.city, en=self.city_en or self.city)[language]

    def name_in(self, language: Language) -> str:
        """The office's name for people to read."""
        return Text(es=self.name, en=self.name_en or self.name)[language]
