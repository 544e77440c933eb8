"""The steps of a script during a rehearsal: each published at its moment, in one transaction with the mark of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from calendars.editions import Edition
from scheduler.base.clock import SimulatedClock
from scheduler.publishing.prospect import Act, prospect
from scheduler.publishing.publish import check, enact, on_record
from scheduler.rehearsal.calling import play_roll
from scheduler.rehearsal.script import Stage
from scheduler.store import controls, editions
from scheduler.store.database import Database
from scheduler.store.ledger import inviting
from scheduler.web.feeds.export import export
from scheduler.web.feeds.public import INDEX

AUTHOR = "rehearsal"


def steps_done(connection: Connection) -> int:
    """How many steps of its script a rehearsal has published."""
    return int(controls.get(connection, controls.STEPS) or 0)


class Steps:
    """What is still to be published. `published` hears each edition's number; public feeds go under `feeds`.

    `opening` is the number of the step that this process was started for, with its zone data; 0: for none.
    """

    def __init__(
        self,
        database: Database,
        clock: SimulatedClock,
        stages: Sequence[Stage],
        *,
        opening: int = 0,
        feeds: Path | None = None,
        published: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._opening = opening
        self._feeds = feeds
        self._published = published
        with database.read() as connection:
            done = steps_done(connection)
        self._left = [stage for stage in stages if stage.number > done]

    @property
    def next_at(self) -> datetime | None:
        """When the next one is due, UTC."""
        return self._left[0].at if self._left else None

    def open(self) -> None:
        """Before anything is sent: tell the edition in force, and publish by the zone data that came with a step."""
        with self._database.read() as connection:
            found = editions.load(connection)
        assert found is not None, "a rehearsal begins with an edition"
        self._tell(found.edition)
        if self._left and self._left[0].number == self._opening:
            self.take()

    def take(self) -> None:
        """Publish the next one now, which is its moment or later; and have posts choose, as on their pages.

        There may be nothing to publish: with other zone data, or where posts choose and nothing is edited.
        """
        stage = self._left.pop(0)
        self._clock.advance_to(stage.at)
        edition = self._publish(stage)
        if edition is not None:
            self._tell(edition)

    def _publish(self, stage: Stage) -> Edition | None:
        at = self._clock.now()
        with self._database.write() as connection:
            act = Act(at=at, author=AUTHOR, reason=stage.reason, silent=stage.silent, message=stage.message)
            found = prospect(connection, stage.draft, act)
            controls.put(connection, controls.STEPS, str(stage.number))
            controls.put(connection, controls.REHEARSAL, at.isoformat())
            if not found.unchanged:
                check(found, confirmed=True, asked_above=0)
                done = enact(connection, found, stage.draft, at=at, posts=stage.draft.recipients)
                on_record(connection, done, act)
            _choose(connection, stage, at)
            if stage.roll is not None:
                play_roll(connection, stage.roll, at)
            return None if found.unchanged else found.publication.edition

    def _tell(self, edition: Edition) -> None:
        folder = None if self._feeds is None else self._feeds / str(edition.number)
        if folder is not None and not (folder / INDEX).exists():  # written last, by the zone data of its time
            export(edition, folder)
        self._published(edition.number)


def _choose(connection: Connection, stage: Stage, at: datetime) -> None:
    if stage.channels:
        now = editions.load(connection)
        assert now is not None, "a rehearsal begins with an edition"
        for recipient, channel in stage.channels.items():
            inviting.choose(connection, now, recipient, channel, at)
