"""What publishing and rolling back share: options, and the number of people that has to be typed."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Annotated, Protocol

import typer

from calendars.catalogue import Phrase
from calendars.model.text import Language, Said
from calendars.spelling import fold
from scheduler.base.refusal import PROBLEMS, UsageRefusal
from scheduler.commands.common import NOT_PUBLISHED
from scheduler.commands.screen import err
from scheduler.publishing.prospect import Prospect
from scheduler.publishing.publish import NothingToPublish, Published, Unconfirmed
from scheduler.publishing.reasons import reason_lines

AnnounceOption = Annotated[
    list[str] | None,
    typer.Option(
        "--announce", help="Send one convocation to this event to everybody concerned; repeatable.", metavar="EVENT"
    ),
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; kept with the edition.")]
YesOption = Annotated[
    bool,
    typer.Option(
        "--yes",
        help="Do it also where it takes something away, concerns many, or has an unlikely date.",
    ),
]

HEED = Phrase("ATTENTION")
YES = Phrase("yes", "typed to go on")
GO_ON = Phrase("Mail would really leave. Publish all the same? Type “{yes}”")
EMPTY_REASON = Phrase("--reason is empty: say why, for whoever reads the editions later")
SILENT_OR_ANNOUNCE = Phrase("--silent tells nobody, and --announce calls to events: choose one of them")
SHIFTED_OR_ANNOUNCE = Phrase("--shifted publishes no draft, and --announce calls to events: choose one of them")
UNCHANGED = Phrase("The draft equals edition {number}, which is in force: nothing to publish.")
UNCHANGED_BACK = Phrase("What is in force says the same: nothing to publish.")
NOT_SHIFTED = Phrase("The rules of this machine give every hour that edition {number} published: nothing to publish.")
CALLED_ALREADY = Phrase(
    "The draft equals edition {number}, which is in force, and everybody concerned is invited already."
)
CONFIRM = Phrase("Type the number of people in all ({total}) to publish")
MISTYPED = Phrase("That is not the number.")
WANTS_YES = Phrase("If that is what you want, repeat with --yes; if not, correct the file or put back what is missing.")
WANTS_YES_ONLY = Phrase("If that is what you want, repeat with --yes.")


class Put(Protocol):
    """Publishes. Raises Unconfirmed where that has to be confirmed first."""

    def __call__(self, *, confirmed: bool) -> Published: ...


def refuse_empty(reason: str) -> None:
    if not reason.strip():
        raise UsageRefusal(EMPTY_REASON)


def go_on_as_it_is(forgotten: Iterable[Said], lang: Language, *, asks: bool, yes: bool) -> None:
    """Tell what is still the sample's; where it `asks`, exit with PROBLEMS unless somebody says to go on."""
    lines = [one[lang] for one in forgotten]
    for line in lines:
        typer.echo(f"{HEED[lang]}: {line}", err=True)
    if not lines or not asks or yes:
        return
    if not sys.stdin.isatty():
        typer.echo(f"{WANTS_YES_ONLY[lang]} {NOT_PUBLISHED[lang]}", err=True)
        raise typer.Exit(PROBLEMS)
    answer = typer.prompt(GO_ON.say(lang, yes=YES[lang]), default="", show_default=False, err=True)
    if fold(answer) != fold(YES[lang]):
        typer.echo(NOT_PUBLISHED[lang], err=True)
        raise typer.Exit(PROBLEMS)


def once_confirmed(
    put: Put, lang: Language, *, yes: bool, shifted: bool = False, files: bool = True
) -> Published | None:
    """Publish, after the typed confirmation where one is wanted; None where there is nothing to publish.

    `shifted`: what is in force, shifted by zone rules. `files`: False for what is neither this nor the draft, so that
    `agenda impact` does not show it, and no file can have been cut. Without the confirmation, exits with PROBLEMS, and
    nothing was published.
    """
    try:
        return put(confirmed=yes)
    except NothingToPublish as error:
        unchanged = CALLED_ALREADY if error.prospect.convocations else UNCHANGED
        same = NOT_SHIFTED if shifted else unchanged if files else UNCHANGED_BACK
        typer.echo(same.say(lang, number=error.prospect.publication.edition.number - 1))
        return None
    except Unconfirmed as error:
        if not _typed(error.prospect, lang, shifted=shifted, files=files):
            raise typer.Exit(PROBLEMS) from error
        return once_confirmed(put, lang, yes=True, shifted=shifted, files=files)


def _typed(found: Prospect, lang: Language, *, shifted: bool, files: bool) -> bool:
    console = err()
    for line in reason_lines(found, lang, (" --shifted" if shifted else "") if files else None):
        console.print(line, markup=False)
    wants_yes = WANTS_YES if files and not shifted else WANTS_YES_ONLY
    return typed(found.people, CONFIRM, lang, unless=wants_yes, undone=NOT_PUBLISHED)


def typed(total: int, asked: Phrase, lang: Language, *, unless: Phrase, undone: Phrase) -> bool:
    """Whether somebody at the terminal types the number that is `asked` for.

    Where not, what was left `undone` is said; without a terminal, also the way out, `unless`.
    """
    if not sys.stdin.isatty():
        err().print(f"{unless[lang]} {undone[lang]}", markup=False)
        return False
    answer = typer.prompt(asked.say(lang, total=total), default="", show_default=False, err=True)
    if answer.strip() == str(total):
        return True
    err().print(f"{MISTYPED[lang]} {undone[lang]}", markup=False)
    return False
