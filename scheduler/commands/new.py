"""`agenda new`: a folder with the agenda that is to come, from nothing or from last year's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from calendars.catalogue import Phrase
from calendars.editions import Edition, first_edition
from calendars.impact import Session, sessions, stays
from calendars.model.agenda import Draft
from calendars.model.events import Event
from calendars.model.text import Language
from calendars.reading.files import AGENDA, DAYS, POSTS
from calendars.reading.words import ZONES
from calendars.wording import and_list, hour, short_date
from calendars.zones import to_wall
from scheduler.base.clock import SystemClock
from scheduler.base.refusal import UsageRefusal
from scheduler.commands.common import LangOption, language, told
from scheduler.commands.screen import print_lines
from scheduler.drafts.files import Configuration, configuration
from scheduler.drafts.next_year import Copied, copied, still_named
from scheduler.drafts.skeleton import skeleton, write_new
from scheduler.wording.around import OTHER_DATE, WORKING, marks, stay_marks
from scheduler.wording.changes import some
from scheduler.wording.places import city_names

MADE = Phrase("New agenda in {folder}: {id}. Nothing has been published.")
RULE = Phrase(
    "Each date is on the same weekday of the same week of the year (ISO 8601; of week 53, where the new year has none, "
    "week 52). Everything is tentative."
)
OTHER_HOUR = Phrase("Another local hour than in {year}: {sites}")
NOTHING = Phrase("No holiday, weekend or night at any site, and the hours of {year}")
LOOK = Phrase("To look at:")
NAMED = Phrase("Lines of {file} that still name {years}: {lines}")
NO_DAYS = Phrase("No day of {year} in {file}, where feasts that are announced late go")
NO_LINKS = Phrase("The links to join by were not copied, nor reasons and messages of events")
AGAIN = Phrase("Were cancelled, and are tentative again: {events}")
STILL_THERE = Phrase("Posts, sites, commitments and progress are as they were: see {files}")
NEXT = Phrase("Next: edit {file}, then agenda check --config {folder}")
SEE_ALL = Phrase("All sites of an event: agenda impact EVENT --config {folder}")
BOTH = Phrase("--from and --year go together: which agenda, and for which year")
SHOWN = 12  # sites of one finding; agenda impact EVENT shows all
LINES_SHOWN = 20

FolderArgument = Annotated[Path, typer.Argument(help="The folder to make.", metavar="DIR")]
FromOption = Annotated[
    Path | None, typer.Option("--from", help="Folder of last year's agenda, to be copied.", metavar="DIR")
]
YearOption = Annotated[int | None, typer.Option("--year", help="With --from: the new agenda's first year.")]


def new(folder: FolderArgument, source: FromOption = None, year: YearOption = None, lang: LangOption = None) -> None:
    """Make a folder with a new agenda: a commented skeleton, or last year's for another year. Nothing is written over.

    With --from and --year, each date goes to the same weekday of the same week of the year, and everything becomes
    tentative. Comments and their order stay. Each event's hour and days are held against the new year's zone rules and
    holidays, and what speaks against them is printed, with its sites.
    """
    with told(lang) as settings:
        spoken, now = language(lang, settings), SystemClock().now()
        if source is None and year is None:
            today = to_wall(now, ZONES["TCM"]).date()
            write_new(folder, skeleton(today))
            print_lines(_made(folder, spoken))
            return
        if source is None or year is None:
            raise UsageRefusal(BOTH)
        former = configuration(source, settings)
        draft, files = former.draft(), former.contents()
        done = copied(files, draft, year, to_wall(now, draft.agenda.zone).date())
        write_new(folder, done.files)
        print_lines([MADE.say(spoken, folder=folder, id=done.id), RULE[spoken]])
        print_lines(_found(folder, draft, done, spoken))


def _made(folder: Path, lang: Language) -> Iterator[str]:
    yield MADE.say(lang, folder=folder, id=_draft(folder).agenda.id)
    yield NEXT.say(lang, file=folder / AGENDA, folder=folder)


def _draft(folder: Path) -> Draft:
    """What was written. Raises InvalidDraft, as where an hour does not exist in the new year."""
    return Configuration(folder=folder).draft()


def _found(folder: Path, former: Draft, done: Copied, lang: Language) -> Iterator[str]:
    draft = _draft(folder)
    before, after = first_edition(former), first_edition(draft)
    for event in draft.agenda.events:
        was = before.agenda.event(done.renamed[event.id])
        if event.id in done.dates and was is not None:
            yield ""
            yield f"{event.id}  {event.title[lang]}"
            lines = _event_lines((before, was), (after, event), done.dates[event.id], lang)
            yield from (f"  {line}" for line in lines)
    yield ""
    yield LOOK[lang]
    yield from (f"  {line}" for line in _to_look_at(done, former, draft, lang))
    yield SEE_ALL.say(lang, folder=folder)
    yield NEXT.say(lang, file=folder / AGENDA, folder=folder)


_Of = tuple[Edition, Event]  # an event, and the edition that has it


def _event_lines(former: _Of, now: _Of, days: tuple[date, date], lang: Language) -> Iterator[str]:
    old, new_day = days
    beside = (old, new_day)
    yield f"{short_date(old, lang, *beside)} → {short_date(new_day, lang, *beside)}"
    found, shifted = list(_hindrances(now, lang)), list(_other_hours(former, now, lang))
    if shifted:
        yield OTHER_HOUR.say(lang, year=old.year, sites=some(shifted, lang, SHOWN))
    for mark, cities in found:
        yield f"{mark}: {some(cities, lang, SHOWN)}"
    if not found and not shifted:
        yield NOTHING.say(lang, year=old.year)


def _hindrances(now: _Of, lang: Language) -> Iterator[tuple[str, list[str]]]:
    """What speaks against an event's hour or days, each with the cities where it does."""
    cities: dict[str, list[str]] = {}
    edition, event = now
    names = city_names(edition.agenda.representations, lang)
    for session in _sessions(now):
        for mark in marks(session, lang):
            cities.setdefault(mark, []).append(names[session.site.id])
    for stay in stays(edition.agenda, event):
        for mark in stay_marks(stay, lang):
            cities.setdefault(mark, []).append(names[stay.site.id])
        cities.pop(WORKING.say(lang, n=stay.working_days), None)
    cities.pop(OTHER_DATE[lang], None)
    yield from cities.items()


