"""`agenda status`: what is wrong, in one screen; and what of the draft is not in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import typer

from calendars.model.text import Language
from calendars.reading import Lines
from calendars.zones import nearest_instant, to_wall
from scheduler.base.clock import SystemClock
from scheduler.base.settings import Settings
from scheduler.base.tokens import NoKey
from scheduler.commands.common import ConfigOption, JsonOption, LangOption, language, print_json, told
from scheduler.drafts.files import InvalidDraft, configuration
from scheduler.installation.database import existing_database
from scheduler.publishing.in_words import uncorrected_lines
from scheduler.publishing.prospect import Act, Unpublished, prospect, unpublished
from scheduler.reporting.in_words import status_json, status_lines
from scheduler.reporting.status import Status, status
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.instance import Instance
from scheduler.store.people import handovers


def status_command(config: ConfigOption = None, lang: LangOption = None, as_json: JsonOption = False) -> None:
    """Say what is wrong, in one screen: alerts, edition, draft, today's mail."""
    with told(lang) as settings:
        spoken = language(lang, settings)
        with existing_database(settings) as database:
            now = SystemClock().now()
            found = _status(database, now, settings)
            draft, handed = draft_state(database, config, settings, now)
        pace = None if settings.smtp_url is None else settings.pace
        if as_json:
            print_json({**status_json(found, draft, pace=pace), "handed_over": list(handed)})
        else:
            for line in (*status_lines(found, draft, pace=pace, lang=spoken), *_handed_lines(handed, spoken)):
                typer.echo(line)


def _status(database: Database, now: datetime, settings: Settings) -> Status:
    with database.read() as connection:
        found = editions.load(connection)
        zone = found.edition.agenda.zone if found else "America/Mexico_City"
        midnight = datetime.combine(to_wall(now, zone).date(), time())
        day = nearest_instant(midnight, zone), nearest_instant(midnight + timedelta(days=1), zone)
        own, invitations = Instance(database).is_own(connection), settings.invitations
        found_now = status(connection, now, day, adopted=own, invitations=invitations)
        return replace(found_now, short_key=_short(database))


def _short(database: Database) -> bool:
    """PostgreSQL may be asked without a key."""
    try:
        return database.tokens.short
    except NoKey:
        return False


def draft_state(
    database: Database, config: Path | None, settings: Settings, now: datetime
) -> tuple[Unpublished | None, dict[str, int]]:
    """What of the saved draft is not in force, None where it has problems; and the posts that went to somebody else
    and whose former address it still has, with its line.
    """
    try:
        draft, lines = configuration(config, settings).draft_and_lines()
    except InvalidDraft:
        return None, {}
    with database.read() as connection:
        found = unpublished(connection, prospect(connection, draft, Act(at=now)), draft)
        return found, {key: lines.posts[key] for key in handovers.uncorrected(connection, draft.recipients)}


def _handed_lines(handed: Mapping[str, int], lang: Language) -> Iterator[str]:
    return uncorrected_lines(handed, Lines(posts=handed), lang)
