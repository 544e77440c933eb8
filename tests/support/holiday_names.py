"""The names of holidays that the catalogues have to know: those of the shipped sites' countries and regions."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache

from calendars.days.listed import listed, subdivision
from calendars.days.names import SEVERAL, bare
from calendars.days.off import HOME_COUNTRY
from tests.support.checkout import CONFIG

YEARS = range(2021, 2038)  # those that zones and days are reckoned for


@cache
def known() -> frozenset[str]:
    """In English, as the library has them, without its labels."""
    return frozenset(
        bare(name)
        for country, part in places()
        for year in YEARS
        for feast in listed(country, part, year).values()
        for name in feast.name.english.split(SEVERAL)
    )


def places() -> Iterator[tuple[str, str | None]]:
    """Countries, and the parts of them that have a list of their own."""
    yield HOME_COUNTRY, None
    with (CONFIG / "representations.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["country_code"], row["subdivision"]) for row in csv.DictReader(file)}
    for country, part in sorted(rows):
        yield country, subdivision(country, part) if part else None
