"""`agenda stop` and `agenda resume`: no further mail leaves, on any node; go on."""

from __future__ import annotations

import typer

from calendars.catalogue import Phrase
from scheduler.base.clock import SystemClock
from scheduler.commands.common import AuthorOption, LangOption, WhyOption, author_of, language, told
from scheduler.installation.database import existing_database
from scheduler.store import brake
from scheduler.store.audit.deeds import Deed, What

STOPPED = Phrase("stopped since {since}; `agenda resume` lets it go on")
RESUMED = Phrase("sending goes on")


def stop(reason: WhyOption = "", author: AuthorOption = None, lang: LangOption = None) -> None:
    """Stop all sending: no further MAIL FROM leaves, on any node."""
    with told(lang) as settings, existing_database(settings) as database, database.write() as connection:
        deed = Deed(who=author_of(author), what=What.STOPPED, reason=reason)
        found = brake.pull(connection, SystemClock().now(), deed.who, deed)
        since = found.since.isoformat(timespec="seconds")
        typer.echo(STOPPED.say(language(lang, settings), since=since))


def resume(reason: WhyOption = "", author: AuthorOption = None, lang: LangOption = None) -> None:
    """Let sending go on. What is past its use stays unsent."""
    with told(lang) as settings, existing_database(settings) as database, database.write() as connection:
        deed = Deed(who=author_of(author), what=What.RESUMED, reason=reason)
        brake.let_go(connection, SystemClock().now(), deed)
        typer.echo(RESUMED[language(lang, settings)])
