"""Answers -> figures: who comes to an event, from which sites nobody does, and whom that leaves to ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from calendars.editions import Edition, Revision, begins
from calendars.model.events import Event, EventStatus
from calendars.model.people import Role
from scheduler.planning.coverage import Tally, lacking, tallies
from scheduler.planning.plan import REMINDED
from scheduler.planning.standing import Footing, standing
from scheduler.store.posts import answers

SOON = timedelta(days=5)  # ahead of the start, a site from which nobody comes is somebody's task


@dataclass(frozen=True, kw_only=True, slots=True)
class Acceptances:
    """Of one event."""

    event: Event
    begins: datetime  # UTC; of whole days, midnight by the agenda's zone
    begins_at_home: datetime  # the same, as the agenda's clocks show it by the rules that it was published under
    sites: tuple[Tally, ...]  # those that it addresses, in the agenda's order
    lacking: tuple[Tally, ...]  # from which fewer come than its rule wants; none without a rule
    guests: Mapping[str, int]  # Representation.id -> posts that come from there instead of going to their own session
    uncoordinated: tuple[str, ...]  # ids of regions where a site lacks somebody, and there is no coordinator to hear it

    @property
    def empty(self) -> tuple[Tally, ...]:
        """The sites from which nobody has said to come."""
        return tuple(one for one in self.sites if not one.coming)

    @property
    def without_deputy(self) -> tuple[Tally, ...]:
        """Of those that lack somebody."""
        return tuple(one for one in self.lacking if not one.deputies)


def acceptances(connection: Connection, edition: Edition) -> Iterator[Acceptances]:
    """Of each event that asks who comes, in order of their start; not of what is cancelled."""
    asking = [pair for pair in edition.listed() if pair[0].asks_who_comes and edition.agenda.addressed(pair[0])]
    begun = [(begins(edition.agenda, *pair), *pair) for pair in asking if pair[0].status is not EventStatus.CANCELLED]
    for at, event, revision in sorted(begun, key=lambda one: (one[0], one[1].id)):
        yield _acceptances(connection, edition, event, revision, at)


def lacking_soon(connection: Connection, edition: Edition, now: datetime) -> tuple[Acceptances, ...]:
    """The events with a rule that begin within SOON and lack somebody."""
    found = (
        _acceptances(connection, edition, event, revision, at)
        for event, revision in edition.listed()
        if event.coverage is not None and event.status in REMINDED
        if now < (at := begins(edition.agenda, event, revision)) <= now + SOON
    )
    return tuple(one for one in found if one.lacking)


def _acceptances(
    connection: Connection, edition: Edition, event: Event, revision: Revision, at: datetime
) -> Acceptances:
    agenda, voices = edition.agenda, answers.voices(connection, revision.uid)
    counted = tallies(edition, event, voices)
    lack = lacking(event, counted)
    regions = {site.id: site.region for site in agenda.representations}
    coordinated = {regions.get(voice.site) for voice in voices if voice.role is Role.COORDINATOR}
    affected = dict.fromkeys(one.site.region for one in lack)
    return Acceptances(
        event=event,
        begins=at,
        begins_at_home=revision.wall(at, agenda.zone),
        sites=counted,
        lacking=lack,
        guests=_guests(connection, edition, event),
        uncoordinated=tuple(region for region in affected if region not in coordinated),
    )


def _guests(connection: Connection, edition: Edition, event: Event) -> Mapping[str, int]:
    """Of whoever said to come to another start of it, nobody knows."""
    found = answers.guests(connection, event.id)
    return Counter(site for site, start in found if standing(edition, event.id, site, start) is not Footing.SET_ASIDE)
