"""What publishing and rolling back share: options, and the number of people that has to be typed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Annotated, Protocol

import typer

from calendars.model import Language, Text
from scheduler.commands.common import NOT_PUBLISHED, PROBLEMS, USAGE, Failure, err
from scheduler.commands.missing import missing_lines
from scheduler.publish import NothingToPublish, Prospect, Published, Unconfirmed

AnnounceOption = Annotated[
    list[str] | None,
    typer.Option("--announce", help="Send one convocation to this event to everybody concerned; repeatable."),
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; kept with the edition.")]
AuthorOption = Annotated[str | None, typer.Option("--author", help="Who publishes; default: the login name.")]
YesOption = Annotated[
    bool, typer.Option("--yes", help="Do it also where it removes events or recipients, or concerns many.")
]

UNCHANGED = Text(
    es="El borrador es igual a la edición {number} vigente: no hay nada que publicar.",
    en="The draft equals edition {number}, which is in force: nothing to publish.",
)
CALLED_ALREADY = Text(
    es="El borrador es igual a la edición {number} vigente, y a todos los que toca ya se les convocó.",
    en="The draft equals edition {number}, which is in force, and everybody concerned is invited already.",
)
CONVOKES = Text(
    es="Se convoca a {people} personas ({mails} convocatorias). Véalo antes: agenda impact --announce …",
    en="{people} people are sent an invitation ({mails} mails). See it first: agenda impact --announce …",
)
CONCERNS = Text(
    es="Los cambios tocan a {people} personas en {sites} sedes ({mails} avisos). Véalo antes: agenda impact",
    en="The changes concern {people} people at {sites} sites ({mails} notices). See it first: agenda impact",
)
CONFIRM = Text(
    es="Escriba el número total de personas ({total}) para publicar",
    en="Type the number of people in all ({total}) to publish",
)
WANTS_YES = Text(
    es="Si es lo que quiere, repita con --yes; si no, corrija el archivo o recupere lo que falta.",
    en="If that is what you want, repeat with --yes; if not, correct the file or put back what is missing.",
)


class Put(Protocol):
    """Publishes. Raises Unconfirmed where that has to be confirmed first."""

    def __call__(self, *, confirmed: bool) -> Published: ...


def refuse_empty(reason: str) -> None:
    if not reason.strip():
        raise Failure(USAGE, "--reason is empty: say why, for whoever reads the editions later")


def once_confirmed(put: Put, lang: Language, *, yes: bool) -> Published | None:
    """Publish, after the typed confirmation where one is wanted; None where there is nothing to publish.

    Without it, exits with PROBLEMS, and nothing was published.
    """
    try:
        return put(confirmed=yes)
    except NothingToPublish as error:
        same = CALLED_ALREADY if error.prospect.convocations else UNCHANGED
        typer.echo(same[lang].format(number=error.prospect.publication.edition.number - 1))
        return None
    except Unconfirmed as error:
        if not _typed(error.prospect, lang):
            raise typer.Exit(PROBLEMS) from error
        return once_confirmed(put, lang, yes=True)


def _typed(found: Prospect, lang: Language) -> bool:
    console = err()
    for line in _reasons(found, lang):
        console.print(line, markup=False)
    asked = CONFIRM[lang].format(total=found.people)
    if sys.stdin.isatty() and typer.prompt(asked, default="", err=True) == str(found.people):
        return True
    console.print(f"{WANTS_YES[lang]} {NOT_PUBLISHED[lang]}")
    return False


def _reasons(found: Prospect, lang: Language) -> Iterator[str]:
    """Why it is asked: what is taken away, and whom it concerns."""
    yield from missing_lines(found, lang)
    told = {notice.site: found.told[notice.site] for notice in found.notices if found.told.get(notice.site)}
    if told:
        people = sum(map(len, told.values()))
        yield CONCERNS[lang].format(people=people, sites=len(told), mails=found.mails - found.calls)
    if found.called:
        yield CONVOKES[lang].format(people=len(frozenset().union(*found.called.values())), mails=found.calls)
