"""What publishing a draft would do, found out before it is done: what changes, whom it concerns, what it takes away."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from calendars.changes import Change, Kind, Notice, changes
from calendars.documents import draft_digest
from calendars.editions import AnotherAgenda, Publication, publish
from calendars.losses import Loss, losses
from calendars.model.agenda import Agenda, Draft
from calendars.model.people import Role
from calendars.model.text import OwnWords
from calendars.spelling import near
from calendars.zones import zone_data
from scheduler.base.refusal import Refusal
from scheduler.base.tokens import Tokens
from scheduler.planning.notices import of_use, of_use_to_guests
from scheduler.publishing.announcing import Place, announced, called
from scheduler.publishing.unheard import Heard, Unheard, unheard
from scheduler.publishing.unlikely import Unlikely, unlikely
from scheduler.store import editions
from scheduler.store.audit.deeds import Via
from scheduler.store.editions import InForce
from scheduler.store.people import handovers, signups
from scheduler.store.posts import hearers, roster
from scheduler.store.posts.hearers import Involved
from scheduler.wording.kinds import PARTS


class ForeignFiles(Refusal):
    """The files are those of another agenda than the one in force."""

    status = 409


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """One act of publishing, done or only looked at."""

    at: datetime  # UTC
    author: str = ""
    reason: str = ""
    silent: bool = False  # it tells nobody of the changes, which is on record
    announce: Collection[str] = ()  # events (ids) to which everybody concerned is called
    message: OwnWords | None = None  # at the head of the notices and convocations that it owes
    files: Mapping[str, bytes] = field(default_factory=dict)  # by name: what its agenda was read from, to be kept
    seen: Seen | None = None  # None: nobody was shown anything that could be another by now
    via: Via = Via.COMMAND  # for the audit
    by: str = ""  # likewise, whose act it is: the id of an account; "": the author's


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What whoever publishes was shown of it."""

    edition: int | None  # number of the one that was in force; None: there was none
    people: int | None = None  # the number of people that was typed; None: none
    exactly: bool = False  # the number was not typed but shown: another one is refused

    def differs(self, found: Prospect) -> bool:
        """Is it another edition, or are they other people?"""
        now = None if found.before is None else found.before.edition.number
        return now != self.edition or (self.exactly and self.people != found.people)


@dataclass(frozen=True, kw_only=True, slots=True)
class Prospect:
    """What publishing a draft would do: shown before it is done."""

    publication: Publication
    before: InForce | None  # what is in force; None before the first edition, which tells nobody
    changes: tuple[Change, ...]  # by meaning; of a first edition, none
    notices: tuple[Notice, ...]  # what each site has to hear of them
    told: Mapping[str, frozenset[str]]  # site -> the posts there (ids) that hear of all changes
    involved: Mapping[Heard, frozenset[str]]  # the posts (ids) that hear of that event only
    unheard: Unheard  # of all these, the posts to which it is no news
    convocations: tuple[Notice, ...]  # what calls each site to the events that are announced
    called: Mapping[Place, frozenset[str]]  # event and site -> the posts (ids) that get such a call
    removed_posts: tuple[str, ...]  # recipient ids in force that the draft no longer lists
    losses: tuple[Loss, ...]  # what else the draft has no more, as after a cut
    renamed: tuple[tuple[str, str], ...]  # ids of events and posts that go, and those that look like them and are new
    uncorrected: tuple[str, ...]  # posts (ids) for which the file has a former holder's address: it does not count
    unlikely: tuple[Unlikely, ...]  # moved or added to a date that few mean
    silent: bool  # nobody is told: `notices` are empty
    digest: str  # of the draft: equal where there is nothing to publish between two
    unchanged: bool  # nothing to publish
    files: Mapping[str, bytes]  # by name: kept with the edition
    message: OwnWords | None = None  # at the head of its mails

    @property
    def removed_events(self) -> tuple[str, ...]:
        return self.publication.withdrawn

    @property
    def mails(self) -> int:
        """How many notices and convocations there would be: one for each event and post."""
        return sum(len(self.hearing(notice)) for notice in self.notices) + self.calls

    @property
    def calls(self) -> int:
        """How many of them are convocations."""
        return sum(map(len, self.called.values()))

    def hearing(self, notice: Notice) -> frozenset[str]:
        """The posts (ids) that would get this notice."""
        place = notice.event, notice.site, notice.guest
        return _concerned(notice, self.told, self.involved) - self.unheard.posts.get(place, frozenset())

    @property
    def noticed(self) -> frozenset[str]:
        """The posts (ids) that would hear of a change."""
        return frozenset().union(*map(self.hearing, self.notices))

    @property
    def heard(self) -> int:
        """How many posts would hear of a change, or be called to an event."""
        return len(self.noticed.union(*self.called.values()))

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
        """A file cut short must not cancel a campaign, nor a slip write to the world or move a session by years.

        Whoever publishes says so.

        Nor must a machine whose zone data was not renewed take back what another has put right.
        """
        takes_away = bool(self.removed_events or self.removed_posts or self.losses)
        return takes_away or self.mails > asked_above or self.doubtful_rules or bool(self.unlikely)


