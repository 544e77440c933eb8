"""What a publication does to the answers that are there: which it sets aside, which count again, whom that asks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from calendars.editions import Edition
from calendars.model.events import Event
from calendars.model.people import Role
from scheduler.planning.coverage import Voice, lacking, tallies
from scheduler.planning.delivery import Purpose
from scheduler.planning.plan import REMINDED, Member, plan
from scheduler.planning.standing import Footing, standing
from scheduler.store.posts import answers, roster


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowingCall:
    """What is asked of a post because too few come then."""

    role: Role  # deputy, of its own site; coordinator, of a region
    site: str  # Representation.id
    due: datetime  # UTC


@dataclass(frozen=True, kw_only=True, slots=True)
class MovedAnswers:
    """Of one event that has another start."""

    event: str  # Event.id
    set_aside: int  # answers that count now, and would not until they are said again
    back: int  # answers that do not count now, and would
    lacking: tuple[str, ...]  # sites (ids) from which too few would come, and from which enough do now
    calls: tuple[FollowingCall, ...]  # the first first


def moved_answers(
    connection: Connection, before: Edition, after: Edition, gone: Collection[str]
) -> tuple[MovedAnswers, ...]:
    """Of each event of which answers change their standing, in order of the agenda; `gone` are posts that leave."""
    found = tuple(_moved(connection, before, after))
    if not any(one.lacking for one in found):
        return found
    members = [one for one in roster.members(connection) if one.recipient.id not in gone]
    return tuple(_with_calls(found, after, members))


def _moved(connection: Connection, before: Edition, after: Edition) -> Iterator[MovedAnswers]:
    for event in after.agenda.events:
        was = before.agenda.event(event.id)
        uid = after.revisions[event.id].uid
        if was is None or event.status not in REMINDED or not answers.any_given(connection, uid):
            continue
        voices = answers.voices(connection, uid)
        changed = [_standings(before, after, event, voice) for voice in voices if voice.reply is not None]
        aside = sum(then is not Footing.SET_ASIDE and now is Footing.SET_ASIDE for then, now in changed)
        back = sum(then is Footing.SET_ASIDE and now is not Footing.SET_ASIDE for then, now in changed)
        if aside or back:
            lack = _lack(after, event, voices) - _lack(before, was, voices)
            sites = tuple(site.id for site in after.agenda.addressed(event) if site.id in lack)
            yield MovedAnswers(event=event.id, set_aside=aside, back=back, lacking=sites, calls=())


def _standings(before: Edition, after: Edition, event: Event, voice: Voice) -> tuple[Footing, Footing]:
    then, now = (standing(edition, voice.instead or event.id, voice.site, voice.start) for edition in (before, after))
    return then, now


def _lack(edition: Edition, event: Event, voices: Iterable[Voice]) -> frozenset[str]:
    return frozenset(tally.site.id for tally in lacking(event, tallies(edition, event, voices)))


def _with_calls(found: Sequence[MovedAnswers], after: Edition, members: Sequence[Member]) -> Iterator[MovedAnswers]:
    roles = {member.recipient.id: member.recipient.role for member in members}
    regions = {site.id: site.region for site in after.agenda.representations}
    calls = [
        (one.moment.event, FollowingCall(role=roles[one.recipient], site=one.moment.site, due=one.moment.due))
        for one in plan(after, members)
        if one.purpose is Purpose.ESCALATION
    ]
    for one in found:
        short = {regions[site] for site in one.lacking}
        own = [
            call
            for event, call in calls
            if event == one.event
            and (call.site in one.lacking if call.role is Role.DEPUTY else regions.get(call.site) in short)
        ]
        yield replace(one, calls=tuple(sorted(own, key=lambda call: (call.due, call.site))))
