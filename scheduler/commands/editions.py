"""Commands for what was published: the list of editions, and the way back to one of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from calendars.catalogue import Phrase
from calendars.changes import Change, changes
from calendars.editions import Edition
from calendars.model.text import Language
from calendars.wording import and_list, home_short, hour, short_date
from calendars.zones import to_wall
from scheduler.base.clock import SystemClock
from scheduler.commands.common import (
    AuthorOption,
    ConfigOption,
    JsonOption,
    LangOption,
    author_of,
    language,
    print_json,
    told,
)
from scheduler.commands.confirming import ReasonOption, YesOption, once_confirmed, refuse_empty
from scheduler.commands.own_words import MessageEnOption, MessageEsOption, own_words
from scheduler.commands.publication import print_publication
from scheduler.commands.screen import out, print_lines
from scheduler.commands.status import draft_state
from scheduler.drafts.files import configuration
from scheduler.drafts.returning import put_back, refuse_read_only
from scheduler.installation.database import existing_database
from scheduler.publishing.prospect import Act
from scheduler.publishing.publish import Published
from scheduler.publishing.rollback import kept_files, roll_back
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.wording.changes import change_json, in_one_line

HEADINGS = Phrase("Edition|When|Who|Reason|What changed")
BACK = Phrase("It is the content of edition {number}. Recipients and links stayed as they were.")
FILES_DIFFER = Phrase(
    "The files were left alone and differ from what is in force; publishing brings it back. See agenda diff; agenda "
    "rollback {number} --files puts back those of edition {number}."
)
FILES_BACK = Phrase("{files} in {folder} are those of edition {number} again.")
FILES_KEPT = Phrase("What stood there is kept beside them: {kept}.")
FilesOption = Annotated[
    bool, typer.Option("--files", help="Put that edition's files back, too; the present ones are kept beside them.")
]
STILL_DIFFER = Phrase("The draft still differs from what is in force, or has problems: see agenda diff.")


def editions_command(lang: LangOption = None, as_json: JsonOption = False) -> None:
    """List what was published: when, by whom, why, and what it changed. Joining links are not compared."""
    with told(lang) as settings, existing_database(settings) as database, database.read() as connection:
        found = list(_with_changes(editions.history(connection)))
        silent, announced = editions.silent(connection), editions.announced(connection)
        if as_json:
            print_json([_json(edition, changed, silent, announced) for edition, changed in found])
        else:
            out().print(_table(found, silent, announced, language(lang, settings)))


def rollback(
    number: Annotated[int, typer.Argument(help="The edition whose content is to be in force again.", metavar="N")],
    reason: ReasonOption,
    author: AuthorOption = None,
    yes: YesOption = False,
    files: FilesOption = False,
    message_es: MessageEsOption = None,
    message_en: MessageEnOption = None,
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Put the content of an earlier edition in force again, as a new edition: SEQUENCE goes on, and never back.

    Recipients and joining links stay as they are, and so do the files, unless --files is given: until they are edited,
    they differ from what is in force, and publishing them brings back what was undone. `agenda impact --rollback N`
    says beforehand what it would do. It asks for a confirmation where `agenda publish` would.
    """
    with told(lang) as settings:
        spoken, message = language(lang, settings), own_words(message_es, message_en)
        refuse_empty(reason)
        who = author_of(author, spoken)
        folder = configuration(config, settings).folder
        with existing_database(settings) as database:
            kept, in_force = _files_of(database, number, folder) if files else (None, False)

            def put(*, confirmed: bool) -> Published:
                act = Act(at=SystemClock().now(), author=who, reason=reason, message=message)
                return roll_back(database, number, act, confirmed=confirmed, asked_above=settings.asked_above)

            done = None if in_force else once_confirmed(put, spoken, yes=yes, files=False)
            beside = () if kept is None else put_back(folder, kept, number)
            draft, _ = draft_state(database, config, settings, SystemClock().now())
            differs = draft is None or draft.unequal
        if done is not None:
            print_publication(out(), done, spoken)
            typer.echo(BACK.say(spoken, number=number))
        if kept is not None:
            print_lines(_files_lines(kept, beside, folder, number, spoken))
        if differs:
            typer.echo((FILES_DIFFER if kept is None else STILL_DIFFER).say(spoken, number=number))


def _files_of(database: Database, number: int, folder: Path) -> tuple[dict[str, bytes], bool]:
    """The files to put back, and whether their edition is the one in force. Refuses before anything is done."""
    with database.read() as connection:
        kept, in_force = kept_files(connection, number), editions.number_in_force(connection) == number
    refuse_read_only(folder)
    return kept, in_force


def _files_lines(
    kept: Collection[str], beside: Sequence[str], folder: Path, number: int, lang: Language
) -> Iterator[str]:
    yield FILES_BACK.say(lang, files=and_list(list(kept), lang), folder=folder, number=number)
    if beside:
        yield FILES_KEPT.say(lang, kept=", ".join(beside))


def _with_changes(history: Iterable[Edition]) -> Iterator[tuple[Edition, tuple[Change, ...] | None]]:
    """Each edition with what it changed; None of the first."""
    before: Edition | None = None
    for edition in history:
        yield edition, None if before is None else changes(before, edition)
        before = edition


def _table(
    found: list[tuple[Edition, tuple[Change, ...] | None]],
    silent: Collection[int],
    announced: Mapping[int, Sequence[str]],
    lang: Language,
) -> Table:
    table = Table(*HEADINGS[lang].split("|"), box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for edition, changed in found:
        wall = to_wall(edition.at, edition.agenda.zone)
        when = (
            f"{short_date(wall.date(), lang)} {wall.year}, {hour(wall, lang)} {home_short(edition.agenda.zone, lang)}"
        )
        called = announced.get(edition.number, ())
        told = in_one_line(edition, changed, lang, silent=edition.number in silent, called=called)
        cells = (str(edition.number), when, edition.author, edition.reason, told)
        table.add_row(*map(escape, cells))
    return table


def _json(
    edition: Edition,
    changed: tuple[Change, ...] | None,
    silent: Collection[int],
    announced: Mapping[int, Sequence[str]],
) -> dict[str, object]:
    return {
        "number": edition.number,
        "at": edition.at.isoformat(),
        "author": edition.author,
        "reason": edition.reason,
        "changes": None if changed is None else [_change_json(change) for change in changed],
        "silent": edition.number in silent,
        "announced": list(announced.get(edition.number, ())),
    }


def _change_json(change: Change) -> dict[str, object]:
    known = change_json(change)
    return {name: known[name] for name in known if name not in ("file", "line", "link_line")}
