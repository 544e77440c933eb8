"""What is recorded of the sessions that have begun: all of them, or one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.model.text import Language
from calendars.wording import hour, short_date
from calendars.zones import to_wall
from scheduler.people.attendance.said import kept_file_words, recorded_lines
from scheduler.people.attendance.sequel_words import followed_line
from scheduler.people.attendance.sessions import HeldSession, begun, session_of
from scheduler.publishing.following import Followed, followed
from scheduler.store import editions
from scheduler.store.attendance import counts, keeping
from scheduler.store.attendance.counts import SessionAttendance
from scheduler.store.attendance.keeping import KeptFile

HEAD = Phrase("{title} ({event}), {day}")
SAID_BY = Phrase("Last word: {author}, {moment}.")
FILES = Phrase("Files; one is taken back by --forget and how it begins:")
NOTHING = Phrase("Nothing is recorded. Give the meeting program's file: agenda attendance {event} FILE")


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownSession:
    """A session that has begun, and what is recorded of it."""

    session: HeldSession
    found: SessionAttendance | None  # None: nothing
    files: tuple[KeptFile, ...]
    followed: Followed | None  # None: nothing follows it, or it is not over


def known(connection: Connection, at: datetime) -> tuple[KnownSession, ...]:
    """Of every session that has begun at the instant `at` (UTC), in the agenda's order."""
    now = editions.load(connection)
    if now is None:
        return ()
    sessions = begun(now.edition, at)
    recorded = counts.attended(connection, sessions[0].threshold) if sessions else {}
    return tuple(_known(connection, one, recorded.get(one.event.id), at) for one in sessions)


def known_of(connection: Connection, key: str, at: datetime) -> KnownSession:
    """Of one event (its id). Raises NoSession."""
    session = session_of(connection, key, at)
    return _known(connection, session, counts.of_event(connection, key, session.threshold), at)


def _known(connection: Connection, session: HeldSession, found: SessionAttendance | None, at: datetime) -> KnownSession:
    files = keeping.files(connection, session.event.id) if found is not None and found.files else ()
    after = followed(connection, session.edition, session.event, at)
    return KnownSession(session=session, found=found, files=files, followed=after)


def day_of(session: HeldSession, lang: Language, at: datetime) -> str:
    """The day on which it began, by the agenda's clocks; with its year where `at` is of another one."""
    revision, zone = session.edition.revisions[session.event.id], session.agenda.zone
    return short_date(revision.wall(session.meeting.start, zone).date(), lang, to_wall(at, zone).date())


def moment_of(session: HeldSession, said: datetime, lang: Language, at: datetime) -> str:
    """When something was said, likewise."""
    zone = session.agenda.zone
    wall = to_wall(said, zone)
    return f"{short_date(wall.date(), lang, to_wall(at, zone).date())}, {hour(wall, lang)}"


def known_lines(one: KnownSession, lang: Language, at: datetime) -> Iterator[str]:
    """One session in words."""
    event = one.session.event
    yield HEAD.say(lang, title=event.title[lang], event=event.id, day=day_of(one.session, lang, at))
    if one.found is None:
        yield NOTHING.say(lang, event=event.id)
    else:
        yield from recorded_lines(one.session, one.found, lang)
    if after := followed_line(one.session, one.followed, lang, at):
        yield after
    if one.found is None:
        return
    if one.found.at is not None:
        yield SAID_BY.say(lang, author=one.found.author, moment=moment_of(one.session, one.found.at, lang, at))
    if one.files:
        yield FILES[lang]
        yield from (f"  {kept_file_words(file, lang)}" for file in one.files)
