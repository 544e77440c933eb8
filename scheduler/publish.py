"""Publishing as one unit of work: draft -> edition -> roster -> plan -> ledger, in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from calendars.changes import Change, Kind, Notice, changes
from calendars.documents import draft_digest
from calendars.editions import ChangeKind, Publication, publish
from calendars.model import Agenda, Draft, Recipient
from calendars.zones import zone_data
from scheduler import inviting
from scheduler.notices import expires_at, leaves_at, of_use, of_use_to_guests, settles_at
from scheduler.plan import plan
from scheduler.settings import DEFAULT_ASKED_ABOVE
from scheduler.store import editions, invited, people, roster, standing
from scheduler.store.database import Database
from scheduler.store.editions import InForce
from scheduler.store.owing import Owed, owe
from scheduler.store.reconcile import Reconciled, reconcile
from scheduler.store.standing import Involved
from scheduler.tokens import Tokens


@dataclass(frozen=True, kw_only=True, slots=True)
class Prospect:
    """What publishing a draft would do: shown before it is done."""

    publication: Publication
    before: InForce | None  # what is in force; None before the first edition, which tells nobody
    changes: tuple[Change, ...]  # by meaning; of a first edition, none
    notices: tuple[Notice, ...]  # what each site has to hear of them
    told: Mapping[str, int]  # site -> how many posts there hear of all changes
    involved: Mapping[tuple[str, str, bool], int]  # event, site, as guests or not -> others who hear of that event
    removed_posts: tuple[str, ...]  # recipient ids in force that the draft no longer lists
    silent: bool  # nobody is told: `notices` are empty
    unchanged: bool  # nothing to publish

    @property
    def removed_events(self) -> tuple[str, ...]:
        return self.publication.of_kind(ChangeKind.WITHDRAWN)

    @property
    def mails(self) -> int:
        """How many notices there would be: one for each change and post."""
        return sum(self.hearing(notice) for notice in self.notices)

    def hearing(self, notice: Notice) -> int:
        """How many posts would get this notice."""
        own = 0 if notice.guest else self.told.get(notice.site, 0)
        return own + self.involved.get((notice.event, notice.site, notice.guest), 0)

    @property
    def heard(self) -> int:
        """How many posts would hear of a change."""
        sites = {notice.site for notice in self.notices if not notice.guest}
        others = {(notice.event, notice.site, notice.guest) for notice in self.notices}
        return sum(self.told.get(site, 0) for site in sites) + sum(self.involved.get(one, 0) for one in others)

    @property
    def people(self) -> int:
        """How many posts are concerned: those that hear of a change, and those that are taken off the list."""
        return self.heard + len(self.removed_posts)

    @property
    def shifted(self) -> tuple[str, ...]:
        """Event ids whose hour is another, though nobody wrote it."""
        return tuple(change.event for change in self.changes if Kind.SHIFTED in change.kinds)

    @property
    def doubtful_rules(self) -> bool:
        """Do rules shift hours that are not known to be younger than those of the edition in force?"""
        then, now = "?" if self.before is None else self.before.zone_version, zone_data().version
        return bool(self.shifted) and ("?" in (then, now) or now < then)

    def wants_confirmation(self, asked_above: int) -> bool:
        """A file cut short must not cancel a campaign, nor a slip write to the world: whoever publishes says so.

        Nor must a machine whose zone data was not renewed take back what another has put right.
        """
        return bool(self.removed_events or self.removed_posts) or self.mails > asked_above or self.doubtful_rules


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    prospect: Prospect
    ledger: Reconciled
    notices: int  # owed now; one that is taken back before it settles is told to nobody
    kept_away: tuple[str, ...] = ()  # recipient ids of the draft whose address was erased: not taken in


class Unconfirmed(Exception):
    """What takes something away, concerns many, or shifts hours by doubtful rules has to be confirmed."""

    def __init__(self, prospect: Prospect) -> None:
        super().__init__("the draft removes events or recipients, concerns many people, or shifts hours")
        self.prospect = prospect


class NothingToPublish(Exception):
    """The draft is what is in force."""

    def __init__(self, prospect: Prospect) -> None:
        super().__init__("the draft equals the edition in force")
        self.prospect = prospect


class KeyWanted(Exception):
    """Addresses were erased here, and without the secret key nobody can tell whether the draft brings one back."""


def prospect(
    connection: Connection, draft: Draft, *, at: datetime, author: str, reason: str, silent: bool = False
) -> Prospect:
    """What publishing `draft` at the instant `at` would do; `silent`: telling nobody. Raises AnotherAgenda."""
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
    removed = tuple(post for post in roster.posts_of_the_file(connection) if post not in listed)
    different = () if now is None else changes(now.edition, publication.edition, now.links, draft.links)
    involved = standing.involved(connection) if different and not silent else []
    owed = () if silent else tuple(_notices(different, involved, draft.agenda, at))
    gone = frozenset(removed)
    return Prospect(
        publication=publication,
        before=now,
        changes=different,
        notices=owed,
        told=_told(connection, gone) if owed else {},
        involved=Counter((one.event, one.site, one.guest) for one in involved if one.id not in gone),
        removed_posts=removed,
        silent=silent,
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
    asked_above: int = DEFAULT_ASKED_ABOVE,
    silent: bool = False,
) -> Published:
    """Put the draft in force: all of it, or nothing. An address that was erased does not come back with it.

    `silent` tells nobody of the changes, which is on record; who hears of a later change to the same event is told all.
    `tokens` are wanted where addresses were erased, to know them by. Raises NothingToPublish; AnotherAgenda; KeyWanted;
    Unconfirmed, where it takes something away, or owes more than `asked_above` notices, and `confirmed` is false.
    """
    with database.write() as connection:
        found = prospect(connection, draft, at=at, author=author, reason=reason, silent=silent)
        check(found, confirmed=confirmed, asked_above=asked_above)
        away = _erased(connection, draft.recipients, tokens)
        posts = [one for one in draft.recipients if one.id not in away]
        return replace(enact(connection, found, draft, at=at, posts=posts), kept_away=away)


def _notices(
    different: Sequence[Change], involved: Sequence[Involved], agenda: Agenda, at: datetime
) -> Iterator[Notice]:
    """What each site has to hear, and those of its posts that go to another region's session."""
    yield from of_use(different, at)
    visits = {(one.event, one.site) for one in involved if one.guest}
    zones = {site.id: site.zone for site in agenda.representations}
    yield from of_use_to_guests(different, visits, zones, at)


