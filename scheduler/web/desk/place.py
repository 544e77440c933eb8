"""What a screen works on: the folder of files, the database, and how this installation writes to people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection

from calendars.model.agenda import Draft
from calendars.reading import Reading, read
from scheduler.base.settings import Settings, load_settings
from scheduler.base.tokens import tokens_with
from scheduler.drafts.files import Configuration, InvalidDraft
from scheduler.installation.database import database_url
from scheduler.publishing.prospect import Act, Prospect, prospect
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.editions import InForce


@dataclass(kw_only=True)
class Place:
    """One installation, as a process of the desk sees it."""

    folder: Path
    base_url: str
    settings: Settings = field(default_factory=load_settings)

    @cached_property
    def database(self) -> Database:
        """The installation's own; the process that serves has opened it before, and brought it up to date."""
        return Database(database_url(self.settings), tokens=tokens_with(self.settings.secret_keys))

    @property
    def files(self) -> Configuration:
        return Configuration(folder=self.folder)

    def reading(self) -> Reading:
        """The files as saved: a draft, or all that is wrong with them."""
        return read(self.files.contents())

    def draft(self) -> Draft | None:
        """The files as saved; None where they have problems."""
        try:
            return self.files.draft()
        except InvalidDraft:
            return None

    def in_force(self) -> InForce | None:
        """The edition in force; None before the first."""
        with self.database.read() as connection:
            return editions.load(connection)

    def prospect(self, connection: Connection, draft: Draft, now: datetime) -> Prospect:
        """What publishing the files would do."""
        return prospect(connection, draft, Act(at=now), self.database.tokens)
