"""Places as an administrator writes them: zones, countries, weekends. Each raises `Wrong` with the way out."""

from __future__ import annotations

import re
from functools import lru_cache

from babel import Locale
from babel.core import UnknownLocaleError, get_global

from calendars import zones
from calendars.days import listed
from calendars.model.places import FormerWeekend
from calendars.model.text import Text
from calendars.reading import values, words
from calendars.reading.problems import Wrong, fold, shown, unknown

# Offsets and abbreviations: EST has no summer time, and Etc/GMT+9 lies nine hours *behind* UTC.
_NO_PLACE = re.compile(
    r"Etc/.*|(?:UTC|GMT)? ?[+\u2212-]?[0-9][0-9:]*|GMT|UCT|Greenwich|Universal|Zulu|[A-Z]{0,2}[DES]T(?:[0-9][CEMP]DT)?",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"\s(?:hasta|until)\s", re.IGNORECASE)
_ZONE_NAMES = tuple(
    sorted(name for name in get_global("zone_territories") if zones.is_zone(name) and not _NO_PLACE.fullmatch(name))
)
_ZONES = {fold(word): name for word, name in (*zip(_ZONE_NAMES, _ZONE_NAMES, strict=True), *words.ZONES.items())}


def zone(name: str) -> str:
    """«TCM», or an IANA name of a place as the database spells it, case aside -> an IANA name."""
    plain = values.line(name)
    if _NO_PLACE.fullmatch(plain):
        raise Wrong(
            "zone-not-a-place",
            f"zona «{shown(plain)}» no dice un lugar y daría horas equivocadas. Escriba TCM o un lugar: Asia/Tokyo.",
            f"zone “{shown(plain)}” names no place and would give wrong hours. Write TCM or a place: Asia/Tokyo.",
            value=plain,
        )
    if found := _ZONES.get(fold(plain)):
        return found
    if zones.is_zone(plain):
        return plain
    raise unknown("unknown-zone", Text(es="zona", en="zone"), plain, (*words.ZONES, *_ZONE_NAMES))


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
        f"país «{code}» no existe. Escriba el código de dos letras (ISO 3166), por ejemplo MX.",
        f"country “{code}” does not exist. Write the code of two letters (ISO 3166), for instance MX.",
        value=code,
    )


def host_country(value: str) -> str:
    """The same, of a country whose holidays are known: one that the library lacks has none for any site."""
    code = country_code(value)
    if listed.is_listed(code):
        return code
    raise Wrong(
        "no-holidays",
        f"no se conocen los feriados de «{code}». Escriba el código del país al que pertenece, por ejemplo ES.",
        f"the holidays of “{code}” are not known. Write the code of the country that it belongs to, for instance ES.",
        value=code,
    )


def subdivision(country: str | None, value: str) -> str:
    """A part of a country, by ISO 3166-2 (`CA-AB`, `AB`) or the library's own name (`Barcelona`) -> the library's."""
    plain = values.line(value)
    found = None if country is None else listed.subdivision(country, plain)
    if found is not None or country is None:
        return found or plain
    parts = listed.subdivisions(country)
    missing = Text(es=f"no se conoce en {country}", en=f"is not known in {country}")
    if parts:
        raise unknown("unknown-subdivision", Text(es="subdivisión", en="subdivision"), plain, parts, missing)
    raise Wrong(
        "unknown-subdivision",
        f"en {country} no se distinguen feriados por región. Deje vacía esta celda; lo demás va en festivos.csv.",
        f"in {country} holidays are not told apart by region. Leave this cell empty; what else there is goes into "
        "festivos.csv.",
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
            f"«{shown(value)}»: las fechas de «hasta» deben ir de la menor a la mayor.",
            f"“{shown(value)}”: the dates after “hasta” must go from the earliest to the latest.",
            value=value,
        )
    return tuple(ended), days


def _until(part: str, value: str) -> FormerWeekend:
    days, *end = _UNTIL.split(part)
    if not end:
        raise Wrong(
            "weekend-order",
            f"«{shown(value)}»: solo el último va sin fecha. Escriba «vie sáb hasta 2021-12-31; sáb dom».",
            f"“{shown(value)}”: only the last has no date. Write “vie sáb hasta 2021-12-31; sáb dom”.",
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
        "el fin de semana debe nombrar de uno a seis días, por ejemplo «vie sáb».",
        "the weekend must name one to six days, for instance “vie sáb”.",
        value=value,
    )
