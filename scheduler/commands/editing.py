"""Commands for whoever edits the agenda: check, show, schema, publish, export."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from calendars.editions import Edition, first_stamp, publish
from calendars.model import Draft, Language, Text
from calendars.reading import json_schema
from calendars.zones import zone_data
from scheduler.clock import SystemClock
from scheduler.commands.common import (
    NOT_PUBLISHED,
    PROBLEMS,
    USAGE,
    ConfigOption,
    Failure,
    JsonOption,
    LangOption,
    database_is_there,
    err,
    language,
    login_name,
    out,
    print_json,
    problem_json,
    problem_lines,
    real_database,
    tokens_of,
    told,
)
from scheduler.commands.tables import events_json, print_agenda, print_publication
from scheduler.export import export as write_feeds
from scheduler.files import InvalidDraft, configuration
from scheduler.publish import NothingToPublish, Prospect, Unconfirmed, publish_draft
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.tokens import Tokens

FINE = Text(es="El borrador está bien. Nada se ha publicado.", en="The draft is fine. Nothing has been published.")
UNCHANGED = Text(
    es="El borrador es igual a la edición {number} vigente: no hay nada que publicar.",
    en="The draft equals edition {number}, which is in force: nothing to publish.",
)
REMOVES = Text(
    es="El borrador quita {events} eventos y {posts} destinatarios de lo vigente:",
    en="The draft takes {events} events and {posts} recipients away from what is in force:",
)
CONFIRM = Text(
    es="Escriba el número total de lo que se quita ({total}) para publicar",
    en="Type how many are taken away in all ({total}) to publish",
)
WANTS_YES = Text(
    es="Si es lo que quiere, repita con --yes; si no, recupere lo que falta en el archivo.",
    en="If that is what you want, repeat with --yes; if not, put back what is missing in the file.",
)


def check(config: ConfigOption = None, lang: LangOption = None, as_json: JsonOption = False) -> None:
    """Validate the draft; nothing is written.

    Every problem of every file is listed at once, as file:line:column: message.
    """
    with told(lang) as settings:
        folder = configuration(config, settings)
        try:
            folder.draft()
        except InvalidDraft as error:
            if not as_json:
                raise
            print_json([problem_json(problem, language(lang, settings)) for problem in error.problems])
            for line in problem_lines(folder, error.problems, language(lang, settings)):
                typer.echo(line, err=True)
            raise typer.Exit(PROBLEMS) from error
        if as_json:
            print_json([])
        else:
            typer.echo(FINE[language(lang, settings)])


def show(
    site: Annotated[str | None, typer.Option("--site", help="Show local times at this site.", metavar="ID")] = None,
    config: ConfigOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the draft's events, in Mexico City time and at a site."""
    with told(lang) as settings:
        draft = configuration(config, settings).draft()
        known = {one.id: one for one in draft.agenda.representations}
        if site is not None and site not in known:
            raise Failure(USAGE, f"--site {site}: there is no such site; ids are in representations.csv")
        chosen = known[site] if site is not None else None
        if as_json:
            print_json(events_json(first_edition(draft), chosen))
        else:
            print_agenda(out(), first_edition(draft), chosen, language(lang, settings))


def schema() -> None:
    """Print the JSON schema of agenda.yaml, with which editors complete and check while typing."""
    typer.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))


def publish_command(
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with the edition.")],
    author: Annotated[str | None, typer.Option("--author", help="Who publishes; default: the login name.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Publish also what removes events or recipients.")] = False,
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Put the draft in force: a new edition, its feeds and its reminders.

    An edition that removes an event or a recipient asks for a typed confirmation, or for --yes.
    """
    with told(lang) as settings:
        spoken = language(lang, settings)
        if not reason.strip():
            raise Failure(USAGE, "--reason is empty: say why, for whoever reads the editions later")
        try:
            draft = configuration(config, settings).draft()
        except InvalidDraft:
            typer.echo(NOT_PUBLISHED[spoken], err=True)
            raise
        with real_database(settings) as database:
            tokens = tokens_of(settings, database)
            _publish(database, tokens, draft, author or login_name(), reason, confirmed=yes, lang=spoken)


def _publish(
    database: Database, tokens: Tokens, draft: Draft, author: str, reason: str, *, confirmed: bool, lang: Language
) -> None:
    now = SystemClock().now()
    try:
        done = publish_draft(database, draft, at=now, author=author, reason=reason, confirmed=confirmed, tokens=tokens)
    except NothingToPublish as error:
        in_force = error.prospect.publication.edition.number - 1
        typer.echo(UNCHANGED[lang].format(number=in_force))
        return
    except Unconfirmed as error:
        if not _confirmed(error.prospect, lang):
            raise typer.Exit(PROBLEMS) from error
        _publish(database, tokens, draft, author, reason, confirmed=True, lang=lang)
        return
    print_publication(out(), done, lang)


def _confirmed(prospect: Prospect, lang: Language) -> bool:
    events, posts = prospect.removed_events, prospect.removed_posts
    total = len(events) + len(posts)
    console = err()
    console.print(REMOVES[lang].format(events=len(events), posts=len(posts)))
    for name in (*events, *posts)[:20]:
        console.print(f"  - {name}", markup=False)
    if total > 20:
        console.print("  …")
    if sys.stdin.isatty() and typer.prompt(CONFIRM[lang].format(total=total), default="", err=True) == str(total):
        return True
    console.print(f"{WANTS_YES[lang]} {NOT_PUBLISHED[lang]}")
    return False


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
        typer.echo(f"{len(written)} files in {directory}")


def first_edition(draft: Draft) -> Edition:
    """The draft as it would stand as a first edition, dated by `publicada:`."""
    at = first_stamp(draft.agenda)
    return publish(None, draft.agenda, at=at, author="", reason="", zone_digest=zone_data().digest).edition