def _other_hours(former: _Of, now: _Of, lang: Language) -> Iterator[str]:
    """The sites whose clocks show another hour than then, by the zone rules of both years."""
    then, names = {one.site.id: one for one in _sessions(former)}, city_names(now[0].agenda.representations, lang)
    for session in _sessions(now):
        old = then.get(session.site.id)
        if old is not None and _clock(old) != _clock(session):
            yield f"{names[session.site.id]} {hour(old.start, lang)} → {hour(session.start, lang)}"


def _sessions(of: _Of) -> tuple[Session, ...]:
    edition, event = of
    return sessions(edition.agenda, event, edition.revisions[event.id])


def _clock(session: Session) -> tuple[datetime, int]:
    """The hour, and how many dates it is off the agenda's own."""
    return datetime.combine(date.min, session.start.time()), session.days_off


def _to_look_at(done: Copied, former: Draft, draft: Draft, lang: Language) -> Iterator[str]:
    lines = [str(number) for number in still_named(done.files[AGENDA], done.years, former.agenda.id)]
    if lines:
        shown = [*lines[:LINES_SHOWN], *(["…"] if len(lines) > LINES_SHOWN else [])]
        years = and_list([str(year) for year in sorted(done.years)], lang)
        yield NAMED.say(lang, file=AGENDA, years=years, lines=", ".join(shown))
    ahead = {day.year for _, day in done.dates.values()}
    for year in sorted(ahead - {day.first.year for day in draft.agenda.own_days}):
        yield NO_DAYS.say(lang, file=DAYS, year=year)
    yield NO_LINKS[lang]
    if done.cancelled:
        yield AGAIN.say(lang, events=", ".join(done.cancelled))
    yield STILL_THERE.say(lang, files=and_list([AGENDA, POSTS], lang))
