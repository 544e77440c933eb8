"""Editions in the database: immutable once written, the highest number is in force."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, delete, func, insert, select

from calendars.documents import agenda_from_json, agenda_to_json, words_from_json, words_to_json
from calendars.editions import Edition, Revision
from calendars.model.agenda import Agenda
from calendars.model.events import Event, Timed
from calendars.model.text import OwnWords
from scheduler.store.schema import IN_FORCE, edition_files, editions, links, revisions


@dataclass(frozen=True, kw_only=True, slots=True)
class InForce:
    """The edition in force with what is stored beside it and belongs to no public page."""

    edition: Edition
    links: dict[str, str]  # Event.id -> joining link
    draft_digest: str
    zone_version: str
    days_digest: str  # of the days off that it was planned with; empty of an edition from before that was kept

    def shows_links_to(self, origin: str) -> bool:
        """Whether a post that came that way (file, self) is given the joining links: `altas: enlaces`."""
        signups = self.edition.agenda.signups
        return origin != "self" or (signups is not None and signups.links)


def number_in_force(connection: Connection) -> int | None:
    """The number of the edition in force; None before the first."""
    return connection.execute(select(IN_FORCE)).scalar()


def load(connection: Connection) -> InForce | None:
    """The edition in force; None before the first."""
    number = number_in_force(connection)
    if number is None:
        return None
    row = connection.execute(select(editions).where(editions.c.number == number)).mappings().one()
    found_links = connection.execute(select(links.c.event, links.c.url).order_by(links.c.event))
    return InForce(
        edition=_edition(connection, row),
        links={row.event: row.url for row in found_links},
        draft_digest=row["draft_digest"],
        zone_version=row["zone_version"],
        days_digest=row["days_digest"],
    )


def find(connection: Connection, number: int) -> Edition | None:
    """An edition by its number, in force or past; None where there is none."""
    row = connection.execute(select(editions).where(editions.c.number == number)).mappings().one_or_none()
    return None if row is None else _edition(connection, row)


def past(connection: Connection, number: int, now: InForce) -> tuple[Edition, Mapping[str, str]]:
    """A past edition with the digests of its joining links by Event.id, to be compared with `link_digests` of `now`.

    Where they were not kept, they are those of `now`: nobody can say whether a link was another. Raises LookupError.
    """
    found = find(connection, number)
    if found is None:
        raise LookupError(f"there is no edition {number}")
    kept = connection.execute(select(revisions.c.event, revisions.c.link_digest).where(revisions.c.edition == number))
    today = link_digests(now.links)
    digests = {row.event: today.get(row.event, "") if row.link_digest is None else row.link_digest for row in kept}
    return found, {event: digest for event, digest in digests.items() if digest}


def link_digests(links: Mapping[str, str]) -> dict[str, str]:
    """Joining links, told apart but not told."""
    return {event: hashlib.blake2b(url.encode(), digest_size=16).hexdigest() for event, url in links.items()}


def history(connection: Connection) -> Iterator[Edition]:
    """Every edition, the oldest first, read one by one."""
    numbers = connection.execute(select(editions.c.number).order_by(editions.c.number)).scalars().all()
    return (edition for number in numbers if (edition := find(connection, number)) is not None)


@dataclass(frozen=True, kw_only=True, slots=True)
class EditionMark:
    """What names an edition for good."""

    number: int
    at: datetime  # UTC
    digest: str  # SHA-256 of what was published
    zone_version: str


def marks(connection: Connection) -> list[EditionMark]:
    """Of every edition, the oldest first."""
    e = editions.c
    found = connection.execute(select(e.number, e.at, e.draft_digest, e.zone_version).order_by(e.number))
    return [
        EditionMark(number=row.number, at=row.at, digest=row.draft_digest, zone_version=row.zone_version)
        for row in found
    ]


def silent(connection: Connection) -> frozenset[int]:
    """The numbers of the editions that nobody was told of."""
    return frozenset(connection.execute(select(editions.c.number).where(editions.c.silent == 1)).scalars())


def starts(connection: Connection, event: str) -> frozenset[datetime]:
    """Every start (UTC) that an event (its id) had in any edition."""
    found = select(revisions.c.start).where(revisions.c.event == event, revisions.c.start.is_not(None)).distinct()
    return frozenset(connection.execute(found).scalars())


def numbers_of(connection: Connection, event: str) -> list[tuple[int, datetime, tuple[str, str | None]]]:
    """The editions that have an event (its id), the newest first: number, instant (UTC), and what tells one apart."""
    told_apart = revisions.c.digest, revisions.c.link_digest
    found = connection.execute(
        select(editions.c.number, editions.c.at, *told_apart)
        .join(editions, editions.c.number == revisions.c.edition)
        .where(revisions.c.event == event)
        .order_by(editions.c.number.desc())
    )
    return [(row.number, row.at, (row.digest, row.link_digest)) for row in found]


def with_sequence(connection: Connection, event: str, sequence: int) -> int | None:
    """The last edition (its number) in which an event (its id) had this SEQUENCE, or the nearest before; None: none."""
    earlier = select(func.max(revisions.c.edition)).where(revisions.c.event == event, revisions.c.sequence <= sequence)
    return connection.execute(earlier).scalar()


def current(connection: Connection, known: InForce | None) -> InForce | None:
    """The edition in force: `known` where it still is, which is cheaper than reading it again."""
    same = known is not None and known.edition.number == number_in_force(connection)
    return known if same else load(connection)


def agendas_since(connection: Connection, number: int) -> Iterator[Agenda]:
    """The agendas of the editions after `number`, the oldest first, read one by one."""
    found = select(editions.c.agenda).where(editions.c.number > number).order_by(editions.c.number)
    return map(agenda_from_json, connection.execute(found).scalars())


def announced(connection: Connection) -> dict[int, tuple[str, ...]]:
    """The editions that convoked to events, by number: the ids of the events."""
    found = connection.execute(select(editions.c.number, editions.c.announced).where(editions.c.announced != ""))
    return {row.number: tuple(row.announced.splitlines()) for row in found}


def messages(connection: Connection) -> dict[int, OwnWords]:
    """What publications say in their administrators' own words, by the number of the edition."""
    found = connection.execute(select(editions.c.number, editions.c.message).where(editions.c.message != ""))
    return {row.number: words_from_json(row.message) for row in found}


