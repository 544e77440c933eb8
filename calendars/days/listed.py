"""Public holidays as the `holidays` library lists them, with their names in each language that it knows."""

from __future__ import annotations

import importlib.metadata
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

import holidays

from calendars.days.certainty import is_certain, unlabelled
from calendars.model.text import Text

SOURCE = f"holidays {importlib.metadata.version('holidays')}"
_SPANISH, _ENGLISH = ("es", "en_US"), ("en_US",)  # languages of names, best first; else the country's own
_PUBLIC = ("public",)
# Under martial law Ukraine's feasts are working days by law (2136-IX, article 6) and stand in a category of their own;
# missions keep the feasts of their host, and festivos.csv has the last word.
_CATEGORIES: Mapping[str, tuple[str, ...]] = {"UA": ("public", "workday")}


@dataclass(frozen=True, kw_only=True, slots=True)
class Feast:
    """One date of the list."""

    name: Text  # several, joined by «; », where feasts meet
    regional: bool  # not in all parts of the country
    certain: bool


def is_listed(country: str) -> bool:
    """Does the library know the holidays of a country (ISO 3166-1 alpha-2)?"""
    return country in _subdivisions()


def subdivision(country: str, written: str) -> str | None:
    """The library's own name of a part of a country: `AB` or `CA-AB` (ISO 3166-2), `Barcelona`. None: there is none."""
    plain = written.removeprefix(f"{country}-")
    by_fold = {name.casefold(): name for name in subdivisions(country)}
    aliases = {name.casefold(): code for name, code in _library(country).subdivisions_aliases.items()}
    return by_fold.get(plain.casefold()) or aliases.get(plain.casefold())


def subdivisions(country: str) -> tuple[str, ...]:
    """The parts of a country that the library tells apart; none of a country that it does not know."""
    return _subdivisions().get(country, ())


@cache
def listed(country: str, part: str | None, year: int) -> Mapping[date, Feast]:
    """The public holidays of one year in a country, or in a part of it (a name that `subdivision` gave).

    Nothing where this release of the library knows no such place, so that a node that is older than an edition still
    starts. A plain mapping: the library's own widens itself on a lookup. Feasts by the moon are computed up to 2035 for
    some countries; later years have the others.
    """
    if not is_listed(country):
        return {}
    part = part if part in subdivisions(country) else None
    national = _names(country, None, year, _SPANISH)
    spanish = national if part is None else _names(country, part, year, _SPANISH)
    english = _names(country, part, year, _ENGLISH)
    return {
        day: Feast(
            name=Text(es=unlabelled(name), en=unlabelled(english[day])),
            regional=day not in national,
            certain=is_certain(country, english[day]),
        )
        for day, name in spanish.items()
    }


def _names(country: str, part: str | None, year: int, languages: tuple[str, ...]) -> Mapping[date, str]:
    spoken = _library(country).supported_languages
    language = next((language for language in languages if language in spoken), None)
    kinds = _CATEGORIES.get(country, _PUBLIC)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Requested Holidays are available only", UserWarning)
        found = holidays.country_holidays(
            country, subdiv=part, years=year, expand=False, language=language, categories=kinds
        )
    return dict(found)


@cache
def _library(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country)


@cache
def _subdivisions() -> Mapping[str, tuple[str, ...]]:
    return {country: tuple(parts) for country, parts in holidays.list_supported_countries().items()}
