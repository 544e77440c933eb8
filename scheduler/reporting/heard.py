"""Who has heard, and who has not: of an event as it stands, or of what an edition changed; site by site.

A post has heard where the mail server took a mail that told it, its own private calendar was read since, or it answered
since. Public calendars are read by nobody knows whom, and count for nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from calendars.changes import Change, changes, notices, without_links
from calendars.editions import Edition
from calendars.model.agenda import Agenda
from calendars.model.events import Event
from calendars.model.people import Role
from calendars.model.places import Representation
from scheduler.planning.coverage import Voice, has_answered
from scheduler.planning.delivery import WAITING, State
from scheduler.store import editions
from scheduler.store.compared import Comparison
from scheduler.store.editions import InForce
from scheduler.store.ledger import last_told
from scheduler.store.ledger.last_told import MailAbout
from scheduler.store.posts import answers, feed_tokens, hearers
from scheduler.store.posts.answers import PostAnswer
from scheduler.store.posts.feed_tokens import FeedToken
from scheduler.store.posts.hearers import ListedPost

Tells = Callable[[int, ListedPost], bool]  # does a message that told of an edition (its number) say it to a post?


class Taking(StrEnum):
    """What became of the mails that tell a post."""

    TAKEN = "taken"  # the mail server took one; nobody knows whether it was read
    BOUNCED = "bounced"  # one came back, or its address was refused
    UNCERTAIN = "uncertain"  # nobody knows whether one arrived
    PLANNED = "planned"  # one is still to leave
    NONE = "none"  # nothing left, and nothing waits


@dataclass(frozen=True, kw_only=True, slots=True)
class PostHeard:
    """What is known of one post. Instants are UTC."""

    post: str  # Recipient.id
    mail: Taking
    at: datetime | None  # of the mail: taken, or due where it is planned
    read_at: datetime | None  # since the news: when its own private calendar was read
    answered: bool  # for the event as it stands
    answered_since: bool  # since the news
    asked: bool  # of those who are asked: the mail server took a mail about it, whatever it told, or it answered once

    @property
    def heard(self) -> bool:
        return self.mail is Taking.TAKEN or self.read_at is not None or self.answered_since


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteHeard:
    """The posts of one site that it concerns."""

    site: Representation
    posts: tuple[PostHeard, ...]  # those that have not heard come first
    calendars: int  # private ones of the site, the posts' own and those that an administrator made
    read: int  # of these, since the news

    @property
    def missing(self) -> tuple[PostHeard, ...]:
        return tuple(one for one in self.posts if not one.heard)

    @property
    def heard(self) -> bool:
        """Does anybody there know?"""
        return bool(self.read) or len(self.missing) < len(self.posts)

    def count(self, mail: Taking) -> int:
        return sum(one.mail is mail for one in self.posts)

    @property
    def answered(self) -> int:
        return sum(one.answered for one in self.posts)


@dataclass(frozen=True, kw_only=True, slots=True)
class Hearing:
    """Who has heard of one event."""

    event: Event
    change: Change | None  # what the edition changed of it; None: it is about the event as it stands
    edition: int  # since which it stands so, or that changed it
    since: datetime  # UTC
    sites: tuple[SiteHeard, ...]  # by the agenda's regions; in each, those where nobody has heard first

    @property
    def missing(self) -> tuple[SiteHeard, ...]:
        """The sites with a post that has not heard."""
        return tuple(one for one in self.sites if one.missing)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    """What is looked up once, whatever the event."""

    posts: Sequence[ListedPost]
    involved: Mapping[str, frozenset[str]]  # Event.id -> posts (ids) that hear of that event only
    calendars: Sequence[FeedToken]  # those that have not ended
    own: Mapping[str, Sequence[FeedToken]]  # of these, by the post (id) that made them


@dataclass(frozen=True, kw_only=True, slots=True)
class _News:
    """What there is to hear, and since when."""

    now: Edition
    event: Event
    uid: str
    sites: Collection[str]  # ids of those that it concerns
    tells: Tells
    since: datetime


def of_event(connection: Connection, now: InForce, event: Event) -> Hearing:
    """Who has heard of an event of the edition in force as it stands."""
    return _of_event(connection, Comparison(now), _known(connection), event)


def of_all(connection: Connection, now: InForce) -> Iterator[Hearing]:
    """The same of each event that stands in feeds, in order of the agenda."""
    comparison, known = Comparison(now), _known(connection)
    for event, _ in now.edition.listed():
        yield _of_event(connection, comparison, known, event)


def _of_event(connection: Connection, comparison: Comparison, known: _Known, event: Event) -> Hearing:
    edition = comparison.now.edition
    number, since = _since(connection, comparison, event.id)

    known_of: dict[tuple[int, str, str], bool] = {}  # what many posts of a site are told in the same way

    def tells(told: int, post: ListedPost) -> bool:
        key = told, post.site, post.origin
        if key not in known_of:
            known_of[key] = not _has_news(connection, comparison, told, event.id, post)
        return known_of[key]

    news = _News(
        now=edition,
        event=event,
        uid=edition.revisions[event.id].uid,
        sites=frozenset(site.id for site in edition.agenda.addressed(event)),
        tells=tells,
        since=since,
    )
    sites = _sites(connection, known, news)
    return Hearing(event=event, change=None, edition=number, since=since, sites=sites)


def of_edition(connection: Connection, now: InForce, number: int) -> Iterator[Hearing]:
    """Who has heard of each event that an edition (its number, from 2) changed, of those that are told.

    Raises LookupError where there is no such edition.
    """
    known = _known(connection)
    (before, links), (after, doors) = (editions.past(connection, one, now) for one in (number - 1, number))

    def tells(told: int, post: ListedPost) -> bool:
        return told >= number

    for change in changes(before, after, links, doors):
        concerned = frozenset(notice.site for notice in notices(change))
        about = change.after or change.before
        if concerned and about is not None:
            news = _News(
                now=now.edition,
                event=now.edition.agenda.event(change.event) or about.event,
                uid=(after if change.event in after.revisions else before).revisions[change.event].uid,
                sites=concerned,
                tells=tells,
                since=after.at,
            )
            sites = _sites(connection, known, news)
            yield Hearing(event=news.event, change=change, edition=number, since=after.at, sites=sites)


def by_region(agenda: Agenda, sites: Iterable[SiteHeard]) -> dict[str, tuple[SiteHeard, ...]]:
    """By the id of each region that has any, in the agenda's order."""
    found: dict[str, list[SiteHeard]] = {region.id: [] for region in agenda.regions}
    for one in sites:
        found[one.site.region].append(one)
    return {region: tuple(there) for region, there in found.items() if there}


