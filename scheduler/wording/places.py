"""A consular site as people read it, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from calendars.model.places import Representation, slug
from calendars.model.text import Language
from calendars.wording import locale

WRITTEN: Language = "es"  # the language of the names in representations.csv


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedSite:
    """One site, to be listed or chosen."""

    id: str
    city: str
    name: str  # of the office
    country: str


def place_of(site: Representation, language: Language) -> NamedSite:
    return NamedSite(
        id=site.id, city=site.city_in(language), name=site.name_in(language), country=country_name(site, language)
    )


def places_by_city(sites: Iterable[Representation], language: Language) -> tuple[NamedSite, ...]:
    return tuple(place_of(site, language) for site in by_city(sites, language))


def by_city(sites: Iterable[Representation], language: Language) -> list[Representation]:
    """In the order in which one looks for a city, accents aside."""
    return sorted(sites, key=lambda site: (slug(site.city_in(language)), site.id))


def country_name(site: Representation, language: Language) -> str:
    """The agenda's in the language that it is written in, CLDR's in any other."""
    return (
        site.country if language == WRITTEN else str(locale(language).territories.get(site.country_code, site.country))
    )
