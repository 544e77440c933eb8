"""Public holidays as the `holidays` library lists them, with their names in English and in the country's language."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

import holidays
from holidays.registry import COUNTRIES

from calendars.catalogue import LANGUAGES
from calendars.catalogue import SOURCE as ENGLISH
from calendars.days.certainty import is_certain, unlabelled
from calendars.days.names import SEVERAL, HolidayName

SOURCE = f"holidays {importlib.metadata.version('holidays')}"
_ENGLISH = "en_US"  # of names; a country that the library does not have in it has all in English anyway
# Where the library's name in the country's own language has a slip of spelling: the catalogue's is said instead.
_MISSPELT = frozenset({
    ("AR", "Veteran's Day and the Fallen in the Malvinas War"),
    ("CL", "Meeting of Two Worlds' Day"),
    ("CO", "Ascension Day (observed)"),
    ("ES", "Monday following Christmas Day"),
    ("ES", "Monday following Constitution Day"),
    ("ES", "Monday following Epiphany"),
    ("ES", "Monday following Madrid Day"),
    ("ES", "Monday following Our Lady of Mercy"),
    ("PA", "Presidential Inauguration Day"),
    ("PE", "All Saints' Day"),
    ("VE", "International Worker's Day"),
})  # fmt: skip
_PUBLIC = ("public",)
_CODES = frozenset(code for known in COUNTRIES.values() for code in known[1:])  # asking each country would load all
# Under martial law Ukraine's feasts are working days by law (2136-IX, article 6) and stand in a category of their own;
# missions keep the feasts of their host, and festivos.csv has the last word.
_CATEGORIES: Mapping[str, tuple[str, ...]] = {"UA": ("public", "workday")}


def _load_each_alone() -> None:
    """Stand in for the library's package of countries, which loads all 250 of them with the first that is asked for.

    It holds nothing but them, and each is found below it all the same.
    """
    found = importlib.util.find_spec("holidays.countries")
    assert found is not None, "it is where the library has its countries"
    sys.modules.setdefault(found.name, importlib.util.module_from_spec(found))


_load_each_alone()


@dataclass(frozen=True, kw_only=True, slots=True)
class Feast:
    """One date of the list."""

    name: HolidayName
    regional: bool  # not in all parts of the country
    certain: bool


def is_listed(country: str) -> bool:
    """Does the library know the holidays of a country (ISO 3166-1 alpha-2)?"""
    return country in _CODES


def subdivision(country: str, written: str) -> str | None:
    """The library's own name of a part of a country: `AB` or `CA-AB` (ISO 3166-2), `Barcelona`. None: there is none."""
    plain = written.removeprefix(f"{country}-")
    by_fold = {name.casefold(): name for name in subdivisions(country)}
    aliases = {name.casefold(): code for name, code in _library(country).subdivisions_aliases.items()}
    return by_fold.get(plain.casefold()) or aliases.get(plain.casefold())


def subdivisions(country: str) -> tuple[str, ...]:
    """The parts of a country that the library tells apart; none of a country that it does not know."""
    return tuple(_library(country).subdivisions) if is_listed(country) else ()


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
    english = _names(country, part, year, _ENGLISH)
    national = english if part is None else _names(country, None, year, _ENGLISH)
    own_language = _own_language(country)
    own = {} if own_language is None else _names(country, part, year, own_language)
    return {
        day: Feast(
            name=_name(country, name, own.get(day), own_language),
            regional=day not in national,
            certain=is_certain(country, name),
        )
        for day, name in english.items()
    }


def _name(country: str, english: str, own: str | None, own_language: str | None) -> HolidayName:
    """Only in English where the country's own words carry a label that is not said, or a slip."""
    plain = unlabelled(english)
    slips = any((country, name) in _MISSPELT for name in english.split(SEVERAL))
    if own is None or own_language is None or plain != english or slips:
        return HolidayName(english=plain)
    return HolidayName(english=plain, own=own, own_language=own_language)


def _own_language(country: str) -> str | None:
    """The language that the library has a country's names in, if it is one that the program speaks besides English."""
    found = (_library(country).default_language or ENGLISH).partition("_")[0]
    return found if found in LANGUAGES and found != ENGLISH else None


def _names(country: str, part: str | None, year: int, language: str) -> Mapping[date, str]:
    known = _library(country).supported_languages
    spoken = next((name for name in known if name in (language, f"{language}_{country}")), None)
    kinds = _CATEGORIES.get(country, _PUBLIC)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Requested Holidays are available only", UserWarning)
        found = holidays.country_holidays(
            country, subdiv=part, years=year, expand=False, language=spoken, categories=kinds
        )
    return dict(found)


@cache
def _library(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country)
