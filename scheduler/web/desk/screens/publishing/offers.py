"""What can be put in force: the files, what is in force by this machine's rules, or an earlier edition."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.days.fingerprint import days_digest
from calendars.model.agenda import Draft, Problem
from calendars.reading.files import Lines
from calendars.zones import zone_data
from scheduler.drafts.files import KEPT, Configuration
from scheduler.drafts.history import digest_of
from scheduler.publishing.prospect import Act, Prospect, prospect
from scheduler.publishing.publish import Published, publish_draft
from scheduler.publishing.rollback import prospect_back, returning, roll_back
from scheduler.publishing.shifted import publish_shifted, shifted_draft, shifted_prospect
from scheduler.store import editions
from scheduler.web.desk.asked import Asked, NotThere
from scheduler.web.desk.place import Place

NO_EDITION = Phrase("There is no edition {number}.")
SILENT = "silent"


class CandidateSource(StrEnum):
    FILES = "files"
    RULES = "rules"  # what is in force, by this machine's zone data and days off
    BACK = "back"  # an earlier edition


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """What a person looks at before putting it in force."""

    source: CandidateSource
    draft: Draft
    in_force: int | None  # number of the edition; None: there is none
    seal: str  # another one where what was shown is not so any more
    number: int = 0  # of the edition to go back to
    lines: Lines | None = None  # where it stands in the files; None where they have no part in it
    files: Mapping[str, bytes] = field(default_factory=dict)  # by name: to be kept with the edition
    notes: tuple[Problem, ...] = ()

    def prospect(self, place: Place, connection: Connection, act: Act) -> Prospect:
        """Raises ForeignFiles, NoWayBack, NothingInForce."""
        match self.source:
            case CandidateSource.RULES:
                return shifted_prospect(connection, self.draft, act)
            case CandidateSource.BACK:
                return prospect_back(connection, self.number, self.draft, act)
        return prospect(connection, self.draft, act, place.database.tokens)

    def put(self, place: Place, act: Act) -> Published:
        """Put it in force. Raises NothingToPublish, SeenOtherwise, Unconfirmed, and what `prospect` raises."""
        most, database = place.settings.asked_above, place.database
        match self.source:
            case CandidateSource.RULES:
                return publish_shifted(database, act, confirmed=False, asked_above=most)
            case CandidateSource.BACK:
                return roll_back(database, self.number, act, confirmed=False, asked_above=most)
        return publish_draft(database, self.draft, act, confirmed=False, tokens=database.tokens, asked_above=most)


def offer(place: Place, asked: Asked, source: CandidateSource) -> Candidate:
    """Raises InvalidDraft where the files have problems; NoWayBack, NothingInForce, NotThere."""
    with place.database.read() as connection:
        if source is CandidateSource.FILES:
            return _of_files(place, connection, silent=silent(asked))
        if source is CandidateSource.BACK:
            return _back(connection, number_of(asked))
        draft, now = shifted_draft(connection), editions.number_in_force(connection)
    seal = _sealed(source, now, zone_data().digest, days_digest(draft.agenda))
    return Candidate(source=source, draft=draft, in_force=now, seal=seal)


def silent(asked: Asked) -> bool:
    """Is nobody to be told?"""
    return bool(asked.query.get(SILENT) or (asked.form.fields and asked.form.one(SILENT)))


def number_of(asked: Asked) -> int:
    """The edition that the address names. Raises NotThere."""
    given = asked.names["number"]
    if not given.isdecimal() or len(given) > 9:
        raise NotThere(NO_EDITION, number=given)
    return int(given)


def _of_files(place: Place, connection: Connection, *, silent: bool) -> Candidate:
    found, contents = Configuration(folder=place.folder).whole()
    assert found.draft is not None, "what has problems was refused"
    now = editions.number_in_force(connection)
    states = (f"{name}:{digest_of(body)}" for name, body in sorted(contents.items()))
    return Candidate(
        source=CandidateSource.FILES,
        draft=found.draft,
        in_force=now,
        seal=_sealed(CandidateSource.FILES, now, *states, SILENT if silent else ""),
        lines=found.lines,
        files={name: contents[name] for name in KEPT if name in contents},
        notes=found.notes,
    )


def _back(connection: Connection, number: int) -> Candidate:
    now = editions.number_in_force(connection)
    return Candidate(
        source=CandidateSource.BACK,
        draft=returning(connection, number),
        in_force=now,
        seal=_sealed(CandidateSource.BACK, now, str(number)),
        number=number,
    )


def _sealed(*parts: object) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:32]
