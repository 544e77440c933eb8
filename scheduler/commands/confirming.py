"""What publishing and rolling back share: options, and the number of people that has to be typed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Annotated, Protocol

import typer

from calendars.model.text import Language, Text
from calendars.wording import Count, and_list
from calendars.zones import zone_data
from scheduler.commands.common import NOT_PUBLISHED, PROBLEMS, USAGE, Failure, err
from scheduler.publishing.in_words import missing_lines
from scheduler.publishing.prospect import Prospect
from scheduler.publishing.publish import NothingToPublish, Published, Unconfirmed

AnnounceOption = Annotated[
    list[str] | None,
    typer.Option("--announce", help="Send one convocation to this event to everybody concerned; repeatable."),
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; kept with the edition.")]
AuthorOption = Annotated[str | None, typer.Option("--author", help="Who publishes; default: the login name.")]
YesOption = Annotated[
    bool, typer.Option("--yes", help="Do it also where it removes events or recipients, or concerns many.")
]

EMPTY_REASON = Text(
    es="--reason está vacío: diga por qué, para quien lea después las ediciones.",
    en="--reason is empty: say why, for whoever reads the editions later",
)
UNCHANGED = Text(
    es="El borrador es igual a la edición {number} vigente: no hay nada que publicar.",
    en="The draft equals edition {number}, which is in force: nothing to publish.",
)
NOT_SHIFTED = Text(
    es="Las reglas de este equipo dan todas las horas que publicó la edición {number}: no hay nada que publicar.",
    en="The rules of this machine give every hour that edition {number} published: nothing to publish.",
)
CALLED_ALREADY = Text(
    es="El borrador es igual a la edición {number} vigente, y a todos los que toca ya se les convocó.",
    en="The draft equals edition {number}, which is in force, and everybody concerned is invited already.",
)
CONVOKES = Text(
    es="Se convoca a {people} {people:persona|personas} ({mails} {mails:convocatoria|convocatorias}).",
    en="{people} {people:person is|people are} sent an invitation ({mails} {mails:mail|mails}).",
)
CONCERNS = Text(
    es="Los cambios tocan a {people} {people:persona|personas} en {sites} {sites:sede|sedes} ({mails} "
    ""
    "{mails:aviso|avisos}).",
    en="The changes concern {people} {people:person|people} at {sites} {sites:site|sites} ({mails} "
    "{mails:notice|notices}).",
)
SEE_FIRST = Text(es=" Véalo antes: agenda impact{option}", en=" See it first: agenda impact{option}")
CONFIRM = Text(
    es="Escriba el número total de personas ({total}) para publicar",
    en="Type the number of people in all ({total}) to publish",
)
MISTYPED = Text(es="No es ese número.", en="That is not the number.")
WANTS_YES = Text(
    es="Si es lo que quiere, repita con --yes; si no, corrija el archivo o recupere lo que falta.",
    en="If that is what you want, repeat with --yes; if not, correct the file or put back what is missing.",
)
DOUBTFUL = Text(
    es="Las reglas de este equipo (tz {now}) cambian la hora de {events}, y no consta que sean más nuevas que las de "
    "la edición vigente (tz {then}). Si son anteriores, publique desde un equipo al día.",
    en="The rules of this machine (tz {now}) change the hour of {events}, and are not known to be newer than those of "
    "the edition in force (tz {then}). If they are older, publish from a machine that is up to date.",
)
WANTS_YES_ONLY = Text(es="Si es lo que quiere, repita con --yes.", en="If that is what you want, repeat with --yes.")


class Put(Protocol):
    """Publishes. Raises Unconfirmed where that has to be confirmed first."""

    def __call__(self, *, confirmed: bool) -> Published: ...


def refuse_empty(reason: str, lang: Language) -> None:
    if not reason.strip():
        raise Failure(USAGE, EMPTY_REASON[lang])


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
        same = NOT_SHIFTED if shifted else unchanged
        typer.echo(same[lang].format(number=error.prospect.publication.edition.number - 1))
        return None
    except Unconfirmed as error:
        if not _typed(error.prospect, lang, shifted=shifted, files=files):
            raise typer.Exit(PROBLEMS) from error
        return once_confirmed(put, lang, yes=True, shifted=shifted, files=files)


def _typed(found: Prospect, lang: Language, *, shifted: bool, files: bool) -> bool:
    console = err()
    for line in _reasons(found, lang, (" --shifted" if shifted else "") if files else None):
        console.print(line, markup=False)
    if sys.stdin.isatty():
        asked = CONFIRM[lang].format(total=found.people)
        if typer.prompt(asked, default="", show_default=False, err=True).strip() == str(found.people):
            return True
        console.print(f"{MISTYPED[lang]} {NOT_PUBLISHED[lang]}")
        return False
    console.print(f"{(WANTS_YES if files and not shifted else WANTS_YES_ONLY)[lang]} {NOT_PUBLISHED[lang]}")
    return False


def _reasons(found: Prospect, lang: Language, option: str | None) -> Iterator[str]:
    """Why it is asked: what is taken away, and whom it concerns.

    `option` is what `agenda impact` shows it with; None where it does not.
    """
    yield from missing_lines(found, lang, files=option is not None)
    if found.doubtful_rules and found.before is not None:
        events = and_list(found.shifted, lang)
        yield DOUBTFUL[lang].format(now=zone_data().version, then=found.before.zone_version, events=events)
    if found.noticed:
        sites = {notice.site for notice in found.notices if found.hearing(notice)}
        people, mails = Count(len(found.noticed)), Count(found.mails - found.calls)
        yield CONCERNS[lang].format(people=people, sites=Count(len(sites)), mails=mails) + (
            "" if option is None else SEE_FIRST[lang].format(option=option)
        )
    if found.called:
        people = Count(len(frozenset().union(*found.called.values())))
        yield CONVOKES[lang].format(people=people, mails=Count(found.calls)) + (
            SEE_FIRST[lang].format(option=" --announce …")
        )
