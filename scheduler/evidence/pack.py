"""A pack of evidence: one moment of the database as files that an auditor opens, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from calendars.catalogue import Phrase
from scheduler.base.refusal import Refusal
from scheduler.evidence.composing import TextsOfNews
from scheduler.evidence.exhibits import EXHIBITS
from scheduler.evidence.folder import PackFolder, put_in_place, unfinished
from scheduler.evidence.leaves import canonical
from scheduler.evidence.manifest import ABOUT, MANIFEST, SALTS, ManifestLine, Parsed
from scheduler.evidence.notices import write_notices
from scheduler.evidence.people import People
from scheduler.evidence.readme import README, readme
from scheduler.evidence.redacting import FULL, write_redacted
from scheduler.evidence.tables import Progress, write_table
from scheduler.evidence.verifying import verify
from scheduler.store import editions
from scheduler.store.audit import chain
from scheduler.store.audit.deeds import Deed
from scheduler.store.database import Database

FORMAT = 1
NOT_WHOLE = Phrase("{folder} is not what it was: `agenda evidence --verify` says more. Nothing was written")
REDACTED_ALREADY = Phrase("{folder} is redacted already; name the full pack. Nothing was written")


class NotRedacted(Refusal):
    """The pack that is named cannot be made into a redacted one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Making:
    """How a pack is to be made."""

    at: datetime  # UTC
    base_url: str  # of the public site, as mails name it
    answered: bool  # invitations leave, for answers are read
    progress: Progress = lambda _name, _rows: None


@dataclass(frozen=True, kw_only=True, slots=True)
class Pack:
    """One that was made."""

    head: str  # hexadecimal
    files: int
    rows: int
    redacted: str  # head of the redacted one; "": none was made


def make(
    database: Database,
    place: Path,
    making: Making,
    deed: Callable[[Pack], Deed],
    redacted: Path | None = None,
) -> Pack:
    """Write a pack, and a redacted one if a place is given; then into the audit with its head.

    Both are in their places and in the audit, or none of it is. Raises PlaceTaken.
    """
    with ExitStack() as stack:
        full = stack.enter_context(unfinished(place, private=True))
        with database.read() as connection:
            head = write_pack(connection, full, making)
        short, shorter = None, ""
        if redacted is not None:
            short = stack.enter_context(unfinished(redacted, private=False))
            shorter = _shortened(full, short, head)
        made = Pack(
            head=head,
            files=len(full.entries),
            rows=_rows(full.entries),
            redacted=shorter,
        )
        with _taken_back() as placed, database.write_own_row() as connection:
            chain.record(connection, deed(made), making.at)
            placed.append(put_in_place(full, place))
            if short is not None and redacted is not None:
                placed.append(put_in_place(short, redacted))
    return made


@contextmanager
def _taken_back() -> Iterator[list[tuple[Path, Path]]]:
    """Where each pack is now, and where it was: there it is again if the rest fails."""
    placed: list[tuple[Path, Path]] = []
    try:
        yield placed
    except BaseException:
        for now, before in placed:
            now.replace(before)
        raise


def write_pack(connection: Connection, folder: PackFolder, making: Making) -> str:
    """All its files, of one moment: `connection` comes from Database.read(). Returns the head."""
    folder.put(ABOUT, canonical(_about(connection, making)))
    folder.put(README, readme())
    people = People.of(connection)
    for exhibit in EXHIBITS:
        write_table(connection, folder, exhibit, people, making.progress)
    texts = TextsOfNews(connection, making.base_url, answered=making.answered)
    write_notices(connection, folder, people, texts, making.progress)
    return folder.finish()


def is_pack(folder: Path) -> bool:
    """Whether one was made there."""
    return (folder / MANIFEST).is_file()


def redact(full: Path, place: Path) -> Pack:
    """The redacted pack of a full one that was made before. Raises PlaceTaken, NotRedacted."""
    found = verify(full)
    if found.flaws:
        raise NotRedacted(NOT_WHOLE, folder=full)
    if json.loads((full / ABOUT).read_bytes()).get("kind") != FULL:
        raise NotRedacted(REDACTED_ALREADY, folder=full)
    with unfinished(place, private=False) as short:
        write_redacted(full, found.manifest, short, found.head)
        head = short.finish()
        put_in_place(short, place)
    entries = found.manifest.entries
    return Pack(head=found.head, files=len(entries), rows=_rows(entries), redacted=head)


def _rows(entries: Sequence[ManifestLine]) -> int:
    return sum(one.rows or 0 for one in entries if not one.name.startswith(SALTS))


def _shortened(full: PackFolder, short: PackFolder, head: str) -> str:
    whole = Parsed(entries=tuple(full.entries), head=None, unreadable=None)
    write_redacted(full.path, whole, short, head)
    return short.finish()


def _about(connection: Connection, making: Making) -> dict[str, object]:
    under, last = editions.load(connection), chain.head(connection)
    return {
        "format": FORMAT,
        "kind": FULL,
        "of": "",
        "agenda": "" if under is None else under.edition.agenda.id,
        "edition": 0 if under is None else under.edition.number,
        "made": making.at.astimezone(UTC).isoformat(),
        "audit": "" if last is None else f"{last.number}-{last.hash}",
        "zone_data": "" if under is None else under.zone_version,
    }