def prospect(connection: Connection, draft: Draft, act: Act, tokens: Tokens | None = None) -> Prospect:
    """What publishing `draft` so would do. `tokens`: to know erased addresses by.

    Raises ForeignFiles; NothingToAnnounce.
    """
    now, filed = editions.load(connection), digest(draft)
    publication = publication_of(now, draft, act)
    different = () if now is None else changes(now.edition, publication.edition, now.links, draft.links)
    involved = hearers.involved(connection) if different and not act.silent else []
    owed = () if act.silent else tuple(_notices(different, involved, draft.agenda, act.at))
    calling = announced(publication.edition, draft.links, act.announce, act.at)
    posts = _Posts(
        listed={recipient.id: recipient.site for recipient in draft.recipients},
        known=frozenset(roster.posts_of_the_file(connection)),
    )
    told = posts.hearing(connection) if owed or calling else {}
    others = _involved(one for one in involved if posts.stays(one.id))
    newcomers = posts.newcomers(draft)
    return Prospect(
        publication=publication,
        before=now,
        changes=different,
        notices=owed,
        told=told,
        involved=others,
        unheard=_unheard(connection, now, publication, draft, owed, lambda one: _concerned(one, told, others)),
        convocations=calling,
        called=called(connection, publication.edition, calling, _places(owed), told, newcomers),
        removed_posts=posts.removed,
        losses=() if now is None else losses(now.edition.agenda, draft.agenda, now.links, draft.links),
        renamed=(*_renamed_events(publication, different), *_renamed_posts(connection, draft, posts.known)),
        uncorrected=handovers.uncorrected(connection, draft.recipients, _knows_erased(connection, tokens)),
        unlikely=tuple(unlikely(different, act.at)),
        silent=act.silent,
        digest=filed,
        unchanged=now is not None and now.draft_digest == filed and not different,
        files=act.files,
        message=act.message,
    )


def publication_of(now: InForce | None, draft: Draft, act: Act) -> Publication:
    """The edition that the draft would become by this machine's rules. Raises ForeignFiles."""
    before, data = None if now is None else now.edition, zone_data().digest
    try:
        return publish(before, draft.agenda, at=act.at, author=act.author, reason=act.reason, zone_digest=data)
    except AnotherAgenda as error:
        raise ForeignFiles(error.why) from error


def _unheard(
    connection: Connection,
    now: InForce | None,
    publication: Publication,
    draft: Draft,
    owed: Sequence[Notice],
    hearing: Callable[[Notice], frozenset[str]],
) -> Unheard:
    if now is None or not owed:
        return Unheard()
    after = replace(now, edition=publication.edition, links=dict(draft.links))
    return unheard(connection, now, after, owed, hearing)


def _concerned(
    notice: Notice, told: Mapping[str, frozenset[str]], involved: Mapping[Heard, frozenset[str]]
) -> frozenset[str]:
    """The posts (ids) that a change concerns which is told so."""
    own = frozenset() if notice.guest else told.get(notice.site, frozenset())
    return own | involved.get((notice.event, notice.site, notice.guest), frozenset())


def digest(draft: Draft) -> str:
    """Equal for drafts between which there is nothing to publish."""
    return draft_digest(draft.agenda, draft.recipients, draft.links)


