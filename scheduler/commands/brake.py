"""`agenda stop` and `agenda resume`: no further mail leaves, on any node; go on."""

from __future__ import annotations

from typing import Annotated

import typer

from calendars.catalogue import Phrase
from scheduler.base.clock import SystemClock
from scheduler.commands.common import LangOption, language, login_name, told
from scheduler.installation.database import existing_database
from scheduler.people.operating import Operator

STOPPED = Phrase("stopped since {since}; `agenda resume` lets it go on")
RESUMED = Phrase("sending goes on")
WhyOption = Annotated[str, typer.Option("--reason", help="Why; shown until sending goes on.", metavar="TEXT")]
AuthorOption = Annotated[str | None, typer.Option("--author", help="Who stops it; default: the login name.")]


def stop(reason: WhyOption = "", author: AuthorOption = None, lang: LangOption = None) -> None:
    """Stop all sending: no further MAIL FROM leaves, on any node."""
    with told(lang) as settings, existing_database(settings) as database:
        acts = Operator(database=database, by=author or login_name(), now=SystemClock().now())
        found = acts.stop(reason)
        since = found.since.isoformat(timespec="seconds")
        typer.echo(STOPPED.say(language(lang, settings), since=since))


def resume(lang: LangOption = None) -> None:
    """Let sending go on. What is past its use stays unsent."""
    with told(lang) as settings, existing_database(settings) as database:
        Operator(database=database, by=login_name(), now=SystemClock().now()).resume()
        typer.echo(RESUMED[language(lang, settings)])
