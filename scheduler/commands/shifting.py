"""What `publish`, `diff` and `impact` do with --shifted: the edition in force by what this machine knows."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from calendars.model.agenda import Draft
from calendars.model.text import Language, OwnWords
from calendars.reading.files import Lines
from scheduler.base.clock import SystemClock
from scheduler.base.refusal import UsageRefusal
from scheduler.base.settings import Settings
from scheduler.base.tokens import Tokens
from scheduler.commands.common import author_of
from scheduler.commands.confirming import SHIFTED_OR_ANNOUNCE, once_confirmed
from scheduler.commands.publication import print_publication
from scheduler.commands.screen import out
from scheduler.drafts.files import configuration
from scheduler.installation.database import existing_database
from scheduler.publishing.prospect import Act, Prospect, prospect
from scheduler.publishing.publish import Published, enact, enact_draft
from scheduler.publishing.rollback import prospect_back, returning
from scheduler.publishing.shifted import default_reason, hours_shift, publish_shifted, shifted_draft, shifted_prospect


def publish_what_shifted(
    settings: Settings, lang: Language, act: Callable[..., Act], *, reason: str, author: str | None, yes: bool
) -> None:
    who = author_of(author, lang)
    with existing_database(settings) as database:
        with database.read() as connection:
            hours = hours_shift(connection)

        def put(*, confirmed: bool) -> Published:
            why = reason.strip() or default_reason(lang, hours=hours)
            done = act(at=SystemClock().now(), author=who, reason=why)
            return publish_shifted(database, done, confirmed=confirmed, asked_above=settings.asked_above)

        done = once_confirmed(put, lang, yes=yes, shifted=True)
    if done is not None:
        print_publication(out(), done, lang)


class Source:
    """Where a draft to look at comes from: the files, read at once; what is in force, `shifted`; or edition `back`."""

    def __init__(
        self, config: Path | None, settings: Settings, *, shifted: bool = False, back: int | None = None
    ) -> None:
        self.shifted, self.back = shifted, back
        self.files = None if shifted or back is not None else configuration(config, settings).draft_and_lines()

    @property
    def option(self) -> str:
        """What the other commands are given to look at the same."""
        if self.back is not None:
            return f" --rollback {self.back}"
        return " --shifted" if self.shifted else ""

    @property
    def lines(self) -> Lines | None:
        """Where its events stand in the files; None where they have no part in it."""
        return None if self.files is None else self.files[1]

    def draft(self, connection: Connection) -> Draft:
        if self.back is not None:
            return returning(connection, self.back)
        return shifted_draft(connection) if self.files is None else self.files[0]

    def prospect(
        self,
        connection: Connection,
        draft: Draft,
        at: datetime,
        announce: Collection[str] = (),
        message: OwnWords | None = None,
    ) -> Prospect:
        """What publishing it at the instant `at` would do, and with it calling everybody to these events (ids)."""
        act = Act(at=at, announce=announce, message=message)
        if self.back is not None:
            return prospect_back(connection, self.back, draft, act)
        if self.shifted:
            if announce:
                raise UsageRefusal(SHIFTED_OR_ANNOUNCE)
            return shifted_prospect(connection, draft, act)
        return prospect(connection, draft, act)

    def enact(self, connection: Connection, found: Prospect, draft: Draft, at: datetime, tokens: Tokens) -> None:
        """Write what was found, as publishing this would; in a transaction of which nothing is to stay."""
        if self.files is None:
            enact(connection, found, draft, at=at, posts=None)
        else:
            enact_draft(connection, found, draft, at=at, tokens=tokens)
