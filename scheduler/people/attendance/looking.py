"""Files of a meeting program, looked at: who was seen, for which site, and what would come of recording them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.model.places import Representation
from scheduler.attendance.matching import Register, match
from scheduler.attendance.presence import together
from scheduler.attendance.reading import read
from scheduler.attendance.values import AttendanceFile, Choices, Participant
from scheduler.base.meant import meant
from scheduler.base.refusal import UsageRefusal
from scheduler.base.tokens import Tokens
from scheduler.people.attendance.sessions import HeldSession, session_of, site_of
from scheduler.publishing.following import Sequel, sequel
from scheduler.store.attendance import counts, places
from scheduler.store.attendance.counts import FileCounts, SessionAttendance
from scheduler.store.attendance.rows import (
    SeenRow,
    hashes_of,
    hidden,
    kept_rows,
    known_files,
    name_key,
    owner_of,
    owners_of,
    placed,
)
from scheduler.store.posts import roster

NOBODY = Phrase("“{given}”: nobody of that name or address is in what was read. {more}")
AS_SHOWN = Phrase("Write the name as the file shows it, or the address.")
SEVERAL = Phrase("“{given}”: {n} {n:person|people} of that name were seen. Give the address in place of the name.")


@dataclass(frozen=True, kw_only=True, slots=True)
class GivenFile:
    """A file as somebody gives it."""

    name: str
    content: bytes

    @property
    def digest(self) -> str:
        """SHA-256, hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What somebody wants to be read of a session (Event.id), and what they answered and assigned."""

    event: str
    files: tuple[GivenFile, ...]
    choices: Choices = field(default_factory=Choices)
    assigned: Mapping[str, str] = field(default_factory=dict)  # name as shown, address, or Participant.key -> site id


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadFile:
    """A file that was read."""

    name: str
    digest: str
    file: AttendanceFile
    people: int
    known: bool  # it was recorded before


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundPerson:
    """Somebody who was seen, and for which site."""

    participant: Participant
    site: str  # Representation.id; "": nobody knows
    by: str  # hand, address, post, site, remembered; "": by nothing
    present: bool | None  # None: nobody knows how long they were there


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """What the files say, and what recording them would come to."""

    session: HeldSession
    files: tuple[ReadFile, ...]
    people: tuple[FoundPerson, ...]  # of these files
    before: SessionAttendance | None  # as it is recorded
    after: FileCounts  # by all files, those that were recorded before and these
    typed: Mapping[str, int]  # by site, figures that somebody typed: they stand before those of files
    sequel: Sequel | None = None  # the mails that recording would owe; None: nothing follows, or nothing is new

    @property
    def new(self) -> tuple[ReadFile, ...]:
        """The files that were not recorded before, each once."""
        return tuple({one.digest: one for one in self.files if not one.known}.values())

    @property
    def by_site(self) -> Mapping[str, int]:
        """People by site, as they would be recorded."""
        return {**self.after.by_site, **self.typed}

    @property
    def matched(self) -> tuple[FoundPerson, ...]:
        return tuple(one for one in self.people if one.site)

    @property
    def unmatched(self) -> tuple[FoundPerson, ...]:
        return tuple(one for one in self.people if not one.site)

    @property
    def absent(self) -> tuple[Representation, ...]:
        """The sites that it was for, and of which nobody would be present."""
        return tuple(one for one in self.session.sites if not self.by_site.get(one.id))


def look(connection: Connection, tokens: Tokens, wish: Wish, at: datetime) -> Looked:
    """Raises NoSession; what reading raises (scheduler/attendance/questions.py); UsageRefusal for who is assigned."""
    session = session_of(connection, wish.event, at)
    before = counts.of_event(connection, wish.event, session.threshold)
    known = known_files(connection, wish.event) if before is not None else frozenset()  # of this hour of it
    files = tuple(_read(one, session, wish.choices, known) for one in wish.files)
    people = together([one.file for one in _once(files)], session.meeting)
    by_hand = assigned_of(session, people, wish.assigned)
    found = _matched(connection, tokens, session, people, by_hand)
    looked = Looked(
        session=session,
        files=files,
        people=found,
        before=before,
        after=FileCounts({}, 0, 0),
        typed={} if before is None else {site: before.by_site[site] for site in before.typed},
    )
    by_hash = {one: site for key, site in by_hand.items() for one in tokens.people(wish.event, key)}
    kept = [_reassigned(row, by_hash) for row in kept_rows(connection, wish.event)] if before is not None else []
    rows = [*kept, *rows_of(looked, Hiding(connection, tokens, wish.event))]
    looked = replace(looked, after=counts.count(placed(rows, session.meeting), session.threshold))
    return replace(looked, sequel=_sequel(connection, looked, at) if looked.new or by_hand else None)


def _sequel(connection: Connection, looked: Looked, at: datetime) -> Sequel | None:
    session, came = looked.session, [site for site, n in looked.by_site.items() if n]
    return sequel(connection, session.edition, session.event, came, at) if session.event.follow_up else None


def _read(one: GivenFile, session: HeldSession, choices: Choices, known: frozenset[str]) -> ReadFile:
    file, digest = read(one.content, one.name, session.meeting, choices), one.digest
    people = len(together([file], session.meeting))
    return ReadFile(name=one.name, digest=digest, file=file, people=people, known=digest in known)


def assigned_of(session: HeldSession, people: Sequence[Participant], assigned: Mapping[str, str]) -> dict[str, str]:
    """By person (Participant.key), the site (its id) that somebody says. Raises UsageRefusal."""
    return {_meant(people, given).key: site_of(session.agenda, site).id for given, site in assigned.items()}


def _meant(people: Sequence[Participant], given: str) -> Participant:
    wanted = given.strip().lower()
    found = [one for one in people if given == one.key or wanted in one.addresses]
    found = found or [one for one in people if name_key(one.name) == name_key(given)]
    if len(found) > 1:
        raise UsageRefusal(SEVERAL, given=given, n=len(found))
    if not found:
        more = meant(given, [one.name for one in people]) or AS_SHOWN.of()
        raise UsageRefusal(NOBODY, given=given, more=more)
    return found[0]


def _once(files: Iterable[ReadFile]) -> tuple[ReadFile, ...]:
    return tuple({one.digest: one for one in files}.values())


def _matched(
    connection: Connection,
    tokens: Tokens,
    session: HeldSession,
    people: Sequence[Participant],
    by_hand: Mapping[str, str],
) -> tuple[FoundPerson, ...]:
    known, agenda = places.remembered(connection), session.agenda
    register = Register(agenda.representations, roster.addressed(connection))

    def remembered(key: str) -> str | None:
        sites = (known[one] for one in tokens.people("", key) if one in known)
        return next((site for site in sites if agenda.site(site) is not None), None)

    found = []
    for one in people:
        site, by = by_hand.get(one.key, ""), "hand"
        if not site:
            matched = match(one, register, remembered)
            site, by = matched.site or "", matched.by
        present = one.present(session.threshold)
        found.append(FoundPerson(participant=one, site=site, by=by, present=present))
    return tuple(found)


class Hiding:
    """The hash that stands for somebody in an event's rows: the one that is there, under whichever key it was made."""

    def __init__(self, connection: Connection, tokens: Tokens, event: str) -> None:
        self._there = hashes_of(connection, event)
        self._tokens = tokens
        self._event = event

    def __call__(self, key: str) -> str:
        hashes = self._tokens.people(self._event, key)
        return next((one for one in hashes if one in self._there), hashes[0])


def rows_of(looked: Looked, hide: Hiding) -> list[SeenRow]:
    """The new files' people, as they are to be kept."""
    by_key = {one.participant.key: one for one in looked.people}
    owners = owners_of([one.participant for one in looked.people])
    rows = []
    for file in looked.new:
        for number, seen in enumerate(file.file.seen):
            owner = owner_of(seen, owners)
            person = None if owner is None else by_key[owner.key]
            rows.append(
                SeenRow(
                    file=file.digest,
                    row=number,
                    attendee=hidden(seen, hide),
                    site="" if person is None else person.site,
                    matched="" if person is None else person.by,
                )
            )
    return rows


def _reassigned(row: SeenRow, by_hash: Mapping[str, str]) -> SeenRow:
    """A row that was kept before, where its person is assigned now."""
    own = (row.attendee.address, row.attendee.other_address, row.attendee.name)
    site = next((by_hash[one] for one in own if one in by_hash), None)
    return row if site is None else replace(row, site=site, matched="hand")