def _known(connection: Connection) -> _Known:
    involved: dict[str, set[str]] = {}
    for one in hearers.involved(connection):
        involved.setdefault(one.event, set()).add(one.id)
    calendars, own = (
        [one for one in feed_tokens.listed(connection) if one.revoked_at is None],
        dict[str, list[FeedToken]](),
    )
    for token in calendars:
        if token.recipient is not None:
            own.setdefault(token.recipient, []).append(token)
    return _Known(
        posts=hearers.on_list(connection),
        involved={event: frozenset(posts) for event, posts in involved.items()},
        calendars=calendars,
        own=own,
    )


def _sites(connection: Connection, known: _Known, news: _News) -> tuple[SiteHeard, ...]:
    """The sites of all posts that the news concerns, and those that it concerns and have none."""
    others, told = known.involved.get(news.event.id, frozenset()), dict[str, list[MailAbout]]()
    for mail in last_told.mails(connection, news.uid):
        told.setdefault(mail.recipient, []).append(mail)
    said = answers.of_event(connection, news.uid)
    posts: dict[str, list[PostHeard]] = {site: [] for site in news.sites}
    for post in known.posts:
        own = post.role is Role.HOLDER and post.site in news.sites
        if post.id in others or own:
            mails, answer = told.get(post.id, ()), said.get(post.id)
            taking, at = _taking(mails, post, news.tells)
            written = any(one.state is State.ACCEPTED for one in mails)
            posts.setdefault(post.site, []).append(
                PostHeard(
                    post=post.id,
                    mail=taking,
                    at=at,
                    read_at=_read_at(known.own.get(post.id, ()), news.since),
                    answered=answer is not None and has_answered(news.now, news.event, _voice(post, answer)),
                    answered_since=answer is not None and answer.at >= news.since,
                    asked=own and (written or answer is not None),
                )
            )
    return tuple(_ordered(posts, known.calendars, news))


def _voice(post: ListedPost, answer: PostAnswer) -> Voice:
    return Voice(site=post.site, role=post.role, reply=answer.reply, instead=answer.instead, start=answer.start)


def _ordered(
    posts: Mapping[str, Sequence[PostHeard]], calendars: Sequence[FeedToken], news: _News
) -> Iterator[SiteHeard]:
    agenda = news.now.agenda
    found = []
    for site in agenda.representations:
        if site.id in posts:
            own = [one for one in calendars if one.site == site.id]
            read = sum(one.polled_at is not None and one.polled_at >= news.since for one in own)
            here = tuple(sorted(posts[site.id], key=lambda one: (one.heard, one.post)))
            found.append(SiteHeard(site=site, posts=here, calendars=len(own), read=read))
    regions = [region.id for region in agenda.regions]
    yield from sorted(found, key=lambda one: (regions.index(one.site.region), one.heard, not one.missing, one.site.id))


def _taking(mails: Sequence[MailAbout], post: ListedPost, tells: Tells) -> tuple[Taking, datetime | None]:
    """The best that is known of a post's mails; and of what was taken, or is planned, when."""
    told = [one for one in mails if one.edition is not None and tells(one.edition, post)]
    taken = [one for one in told if one.state is State.ACCEPTED]
    if taken:
        return Taking.TAKEN, taken[0].accepted_at
    if any(one.state in (State.BOUNCED, State.REJECTED) for one in told):
        return Taking.BOUNCED, None
    if any(one.state in (State.UNCERTAIN, State.SENDING) or one.doubtful for one in told):
        return Taking.UNCERTAIN, None
    due = [one.due_at for one in mails if one.state in (*WAITING, State.CLAIMED)]
    return (Taking.PLANNED, min(due)) if due else (Taking.NONE, None)


def _read_at(own: Sequence[FeedToken], since: datetime) -> datetime | None:
    """When a post's own calendar was read last, if it was since then."""
    read = [one.polled_at for one in own if one.polled_at is not None]
    return max((at for at in read if at >= since), default=None)


def _since(connection: Connection, comparison: Comparison, event: str) -> tuple[int, datetime]:
    """The edition since which nothing was told of an event (its id), or the first that has it; and its instant."""
    numbers = editions.numbers_of(connection, event)
    stands = numbers[0]
    for one in numbers[1:]:
        different = one[2] != stands[2]
        if different and any(place[0] == event for place in comparison.since(connection, one[0]).by_place):
            break
        stands = one
    return stands[0], stands[1]


def _has_news(connection: Connection, comparison: Comparison, told: int, event: str, post: ListedPost) -> bool:
    """Does the edition in force say anything else of an event to a post than the one that it was told of?"""
    notice = comparison.since(connection, told).heard(event, post.site, comparison.zone_of_guest(post.site))
    if notice is None or comparison.now.shows_links_to(post.origin):
        return notice is not None
    return without_links(notice) is not None
