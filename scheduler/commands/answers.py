"""`agenda answers`: who comes, by region and site; from which sites nobody does; what the coverage rule still lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from calendars.catalogue import Phrase
from calendars.model.agenda import Agenda
from calendars.model.events import Days
from calendars.model.text import Language
from calendars.wording import days_span, home_short, hour, short_date
from scheduler.base.refusal import UsageRefusal
from scheduler.commands.common import JsonOption, LangOption, language, print_json, told
from scheduler.commands.screen import out, print_lines
from scheduler.installation.database import NOTHING_YET, NothingPublished, existing_database
from scheduler.planning.coverage import Tally
from scheduler.reporting.acceptances import Acceptances, acceptances
from scheduler.store import editions
from scheduler.wording.places import city_names

EVENTS = Phrase("Event|When|Yes|No|Maybe|Silent|Other session|Sites with nobody")
SITES = Phrase("Site|Yes|No|Maybe|Silent|Other session|Deputies")
FIGURES = ("yes", "no", "maybe", "silent", "elsewhere")  # of a Tally, in the order of the headings
STANDING = ("set_aside", "another_hour")  # of a Tally
SET_ASIDE = Phrase("Set aside until said again, since they were for another date or time ({n}): {sites}")
ANOTHER_HOUR = Phrase("Of those that count, at another hour ({n}): {sites}")
MARKED = Phrase("{id}: {n} set aside until said again")
NONE = Phrase("No event asks who comes.")
EMPTY = Phrase("Nobody comes from ({n}): {sites}")
COVERED = Phrase("Somebody comes from every site.")
GUESTS = Phrase("From other regions come ({n}): {sites}")
RULE = Phrase("Coverage: at least {minimum} from each site. {lack}")
MET = Phrase("It is met.")
LACK = Phrase("It is short at {n}: {sites}")
NO_DEPUTY = Phrase("Of these, without a deputy: {sites}")
ASKS_NOT = Phrase("{key}: no event of that id asks who comes.")
ASKS_NOT_THESE = Phrase("{key}: no event of that id asks who comes. These do: {known}.")
NO_COORDINATOR = Phrase("No coordinator will hear of it in: {regions}")


def answers(
    event: Annotated[str | None, typer.Argument(help="An event: its answers by region and site.")] = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say who comes: yes, no, maybe, silent, at another session; the sites with nobody, and what a rule still lacks.

    Without EVENT, a line for each event that asks. Posts are counted, and none is named.
    """
    with told(lang) as settings, existing_database(settings) as database, database.read() as connection:
        found = editions.load(connection)
        if found is None:
            raise NothingPublished(NOTHING_YET)
        agenda, spoken = found.edition.agenda, language(lang, settings)
        every = list(acceptances(connection, found.edition))
        if event is not None:
            every = [_chosen(every, event)]
        if as_json:
            print_json([_json(one) for one in every] if event is None else _json(every[0]))
        elif event is not None:
            _print_event(every[0], agenda, spoken)
        else:
            out().print(_events(every, agenda, spoken) if every else NONE[spoken])
            print_lines(_aside(every, spoken))


def _chosen(every: Sequence[Acceptances], key: str) -> Acceptances:
    for one in every:
        if one.event.id == key:
            return one
    known = ", ".join(one.event.id for one in every)
    raise UsageRefusal(ASKS_NOT_THESE if known else ASKS_NOT, key=key, known=known)


def _events(every: Sequence[Acceptances], agenda: Agenda, lang: Language) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    first, *others = EVENTS[lang].split("|")
    table.add_column(first, min_width=max(len(one.event.id) for one in every))
    for heading in others:
        table.add_column(heading)
    for one in every:
        named = f"{one.event.title[lang]}\n{one.event.id}"
        row = (named, _when(one, agenda, lang), *_figures(one.sites), f"{len(one.empty)} / {len(one.sites)}")
        table.add_row(*map(escape, row))
    return table


def _aside(every: Sequence[Acceptances], lang: Language) -> Iterator[str]:
    for one in every:
        if n := sum(tally.set_aside for tally in one.sites):
            yield MARKED.say(lang, id=one.event.id, n=n)


