"""`agenda doctor`: is this installation fit to run."""

from __future__ import annotations

import typer
from rich.markup import escape
from rich.table import Table

from calendars.catalogue import Phrase
from calendars.model.text import Language
from scheduler.base.clock import SystemClock
from scheduler.base.refusal import ENVIRONMENT
from scheduler.commands.common import ConfigOption, JsonOption, LangOption, language, print_json, told
from scheduler.commands.screen import out
from scheduler.drafts.files import configuration
from scheduler.reporting.checks import Check, Verdict, installation_checks
from scheduler.reporting.findings import NAMES, VERDICTS

HEADINGS = Phrase("Verdict|Check|What was found")


def doctor(config: ConfigOption = None, lang: LangOption = None, as_json: JsonOption = False) -> None:
    """Say whether this installation is fit to run: zone data, SQLite, mail server, secrets, clock."""
    with told(lang) as settings:
        spoken = language(lang, settings)
        checks = installation_checks(settings, SystemClock().now(), lambda: configuration(config, settings).draft())
        if as_json:
            print_json([{"check": c.name, "verdict": c.verdict.value, "text": c.text[spoken]} for c in checks])
        else:
            out().print(_table(checks, spoken))
        if any(one.verdict is Verdict.BAD for one in checks):
            raise typer.Exit(ENVIRONMENT)


def _table(checks: list[Check], lang: Language) -> Table:
    table = Table(*HEADINGS[lang].split("|"))
    for one in checks:
        name = NAMES[one.name][lang] if one.name in NAMES else one.name
        table.add_row(VERDICTS[one.verdict][lang], name, escape(one.text[lang]))
    return table