def save(
    connection: Connection,
    found: InForce,
    *,
    silent: bool = False,
    announced: Collection[str] = (),
    message: OwnWords | None = None,
) -> None:
    """Write a new edition, and replace the joining links by its own.

    `silent`: nobody is told of it. `announced`: the events (ids) that it convokes to. `message`: for its mails.
    """
    edition = found.edition
    connection.execute(
        insert(editions).values(
            number=edition.number,
            at=edition.at,
            author=edition.author,
            reason=edition.reason,
            agenda=agenda_to_json(edition.agenda),
            draft_digest=found.draft_digest,
            zone_version=found.zone_version,
            zone_digest=edition.zone_digest,
            days_digest=found.days_digest,
            silent=int(silent),
            announced="\n".join(announced),
            message="" if message is None else words_to_json(message),
        )
    )
    events = {event.id: event for event in edition.agenda.events}
    doors = link_digests(found.links)
    rows = [
        {**_row(edition, key, revision, events.get(key)), "link_digest": doors.get(key, "")}
        for key, revision in edition.revisions.items()
    ]
    if rows:
        connection.execute(insert(revisions), rows)
    connection.execute(delete(links))
    if found.links:
        connection.execute(insert(links), [{"event": key, "url": url} for key, url in found.links.items()])


def keep_files(connection: Connection, number: int, files: Mapping[str, bytes]) -> None:
    """Keep the files, by name, that an edition (its number) was read from."""
    rows = [{"edition": number, "name": name, "body": body} for name, body in files.items()]
    if rows:
        connection.execute(insert(edition_files), rows)


def files_of(connection: Connection, number: int) -> dict[str, bytes]:
    """The files of an edition by name; none of one from before they were kept."""
    kept = select(edition_files.c.name, edition_files.c.body).where(edition_files.c.edition == number)
    return {row.name: row.body for row in connection.execute(kept.order_by(edition_files.c.name))}


def _edition(connection: Connection, row: RowMapping) -> Edition:
    number = row["number"]
    own = connection.execute(select(revisions).where(revisions.c.edition == number).order_by(revisions.c.event))
    return Edition(
        number=number,
        at=row["at"],
        author=row["author"],
        reason=row["reason"],
        agenda=agenda_from_json(row["agenda"]),
        revisions={one["event"]: _revision(one) for one in own.mappings()},
        zone_digest=row["zone_digest"],
    )


def _revision(row: RowMapping) -> Revision:
    return Revision(
        uid=row["uid"],
        sequence=row["sequence"],
        schedule=row["schedule"],
        scheduled=row["scheduled"],
        last_modified=row["last_modified"],
        start=row["start"],
        end=row["end"],
        digest=row["digest"],
        listed=bool(row["listed"]),
        offsets=json.loads(row["offsets"] or "{}"),
    )


def _row(edition: Edition, event_id: str, revision: Revision, event: Event | None) -> dict[str, object]:
    when = event.when if event is not None else None
    return {
        "edition": edition.number,
        "event": event_id,
        "uid": revision.uid,
        "sequence": revision.sequence,
        "schedule": revision.schedule,
        "scheduled": revision.scheduled,
        "last_modified": revision.last_modified,
        "wall": when.wall.isoformat() if isinstance(when, Timed) else None,
        "zone": edition.agenda.zone,
        "start": revision.start,
        "end": revision.end,
        "digest": revision.digest,
        "listed": int(revision.listed),
        "offsets": json.dumps(revision.offsets, sort_keys=True),
    }