def _notices(
    different: Sequence[Change], involved: Sequence[Involved], agenda: Agenda, at: datetime
) -> Iterator[Notice]:
    """What each site has to hear, and those of its posts that go to another region's session."""
    yield from of_use(different, at)
    visits = {(one.event, one.site) for one in involved if one.guest}
    zones = {site.id: site.zone for site in agenda.representations}
    yield from of_use_to_guests(different, visits, zones, at)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Posts:
    """Who is written to, by the draft and by what is in force."""

    listed: Mapping[str, str]  # by the draft: Recipient.id -> Representation.id
    known: frozenset[str]  # ids that the files in force list

    @property
    def removed(self) -> tuple[str, ...]:
        """The ids that the draft no longer lists."""
        return tuple(sorted(self.known - self.listed.keys()))

    def stays(self, post: str) -> bool:
        """Does the draft leave it on the list? It has no say over those who signed up by themselves."""
        return post in self.listed or post not in self.known

    def hearing(self, connection: Connection) -> dict[str, frozenset[str]]:
        """Who hears of changes, by the site that they have in the draft; without those that it takes away."""
        found = hearers.hearing(connection)
        return _by_site({post: self.listed.get(post, site) for post, site in found if self.stays(post)})

    def newcomers(self, draft: Draft) -> dict[str, frozenset[str]]:
        """The holders who join with the draft, by site."""
        holders = (one for one in draft.recipients if one.role is Role.HOLDER and one.id not in self.known)
        return _by_site({one.id: one.site for one in holders})


def _places(owed: Sequence[Notice]) -> frozenset[Place]:
    return frozenset((notice.event, notice.site) for notice in owed if not notice.guest)


def _involved(found: Iterable[Involved]) -> dict[Heard, frozenset[str]]:
    posts: dict[Heard, list[str]] = {}
    for one in found:
        posts.setdefault((one.event, one.site, one.guest), []).append(one.id)
    return {key: frozenset(ids) for key, ids in posts.items()}


def _renamed_events(publication: Publication, different: Sequence[Change]) -> Iterator[tuple[str, str]]:
    gone = [change for change in different if change.event in publication.withdrawn]
    new = {change.event: change.after.event for change in different if change.before is None and change.after}
    for change in gone:
        assert change.before is not None, "what is withdrawn was there"
        title = change.before.event.title
        same = [key for key, event in new.items() if event.title == title]
        yield from ((change.event, key) for key in (same or near(change.event, new, 1))[:1])


def _renamed_posts(connection: Connection, draft: Draft, known: Collection[str]) -> Iterator[tuple[str, str]]:
    """The same address at the same site, under another id."""
    listed = {one.id for one in draft.recipients}
    if listed.issuperset(known):
        return
    new = {(one.site, one.address.lower()): one.id for one in draft.recipients if one.id not in known}
    for one in hearers.filed(connection) if new else ():
        if one.id not in listed and (key := new.get((one.site, one.address.lower()))) is not None:
            yield one.id, key


def _by_site(posts: Mapping[str, str]) -> dict[str, frozenset[str]]:
    found: dict[str, list[str]] = {}
    for post, site in posts.items():
        found.setdefault(site, []).append(post)
    return {site: frozenset(ids) for site, ids in found.items()}


def _knows_erased(connection: Connection, tokens: Tokens | None) -> Callable[[str], bool] | None:
    return None if tokens is None else lambda address: signups.erased_among(connection, tokens.digests(address))


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """What the draft changes besides its events."""

    new: tuple[str, ...]  # Recipient.id
    gone: tuple[str, ...]
    changed: tuple[str, ...]  # but for those whose former address in the file does not count
    parts: tuple[str, ...]  # keys of agenda.yaml, and files

    @property
    def people(self) -> bool:
        return bool(self.new or self.gone or self.changed)


def beside(connection: Connection, found: Prospect, draft: Draft) -> Beside:
    listed = {one.id: one for one in draft.recipients}
    filed = {one.id: one for one in hearers.filed(connection)}
    was = None if found.before is None else found.before.edition.agenda
    return Beside(
        new=tuple(key for key in listed if key not in filed),
        gone=tuple(key for key in filed if key not in listed),
        changed=tuple(
            key for key, one in listed.items() if key in filed and filed[key] != one and key not in found.uncorrected
        ),
        parts=() if was is None else tuple(_parts(was, draft.agenda)),
    )


def _parts(was: Agenda, now: Agenda) -> Iterator[str]:
    return (word for name, word in PARTS.items() if getattr(was, name) != getattr(now, name))
