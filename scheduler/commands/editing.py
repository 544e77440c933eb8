"""Commands for whoever edits the agenda: check, show, schema, publish, export."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from calendars.editions import Edition, first_stamp, publish
from calendars.model.agenda import Draft
from calendars.model.text import Language, Text
from calendars.reading import Lines, json_schema
from calendars.zones import zone_data
from scheduler.base.clock import SystemClock
from scheduler.base.settings import Settings
from scheduler.commands.common import (
    NO_SITE,
    NOT_PUBLISHED,
    PROBLEMS,
    USAGE,
    ConfigOption,
    Failure,
    JsonOption,
    LangOption,
    ShiftedOption,
    language,
    login_name,
    out,
    print_json,
    problem_json,
    problem_lines,
    told,
)
from scheduler.commands.confirming import (
    AnnounceOption,
    AuthorOption,
    ReasonOption,
    YesOption,
    once_confirmed,
    refuse_empty,
)
from scheduler.commands.shifting import publish_what_shifted
from scheduler.commands.tables import events_json, print_agenda, print_publication
from scheduler.drafts.files import Configuration, InvalidDraft, configuration
from scheduler.installation import database_is_there, real_database
from scheduler.publishing.in_words import uncorrected_lines
from scheduler.publishing.publish import Published, publish_draft
from scheduler.store import editions
from scheduler.store.people import handovers
from scheduler.web.feeds.export import export as write_feeds

FINE = Text(es="El borrador está bien. Nada se ha publicado.", en="The draft is fine. Nothing has been published.")


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
            raise Failure(USAGE, NO_SITE[language(lang, settings)].format(option="site", site=site))
        chosen = known[site] if site is not None else None
        if as_json:
            print_json(events_json(first_edition(draft), chosen))
        else:
            print_agenda(out(), first_edition(draft), chosen, language(lang, settings))


def schema() -> None:
    """Print the JSON schema of agenda.yaml, with which editors complete and check while typing."""
    typer.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))


def publish_command(
    reason: ReasonOption = "",
    author: AuthorOption = None,
    yes: YesOption = False,
    silent: Annotated[bool, typer.Option("--silent", help="Tell nobody of the changes; that is recorded.")] = False,
    shifted: ShiftedOption = False,
    announce: AnnounceOption = None,
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Put the draft in force: a new edition, its feeds and its reminders.

    An edition that takes something away, or sends more than AGENDA_ASKED_ABOVE notices and convocations, asks at a
    terminal for the number of people, or for --yes. `agenda impact` shows beforehand what it would do.

    --announce sends each post that EVENT concerns one convocation to it, also with a first edition or with an otherwise
    unchanged draft; who was called to that hour before, or is told of it by a notice now, gets none.

    With --shifted the files are left alone: what is in force is published anew with the hours that this machine's zone
    data gives, where they are others. --reason then says so by itself.
    """
    with told(lang) as settings:
        spoken = language(lang, settings)
        if announce and (silent or shifted):
            other = "--silent tells nobody" if silent else "--shifted publishes no draft"
            raise Failure(USAGE, f"{other}, and --announce calls to events: choose one of them")
        if shifted:
            publish_what_shifted(settings, spoken, reason=reason, author=author, yes=yes, silent=silent)
            return
        refuse_empty(reason, spoken)
        draft, lines = _read(configuration(config, settings), spoken)
        publishing = partial(
            publish_draft,
            author=author or login_name(),
            reason=reason,
            asked_above=settings.asked_above,
            silent=silent,
            announce=announce or (),
        )
        _publish(settings, spoken, draft, lines, publishing, yes=yes)


def _publish(
    settings: Settings, lang: Language, draft: Draft, lines: Lines, publishing: Callable[..., Published], *, yes: bool
) -> None:
    with real_database(settings) as database:
        tokens = database.tokens

        def put(*, confirmed: bool) -> Published:
            return publishing(database, draft, at=SystemClock().now(), confirmed=confirmed, tokens=tokens)

        done = once_confirmed(put, lang, yes=yes)
        with database.read() as connection:
            handed = handovers.uncorrected(connection, draft.recipients)
    if done is not None:
        print_publication(out(), done, lang)
    for line in uncorrected_lines(handed, lines, lang):
        typer.echo(line)


def _read(folder: Configuration, lang: Language) -> tuple[Draft, Lines]:
    try:
        return folder.draft_and_lines()
    except InvalidDraft:
        typer.echo(NOT_PUBLISHED[lang], err=True)
        raise


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
