"""What a notice has to say when it leaves: the edition in force against what its post was last told.

And a convocation: the edition in force, unless a notice has told of the event meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from calendars.changes import Change, Notice, changes, for_guest, notices, without_links
from scheduler.planning.delivery import Purpose, State
from scheduler.planning.notices import Telling, convocation_notices
from scheduler.store import editions
from scheduler.store.editions import InForce
from scheduler.store.ledger import last_told as told_of
from scheduler.store.ledger import states
from scheduler.store.ledger.claiming import Claim
from scheduler.store.ledger.last_told import Told


@dataclass(frozen=True, kw_only=True, slots=True)
class _Compared:
    """What is different since one edition."""

    changes: Mapping[str, Change]  # by Event.id
    by_place: Mapping[tuple[str, str], Notice]  # by Event.id and Representation.id

    def heard(self, claim: Claim, zone: str | None) -> Notice | None:
        """What a post hears of it; with the `zone` of its site also where it is a guest there."""
        notice = self.by_place.get((claim.event, claim.site))
        change = self.changes.get(claim.event)
        if notice is not None or change is None or zone is None:
            return notice
        seen = for_guest(change, claim.site, zone)
        return None if seen is None else next(notices(seen), None)


class Tellings:
    """Past editions against the one in force, each compared once."""

    def __init__(self) -> None:
        self._now: InForce | None = None
        self._since: dict[int, _Compared] = {}

    def settle(
        self, connection: Connection, owner: str, news: Sequence[Claim], now: InForce, at: datetime
    ) -> dict[int, Telling]:
        """What these notices and convocations say, by Claim.id; in the claiming transaction at the instant `at`.

        Left out, and ended, is a notice that has nothing to say: its change was taken back, or nobody is there to hear
        it; and a convocation that a notice made superfluous, or to what is off.
        """
        said = self._said(connection, [one for one in news if one.purpose is Purpose.NOTICE], now)
        said |= _called(connection, [one for one in news if one.purpose is Purpose.CONVOCATION], now, at)
        states.end_claims(connection, owner, {key: into for key, into in said.items() if isinstance(into, State)})
        return {key: telling for key, telling in said.items() if isinstance(telling, Telling)}

    def _said(self, connection: Connection, claims: Sequence[Claim], now: InForce) -> dict[int, Telling | State]:
        """What each of these notices says, by Claim.id; or what becomes of one that has nothing to say."""
        if not claims:
            return {}
        known = told_of.told(connection, claims)
        return {claim.id: self._one(connection, claim, known[claim.id], now) for claim in claims}

    def _one(self, connection: Connection, claim: Claim, post: Told, now: InForce) -> Telling | State:
        if post.refused is not None:
            return post.refused
        site = now.edition.agenda.site(claim.site) if post.visits else None
        zone = None if site is None else site.zone
        for edition in (post.surely, *post.perhaps):
            notice = self._compared(connection, edition, now).heard(claim, zone)
            if notice is not None and not now.shows_links_to(claim.origin):
                notice = without_links(notice)
            if notice is not None:
                unread = post.polled_at is not None and post.polled_at < post.published_at
                return Telling(notice=notice, since=edition, unread=unread)
        return State.CANCELLED

    def _compared(self, connection: Connection, edition: int, now: InForce) -> _Compared:
        if self._now is not now:
            self._now, self._since = now, {}
        if edition not in self._since:
            self._since[edition] = _compare(connection, edition, now)
        return self._since[edition]


def _called(connection: Connection, claims: Sequence[Claim], now: InForce, at: datetime) -> dict[int, Telling | State]:
    """What each of these convocations calls to, by Claim.id; or what becomes of it."""
    if not claims:
        return {}
    spared = told_of.spared(connection, claims)
    calling = convocation_notices(now.edition, now.links, {claim.event for claim in claims}, at)
    ahead = {(one.event, one.site): Telling(notice=one, since=0, unread=False) for one in calling}
    return {
        claim.id: spared.get(claim.id) or ahead.get((claim.event, claim.site)) or State.CANCELLED for claim in claims
    }


def _compare(connection: Connection, edition: int, now: InForce) -> _Compared:
    if edition == now.edition.number:
        return _Compared(changes={}, by_place={})
    then, links = editions.past(connection, edition, now)
    found = changes(then, now.edition, links, editions.link_digests(now.links))
    return _Compared(
        changes={change.event: change for change in found},
        by_place={(notice.event, notice.site): notice for change in found for notice in notices(change)},
    )
