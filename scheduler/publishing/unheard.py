"""Whom a change would be news to: who was last told what is to be in force gets no notice of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection

from calendars.changes import Notice, without_links
from scheduler.store.compared import Comparison
from scheduler.store.editions import InForce
from scheduler.store.ledger import last_told
from scheduler.store.ledger.last_told import LastTold

Heard = tuple[str, str, bool]  # Event.id, Representation.id, and whether as a guest from there


@dataclass(frozen=True, kw_only=True, slots=True)
class Unheard:
    """The posts whose notice would have nothing to say, as it is found out again when it leaves."""

    posts: dict[Heard, frozenset[str]] = field(default_factory=dict)  # Recipient.id
    read: frozenset[str] = frozenset()  # of them, those whose own calendar program read what is in force now

    @property
    def everybody(self) -> frozenset[str]:
        return frozenset().union(*self.posts.values())

    @property
    def mails(self) -> int:
        return sum(map(len, self.posts.values()))


def unheard(
    connection: Connection,
    before: InForce,
    after: InForce,
    owed: Iterable[Notice],
    hearing: Callable[[Notice], frozenset[str]],
) -> Unheard:
    """Of those who would hear (ids) of what is owed: the posts that were told nothing else, or told that already.

    `after` is what would be in force in place of `before`.
    """
    comparison, posts, read = Comparison(after), {}, set()
    known: dict[str, dict[str, LastTold]] = {}
    for notice in owed:
        event = notice.event
        if event not in known:
            known[event] = last_told.known(connection, event, after.edition.revisions[event].uid)
        spared = {
            post
            for post in hearing(notice)
            if not is_news(connection, comparison, (event, notice.site), known[event][post])
        }
        if spared:
            posts[event, notice.site, notice.guest] = frozenset(spared)
        polled = ((post, known[event][post].read_at) for post in spared)
        read |= {post for post, at in polled if at is not None and at >= before.edition.at}
    return Unheard(posts=posts, read=frozenset(read))


def is_news(connection: Connection, comparison: Comparison, place: tuple[str, str], post: LastTold) -> bool:
    """Has a notice of an event at a site (their ids) anything to say to a post that knows so much?"""
    event, site = place
    zone = comparison.zone_of_guest(site) if post.visits else None
    for edition in (post.surely, *post.perhaps):
        heard = comparison.since(connection, edition).heard(event, site, zone)
        if heard is not None and (comparison.now.shows_links_to(post.origin) or without_links(heard) is not None):
            return True
    return False
