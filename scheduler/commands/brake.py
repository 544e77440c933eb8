"""`agenda stop` and `agenda resume`: no further mail leaves, on any node; go on."""

from __future__ import annotations

import typer

from scheduler.base.clock import SystemClock
from scheduler.commands.common import LangOption, told
from scheduler.installation.database import existing_database
from scheduler.store import controls


def stop(lang: LangOption = None) -> None:
    """Stop all sending: no further MAIL FROM leaves, on any node."""
    with told(lang) as settings, existing_database(settings) as database, database.write() as connection:
        since = SystemClock().now().isoformat(timespec="seconds")
        if controls.get(connection, controls.STOPPED) is None:
            controls.put(connection, controls.STOPPED, since)
        typer.echo(f"stopped since {controls.get(connection, controls.STOPPED)}; `agenda resume` lets it go on")


def resume(lang: LangOption = None) -> None:
    """Let sending go on. What is past its use stays unsent."""
    with told(lang) as settings, existing_database(settings) as database, database.write() as connection:
        controls.clear(connection, controls.STOPPED)
        typer.echo("sending goes on")
