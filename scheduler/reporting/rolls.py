"""What the roll calls have proved so far: site by site, its mailbox, its clock, its calendar, its person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, select

from calendars.editions import Edition
from calendars.model.places import Representation
from calendars.zones import rules_digest
from scheduler.planning.rolls import ClockWord, Mailbox
from scheduler.store.ledger import roll_calls
from scheduler.store.ledger.roll_calls import RollCall, RollRow
from scheduler.store.posts import roll_answers
from scheduler.store.posts.roll_answers import RollWord
from scheduler.store.posts.rolls import RollPost, roll_posts
from scheduler.store.schema import feed_tokens

_BEST = (Mailbox.OPENED, Mailbox.ACCEPTED, Mailbox.WAITING, Mailbox.BOUNCED)


class ClockState(StrEnum):
    """What the posts of a site say of its clock, as far as their words still count."""

    CONFIRMED = "confirmed"
    OTHER = "other"  # it shows another hour than ours
    DISPUTED = "disputed"  # its posts disagree
    UNKNOWN = "unknown"  # nobody has said, or what was said was of another address, zone or rule


@dataclass(frozen=True, kw_only=True, slots=True)
class PostRoll:
    """One post, as its site's line counts it."""

    id: str
    mailbox: Mailbox
    ahead: int | None  # minutes of its clock before ours; None: it has said nothing that counts
    here: bool | None  # is whoever reads its mail still the one? None: not said
    successor: str  # the address that was proposed instead, to be masked; "": none


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteRoll:
    """One site."""

    site: Representation
    posts: tuple[PostRoll, ...]
    clock: ClockState
    subscribed: bool  # a private calendar of it was read; of public ones nobody knows

    @property
    def mailbox(self) -> Mailbox:
        """That of the post that is surest to be reached."""
        return min((one.mailbox for one in self.posts), key=_BEST.index, default=Mailbox.WAITING)

    @property
    def ahead(self) -> tuple[int, ...]:
        """What its posts said of its clock, each word once."""
        return tuple(sorted({one.ahead for one in self.posts if one.ahead is not None}))

    @property
    def here(self) -> bool | None:
        """None: nobody has said; False: of some post somebody said that it has another person."""
        said = {one.here for one in self.posts} - {None}
        return None if not said else False not in said

    @property
    def proven(self) -> bool:
        return self.clock is ClockState.CONFIRMED and self.mailbox is Mailbox.OPENED


@dataclass(frozen=True, kw_only=True, slots=True)
class Roll:
    call: RollCall | None  # the last one; None: none was called yet
    sites: tuple[SiteRoll, ...]  # in order of the agenda

    @property
    def proven(self) -> int:
        """How many sites have confirmed their clock and their mailbox."""
        return sum(one.proven for one in self.sites)

    @property
    def proposed(self) -> tuple[str, ...]:
        """The posts (ids) of which somebody said that they have another person: an administrator decides."""
        return tuple(post.id for one in self.sites for post in one.posts if post.here is False)


def roll(connection: Connection, edition: Edition) -> Roll:
    """How it stands with every site of the edition."""
    call, words = roll_calls.last(connection), roll_answers.by_recipient(connection)
    asked = {} if call is None else roll_calls.asked(connection, call.number)
    taken, read = roll_calls.accepted(connection), _subscribed(connection)
    posts: dict[str, list[RollPost]] = {}
    for post in roll_posts(connection):
        posts.setdefault(post.site, []).append(post)
    sites = []
    for site in edition.agenda.representations:
        counted = tuple(
            _post(one, site, words.get(one.id), _reached(one, asked.get(one.id, ()), taken.get(one.id)))
            for one in posts.get(site.id, ())
        )
        sites.append(SiteRoll(site=site, posts=counted, clock=_clock(counted, words), subscribed=site.id in read))
    return Roll(call=call, sites=tuple(sites))


def roll_if_called(connection: Connection, edition: Edition) -> Roll | None:
    """The same, for what is looked at often; None where the roll was never called, so that nobody can have answered."""
    return None if roll_calls.last(connection) is None else roll(connection, edition)


def _post(post: RollPost, site: Representation, word: RollWord | None, reached: Mailbox) -> PostRoll:
    clock = None if word is None else word.clock
    person = None if word is None else word.person
    opened = word is not None and reached is not Mailbox.BOUNCED
    return PostRoll(
        id=post.id,
        mailbox=Mailbox.OPENED if opened else reached,
        ahead=clock.ahead if clock is not None and _holds(clock, site) else None,
        here=None if person is None else person.here,
        successor="" if person is None else person.successor,
    )


def _reached(post: RollPost, rows: Sequence[RollRow], taken: datetime | None) -> Mailbox:
    """How far the address that the post has now is proved without a word of its own."""
    since = post.address_since
    if post.suppressed or any(row.failed for row in rows if since is None or row.due_at >= since):
        return Mailbox.BOUNCED
    return Mailbox.ACCEPTED if taken is not None and (since is None or taken >= since) else Mailbox.WAITING


def _holds(clock: ClockWord, site: Representation) -> bool:
    """Is the zone that it was said of still the site's, under the same rules?"""
    return clock.zone == site.zone and clock.digest == rules_digest(site.zone)


def _clock(posts: Sequence[PostRoll], words: Mapping[str, RollWord]) -> ClockState:
    said = {clock.agrees for one in posts if one.ahead is not None and (clock := words[one.id].clock) is not None}
    if len(said) > 1:
        return ClockState.DISPUTED
    return ClockState.UNKNOWN if not said else ClockState.CONFIRMED if said == {True} else ClockState.OTHER


def _subscribed(connection: Connection) -> frozenset[str]:
    """The sites (ids) of which a private calendar that has not ended was read."""
    t = feed_tokens.c
    return frozenset(
        connection.execute(select(t.site).where(t.polled_at.is_not(None), t.revoked_at.is_(None)).distinct()).scalars()
    )