def _print_event(one: Acceptances, agenda: Agenda, lang: Language) -> None:
    out().print(f"{one.event.title[lang]} · {_when(one, agenda, lang)}", markup=False)
    out().print(_sites(one, agenda, lang))
    print_lines(_lines(one, agenda, lang))


def _sites(one: Acceptances, agenda: Agenda, lang: Language) -> Table:
    table = Table(*SITES[lang].split("|"), box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    regions, cities = [region.id for region in agenda.regions], city_names(agenda.representations, lang)
    names = {region.id: region.name[lang] for region in agenda.regions}
    ordered = sorted(one.sites, key=lambda tally: (regions.index(tally.site.region), cities[tally.site.id]))
    for region, group in groupby(ordered, key=lambda tally: tally.site.region):
        tallies = list(group)
        deputies = sum(tally.deputies for tally in tallies)
        table.add_row(*(f"[bold]{escape(cell)}[/]" for cell in (names[region], *_figures(tallies), str(deputies))))
        for tally in tallies:
            table.add_row(f"  {escape(cities[tally.site.id])}", *_figures([tally]), str(tally.deputies))
        table.add_section()
    return table


def _lines(one: Acceptances, agenda: Agenda, lang: Language) -> Iterator[str]:
    cities = city_names(agenda.representations, lang)
    empty = [cities[tally.site.id] for tally in one.empty]
    yield EMPTY.say(lang, n=len(empty), sites=", ".join(empty)) if empty else COVERED[lang]
    if one.guests:
        named = ", ".join(f"{cities.get(site, site)} {n}" for site, n in one.guests.items())
        yield GUESTS.say(lang, n=sum(one.guests.values()), sites=named)
    for words, name in ((SET_ASIDE, "set_aside"), (ANOTHER_HOUR, "another_hour")):
        counted = [(cities[tally.site.id], getattr(tally, name)) for tally in one.sites if getattr(tally, name)]
        if counted:
            named = ", ".join(f"{city} {n}" for city, n in counted)
            yield words.say(lang, n=sum(n for _, n in counted), sites=named)
    if one.event.coverage is None:
        return
    lack = [cities[tally.site.id] for tally in one.lacking]
    short = LACK.say(lang, n=len(lack), sites=", ".join(lack)) if lack else MET[lang]
    yield RULE.say(lang, minimum=one.event.coverage.minimum, lack=short)
    if one.without_deputy:
        yield NO_DEPUTY.say(lang, sites=", ".join(cities[tally.site.id] for tally in one.without_deputy))
    if one.uncoordinated:
        names = [region.name[lang] for region in agenda.regions if region.id in one.uncoordinated]
        yield NO_COORDINATOR.say(lang, regions=", ".join(names))


def _figures(tallies: Sequence[Tally]) -> tuple[str, ...]:
    return tuple(str(sum(getattr(one, name) for one in tallies)) for name in FIGURES)


def _when(one: Acceptances, agenda: Agenda, lang: Language) -> str:
    if isinstance(one.event.when, Days):
        return days_span(one.event.when, lang)
    wall = one.begins_at_home
    return f"{short_date(wall, lang)} {wall.year}, {hour(wall, lang)} {home_short(agenda.zone, lang)}"


def _json(one: Acceptances) -> dict[str, object]:
    return {
        "id": one.event.id,
        "begins": one.begins.isoformat(),
        **{name: sum(getattr(tally, name) for tally in one.sites) for name in (*FIGURES, *STANDING)},
        "minimum": None if one.event.coverage is None else one.event.coverage.minimum,
        "guests": dict(one.guests),
        "empty": [tally.site.id for tally in one.empty],
        "lacking": [tally.site.id for tally in one.lacking],
        "without_deputy": [tally.site.id for tally in one.without_deputy],
        "regions_without_coordinator": list(one.uncoordinated),
        "sites": [
            {
                "site": tally.site.id,
                "region": tally.site.region,
                **{name: getattr(tally, name) for name in (*FIGURES, *STANDING)},
                "deputies": tally.deputies,
            }
            for tally in one.sites
        ],
    }
