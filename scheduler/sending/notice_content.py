"""What a notice has to say when it leaves: the edition in force against what its post was last told.

And a convocation: the edition in force, unless a notice has told of the event meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from calendars.changes import without_links
from scheduler.planning.delivery import Purpose, State
from scheduler.planning.notices import Telling, convocation_notices
from scheduler.store import editions
from scheduler.store.compared import Comparison
from scheduler.store.editions import InForce
from scheduler.store.ledger import last_told as told_of
from scheduler.store.ledger import states
from scheduler.store.ledger.claiming import Claim
from scheduler.store.ledger.last_told import Told


class Tellings:
    """Past editions against the one in force, each compared once."""

    def __init__(self) -> None:
        self._compared: Comparison | None = None

    def settle(
        self, connection: Connection, owner: str, news: Sequence[Claim], now: InForce, at: datetime
    ) -> dict[int, Telling]:
        """What these notices and convocations say, by Claim.id; in the claiming transaction at the instant `at`.

        Left out, and ended, is a notice that has nothing to say: its change was taken back, or nobody is there to hear
        it; and a convocation that a notice made superfluous, or to what is off.
        """
        said = self._said(connection, [one for one in news if one.purpose is Purpose.NOTICE], now)
        said |= _called(connection, [one for one in news if one.purpose is Purpose.CONVOCATION], now, at)
        said |= _with_messages(connection, news, said)
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
        against = self._against(now)
        zone = against.zone_of_guest(claim.site) if post.visits else None
        for edition in (post.surely, *post.perhaps):
            notice = against.since(connection, edition).heard(claim.event, claim.site, zone)
            if notice is not None and not now.shows_links_to(claim.origin):
                notice = without_links(notice)
            if notice is not None:
                unread = post.polled_at is not None and post.polled_at < post.published_at
                return Telling(notice=notice, since=edition, unread=unread)
        return State.CANCELLED

    def _against(self, now: InForce) -> Comparison:
        if self._compared is None or self._compared.now is not now:
            self._compared = Comparison(now)
        return self._compared


def _with_messages(
    connection: Connection, news: Sequence[Claim], said: Mapping[int, Telling | State]
) -> dict[int, Telling | State]:
    """Those that a publication with a message owes, with it: of a notice its edition, of a convocation the one that
    called last to the event.
    """
    words = editions.messages(connection) if news else {}
    calls = editions.announced(connection) if words else {}
    callers = {event: number for number, events in sorted(calls.items()) for event in events}
    found: dict[int, Telling | State] = {}
    for claim in news if words else ():
        number = claim.schedule if claim.purpose is Purpose.NOTICE else callers.get(claim.event)
        telling = said[claim.id]
        if isinstance(telling, Telling) and number in words:
            found[claim.id] = replace(telling, message=words[number])
    return found


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
