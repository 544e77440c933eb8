"""A consular site as people read it, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from calendars.model.agenda import Agenda
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


def city_names(sites: Iterable[Representation], language: Language) -> dict[str, str]:
    """What each of several sites is called where they stand in one list, by its id, in the order in which they come.

    That is its city; of cities whose names are the same, accents aside, with the country; of two in one country, with
    the office.
    """
    ordered, together = tuple(sites), dict[str, list[Representation]]()
    for site in ordered:
        together.setdefault(_sound(site.city_in(language)), []).append(site)
    named = {key: name for alike in together.values() for key, name in _apart(alike, language)}
    return {site.id: named[site.id] for site in ordered}


def city_name(agenda: Agenda, key: str, language: Language) -> str:
    """The same of one site (its id) of an agenda; of one that it has no more, the id."""
    site = agenda.site(key)
    if site is None:
        return key
    sound = _sound(site.city_in(language))
    alike = [one for one in agenda.representations if _sound(one.city_in(language)) == sound]
    return city_names(alike, language)[key]


def _apart(sites: list[Representation], language: Language) -> Iterator[tuple[str, str]]:
    """By the first that no two of them share."""
    ways = (
        [""] * len(sites),
        [country_name(site, language) for site in sites],
        [site.name_in(language) for site in sites],
        [site.id for site in sites],
    )
    words = next(way for way in ways if len(set(way)) == len(sites))
    for site, word in zip(sites, words, strict=True):
        city = site.city_in(language)
        yield site.id, f"{city} ({word})" if word else city


@lru_cache(maxsize=1024)
def _sound(city: str) -> str:
    return slug(city) or city


def by_city(sites: Iterable[Representation], language: Language) -> list[Representation]:
    """In the order in which one looks for a city, accents aside."""
    return sorted(sites, key=lambda site: (slug(site.city_in(language)), site.id))


def country_name(site: Representation, language: Language) -> str:
    """The agenda's in the language that it is written in, CLDR's in any other."""
    return (
        site.country if language == WRITTEN else str(locale(language).territories.get(site.country_code, site.country))
    )
