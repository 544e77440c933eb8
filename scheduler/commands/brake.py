"""`agenda stop` and `agenda resume`: no further mail leaves, on any node; go on."""

from __future__ import annotations

import typer

from calendars.catalogue import Phrase
from scheduler.base.clock import SystemClock
from scheduler.commands.common import AuthorOption, LangOption, WhyOption, author_of, language, told
from scheduler.installation.database import existing_database
from scheduler.store import controls
from scheduler.store.audit import chain
from scheduler.store.audit.deeds import Deed, What

STOPPED = Phrase("stopped since {since}; `agenda resume` lets it go on")
RESUMED = Phrase("sending goes on")


def stop(reason: WhyOption = "", author: AuthorOption = None, lang: LangOption = None) -> None:
    """Stop all sending: no further MAIL FROM leaves, on any node."""
    with told(lang) as settings, existing_database(settings) as database, database.write() as connection:
        now = SystemClock().now()
        since = controls.get(connection, controls.STOPPED) or now.isoformat(timespec="seconds")
        controls.put(connection, controls.STOPPED, since)
        chain.record(connection, Deed(who=author_of(author), what=What.STOPPED, reason=reason), now)
        typer.echo(STOPPED.say(language(lang, settings), since=since))


def resume(reason: WhyOption = "", author: AuthorOption = None, lang: LangOption = None) -> None:
    """Let sending go on. What is past its use stays unsent."""
    with told(lang) as settings, existing_database(settings) as database, database.write() as connection:
        controls.clear(connection, controls.STOPPED)
        chain.record(connection, Deed(who=author_of(author), what=What.RESUMED, reason=reason), SystemClock().now())
        typer.echo(RESUMED[language(lang, settings)])
