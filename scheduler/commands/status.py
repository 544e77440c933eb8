"""`agenda status`: what is wrong, in one screen; and what of the draft is not in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import typer

from calendars.model.text import Language
from calendars.reading.files import Lines
from scheduler.base.clock import SystemClock
from scheduler.base.settings import Settings
from scheduler.commands.common import ConfigOption, JsonOption, LangOption, language, print_json, told
from scheduler.drafts.files import InvalidDraft, configuration
from scheduler.installation.database import existing_database
from scheduler.publishing.in_words import uncorrected_lines
from scheduler.reporting import overview
from scheduler.reporting.in_words import status_json, status_lines
from scheduler.reporting.overview import Unpublished
from scheduler.store.database import Database


def status_command(config: ConfigOption = None, lang: LangOption = None, as_json: JsonOption = False) -> None:
    """Say what is wrong, in one screen: alerts, edition, draft, today's mail."""
    with told(lang) as settings:
        spoken = language(lang, settings)
        with existing_database(settings) as database:
            now = SystemClock().now()
            found = overview.standing(database, now, invitations=settings.invitations)
            draft, handed = draft_state(database, config, settings, now)
        pace = None if settings.smtp_url is None else settings.pace
        if as_json:
            print_json({**status_json(found, draft, pace=pace), "handed_over": list(handed)})
        else:
            for line in (*status_lines(found, draft, pace=pace, lang=spoken), *_handed_lines(handed, spoken)):
                typer.echo(line)


def draft_state(
    database: Database, config: Path | None, settings: Settings, now: datetime
) -> tuple[Unpublished | None, Mapping[str, int]]:
    """What of the saved draft is not in force, None where it has problems; and the posts that went to somebody else
    and whose former address it still has, with its line.
    """
    try:
        draft, lines = configuration(config, settings).draft_and_lines()
    except InvalidDraft:
        return None, {}
    found = overview.draft_state(database, draft, lines, now)
    return found.unpublished, found.handed_over


def _handed_lines(handed: Mapping[str, int], lang: Language) -> Iterator[str]:
    return uncorrected_lines(handed, Lines(posts=handed), lang)
