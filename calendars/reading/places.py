"""Places as an administrator writes them: zones, countries, weekends. Each raises `Wrong` with the way out."""

from __future__ import annotations

import re
from functools import lru_cache

from babel import Locale
from babel.core import UnknownLocaleError, get_global

from calendars import zones
from calendars.catalogue import Phrase
from calendars.days import listed
from calendars.model.places import FormerWeekend
from calendars.reading import values, words
from calendars.reading.problems import Wrong, shown, unknown
from calendars.spelling import fold

# Offsets and abbreviations: EST has no summer time, and Etc/GMT+9 lies nine hours *behind* UTC.
_NO_PLACE = re.compile(
    r"Etc/.*|(?:UTC|GMT)? ?[+\u2212-]?[0-9][0-9:]*|GMT|UCT|Greenwich|Universal|Zulu|[A-Z]{0,2}[DES]T(?:[0-9][CEMP]DT)?",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"\s(?:hasta|until)\s", re.IGNORECASE)
_ZONE_NAMES = tuple(
    sorted(name for name in get_global("zone_territories") if zones.is_zone(name) and not _NO_PLACE.fullmatch(name))
)
_EXAMPLES = {
    "Africa": "Africa/Cairo",
    "America": "America/Mexico_City",
    "Asia": "Asia/Tokyo",
    "Atlantic": "Atlantic/Reykjavik",
    "Australia": "Australia/Sydney",
    "Europe": "Europe/Madrid",
    "Indian": "Indian/Maldives",
    "Pacific": "Pacific/Auckland",
}
_PARTS = {fold(part): part for part in _EXAMPLES} | {"europa": "Europe", "pacifico": "Pacific"}
_PART = Phrase(
    "zone “{part}” is a part of the world, not a place. Write the place too, for instance {example}; for the hours of "
    "central Mexico, TCM."
)
_ZONES = {fold(word): name for word, name in (*zip(_ZONE_NAMES, _ZONE_NAMES, strict=True), *words.ZONES.items())}


def zone(name: str) -> str:
    """«TCM», or an IANA name of a place as the database spells it, case aside -> an IANA name."""
    plain = values.line(name)
    if _NO_PLACE.fullmatch(plain):
        raise Wrong(
            "zone-not-a-place",
            Phrase("zone “{plain}” names no place and would give wrong hours. Write TCM or a place: Asia/Tokyo.").of(
                plain=shown(plain)
            ),
            value=plain,
        )
    if found := _ZONES.get(fold(plain)):
        return found
    if zones.is_zone(plain):
        return plain
    if fold(plain) in _PARTS:
        part = _PARTS[fold(plain)]
        raise Wrong("zone-not-a-place", _PART.of(part=shown(plain), example=_EXAMPLES[part]), value=plain)
    raise unknown("unknown-zone", Phrase("zone"), plain, (*words.ZONES, *_ZONE_NAMES))


@lru_cache(maxsize=1024)
def country_code(value: str) -> str:
    """ISO 3166-1 alpha-2, of a country whose weekend CLDR knows."""
    code = values.line(value).upper()
    try:
        Locale.parse(f"und_{code}")
    except (UnknownLocaleError, ValueError):
        known_code = False
    else:
        known_code = re.fullmatch(r"[A-Z]{2}", code) is not None
    if known_code and code != "ZZ":
        return code
    raise Wrong(
        "unknown-country",
        Phrase("country “{code}” does not exist. Write the code of two letters (ISO 3166), for instance MX.").of(
            code=code
        ),
        value=code,
    )


def host_country(value: str) -> str:
    """The same, of a country whose holidays are known: one that the library lacks has none for any site."""
    code = country_code(value)
    if listed.is_listed(code):
        return code
    raise Wrong(
        "no-holidays",
        Phrase(
            "the holidays of “{code}” are not known. Write the code of the country that it belongs to, for instance ES."
        ).of(code=code),
        value=code,
    )


def subdivision(country: str | None, value: str) -> str:
    """A part of a country, by ISO 3166-2 (`CA-AB`, `AB`) or the library's own name (`Barcelona`) -> the library's."""
    plain = values.line(value)
    found = None if country is None else listed.subdivision(country, plain)
    if found is not None or country is None:
        return found or plain
    parts = listed.subdivisions(country)
    if parts:
        missing = Phrase("is not known in {country}").of(country=country)
        raise unknown("unknown-subdivision", Phrase("subdivision"), plain, parts, missing)
    raise Wrong(
        "unknown-subdivision",
        Phrase(
            "holidays are one list in all of {country}: leave this cell empty, and put what else there is into "
            "festivos.csv."
        ).of(country=country),
        value=plain,
    )


def weekends(value: str) -> tuple[tuple[FormerWeekend, ...], tuple[int, ...] | None]:
    """`vie sáb`, or `vie sáb hasta 2021-12-31; sáb dom`: those that have ended, and the present one.

    Where the last has an end, the country's follows: None.
    """
    *former, last = (part.strip() for part in values.line(value).strip(" ;").split(";"))
    ended, days = [_until(part, value) for part in former], None
    if _UNTIL.search(last):
        ended.append(_until(last, value))
    else:
        days = weekend_days(last)
    dates = [one.until for one in ended]
    if dates != sorted(set(dates)):
        raise Wrong(
            "weekend-order",
            Phrase("“{value}”: the dates after “hasta” must go from the earliest to the latest.").of(
                value=shown(value)
            ),
            value=value,
        )
    return tuple(ended), days


def _until(part: str, value: str) -> FormerWeekend:
    days, *end = _UNTIL.split(part)
    if not end:
        raise Wrong(
            "weekend-order",
            Phrase("“{value}”: only the last has no date. Write “vie sáb hasta 2021-12-31; sáb dom”.").of(
                value=shown(value)
            ),
            value=value,
        )
    return FormerWeekend(days=weekend_days(days), until=values.day(end[-1]))


def weekend_days(value: str) -> tuple[int, ...]:
    """`vie sáb`, `Fri-Sat`, `viernes/sábado`: the days off; a site works on one day at least."""
    names = [name for name in re.split(r"[\s,/-]+", values.line(value)) if name not in {"", "y", "and"}]
    days = tuple(sorted({values.weekday(name) for name in names}))
    if 0 < len(days) < 7:
        return days
    raise Wrong(
        "weekend",
        Phrase("the weekend must name one to six days, for instance “vie sáb”."),
        value=value,
    )
