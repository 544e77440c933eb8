"""`agenda show`: the events of the draft, in TCM and at a site; and what was agreed, axis by axis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer

from calendars.catalogue import Phrase
from calendars.editions import first_edition
from calendars.model.agenda import Agenda, Draft
from calendars.model.places import Representation
from calendars.model.text import Language
from scheduler.base.clock import SystemClock
from scheduler.base.refusal import EnvironmentRefusal, UsageRefusal
from scheduler.base.settings import Settings
from scheduler.commands.agenda import events_json, print_agenda
from scheduler.commands.common import NO_SITE, ConfigOption, JsonOption, LangOption, language, print_json, told
from scheduler.commands.days import print_days
from scheduler.commands.screen import err, out
from scheduler.commands.work import work_json, work_lines
from scheduler.drafts.files import configuration
from scheduler.installation.database import database_is_there, real_database
from scheduler.store.attendance import counts
from scheduler.wording.days import site_days, site_days_json

WORK_ALONE = Phrase("--work goes alone: not with --site, --days or SITE")
PLACE_ALONE = Phrase("a site goes with --site, or after --days")
UNREAD = Phrase(
    "Who came to sessions could not be read, so whether they were held is told by the files and the clock alone: {why}"
)
YEARS = 3  # of days off, the present one first


def show(
    site: Annotated[str | None, typer.Option("--site", help="Show local times at this site.", metavar="ID")] = None,
    days: Annotated[
        bool, typer.Option("--days", help="Not the events: the days off of all sites, or of SITE, for three years.")
    ] = False,
    work: Annotated[
        bool, typer.Option("--work", help="Not the events one by one: commitments and progress, axis by axis.")
    ] = False,
    place: Annotated[str | None, typer.Argument(help="With --days: one site.", metavar="SITE")] = None,
    config: ConfigOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the draft's events, in Mexico City time and at a site; or the days off of its sites."""
    with told(lang) as settings:
        draft, spoken = configuration(config, settings).draft(), language(lang, settings)
        if work and (days or site or place):
            raise UsageRefusal(WORK_ALONE)
        known = {one.id: one for one in draft.agenda.representations}
        if place is not None and not days:
            raise UsageRefusal(PLACE_ALONE)
        site = place or site
        if site is not None and site not in known:
            raise UsageRefusal(NO_SITE, option="site", site=site)
        chosen = known[site] if site is not None else None
        if days:
            _show_days(draft.agenda, chosen, spoken, as_json=as_json)
        elif work:
            _show_work(draft, _held(settings, spoken), spoken, as_json=as_json)
        elif as_json:
            print_json(events_json(first_edition(draft), chosen))
        else:
            print_agenda(out(), first_edition(draft), chosen, _held(settings, spoken), spoken, SystemClock().now())


def _held(settings: Settings, lang: Language) -> Mapping[str, bool]:
    """What attendance says of sessions, by event (id), where there is a database.

    One that cannot be read keeps nobody from seeing the draft.
    """
    if not database_is_there(settings):
        return {}
    try:
        with real_database(settings) as database, database.read() as connection:
            return counts.held(connection)
    except EnvironmentRefusal as error:
        err().print(UNREAD.say(lang, why=error.why[lang]), markup=False)
        return {}


def _show_work(draft: Draft, held: Mapping[str, bool], lang: Language, *, as_json: bool) -> None:
    edition, now = first_edition(draft), SystemClock().now()
    if as_json:
        print_json(work_json(edition, held, now))
    else:
        for line in work_lines(edition, held, now, lang):
            out().print(line, markup=False)


def _show_days(agenda: Agenda, site: Representation | None, lang: Language, *, as_json: bool) -> None:
    present = SystemClock().now().year
    years = range(present, present + YEARS)
    if as_json:
        sites = agenda.representations if site is None else (site,)
        print_json([site_days_json(site_days(agenda, one, years)) for one in sites])
    else:
        print_days(out(), agenda, site, years, lang)
