"""Publishing as one unit of work: draft -> edition -> roster -> plan -> ledger, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from calendars.documents import draft_digest
from calendars.editions import ChangeKind, Publication, publish
from calendars.model import Draft
from calendars.zones import zone_data
from scheduler.plan import plan
from scheduler.store import editions, roster
from scheduler.store.database import Database
from scheduler.store.editions import InForce
from scheduler.store.reconcile import Reconciled, reconcile


@dataclass(frozen=True, kw_only=True, slots=True)
class Prospect:
    """What publishing a draft would do: shown before it is done."""

    publication: Publication
    removed_posts: tuple[str, ...]  # recipient ids in force that the draft no longer lists
    unchanged: bool  # nothing to publish

    @property
    def removed_events(self) -> tuple[str, ...]:
        return self.publication.of_kind(ChangeKind.WITHDRAWN)

    @property
    def wants_confirmation(self) -> bool:
        """A file cut short must not cancel a campaign: whatever takes something away is asked for by name."""
        return bool(self.removed_events or self.removed_posts)


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    prospect: Prospect
    ledger: Reconciled


class Unconfirmed(Exception):
    """The draft takes events or posts away, and nobody has confirmed that."""

    def __init__(self, prospect: Prospect) -> None:
        super().__init__("the draft removes events or recipients")
        self.prospect = prospect


class NothingToPublish(Exception):
    """The draft is what is in force."""

    def __init__(self, prospect: Prospect) -> None:
        super().__init__("the draft equals the edition in force")
        self.prospect = prospect


def prospect(connection: Connection, draft: Draft, *, at: datetime, author: str, reason: str) -> Prospect:
    """What publishing `draft` at the instant `at` would do. Raises calendars.editions.AnotherAgenda."""
    now = editions.load(connection)
    publication = publish(
        None if now is None else now.edition,
        draft.agenda,
        at=at,
        author=author,
        reason=reason,
        zone_digest=zone_data().digest,
    )
    listed = {recipient.id for recipient in draft.recipients}
    return Prospect(
        publication=publication,
        removed_posts=tuple(m.recipient.id for m in roster.members(connection) if m.recipient.id not in listed),
        unchanged=now is not None and now.draft_digest == digest(draft) and not publication.changes,
    )


def publish_draft(
    database: Database, draft: Draft, *, at: datetime, author: str, reason: str, confirmed: bool
) -> Published:
    """Put the draft in force: all of it, or nothing.

    Raises NothingToPublish; Unconfirmed, where it takes something away and `confirmed` is false; AnotherAgenda.
    """
    with database.write() as connection:
        found = prospect(connection, draft, at=at, author=author, reason=reason)
        if found.unchanged:
            raise NothingToPublish(found)
        if found.wants_confirmation and not confirmed:
            raise Unconfirmed(found)
        edition = found.publication.edition
        editions.save(
            connection,
            InForce(
                edition=edition,
                links=draft.links,
                draft_digest=digest(draft),
                zone_version=zone_data().version,
            ),
        )
        roster.import_posts(connection, draft.recipients, at)
        rows = reconcile(connection, edition.number, plan(edition, roster.members(connection)), at)
        return Published(prospect=found, ledger=rows)


def digest(draft: Draft) -> str:
    """Equal for drafts between which there is nothing to publish."""
    return draft_digest(draft.agenda, draft.recipients, draft.links)
