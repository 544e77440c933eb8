"""What publishing now would do, reckoned before it is done: calendars, people and their hours, reminders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from calendars.changes import Change, Kind, Notice, notices
from calendars.days.off import DaysOff
from calendars.editions import Edition, Revision
from calendars.feeds import feeds
from calendars.model.events import Event
from calendars.model.places import Representation
from scheduler.planning.delivery import Purpose
from scheduler.planning.notices import leaves_at, settles_at
from scheduler.planning.plan import Moment, guest_moments, moments, open_sessions
from scheduler.publishing.day_shifts import DayShift, day_shifts
from scheduler.publishing.prospect import Prospect
from scheduler.publishing.set_aside import MovedAnswers, moved_answers
from scheduler.store.posts import hearers
from scheduler.store.posts.hearers import Group

OLD_HOUR = frozenset({Kind.CANCELLED, Kind.MOVED, Kind.SHIFTED})  # after these a reminder that went out is wrong


@dataclass(frozen=True, kw_only=True, slots=True)
class ForeseenMail:
    """One notice, or one convocation, for all posts of a site."""

    purpose: Purpose
    notice: Notice
    site: Representation
    people: int
    leaves: datetime  # UTC


@dataclass(frozen=True, kw_only=True, slots=True)
class Consequences:
    """Of a publication at one instant. Of a first edition: calendars and convocations, for nobody is told of it."""

    feeds: tuple[str, ...]  # paths of the public calendars whose bytes change, new ones included
    ended_feeds: tuple[str, ...]  # paths that the edition has no more
    mails: tuple[ForeseenMail, ...]  # the first to leave first; of a first edition, convocations only
    replaced: int  # reminders that wait and would not go any more
    dropped: (
        int  # reminders that wait for posts that leave the list; of an event that goes too, they are replaced as well
    )
    sent: Mapping[str, int]  # Event.id -> reminders that the mail server took, with an hour that no longer holds
    days: tuple[DayShift, ...]  # reminders that wait and go on another day, of events that have the same start
    answers: tuple[MovedAnswers, ...] = ()  # of the events that answers were given for another start of


def consequences(connection: Connection, found: Prospect, at: datetime) -> Consequences:
    """What follows from publishing at the instant `at` (UTC) what was found."""
    after, before = found.publication.edition, None if found.before is None else found.before.edition
    was = {} if before is None else _bodies(before)
    now = _bodies(after)
    groups = [] if before is None else hearers.reminders(connection)
    visits = {(one.event, one.site) for one in hearers.involved(connection) if one.guest}
    return Consequences(
        feeds=tuple(path for path, body in now.items() if was.get(path) != body),
        ended_feeds=tuple(path for path in was if path not in now),
        mails=tuple(sorted(_mails(found, at), key=lambda mail: (mail.leaves, mail.site.id, mail.notice.event))),
        replaced=_replaced(after, groups, visits),
        dropped=hearers.waiting_reminders(connection, found.removed_posts),
        days=() if before is None else day_shifts(connection, after, at),
        sent={} if before is None else _sent(before, found.changes, groups),
        answers=() if before is None else moved_answers(connection, before, after, found.removed_posts),
    )


def _bodies(edition: Edition) -> dict[str, bytes]:
    return {feed.path: feed.body for feed in feeds(edition)}


def _mails(found: Prospect, at: datetime) -> Iterator[ForeseenMail]:
    """Where nobody is left to write to, there is no mail."""
    agenda = found.publication.edition.agenda
    sites, days = {site.id: site for site in agenda.representations}, DaysOff.of(agenda)
    told = ((Purpose.NOTICE, notice, found.hearing(notice)) for notice in found.notices)
    calls = ((Purpose.CONVOCATION, one, found.called.get((one.event, one.site), ())) for one in found.convocations)
    for purpose, notice, posts in (*told, *calls):
        site = sites.get(notice.site)
        if site is not None and posts:
            leaves = leaves_at(notice, site, settles_at(notice, at), days)
            yield ForeseenMail(purpose=purpose, notice=notice, site=site, people=len(posts), leaves=leaves)


def _replaced(after: Edition, groups: list[Group], visits: Collection[tuple[str, str]]) -> int:
    """Reminders that the plan of the new edition does not have; `visits` are events and sites with guests there."""
    sites = {site.id for site in after.agenda.representations}
    planned = {
        (revision.uid, revision.schedule, moment.rule, moment.site)
        for event, revision in after.listed()
        for moment in (
            *moments(after.agenda, event, revision, sites),
            *_of_guests(after, event, revision, visits),
        )
    }
    return sum(one.waiting for one in groups if (one.subject, one.schedule, one.rule, one.site) not in planned)


def _of_guests(
    after: Edition, event: Event, revision: Revision, visits: Collection[tuple[str, str]]
) -> Iterator[Moment]:
    if event.id in open_sessions(after):
        for site in after.agenda.representations:
            if (event.id, site.id) in visits:
                yield from guest_moments(after.agenda, event, revision, site)


def _sent(before: Edition, changes: tuple[Change, ...], groups: list[Group]) -> Mapping[str, int]:
    """The reminders of the schedule in force that told an hour which the change takes back."""
    wrong = {
        (before.revisions[change.event].uid, notice.site): change.event
        for change in changes
        for notice in notices(change)
        if OLD_HOUR & set(notice.kinds)
    }
    schedules = {revision.uid: revision.schedule for revision in before.revisions.values()}
    counted: Counter[str] = Counter()
    for one in groups:
        told = wrong.get((one.subject, one.site))
        if told is not None and one.schedule == schedules[one.subject] and one.accepted:
            counted[told] += one.accepted
    return counted
