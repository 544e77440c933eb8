"""What a screen works on: the folder of files, the database, and how this installation writes to people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path

from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.model.agenda import Agenda, Draft
from calendars.model.text import Language
from calendars.reading.configuration import Reading, read
from calendars.reading.files import PRIVATE
from calendars.wording import hour, short_date
from calendars.zones import to_wall
from scheduler.base.settings import DEFAULT_DATABASE, Settings
from scheduler.base.tokens import tokens_with
from scheduler.drafts.files import Configuration, InvalidDraft, without_posts
from scheduler.publishing.prospect import Act, Prospect, prospect
from scheduler.store import brake, editions
from scheduler.store.database import Database
from scheduler.store.editions import InForce


@dataclass(kw_only=True)
class Place:
    """One installation, as a process of the desk sees it."""

    folder: Path
    base_url: str
    settings: Settings

    @cached_property
    def database(self) -> Database:
        """The installation's own; the process that serves has opened it before, and brought it up to date."""
        return Database(self.settings.database_url or DEFAULT_DATABASE, tokens=tokens_with(self.settings.secret_keys))

    @property
    def files(self) -> Configuration:
        return Configuration(folder=self.folder)

    def reading(self) -> Reading:
        """The files as saved: a draft, or all that is wrong with them."""
        try:
            return self.files.reading()
        except InvalidDraft as error:
            return Reading(draft=None, problems=error.problems)

    def draft(self) -> Draft | None:
        """The files as saved; None where they have problems."""
        try:
            return self.files.draft()
        except InvalidDraft:
            return None

    def agenda(self) -> Agenda | None:
        """The files', whatever is wrong with the posts; else the one in force. None where neither can be read."""
        files = self.files.contents()
        wanted = {name: body for name, body in without_posts(files).items() if name != PRIVATE}
        read_here = _agenda_of(tuple(sorted(wanted.items())))
        if read_here is not None:
            return read_here
        found = self.in_force()
        return None if found is None else found.edition.agenda

    @property
    def zone(self) -> str:
        """By whose clocks the desk says when something was done."""
        agenda = self.agenda()
        return "UTC" if agenda is None else agenda.zone

    def in_force(self) -> InForce | None:
        """The edition in force; None before the first."""
        with self.database.read() as connection:
            return editions.load(connection)

    def prospect(self, connection: Connection, draft: Draft, now: datetime) -> Prospect:
        """What publishing the files would do."""
        return prospect(connection, draft, Act(at=now), self.database.tokens)


@lru_cache(maxsize=4)
def _agenda_of(files: tuple[tuple[str, bytes], ...]) -> Agenda | None:
    """What the files say besides posts and links: read once for each state of them."""
    found = read(dict(files)).draft
    return None if found is None else found.agenda


_SINCE = Phrase("Since {moment}.")
_SINCE_BY = Phrase("Since {moment}, by {by}.")


def halted(place: Place, language: Language) -> str:
    """Since when all mail is stopped, in the agenda's time, by whom and why; "" where it is not."""
    with place.database.read() as connection:
        found = brake.pulled(connection)
        under = editions.load(connection) if found is not None else None
    if found is None:
        return ""
    zone = "UTC" if under is None else under.edition.agenda.zone
    moment = moment_in(found.since, zone, language)
    since = _SINCE_BY.say(language, moment=moment, by=found.by) if found.by else _SINCE.say(language, moment=moment)
    return f"{since} {found.reason}".strip()


def moment_in(at: datetime, zone: str, language: Language) -> str:
    """«mar 9 nov, 09:12 h» by the clocks of a zone."""
    wall = to_wall(at, zone)
    return f"{short_date(wall.date(), language)}, {hour(wall, language)}"
