"""`agenda stop` and `agenda resume`: no further mail leaves, on any node; go on."""

from __future__ import annotations

import typer

from calendars.catalogue import Phrase
from scheduler.base.clock import SystemClock
from scheduler.commands.common import LangOption, language, told
from scheduler.installation.database import existing_database
from scheduler.store import controls

STOPPED = Phrase("stopped since {since}; `agenda resume` lets it go on")
RESUMED = Phrase("sending goes on")


def stop(lang: LangOption = None) -> None:
    """Stop all sending: no further MAIL FROM leaves, on any node."""
    with told(lang) as settings, existing_database(settings) as database, database.write() as connection:
        since = controls.get(connection, controls.STOPPED) or SystemClock().now().isoformat(timespec="seconds")
        controls.put(connection, controls.STOPPED, since)
        typer.echo(STOPPED.say(language(lang, settings), since=since))


def resume(lang: LangOption = None) -> None:
    """Let sending go on. What is past its use stays unsent."""
    with told(lang) as settings, existing_database(settings) as database, database.write() as connection:
        controls.clear(connection, controls.STOPPED)
        typer.echo(RESUMED[language(lang, settings)])
