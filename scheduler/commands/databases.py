"""Commands about the database as a whole: migrate, copy-database, adopt."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.model.text import Language
from scheduler.base.clock import SystemClock
from scheduler.base.refusal import UsageRefusal
from scheduler.base.tokens import NOTHING_CHANGED, NoKey, tokens_with
from scheduler.commands.common import AuthorOption, LangOption, WhyOption, author_of, language, told
from scheduler.commands.screen import err
from scheduler.installation.database import database_url, existing_database
from scheduler.store.audit import chain
from scheduler.store.audit.deeds import Deed, Facts, What
from scheduler.store.copying import copy
from scheduler.store.database import HEAD, Database
from scheduler.store.instance import Instance
from scheduler.store.ledger.deliveries import hold_what_may_have_gone

READY = Phrase("{name}: ready")
ROWS = Phrase("Rows copied")
COPIED = Phrase("{n} {n:row|rows} copied to {name}; `agenda adopt` lets it send, and the old one must not")
ADOPTED = Phrase("{name}: adopted; nothing is held")
ADOPTED_HOLDING = Phrase("{name}: adopted; {n} {n:delivery|deliveries} held (`agenda deliveries`)")
NO_TIME = Phrase("--backup-from {text}: not a time; write it as 2026-11-23T04:00Z")
NO_ZONE = Phrase("--backup-from {text}: says no time zone; add Z for UTC, or an offset such as -06:00")
AHEAD = Phrase("--backup-from {text}: lies ahead; write when the backup was made")


def migrate(author: AuthorOption = None, lang: LangOption = None) -> None:
    """Make the tables of the database, or bring those of an earlier version up to date. Doing it twice is harmless.

    On PostgreSQL, run it once before the first start and after each new version, with AGENDA_SECRET_KEY: what was not
    sent yet gets Message-IDs that only this key can make. A SQLite file needs no such thing.
    """
    with told(lang) as settings:
        url, tokens = database_url(settings), tokens_with(settings.secret_keys)
        if tokens is None and not url.startswith("sqlite"):
            raise NoKey(NOTHING_CHANGED)

        def note(connection: Connection, before: str | None) -> None:
            if before is not None:  # a new database begins with an empty list, or nothing could be copied into it
                deed = Deed(who=author_of(author), what=What.MIGRATED, details={"before": before, "now": HEAD})
                chain.record(connection, deed, SystemClock().now())

        database = Database(url, migrating=True, tokens=tokens, migrated=note)
        database.close()
        typer.echo(READY.say(language(lang, settings), name=database.name))


def copy_database(
    source: Annotated[str, typer.Argument(help="URL of the database to copy.", metavar="FROM")],
    target: Annotated[str, typer.Argument(help="URL of a new, empty database.", metavar="TO")],
    author: AuthorOption = None,
    lang: LangOption = None,
) -> None:
    """Copy ledger, editions, recipients, tokens and all else into an empty database, as from SQLite to PostgreSQL.

    Stop what sends from the source first. The copy sends nothing until `agenda adopt`.
    """
    with told(lang) as settings:
        tokens = tokens_with(settings.secret_keys)
        reading = Database(source, tokens=tokens)
        try:
            writing = Database(target, migrating=True, tokens=tokens)
            try:
                deed = Deed(who=author_of(author), what=What.COPIED, details={"kind": reading.kind})
                total = _copied(reading, writing, deed, language(lang, settings))
            finally:
                writing.close()
        finally:
            reading.close()
        typer.echo(COPIED.say(language(lang, settings), n=total, name=writing.name))


def _copied(reading: Database, writing: Database, deed: Deed, language: Language) -> int:
    """Shows progress on stderr; returns the number of rows."""
    rows: dict[str, int] = {}
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed}"), TimeElapsedColumn())
    with Progress(*columns, console=err()) as progress:
        task = progress.add_task(ROWS[language], total=None)
        for table, done in copy(reading, writing, deed, SystemClock().now()):
            rows[table] = done
            progress.update(task, completed=sum(rows.values()))
    return sum(rows.values())


def adopt(
    backup_from: Annotated[
        str | None,
        typer.Option(
            "--backup-from",
            help="When the backup was made, as 2026-11-23T04:00Z: what may have gone since is held.",
            metavar="T",
        ),
    ] = None,
    reason: WhyOption = "",
    author: AuthorOption = None,
    lang: LangOption = None,
) -> None:
    """Let this installation send from a database that was copied or restored.

    After a restore, say when the backup was made: whatever had not been sent then and has fallen due by now is held,
    since the lost database may have sent it. `agenda deliveries release` lets go of what should go out after all.
    Without --backup-from nothing is held: right for a database that was moved, and nothing was sent since.
    """
    with told(lang) as settings, existing_database(settings) as database:
        now = SystemClock().now()
        since = None if backup_from is None else _instant(backup_from, now)
        held = 0
        instance = Instance(database)
        with database.write() as connection:
            if since is not None:
                held = hold_what_may_have_gone(connection, since, now)
            mark = instance.take(connection)
            figures: Facts = {"n": held} if since is None else {"n": held, "since": since.isoformat()}
            chain.record(
                connection, Deed(who=author_of(author), what=What.ADOPTED, details=figures, reason=reason), now
            )
        instance.confirm(mark)
        typer.echo((ADOPTED_HOLDING if held else ADOPTED).say(language(lang, settings), name=database.name, n=held))


def _instant(text: str, now: datetime) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageRefusal(NO_TIME, text=text) from error
    if found.tzinfo is None:
        raise UsageRefusal(NO_ZONE, text=text)
    if found > now:
        raise UsageRefusal(AHEAD, text=text)
    return found.astimezone(UTC)
