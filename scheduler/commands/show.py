"""`agenda show`: the events of the draft, in TCM and at a site; and what was agreed, axis by axis."""

from __future__ import annotations

from typing import Annotated

import typer

from calendars.catalogue import Phrase
from calendars.editions import first_edition
from calendars.model.agenda import Agenda, Draft
from calendars.model.places import Representation
from calendars.model.text import Language
from scheduler.base.clock import SystemClock
from scheduler.base.refusal import UsageRefusal
from scheduler.commands.agenda import events_json, print_agenda
from scheduler.commands.common import NO_SITE, ConfigOption, JsonOption, LangOption, language, print_json, told
from scheduler.commands.days import print_days
from scheduler.commands.screen import out
from scheduler.commands.work import work_json, work_lines
from scheduler.drafts.files import configuration
from scheduler.wording.days import site_days, site_days_json

WORK_ALONE = Phrase("--work goes alone: not with --site, --days or SITE")
PLACE_ALONE = Phrase("a site goes with --site, or after --days")
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
        draft = configuration(config, settings).draft()
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
            _show_days(draft.agenda, chosen, language(lang, settings), as_json=as_json)
        elif work:
            _show_work(draft, language(lang, settings), as_json=as_json)
        elif as_json:
            print_json(events_json(first_edition(draft), chosen))
        else:
            print_agenda(out(), first_edition(draft), chosen, language(lang, settings), SystemClock().now())


def _show_work(draft: Draft, lang: Language, *, as_json: bool) -> None:
    edition, now = first_edition(draft), SystemClock().now()
    if as_json:
        print_json(work_json(edition, now))
    else:
        for line in work_lines(edition, now, lang):
            out().print(line, markup=False)


def _show_days(agenda: Agenda, site: Representation | None, lang: Language, *, as_json: bool) -> None:
    present = SystemClock().now().year
    years = range(present, present + YEARS)
    if as_json:
        sites = agenda.representations if site is None else (site,)
        print_json([site_days_json(site_days(agenda, one, years)) for one in sites])
    else:
        print_days(out(), agenda, site, years, lang)
