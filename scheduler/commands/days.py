"""The days off of all sites as one table, or those of one site day by day: so that a ministry can review them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from calendars.catalogue import Phrase
from calendars.days.off import DayOff
from calendars.model.agenda import Agenda
from calendars.model.places import Representation
from calendars.model.text import Language
from calendars.wording import short_date
from scheduler.commands.agenda import home_line
from scheduler.wording.days import GROUNDS, TO_CONFIRM, SiteDays, site_days, weekend_words

COLUMNS = Phrase("Site|Weekend|Region")
LATER_COLUMNS = Phrase("To be confirmed|Source")
ONE_SITE = Phrase("Date|Day off|Reason|Source")
COUNTED = Phrase("Days off on working days of each year, without those of Mexico and with them.")
WEEKEND = Phrase("{site}: weekend {weekend} ({source})")
PART = Phrase("Region: {region}")


def print_days(
    console: Console, agenda: Agenda, site: Representation | None, years: Sequence[int], lang: Language
) -> None:
    """Of all sites, counted; or of one, each."""
    console.print(home_line(agenda, lang), markup=False)
    if site is None:
        console.print(COUNTED[lang], markup=False)
        console.print(_all_sites(agenda, years, lang))
        return
    found = site_days(agenda, site, years)
    words = WEEKEND.say(lang, site=site.city_in(lang), weekend=weekend_words(found, lang), source=found.weekend_source)
    console.print(words, markup=False)
    if site.subdivision is not None:
        console.print(PART.say(lang, region=site.subdivision), markup=False)
    console.print(_one_site(found, lang))


def row_of(found: SiteDays, years: Iterable[int], lang: Language) -> Iterator[str]:
    """The cells of a site in the table of all."""
    yield found.site.id
    yield weekend_words(found, lang)
    yield found.site.subdivision or ""
    for year in years:
        local = sum(day.day.year == year for day in found.local)
        yield f"{local} / {local + sum(day.day.year == year for day in found.home)}"
    yield str(len(found.estimated))
    yield ", ".join(dict.fromkeys((found.weekend_source, *(day.source for day in found.local))))


def headings(years: Iterable[int], lang: Language) -> tuple[str, ...]:
    return (*COLUMNS[lang].split("|"), *map(str, years), *LATER_COLUMNS[lang].split("|"))


def _all_sites(agenda: Agenda, years: Sequence[int], lang: Language) -> Table:
    table = Table(*headings(years, lang), box=SIMPLE_HEAD)
    for site in agenda.representations:
        table.add_row(*map(escape, row_of(site_days(agenda, site, years), years, lang)))
    return table


def _one_site(found: SiteDays, lang: Language) -> Table:
    table = Table(*ONE_SITE[lang].split("|"), box=SIMPLE_HEAD)
    for day in sorted((*found.local, *found.home), key=lambda one: one.day):
        table.add_row(*map(escape, _cells(day, lang)))
    return table


def _cells(day: DayOff, lang: Language) -> tuple[str, ...]:
    reason = GROUNDS[day.ground][lang] + ("" if day.certain else f", {TO_CONFIRM[lang]}")
    return f"{short_date(day.day, lang)} {day.day.year}", day.name[lang], reason, day.source
