"""Who was told, answered and came, event by event and site by site; and which sessions lay in a site's night."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, time

from sqlalchemy import Connection

from calendars.editions import Edition
from calendars.model.events import EventStatus
from calendars.wording import NIGHT_BEGINS, is_night
from scheduler.planning.coverage import Tally
from scheduler.reporting.acceptances import acceptances
from scheduler.reporting.commission.figures import (
    OVER,
    SITTING,
    EventFigures,
    NightFigures,
    Reach,
    SessionPresence,
    SiteReach,
)
from scheduler.reporting.heard import SiteHeard, Taking, of_all
from scheduler.store.attendance.counts import SessionAttendance
from scheduler.store.editions import InForce

NOT_RECORDED = SessionPresence(people=None, sites=0, unmatched=0, unknown=0, own_total=None, own_files=0, by_hand=False)


def presence(found: SessionAttendance | None) -> SessionPresence:
    """What was recorded of who came to one session."""
    if found is None or not found.source:
        return NOT_RECORDED
    return SessionPresence(
        people=found.present,
        sites=len(found.came),
        unmatched=found.unmatched,
        unknown=found.unknown,
        own_total=found.own_total,
        own_files=found.own_files,
        by_hand=found.source == "hand",
    )


def reaches(connection: Connection, now: InForce, attended: Mapping[str, SessionAttendance]) -> Iterator[SiteReach]:
    """Each event that people are told of, at each site that it concerns, in order of the agenda."""
    said = {one.event.id: {tally.site.id: tally for tally in one.sites} for one in acceptances(connection, now.edition)}
    for hearing in of_all(connection, now):
        event = hearing.event.id
        if hearing.event.status is EventStatus.CANCELLED:
            continue
        came = _came(attended.get(event))
        heard = {one.site.id: one for one in hearing.sites}
        tallied = said.get(event, {})
        for site in now.edition.agenda.representations:
            if site.id in heard or site.id in tallied or site.id in came:
                found = _reach(heard.get(site.id), tallied.get(site.id), came.get(site.id, 0))
                yield SiteReach(event=event, site=site.id, reach=found)


def _came(found: SessionAttendance | None) -> Mapping[str, int]:
    return {} if found is None else found.by_site


def _reach(heard: SiteHeard | None, tally: Tally | None, present: int) -> Reach:
    told = {} if heard is None else _told(heard)
    answered = {} if tally is None else _answered(tally, heard)
    return Reach(**told, **answered, present=present)


def _told(one: SiteHeard) -> dict[str, int]:
    return {
        "posts": len(one.posts),
        "told": len(one.posts) - len(one.missing),
        "accepted": one.count(Taking.TAKEN),
        "bounced": one.count(Taking.BOUNCED),
        "uncertain": one.count(Taking.UNCERTAIN),
        "planned": one.count(Taking.PLANNED),
        "unsent": one.count(Taking.NONE),
        "calendars": one.calendars,
        "read": one.read,
    }


def _answered(one: Tally, heard: SiteHeard | None) -> dict[str, int]:
    """What was said of another start counts for nothing until it is said again; who was never asked is not silent."""
    asked = () if heard is None else [post for post in heard.posts if post.asked]
    silent = sum(not post.answered for post in asked)
    return {"yes": one.yes, "no": one.no, "maybe": one.maybe, "elsewhere": one.elsewhere, "silent": silent}


def nights(
    edition: Edition, events: Mapping[str, EventFigures], attended: Mapping[str, SessionAttendance]
) -> Iterator[NightFigures]:
    """Each site that has a session in its night, in order of the agenda."""
    past: dict[str, list[str]] = {}
    coming: Counter[str] = Counter()
    for event in edition.agenda.events:
        standing, revision = events[event.id].standing, edition.revisions[event.id]
        if standing not in SITTING or revision.start is None or revision.end is None:
            continue
        for site in edition.agenda.addressed(event):
            if falls_in_the_night(*(revision.wall(at, site.zone) for at in (revision.start, revision.end))):
                if standing in OVER:
                    past.setdefault(site.id, []).append(event.id)
                else:
                    coming[site.id] += 1
    for site in edition.agenda.representations:
        if site.id in past or site.id in coming:
            held = past.get(site.id, [])
            recorded = [found for key in held if (found := attended.get(key)) is not None and found.source]
            people = sum(found.by_site.get(site.id, 0) for found in recorded) if recorded else None
            yield NightFigures(site=site.id, past=len(held), coming=coming[site.id], people=people)


def falls_in_the_night(start: datetime, end: datetime) -> bool:
    """Does any part between two walls of a site lie between 22:00 and 06:00?"""
    return is_night(start) or end > datetime.combine(start.date(), time(NIGHT_BEGINS))
