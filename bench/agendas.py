"""The shipped agenda, and larger ones made from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from calendars.editions import Edition, first_stamp, publish
from calendars.model.agenda import Agenda, Draft
from calendars.model.events import Audience, Days, Event, Timed
from calendars.model.people import Recipient
from calendars.model.rules import TimeBefore
from calendars.zones import to_wall, zone_data
from scheduler.base.shipped import shipped
from scheduler.base.tokens import Tokens
from scheduler.drafts.files import Configuration

TOKENS = Tokens(["a key of the benchmark"])
BEFORE_ALL = datetime(2021, 10, 1, tzinfo=UTC)  # every reminder of the shipped agenda lies ahead of it
DUE = datetime(2021, 10, 20, 15, tzinfo=UTC)  # of what is sent all at once


def shipped_draft() -> Draft:
    return Configuration(folder=shipped("config")).draft()


def with_events(agenda: Agenda, times: int) -> Agenda:
    """The agenda with each event `times` times, a week apart."""
    events = tuple(_later(event, weeks) for weeks in range(times) for event in agenda.events)
    return replace(agenda, events=events)


def with_posts(draft: Draft, posts: int) -> Draft:
    """The draft with `posts` posts at each representation, each with an address of its own."""
    recipients = tuple(_numbered(one, number) for one in draft.recipients for number in range(posts))
    return replace(draft, recipients=recipients)


def first_edition(agenda: Agenda, at: datetime | None = None) -> Edition:
    return publish(
        None,
        agenda,
        at=at or first_stamp(agenda),
        author="bench",
        reason="bench",
        zone_digest=zone_data().digest,
    ).edition


def _later(event: Event, weeks: int) -> Event:
    shift = timedelta(weeks=weeks)
    match event.when:
        case Timed(wall=wall):
            when: Timed | Days | None = replace(event.when, wall=wall + shift)
        case Days(first=first, last=last):
            when = Days(first=first + shift, last=last + shift)
        case _:
            when = None
    return replace(event, id=f"{event.id}-{weeks}" if weeks else event.id, when=when)


def _numbered(recipient: Recipient, number: int) -> Recipient:
    local, _, domain = recipient.address.partition("@")
    return replace(recipient, id=f"{recipient.id}-{number}", address=f"{local}-{number}@{domain}")


def at_one_moment(draft: Draft, due: datetime) -> Draft:
    """The draft with one workshop for every site, an hour after `due` (UTC, whole minutes or not), and `PT1H` only."""
    known = next(event for event in draft.agenda.events if isinstance(event.when, Timed))
    start = due + timedelta(hours=1)
    when = Timed(wall=to_wall(start, draft.agenda.zone).replace(tzinfo=None), duration=timedelta(hours=2))
    event = replace(known, id="a-la-vez", when=when, audience=Audience(kind="all"), rules=(TimeBefore(minutes=60),))
    return replace(draft, agenda=replace(draft.agenda, events=(event,)))
