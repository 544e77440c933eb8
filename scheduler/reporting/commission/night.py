"""Who sits through the night: sessions that lie in a site's night, by region and site."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from calendars.catalogue import Phrase
from calendars.model.text import Language
from calendars.wording import NIGHT_BEGINS, NIGHT_ENDS, and_list, hour
from scheduler.printing.blocks import Block, Cell, Heading, Paragraph
from scheduler.reporting.commission.figures import SITTING, CommissionFigures, NightFigures
from scheduler.reporting.commission.spelled import NOT_RECORDED, NOTHING, counted, grid, plain_day

SECTION = Phrase("Sessions at night")
NO_SESSIONS = Phrase("No session with an hour was held or is to come: none can lie at night.")
PERIOD = Phrase("These are the sessions with an hour from {first} to {last}.")
ONE_DAY = Phrase("These are the sessions with an hour of {day}.")
NONE = Phrase("None of them lies between {hour_from} and {hour_to} by the clocks of any site.")
SITES = Phrase(
    "At {n:,} {n:site|sites} some session lies, in part at least, between {hour_from} and {hour_to} local time: "
    "{sessions}."
)
PAST = Phrase("{n:,} {n:session|sessions} already past")
COMING = Phrase("{n:,} to come")
COUNTED = Phrase("{sessions} (a session counts at each site)")
PEOPLE = Phrase("{n:,} {n:person|people} from {sites:this site|these sites} came to {past:the one|those} already past.")
PEOPLE_OF_SEVERAL = Phrase(
    "Counting each person once for each session, {n:,} {n:person|people} from {sites:this site|these sites} came to "
    "those already past."
)
NOBODY = Phrase("Nobody from {sites:this site|these sites} came to {past:the one|those} already past.")
UNKNOWN = Phrase("Who came to {past:the one|those} already past is not recorded.")
BY_REGION = Phrase("Sessions at night by region")
REGION_COLUMNS = Phrase("Region|Sites|Past|To come|Present")
BY_SITE = Phrase("Sessions at night by site")
NOTE = Phrase("A session counts at each site, and a person once for each session.")
SITE_COLUMNS = Phrase("Site|Region|Past|To come|Present")


def nights(found: CommissionFigures, language: Language) -> Iterator[Block]:
    """In sentences, by region and by site."""
    yield Heading(level=1, text=SECTION[language])
    days = sorted(one.start.date() for one in found.events if one.start is not None and one.standing in SITTING)
    if not days:
        yield Paragraph(text=NO_SESSIONS[language])
        return
    first, last = plain_day(days[0], language), plain_day(days[-1], language)
    period = ONE_DAY.say(language, day=first) if first == last else PERIOD.say(language, first=first, last=last)
    yield Paragraph(text=" ".join((period, *_sum(found, language))))
    if found.nights:
        yield from _tables(found, language)


def _sum(found: CommissionFigures, language: Language) -> Iterator[str]:
    between = {"hour_from": hour(time(NIGHT_BEGINS), language), "hour_to": hour(time(NIGHT_ENDS), language)}
    if not found.nights:
        yield NONE.say(language, **between)
        return
    past, coming = sum(one.past for one in found.nights), sum(one.coming for one in found.nights)
    parts = counted(((PAST, past), (COMING, coming)), language)
    sessions = COUNTED.say(language, sessions=and_list(parts, language))
    yield SITES.say(language, n=len(found.nights), sessions=sessions, **between)
    if past:
        people = _people(found.nights)
        came = PEOPLE if all(one.past <= 1 for one in found.nights) else PEOPLE_OF_SEVERAL
        words = UNKNOWN if people is None else came if people else NOBODY
        yield words.say(language, n=people, sites=len(found.nights), past=past)


def _people(found: tuple[NightFigures, ...]) -> int | None:
    """None where nobody recorded any."""
    known = [one.people for one in found if one.people is not None]
    return sum(known) if known else None


def _present(found: tuple[NightFigures, ...], language: Language) -> Cell:
    if not any(one.past for one in found):
        return NOTHING
    people = _people(found)
    return NOT_RECORDED[language] if people is None else people


def _tables(found: CommissionFigures, language: Language) -> Iterator[Block]:
    where, cities = found.region_of, {site.id: site.city[language] for site in found.sites}
    names = {region.id: region.name[language] for region in found.regions}
    regions: list[tuple[Cell, ...]] = []
    for region in found.regions:
        own = tuple(one for one in found.nights if where[one.site] == region.id)
        if own:
            sums = sum(one.past for one in own), sum(one.coming for one in own)
            regions.append((names[region.id], len(own), *sums, _present(own, language)))
    yield grid("noche-por-region", BY_REGION[language], REGION_COLUMNS[language], regions, note=NOTE[language])
    rows = [
        (cities[one.site], names[where[one.site]], one.past, one.coming, _present((one,), language))
        for one in found.nights
    ]
    yield grid("noche-por-sede", BY_SITE[language], SITE_COLUMNS[language], rows, note=NOTE[language])
