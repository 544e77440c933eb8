"""Public holidays as the `holidays` library lists them, with their names in each language that it knows."""

from __future__ import annotations

import importlib.metadata
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

import holidays

from calendars.model.text import Text

SOURCE = f"holidays {importlib.metadata.version('holidays')}"
_SPANISH, _ENGLISH = ("es", "en_US"), ("en_US",)  # languages of names, best first; else the country's own


@dataclass(frozen=True, kw_only=True, slots=True)
class Feast:
    """One date of the list."""

    name: Text  # several, joined by «; », where feasts meet


@cache
def listed(country: str, year: int) -> Mapping[date, Feast]:
    """One country's public holidays of one year, as a plain mapping: the library's own widens itself on a lookup.

    `country` is an ISO 3166-1 alpha-2 code. The feasts that follow the moon are computed up to 2035 for some
    countries; later years have the others.
    """
    spanish, english = _names(country, year, _SPANISH), _names(country, year, _ENGLISH)
    return {day: Feast(name=Text(es=name, en=english[day])) for day, name in spanish.items()}


def _names(country: str, year: int, languages: tuple[str, ...]) -> Mapping[date, str]:
    spoken = holidays.country_holidays(country).supported_languages
    language = next((language for language in languages if language in spoken), None)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Requested Holidays are available only", UserWarning)
        return dict(holidays.country_holidays(country, years=year, expand=False, language=language))
