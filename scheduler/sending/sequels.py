"""What a session's follow-up says to a post: found out when it leaves, by what is recorded of who came then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from calendars.editions import Edition, ends
from calendars.model.events import EventStatus
from scheduler.planning.delivery import State
from scheduler.planning.follow_ups import FollowUp, settled_at
from scheduler.store.attendance import counts
from scheduler.store.ledger import questions, states
from scheduler.store.ledger.claiming import Claim
from scheduler.store.posts import answers


@dataclass(frozen=True, kw_only=True, slots=True)
class _Attended:
    """A session of which it is known who came."""

    sites: frozenset[str]  # that it was for
    came: frozenset[str]
    settled: datetime  # UTC
    elsewhere: frozenset[str]  # posts (ids) that go to another session instead

    def says(self, claim: Claim) -> FollowUp | None:
        """None: nothing, to this post."""
        there = claim.site in self.came
        concerned = claim.site in self.sites or claim.replaces is not None
        if not concerned or (claim.recipient in self.elsewhere and not there):
            return None
        return FollowUp(came=there, settled=self.settled)


def settle(
    connection: Connection, owner: str, following: Sequence[Claim], edition: Edition, at: datetime
) -> dict[int, FollowUp]:
    """What these follow-ups say, by Claim.id, in the claiming transaction at the instant `at`.

    Left out, and ended, is that of a post that wants no mail, is gone or goes elsewhere; and of an event that is off,
    is still to come, wants none any more, or of which nobody says who came.
    """
    over = dict(questions.unwanted(connection, following, at))
    known = {key: _attended(connection, edition, key, at) for key in {one.event for one in following}}
    said: dict[int, FollowUp] = {}
    for one in following:
        session = known[one.event]
        told = None if session is None else session.says(one)
        if one.id not in over and told is not None:
            said[one.id] = told
    states.end_claims(
        connection, owner, {one.id: over.get(one.id, State.CANCELLED) for one in following if one.id not in said}
    )
    return said


def _attended(connection: Connection, edition: Edition, key: str, at: datetime) -> _Attended | None:
    event = edition.agenda.event(key)
    end = None if event is None else ends(edition.agenda, event)
    if event is None or end is None or end > at or not event.follow_up or event.status is EventStatus.CANCELLED:
        return None
    found = counts.of_event(connection, key, edition.agenda.present_from)
    if found is None or not found.source or found.at is None:
        return None
    voices = answers.voices_of_posts(connection, edition.revisions[key].uid)
    return _Attended(
        sites=frozenset(site.id for site in edition.agenda.addressed(event)),
        came=found.came,
        settled=settled_at(end, found.at),
        elsewhere=frozenset(post for post, voice in voices.items() if voice.instead is not None),
    )
