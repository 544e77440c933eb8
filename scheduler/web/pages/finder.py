"""Finding an office by city, country or region, in any language, accents and case aside.

scripts/30-finder.js follows the same rule while one types: every word asked for begins a word that is known.
"""

from __future__ import annotations

from dataclasses import dataclass

from calendars.catalogue import LANGUAGES
from calendars.model.agenda import Agenda
from calendars.model.places import Representation, slug
from calendars.model.text import Language
from calendars.spelling import near
from calendars.wording import zone_city
from scheduler.wording.places import WRITTEN, by_city, country_name

QUERY_LIMIT = 80  # characters; the longest name of a country has about 40
NEAR = 3  # suggestions
_SAINT = ("st", "saint")  # CLDR writes the one, people the other


@dataclass(frozen=True, kw_only=True, slots=True)
class OfficeEntry:
    """One office as the finder lists it."""

    id: str
    city: str
    country: str
    name: str
    region: str
    words: str  # what it is found by besides its region, folded


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    query: str  # as asked, at most QUERY_LIMIT characters
    entries: tuple[OfficeEntry, ...]
    near: tuple[OfficeEntry, ...]  # what it may have meant, where nothing matches


def fold(text: str) -> str:
    """Lower case, no accents, single spaces: «São Tomé» -> "sao tome"."""
    return slug(text).replace("-", " ")


def search_words(site: Representation) -> str:
    """City, id, country and its code, in each language; a city in others only where its zone bears its name."""
    known = [*(site.city_in(one) for one in (WRITTEN, *LANGUAGES)), site.id, site.country_code]
    known.extend(country_name(site, one) for one in LANGUAGES)
    if fold(zone_city(site.zone, WRITTEN)) == fold(site.city):
        known.extend(zone_city(site.zone, one) for one in LANGUAGES if one != WRITTEN)
    words = fold(" ".join(known)).split()
    words.extend(_SAINT if set(_SAINT) & set(words) else ())
    return " ".join(dict.fromkeys(words))


def entry(agenda: Agenda, site: Representation, language: Language) -> OfficeEntry:
    return OfficeEntry(
        id=site.id,
        city=site.city_in(language),
        country=country_name(site, language),
        name=site.name_in(language),
        region=next(region.name[language] for region in agenda.regions if region.id == site.region),
        words=search_words(site),
    )


def query_of(typed: str) -> str:
    """What is looked for, of what somebody typed."""
    return typed.strip()[:QUERY_LIMIT]


def find(agenda: Agenda, query: str, language: Language) -> Found:
    """The offices that `query` names, by city. A query without any letter or digit names none."""
    asked = query_of(query)
    wanted = fold(asked).split()
    regions = {region.id: fold(f"{region.name.es} {region.name.en}") for region in agenda.regions}
    entries = [
        (entry(agenda, site, language), f" {regions[site.region]} ")
        for site in by_city(agenda.representations, language)
    ]
    found = tuple(
        one for one, region in entries if wanted and all(f" {word}" in f"{region}{one.words}" for word in wanted)
    )
    meant = () if found else near_entries([one for one, _ in entries], asked)
    return Found(query=asked, entries=found, near=meant)


def near_entries(entries: list[OfficeEntry], asked: str) -> tuple[OfficeEntry, ...]:
    """The offices whose city, or a word of its names, is written almost like this, or like a word of it.

    Of what is asked, QUERY_LIMIT characters count: each word of it is held against all words that are known.
    """
    spelled: dict[str, dict[str, OfficeEntry]] = {}
    for one in entries:
        for word in {fold(one.city), one.id.replace("-", " "), *one.words.split()}:
            spelled.setdefault(word, {})[one.id] = one
    folded = fold(query_of(asked))
    close = [word for part in (folded, *folded.split()) for word in near(part, spelled, NEAR, alike=0.7)]
    return tuple({one.id: one for word in close for one in spelled[word].values()}.values())[:NEAR]
