"""`agenda show`: the events of the draft, in TCM and at a site."""

from __future__ import annotations

from typing import Annotated

import typer

from calendars.editions import first_edition
from scheduler.base.refusal import UsageRefusal
from scheduler.commands.agenda import events_json, print_agenda
from scheduler.commands.common import NO_SITE, ConfigOption, JsonOption, LangOption, language, print_json, told
from scheduler.commands.screen import out
from scheduler.drafts.files import configuration


def show(
    site: Annotated[str | None, typer.Option("--site", help="Show local times at this site.", metavar="ID")] = None,
    config: ConfigOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the draft's events, in Mexico City time and at a site."""
    with told(lang) as settings:
        draft = configuration(config, settings).draft()
        known = {one.id: one for one in draft.agenda.representations}
        if site is not None and site not in known:
            raise UsageRefusal(NO_SITE, option="site", site=site)
        chosen = known[site] if site is not None else None
        if as_json:
            print_json(events_json(first_edition(draft), chosen))
        else:
            print_agenda(out(), first_edition(draft), chosen, language(lang, settings))
