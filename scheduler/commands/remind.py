"""`agenda remind EVENT --silent`: one mail to those who have not said whether they come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import typer

from calendars.catalogue import Phrase
from calendars.model.text import Language
from scheduler.base.clock import SystemClock
from scheduler.base.refusal import PROBLEMS, UsageRefusal
from scheduler.base.settings import Settings
from scheduler.commands.common import (
    NO_SITE,
    AuthorOption,
    JsonOption,
    LangOption,
    author_of,
    language,
    print_json,
    told,
)
from scheduler.commands.confirming import WANTS_YES_ONLY, typed
from scheduler.commands.sample import shown
from scheduler.commands.screen import print_lines
from scheduler.installation.database import existing_database
from scheduler.publishing.asking import Silence, ask, silence
from scheduler.publishing.asking_in_words import (
    BEFORE,
    NO_PREVIEW,
    answered_words,
    before_words,
    spared_words,
    would_words,
)
from scheduler.sending.foresight import foreseen_question
from scheduler.sending.letters import letters_of
from scheduler.store.database import Database

SILENT_ALONE = Phrase("say whom: --silent asks those who have not answered")
SEE = Phrase("See one:  agenda remind {event} --silent --preview {site}")
CONFIRM = Phrase("Type the number of posts ({total}) to ask them")
UNASKED = Phrase("Nobody was asked.")
DONE = Phrase("Asked: {people} {people:post|posts}. See them:  agenda deliveries --purpose question --event {event}")


def remind(
    event: Annotated[str, typer.Argument(help="The event: its id.", metavar="EVENT")],
    silent: Annotated[bool, typer.Option("--silent", help="Those who have not answered; it has to be said.")] = False,
    preview: Annotated[
        str | None, typer.Option("--preview", help="Show this site's mail, and ask nobody.", metavar="SITE")
    ] = None,
    html: Annotated[bool, typer.Option("--html", help="With --preview: the HTML part.")] = False,
    author: AuthorOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask them without the typed confirmation.")] = False,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask by one mail, once, who has not said whether they come to EVENT. Addresses that are bad, pauses and the pace
    are kept to.

    Of the holders at its sites. It says how many, and asks for that number before anything is owed. The mail leaves in
    each site's working hours, and is not sent to who answers meanwhile. Called again, it says whom it asked and when,
    and asks only who was not asked: of one hour nobody is asked twice. With --json and without --yes it only looks.
    """
    with told(lang) as settings, existing_database(settings) as database:
        if not silent:
            raise UsageRefusal(SILENT_ALONE)
        spoken, at = language(lang, settings), SystemClock().now()
        if preview is not None:
            mails = [shown(body, spoken, html=html) for body in _preview(database, settings, event, preview, at)]
            typer.echo("\n".join(mails) or _none(preview, spoken))
            return
        with database.read() as connection:
            found = silence(connection, event, at)
        if as_json:
            print_json(_json(_asked(database, found, at, author_of(author, spoken)) if yes else found, done=yes))
            return
        print_lines(_lines(found, spoken, at))
        if not found.people:
            return
        if not yes and not typed(found.people, CONFIRM, spoken, unless=WANTS_YES_ONLY, undone=UNASKED):
            raise typer.Exit(PROBLEMS)
        done = _asked(database, found, SystemClock().now(), author_of(author, spoken))
        typer.echo(DONE.say(spoken, people=done.people, event=event))


def _asked(database: Database, found: Silence, at: datetime, author: str) -> Silence:
    return ask(database, found.event.id, at, confirmed=found.people, author=author)


def _preview(database: Database, settings: Settings, event: str, site: str, at: datetime) -> Iterator[bytes]:
    """What a site's posts are asked, or are to be asked already: by asking them, and taking that back."""
    letters = letters_of(settings, database.tokens)
    with database.suppose() as connection:
        found = silence(connection, event, at)
        if found.edition.agenda.site(site) is None:
            raise UsageRefusal(NO_SITE, option="preview", site=site)
        yield from foreseen_question(connection, letters, found, site, at)


def _none(site: str, lang: Language) -> str:
    return NO_PREVIEW.say(lang, site=site)


def _lines(found: Silence, lang: Language, at: datetime) -> Iterator[str]:
    yield answered_words(found, lang)
    if found.asked:
        yield BEFORE.say(lang, n=len(found.asked))
        yield from (f"  - {one}" if one != "…" else "  …" for one in before_words(found, lang, at))
    yield from spared_words(found, lang)
    yield from would_words(found, lang, at)
    if found.asks:
        yield SEE.say(lang, event=found.event.id, site=found.asks[0].site.id)


def _json(found: Silence, *, done: bool) -> dict[str, object]:
    return {
        "event": found.event.id,
        "schedule": found.revision.schedule,
        "answered": found.answered,
        "done": done,
        "people": found.people,
        "asks": [{"site": one.site.id, "leaves": one.leaves.isoformat(), "posts": one.posts} for one in found.asks],
        "asked_before": [
            {
                "recipient": one.recipient,
                "site": one.site,
                "state": one.state.value,
                "due": one.due_at.isoformat(),
                "accepted": None if one.accepted_at is None else one.accepted_at.isoformat(),
            }
            for one in found.asked
        ],
        "not_asked": {post: why.value for post, why in found.spared.items()},
    }
