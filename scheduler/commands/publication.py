"""What a publication did, for whoever published."""

from __future__ import annotations

from rich.console import Console

from calendars.changes import Kind
from calendars.model.text import Language, Text
from calendars.wording import Count
from scheduler.publishing.publish import Published
from scheduler.wording.kinds import KINDS, kind_words, title

KEPT_AWAY = Text(
    es="No entraron, porque quien tenía la dirección pidió que se borrara: {posts}",
    en="Not taken in, because whoever had the address asked for it to be erased: {posts}",
)
PUBLISHED = Text(
    es="Edición {number} publicada. Recordatorios: {added} {added:nuevo|nuevos}, {followed} "
    "{followed:cambiado|cambiados}, {ended} {ended:anulado|anulados}, "
    "{revived} de nuevo {revived:previsto|previstos}. Avisos de cambio: {notices}.",
    en="Edition {number} published. Reminders: {added} new, {followed} changed, {ended} ended, "
    "{revived} planned again. Notices of changes: {notices}.",
)
CALLED = Text(es="Convocatorias: {n}.", en="Invitations: {n}.")
TOLD_NOBODY = Text(es="No se avisa a nadie; quedó registrado.", en="Nobody is told; that is on record.")


def print_publication(console: Console, done: Published, lang: Language) -> None:
    """What a publication changed, event by event, and what that did to the ledger."""
    found, number = done.prospect, done.prospect.publication.edition.number
    for change in found.changes:
        console.print(f"{kind_words(change, lang)}  {title(change, lang)}", markup=False)
    for event in found.publication.edition.agenda.events if found.before is None else ():
        console.print(f"{KINDS[Kind.ADDED][lang]}  {event.title[lang]}", markup=False)
    rows = done.ledger
    console.print(
        PUBLISHED[lang].format(
            number=number,
            added=Count(rows.added),
            followed=Count(rows.followed),
            ended=Count(rows.ended),
            revived=Count(rows.revived),
            notices=done.notices,
        )
    )
    if found.convocations:
        console.print(CALLED[lang].format(n=done.convocations))
    if found.silent:
        console.print(TOLD_NOBODY[lang])
    if done.kept_away:
        console.print(KEPT_AWAY[lang].format(posts=", ".join(done.kept_away)), markup=False)
