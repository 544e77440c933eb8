"""How an installation stands now, and what of its files is not in force: for `agenda status` and the desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from sqlalchemy import Connection

from calendars.model.agenda import Draft
from calendars.reading.files import POSTS, Lines
from calendars.zones import nearest_instant, to_wall
from scheduler.base.tokens import NoKey
from scheduler.publishing.prospect import Act, Prospect, beside, prospect
from scheduler.reporting.status import Status, status
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.instance import Instance
from scheduler.store.people import handovers

HOME = "America/Mexico_City"  # whose day is today before the first edition


@dataclass(frozen=True, kw_only=True, slots=True)
class Unpublished:
    """What the saved draft has that is not in force, in figures."""

    events: int = 0  # that differ by meaning, as `agenda diff` lists them
    beside: tuple[str, ...] = ()  # keys of agenda.yaml, and files
    unequal: bool = False  # is there anything at all to publish

    @property
    def changes(self) -> int:
        """How many events; -1 where what differs is none of them."""
        return self.events or -int(self.unequal)


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftState:
    """What of a draft is not in force."""

    found: Prospect
    unpublished: Unpublished
    handed_over: Mapping[str, int]  # posts whose former holder's address the file still has -> its line


def day_of(now: datetime, zone: str) -> tuple[datetime, datetime]:
    """From midnight to midnight by the clocks of a zone, as instants."""
    midnight = datetime.combine(to_wall(now, zone).date(), time())
    return nearest_instant(midnight, zone), nearest_instant(midnight + timedelta(days=1), zone)


def standing(database: Database, now: datetime, *, invitations: bool) -> Status:
    """How things stand at `now`. `invitations`: AGENDA_INVITATIONS is on here."""
    with database.read() as connection:
        found = editions.load(connection)
        day = day_of(now, found.edition.agenda.zone if found else HOME)
        own = Instance(database).is_own(connection)
        stands = status(connection, now, day, adopted=own, invitations=invitations)
    return replace(stands, short_key=_short(database))


def draft_state(database: Database, draft: Draft, lines: Lines, now: datetime) -> DraftState:
    """What publishing the draft would change, and what it has of former holders."""
    with database.read() as connection:
        found = prospect(connection, draft, Act(at=now))
        waits = _unpublished(connection, found, draft)
        handed = {key: lines.posts[key] for key in handovers.uncorrected(connection, draft.recipients)}
    return DraftState(found=found, unpublished=waits, handed_over=handed)


def _unpublished(connection: Connection, found: Prospect, draft: Draft) -> Unpublished:
    same = found.before is not None and found.before.draft_digest == found.digest
    if found.unchanged or same:  # what zone rules shift nobody has written
        return Unpublished()
    others = beside(connection, found, draft)
    files = (*others.parts, POSTS) if others.people else others.parts
    return Unpublished(events=len(found.changes), beside=files, unequal=True)


def _short(database: Database) -> bool:
    """PostgreSQL may be asked without a key."""
    try:
        return database.tokens.short
    except NoKey:
        return False
