"""Publishing as one unit of work: draft -> edition -> roster -> plan -> ledger, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from calendars.documents import draft_digest
from calendars.editions import ChangeKind, Publication, publish
from calendars.model import Draft, Recipient
from calendars.zones import zone_data
from scheduler.plan import plan
from scheduler.store import editions, people, roster
from scheduler.store.database import Database
from scheduler.store.editions import InForce
from scheduler.store.reconcile import Reconciled, reconcile
from scheduler.tokens import Tokens


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
    kept_away: tuple[str, ...]  # recipient ids of the draft whose address was erased: not taken in


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


class KeyWanted(Exception):
    """Addresses were erased here, and without the secret key nobody can tell whether the draft brings one back."""


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
        removed_posts=tuple(post for post in roster.posts_of_the_file(connection) if post not in listed),
        unchanged=now is not None and now.draft_digest == digest(draft) and not publication.changes,
    )


def publish_draft(
    database: Database,
    draft: Draft,
    *,
    at: datetime,
    author: str,
    reason: str,
    confirmed: bool,
    tokens: Tokens | None = None,
) -> Published:
    """Put the draft in force: all of it, or nothing. An address that was erased does not come back with it.

    `tokens` are wanted where addresses were erased, to know them by. Raises NothingToPublish; Unconfirmed, where it
    takes something away and `confirmed` is false; AnotherAgenda; KeyWanted.
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
        away = _erased(connection, draft.recipients, tokens)
        roster.import_posts(connection, [one for one in draft.recipients if one.id not in away], at)
        rows = reconcile(connection, edition.number, plan(edition, roster.members(connection)), at)
        return Published(prospect=found, ledger=rows, kept_away=away)


def _erased(connection: Connection, posted: Sequence[Recipient], tokens: Tokens | None) -> tuple[str, ...]:
    """The ids of the posts whose address was erased here."""
    if not people.any_erased(connection):
        return ()
    if tokens is None:
        raise KeyWanted("addresses were erased here: AGENDA_SECRET_KEY is needed to keep them from coming back")
    return tuple(one.id for one in posted if people.erased_among(connection, tokens.digests(one.address)))


def digest(draft: Draft) -> str:
    """Equal for drafts between which there is nothing to publish."""
    return draft_digest(draft.agenda, draft.recipients, draft.links)
