"""The mails that a site's posts would get: the very bytes that leave, found out by publishing without its staying."""

from __future__ import annotations

import email
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import default as modern

import typer

from calendars.catalogue import Phrase
from calendars.model.agenda import Draft
from calendars.model.text import Language, OwnWords
from scheduler.base.refusal import UsageRefusal
from scheduler.base.settings import Settings
from scheduler.commands.common import NO_SITE
from scheduler.commands.shifting import Source
from scheduler.installation.database import existing_database
from scheduler.planning.delivery import Purpose
from scheduler.sending.foresight import OF_EVENTS, foreseen, foreseen_news
from scheduler.sending.letters import letters_of
from scheduler.store.database import Database
from scheduler.store.ledger import claiming

HEAD = Phrase("Date: {date}\nSubject: {subject}")
NOTHING_PLANNED = Phrase("No such mail is planned for {site}.")
NO_MAIL = Phrase("The posts of {site} would get no notice.")
HTML_OR_RAW = Phrase("--html shows one part, and --raw the whole mail: choose one of them")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """Which mails are to be seen, and how."""

    site: str  # Representation.id
    event: str | None = None  # Event.id; None: any
    reminder: bool = False  # the next reminder, whatever the draft says
    html: bool = False  # the HTML part, for a browser
    raw: bool = False  # the message whole
    words: OwnWords | None = None  # the publication's own


def print_sample(
    settings: Settings, source: Source, sample: Sample, at: datetime, announce: Collection[str], lang: Language
) -> None:
    """What publishing at the instant `at` (UTC) would send; where nothing is to be published, what waits."""
    if sample.html and sample.raw:
        raise UsageRefusal(HTML_OR_RAW)
    with existing_database(settings) as database:
        planned, bodies = _bodies(database, settings, source, sample, at, announce)
    if not bodies:
        typer.echo((NOTHING_PLANNED if planned else NO_MAIL).say(lang, site=sample.site))
    elif sample.raw:
        typer.echo(b"".join(bodies), nl=False)
    else:
        typer.echo("\n".join(shown(body, lang, html=sample.html) for body in bodies))


def _bodies(
    database: Database,
    settings: Settings,
    source: Source,
    sample: Sample,
    at: datetime,
    announce: Collection[str],
) -> tuple[bool, list[bytes]]:
    """The messages; and whether they are what waits already."""
    letters = letters_of(settings, database.tokens)
    with database.suppose() as connection:
        draft = source.draft(connection)
        refuse_unknown(sample.site, draft, "mail")
        found = source.prospect(connection, draft, at, announce, sample.words)
        if sample.reminder or (found.unchanged and not found.called):
            purposes = (Purpose.REMINDER,) if sample.reminder else OF_EVENTS
            return True, list(foreseen(connection, letters, sample.site, at, event=sample.event, purposes=purposes))
        before = claiming.newest(connection)
        source.enact(connection, found, draft, at, database.tokens)
        news = foreseen_news(connection, letters, sample.site, at, event=sample.event, after=before)
        return False, list(news)


def refuse_unknown(site: str, draft: Draft, option: str) -> None:
    """A site (its id) that the draft does not have, given to an option (its name)."""
    if draft.agenda.site(site) is None:
        raise UsageRefusal(NO_SITE, option=option, site=site)


def shown(body: bytes, lang: Language, *, html: bool) -> str:
    """A complete message (RFC 5322) as a command prints it: date, subject and text; or its HTML part."""
    message = email.message_from_bytes(body, policy=modern)
    assert isinstance(message, EmailMessage)
    part = message.get_body(("html",) if html else ("plain",))
    assert part is not None, "each mail has both"
    content = str(part.get_content())
    head = HEAD.say(lang, date=message["Date"], subject=message["Subject"])
    return content if html else f"{head}\n\n{content}"
