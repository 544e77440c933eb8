"""`agenda doctor`: is this installation fit to run."""

from __future__ import annotations

import typer
from rich.table import Table

from scheduler.base.clock import SystemClock
from scheduler.base.refusal import ENVIRONMENT
from scheduler.commands.common import ConfigOption, JsonOption, print_json, told
from scheduler.commands.screen import out
from scheduler.drafts.files import configuration
from scheduler.reporting.checks import Check, Verdict, installation_checks


def doctor(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Say whether this installation is fit to run: zone data, SQLite, mail server, secrets, clock."""
    with told() as settings:
        checks = installation_checks(settings, SystemClock().now(), lambda: configuration(config, settings).draft())
        if as_json:
            print_json([{"check": c.name, "verdict": c.verdict.value, "text": c.text} for c in checks])
        else:
            out().print(_table(checks))
        if any(one.verdict is Verdict.BAD for one in checks):
            raise typer.Exit(ENVIRONMENT)


def _table(checks: list[Check]) -> Table:
    table = Table("", "Check", "What was found")
    for one in checks:
        table.add_row(one.verdict.value, one.name, one.text)
    return table