def _told(connection: Connection, gone: Collection[str]) -> Mapping[str, int]:
    return Counter(one.site for one in standing.hearers(connection) if one.id not in gone)


def check(found: Prospect, *, confirmed: bool, asked_above: int) -> None:
    """Raises NothingToPublish; Unconfirmed, where somebody has to confirm and `confirmed` is false."""
    if found.unchanged:
        raise NothingToPublish(found)
    if found.wants_confirmation(asked_above) and not confirmed:
        raise Unconfirmed(found)


def enact(
    connection: Connection,
    found: Prospect,
    draft: Draft,
    *,
    at: datetime,
    posts: Sequence[Recipient] | None,
    filed: str | None = None,
) -> Published:
    """Write what was found: the edition, its posts (None: they stay as they are), its reminders and its notices.

    `filed` is the digest that the files are compared with from now on, where `draft` is not what they hold.
    """
    edition, version = found.publication.edition, zone_data().version
    written = InForce(edition=edition, links=draft.links, draft_digest=filed or digest(draft), zone_version=version)
    editions.save(connection, written, silent=found.silent)
    known = frozenset(roster.posts_of_the_file(connection))
    invited_at = invited.invited_posts(connection)
    if posts is not None:
        roster.import_posts(connection, posts, at)
    newcomers = frozenset(one.id for one in posts or () if one.id not in known)
    rows = reconcile(connection, edition.number, plan(edition, roster.members(connection)), at)
    notices = owe(connection, edition.number, list(_owed(found, at)), at, newcomers)
    for post, site in invited.invited_posts(connection).items():
        if invited_at.get(post, site) != site and not found.silent:
            inviting.revisit(connection, written, post, at)
    return Published(prospect=found, ledger=rows, notices=notices)


def _owed(found: Prospect, at: datetime) -> Iterator[Owed]:
    edition = found.publication.edition
    sites = {site.id: site for site in edition.agenda.representations}
    for notice in found.notices:
        if notice.site in sites:
            yield Owed(
                event=notice.event,
                uid=edition.revisions[notice.event].uid,
                site=notice.site,
                guest=notice.guest,
                leaves=leaves_at(notice, sites[notice.site], settles_at(notice, at)),
                expires=expires_at(notice, at),
            )


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
