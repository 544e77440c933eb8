"""What a publication did, for whoever published."""

from __future__ import annotations

from rich.console import Console

from calendars.catalogue import Phrase
from calendars.changes import Kind
from calendars.model.text import Language
from scheduler.publishing.in_words import message_lines, unheard_lines
from scheduler.publishing.publish import Published
from scheduler.wording.kinds import KINDS, kind_words, title

AUDIT = Phrase("Audit: {head}. Keep it: agenda audit --verify --head {head}")
KEPT_AWAY = Phrase("Not taken in, because whoever had the address asked for it to be erased: {posts}")
PUBLISHED = Phrase(
    "Edition {number} published. Reminders: {added} new, {followed} changed, {ended} ended, "
    "{revived} planned again. Notices of changes: {notices}."
)
CALLED = Phrase("Invitations: {n}.")
TOLD_NOBODY = Phrase("Nobody is told; that is on record.")


def print_publication(console: Console, done: Published, lang: Language) -> None:
    """What a publication changed, event by event, and what that did to the ledger."""
    found, number = done.prospect, done.prospect.publication.edition.number
    for change in found.changes:
        console.print(f"{kind_words(change, lang)}  {title(change, lang)}", markup=False)
    for event in found.publication.edition.agenda.events if found.before is None else ():
        console.print(f"{KINDS[Kind.ADDED][lang]}  {event.title[lang]}", markup=False)
    rows = done.ledger
    console.print(
        PUBLISHED.say(
            lang,
            number=number,
            added=rows.added,
            followed=rows.followed,
            ended=rows.ended,
            revived=rows.revived,
            notices=done.notices,
        )
    )
    for line in unheard_lines(found, lang):
        console.print(line, markup=False)
    for line in message_lines(found, lang):
        console.print(line, markup=False)
    if found.convocations:
        console.print(CALLED.say(lang, n=done.convocations))
    if found.silent:
        console.print(TOLD_NOBODY[lang])
    if done.kept_away:
        console.print(KEPT_AWAY.say(lang, posts=", ".join(done.kept_away)), markup=False)
    if done.head is not None:
        console.print(AUDIT.say(lang, head=done.head), markup=False, soft_wrap=True)
