"""`agenda export`: the public feeds as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from calendars.catalogue import Phrase
from calendars.editions import first_edition
from scheduler.commands.common import ConfigOption, LangOption, language, told
from scheduler.drafts.files import configuration
from scheduler.installation.database import database_is_there, real_database
from scheduler.store import editions
from scheduler.web.feeds.export import export as write_feeds

WRITTEN = Phrase("{n} {n:file|files} in {folder}")


def export(
    directory: Annotated[Path, typer.Argument(help="Folder to write to.", metavar="DIR")],
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Write every public feed as a static file, the very bytes that `agenda serve` serves.

    Without a database, the draft is written as a first edition.
    """
    with told(lang) as settings:
        if database_is_there(settings):
            with real_database(settings) as database, database.read() as connection:
                found = editions.load(connection)
            edition = found.edition if found else first_edition(configuration(config, settings).draft())
        else:
            edition = first_edition(configuration(config, settings).draft())
        written = write_feeds(edition, directory)
        typer.echo(WRITTEN.say(language(lang, settings), n=len(written), folder=directory))
