"""`agenda backup` and `agenda restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.engine import make_url

from calendars.catalogue import Phrase
from scheduler.base.clock import SystemClock
from scheduler.base.disk.named import read_named
from scheduler.base.refusal import UsageRefusal
from scheduler.base.settings import Settings
from scheduler.base.tokens import Tokens, key_beside, key_file, tokens_with
from scheduler.commands.common import AuthorOption, LangOption, WhyOption, author_of, language, told
from scheduler.installation.database import database_url, existing_database
from scheduler.store.audit.deeds import Deed, What
from scheduler.store.backup import back_up
from scheduler.store.backup import restore as put_back

SERVER = Phrase("{command}: on PostgreSQL, use its own: pg_dump -Fc -f {file} …, and pg_restore; then `agenda adopt`")
DONE = Phrase(
    "{file}: a verified copy of {name}. It does not hold the secret key (fingerprint {key}), config/ or privado.yaml: "
    "keep these too."
)
BACK = Phrase("{file} is the database {name} now; nothing is sent from it before: {adopt}")
ASIDE = Phrase("What was there is kept as {file}.")
OTHER_KEY = Phrase(
    "It was signed with another secret key (fingerprint {key}): put that one back, or links in mails sent so far end."
)
_ADOPT, _WHEN_MADE = "agenda adopt --backup-from {taken}", "2026-11-23T04:00Z"


def backup(
    file: Annotated[Path, typer.Argument(help="The copy; an earlier backup of that name is replaced.", metavar="FILE")],
    author: AuthorOption = None,
    lang: LangOption = None,
) -> None:
    """Copy the SQLite database into one file, while everything runs, and verify the copy.

    It sends nothing wherever it is put, until `agenda adopt`. On PostgreSQL, use pg_dump.
    """
    with told(lang) as settings:
        _want_sqlite(settings, "agenda backup", file)
        with existing_database(settings) as database:
            back_up(database, file, SystemClock().now(), Deed(who=author_of(author), what=What.BACKED_UP))
            said = DONE.say(language(lang, settings), file=file, name=database.name, key=database.tokens.fingerprint)
        typer.echo(said)


def restore(
    file: Annotated[Path, typer.Argument(help="What `agenda backup` made.", metavar="FILE")],
    reason: WhyOption = "",
    author: AuthorOption = None,
    lang: LangOption = None,
) -> None:
    """Put a backup in the place of the SQLite database. What was there is kept beside it, under another name.

    Nothing is sent from it until `agenda adopt`. On PostgreSQL, use pg_restore.
    """
    with told(lang) as settings:
        target = _want_sqlite(settings, "agenda restore", file)
        read_named(file, 0)  # what is not there, or is no file, is said to be so
        spoken, deed = language(lang, settings), Deed(who=author_of(author), what=What.RESTORED, reason=reason)
        tokens = _tokens(settings, target)
        found = put_back(file, target, SystemClock().now(), deed, tokens)
        taken = _WHEN_MADE if found.taken is None else f"{found.taken:%Y-%m-%dT%H:%M:%SZ}"
        typer.echo(BACK.say(spoken, file=file, name=database_url(settings), adopt=_ADOPT.format(taken=taken)))
        if found.set_aside is not None:
            typer.echo(ASIDE.say(spoken, file=found.set_aside))
        if found.key is not None and found.key not in (() if tokens is None else tokens.fingerprints):
            typer.echo(OTHER_KEY.say(spoken, key=found.key), err=True)


def _tokens(settings: Settings, target: Path) -> Tokens | None:
    """Of the keys that are used here; None where there is none yet."""
    if settings.secret_keys or not key_file(target).exists():
        return tokens_with(settings.secret_keys)
    return Tokens(key_beside(target))


def _want_sqlite(settings: Settings, command: str, file: Path) -> Path:
    """Where the database is. Raises UsageRefusal for PostgreSQL."""
    url = make_url(database_url(settings))
    if url.get_backend_name() != "sqlite":
        raise UsageRefusal(SERVER, command=command, file=file)
    path = Path(str(url.database))
    return path.resolve() if path.is_symlink() else path
