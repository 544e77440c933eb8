"""Publishing as one unit of work: draft -> edition -> roster -> plan -> ledger, in one transaction."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from calendars.changes import Change, Notice, changes
from calendars.documents import draft_digest
from calendars.editions import ChangeKind, Edition, Publication, publish
from calendars.losses import Loss, losses
from calendars.model import Draft, Recipient
from calendars.zones import zone_data
from scheduler.announcing import Place, announced, called, calls
from scheduler.notices import convocations, expires_at, leaves_at, of_use, settles_at
from scheduler.plan import plan
from scheduler.settings import DEFAULT_ASKED_ABOVE
from scheduler.store import convening, editions, handovers, people, roster, standing
from scheduler.store.database import Database
from scheduler.store.editions import InForce
from scheduler.store.owing import Owed, owe
from scheduler.store.reconcile import Reconciled, reconcile
from scheduler.tokens import Tokens


@dataclass(frozen=True, kw_only=True, slots=True)
class Prospect:
    """What publishing a draft would do: shown before it is done."""

    publication: Publication
    before: InForce | None  # what is in force; None before the first edition, which tells nobody
    changes: tuple[Change, ...]  # by meaning; of a first edition, none
    notices: tuple[Notice, ...]  # what each site has to hear of them
    told: Mapping[str, frozenset[str]]  # site -> the posts there (ids) that hear of changes
    convocations: tuple[Notice, ...]  # what calls each site to the events that are announced
    called: Mapping[Place, frozenset[str]]  # event and site -> the posts (ids) that get such a call
    removed_posts: tuple[str, ...]  # recipient ids in force that the draft no longer lists
    losses: tuple[Loss, ...]  # what else the draft has no more, as after a cut
    renamed: tuple[tuple[str, str], ...]  # ids of events and posts that go, and those that look like them and are new
    uncorrected: tuple[str, ...]  # posts (ids) for which the file has a former holder's address: it does not count
    silent: bool  # nobody is told: `notices` are empty
    unchanged: bool  # nothing to publish

    @property
    def removed_events(self) -> tuple[str, ...]:
        return self.publication.of_kind(ChangeKind.WITHDRAWN)

    @property
    def mails(self) -> int:
        """How many notices and convocations there would be: one for each event and post."""
        return sum(len(self.told.get(notice.site, ())) for notice in self.notices) + self.calls

    @property
    def calls(self) -> int:
        """How many of them are convocations."""
        return sum(map(len, self.called.values()))

    @property
    def heard(self) -> int:
        """How many posts would hear of a change, or be called to an event."""
        of_changes = (self.told.get(notice.site, frozenset()) for notice in self.notices)
        return len(frozenset().union(*of_changes, *self.called.values()))

    @property
    def people(self) -> int:
        """How many posts are concerned: those that hear of a change, and those that are taken off the list."""
        return self.heard + len(self.removed_posts)

    def wants_confirmation(self, asked_above: int) -> bool:
        """A file cut short must not cancel a campaign, nor a slip write to the world: whoever publishes says so."""
        return bool(self.removed_events or self.removed_posts or self.losses) or self.mails > asked_above


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    prospect: Prospect
    ledger: Reconciled
    notices: int  # owed now; one that is taken back before it settles is told to nobody
    convocations: int  # owed now
    kept_away: tuple[str, ...] = ()  # recipient ids of the draft whose address was erased: not taken in


class Unconfirmed(Exception):
    """The draft takes events or posts away or concerns many, and nobody has confirmed that."""

    def __init__(self, prospect: Prospect) -> None:
        super().__init__("the draft removes events or recipients, or concerns many people")
        self.prospect = prospect


class NothingToPublish(Exception):
    """The draft is what is in force."""

    def __init__(self, prospect: Prospect) -> None:
        super().__init__("the draft equals the edition in force")
        self.prospect = prospect


class KeyWanted(Exception):
    """Addresses were erased here, and without the secret key nobody can tell whether the draft brings one back."""


def prospect(
    connection: Connection,
    draft: Draft,
    *,
    at: datetime,
    author: str,
    reason: str,
    silent: bool = False,
    announce: Collection[str] = (),
    tokens: Tokens | None = None,
) -> Prospect:
    """What publishing `draft` at the instant `at` would do.

    `silent`: telling nobody. `announce`: calling everybody concerned to these events (ids). `tokens`: to know erased
    addresses by. Raises AnotherAgenda; NothingToAnnounce.
    """
    now = editions.load(connection)
    publication = publish(
        None if now is None else now.edition,
        draft.agenda,
        at=at,
        author=author,
        reason=reason,
        zone_digest=zone_data().digest,
    )
    listed = {recipient.id: recipient.site for recipient in draft.recipients}
    known = frozenset(roster.posts_of_the_file(connection))
    different = () if now is None else changes(now.edition, publication.edition, now.links, draft.links)
    owed = () if silent else tuple(of_use(different, at))
    calling = announced(publication.edition, draft.links, announce, at)
    told = _hearers(connection, listed, known) if owed or calling else {}
    return Prospect(
        publication=publication,
        before=now,
        changes=different,
        notices=owed,
        told=told,
        convocations=calling,
        called=_called(connection, publication.edition, calling, owed, told, listed, known) if calling else {},
        removed_posts=tuple(sorted(known - listed.keys())),
        losses=() if now is None else losses(now.edition.agenda, draft.agenda, now.links, draft.links),
        renamed=(*_renamed_events(publication, now), *_renamed_posts(connection, draft, known)),
        uncorrected=handovers.uncorrected(connection, draft.recipients, _knows_erased(connection, tokens)),
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
    announce: Collection[str] = (),
) -> Published:
    """Put the draft in force: all of it, or nothing. An address that was erased does not come back with it.

    Nor does that of somebody who handed a post over: the successor keeps it.

    `silent` tells nobody of the changes, which is on record; who hears of a later change to the same event is told all.
    `announce` names the events (ids) to which everybody concerned is called, also where nothing else is new. `tokens`
    are wanted where addresses were erased, to know them by. Raises NothingToPublish; NothingToAnnounce; AnotherAgenda;
    KeyWanted; Unconfirmed, where it takes something away, or owes more than `asked_above` mails, and `confirmed` is
    false.
    """
    with database.write() as connection:
        found = prospect(
            connection, draft, at=at, author=author, reason=reason, silent=silent, announce=announce, tokens=tokens
        )
        check(found, confirmed=confirmed, asked_above=asked_above)
        listed = handovers.kept(connection, draft.recipients, found.uncorrected)
        away = _erased(connection, listed, tokens)
        posts = [one for one in listed if one.id not in away]
        done = replace(enact(connection, found, draft, at=at, posts=posts), kept_away=away)
        handovers.note_corrected(connection, posts, found.uncorrected, at)
        return done


def _hearers(connection: Connection, listed: Mapping[str, str], known: Collection[str]) -> dict[str, frozenset[str]]:
    """Who hears of changes, by the site that they have in the draft; without those that it takes away."""
    found = ((one.id, one.site) for one in standing.hearers(connection))
    return _by_site({post: listed.get(post, site) for post, site in found if post in listed or post not in known})


def _called(
    connection: Connection,
    edition: Edition,
    calling: Sequence[Notice],
    owed: Sequence[Notice],
    told: Mapping[str, frozenset[str]],
    listed: Mapping[str, str],
    known: Collection[str],
) -> Mapping[Place, frozenset[str]]:
    noticed = {(notice.event, notice.site) for notice in owed}
    newcomers = _by_site({post: site for post, site in listed.items() if post not in known})
    return called(connection, edition, calling, noticed, told, newcomers)


def _renamed_events(publication: Publication, now: InForce | None) -> Iterator[tuple[str, str]]:
    gone, new = publication.of_kind(ChangeKind.WITHDRAWN), publication.of_kind(ChangeKind.ADDED)
    if now is None or not (gone and new):
        return
    titles = {event.id: event.title for event in (*now.edition.agenda.events, *publication.edition.agenda.events)}
    for old in gone:
        same = [key for key in new if titles[key] == titles[old]] or difflib.get_close_matches(old, new, n=1)
        yield from ((old, key) for key in same[:1])


def _renamed_posts(connection: Connection, draft: Draft, known: Collection[str]) -> Iterator[tuple[str, str]]:
    """The same address at the same site, under another id."""
    listed = {one.id for one in draft.recipients}
    if listed.issuperset(known):
        return
    new = {(one.site, one.address.lower()): one.id for one in draft.recipients if one.id not in known}
    for one in standing.filed(connection) if new else ():
        if one.id not in listed and (key := new.get((one.site, one.address.lower()))) is not None:
            yield one.id, key


def _by_site(posts: Mapping[str, str]) -> dict[str, frozenset[str]]:
    found: dict[str, list[str]] = {}
    for post, site in posts.items():
        found.setdefault(site, []).append(post)
    return {site: frozenset(ids) for site, ids in found.items()}


def check(found: Prospect, *, confirmed: bool, asked_above: int) -> None:
    """Raises NothingToPublish; Unconfirmed, where somebody has to confirm and `confirmed` is false."""
    if found.unchanged and not found.called:
        raise NothingToPublish(found)
    if found.wants_confirmation(asked_above) and not confirmed:
        raise Unconfirmed(found)


def enact(
    connection: Connection, found: Prospect, draft: Draft, *, at: datetime, posts: Sequence[Recipient] | None
) -> Published:
    """Write what was found: the edition, its posts (None: they stay as they are), and what it owes them."""
    edition = found.publication.edition
    written = InForce(edition=edition, links=draft.links, draft_digest=digest(draft), zone_version=zone_data().version)
    events = dict.fromkeys(notice.event for notice in found.convocations)
    editions.save(connection, written, silent=found.silent, announced=events)
    known = frozenset(roster.posts_of_the_file(connection))
    if posts is not None:
        roster.import_posts(connection, posts, at)
    newcomers = frozenset(one.id for one in posts or () if one.id not in known)
    rows = reconcile(connection, edition.number, plan(edition, roster.members(connection)), at)
    notices = owe(connection, edition.number, list(_owed(found, at)), at, newcomers)
    return Published(prospect=found, ledger=rows, notices=notices, convocations=_convene(connection, found, draft, at))


def _convene(connection: Connection, found: Prospect, draft: Draft, at: datetime) -> int:
    """What was announced earlier and still waits follows its event; then those who are called now."""
    edition = found.publication.edition
    still = convocations(edition, draft.links, convening.waiting(connection), at)
    convening.follow(connection, calls(edition, still, {}, at), at)
    return convening.convene(
        connection, edition.number, list(calls(edition, found.convocations, found.called, at).values())
    )


def _owed(found: Prospect, at: datetime) -> Iterator[Owed]:
    edition = found.publication.edition
    sites = {site.id: site for site in edition.agenda.representations}
    for notice in found.notices:
        if notice.site in sites:
            yield Owed(
                event=notice.event,
                uid=edition.revisions[notice.event].uid,
                site=notice.site,
                leaves=leaves_at(notice, sites[notice.site], settles_at(notice, at)),
                expires=expires_at(notice, at),
            )


def _knows_erased(connection: Connection, tokens: Tokens | None) -> Callable[[str], bool] | None:
    return None if tokens is None else lambda address: people.erased_among(connection, tokens.digests(address))


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
