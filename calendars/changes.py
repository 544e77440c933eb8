"""Two editions compared by meaning: what is different for the people concerned, and which sites they are at.

The one place that says so: `agenda diff`, the consequences of a publication, and what people are told of it. Counters
and dates of publication do not matter here, so a change and its correction leave nothing to tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from calendars.editions import Edition, Revision
from calendars.model.agenda import Agenda
from calendars.model.events import Days, Event, EventStatus, Timed
from calendars.wording import is_uncertain


class Kind(StrEnum):
    """What is different, the weightiest first: a notice is headed by the first of its kinds."""

    CANCELLED = "cancelled"  # it takes place no more: cancelled, dropped while ahead, or left without a date
    ADDED = "added"  # it takes place now, and did not: new, dated at last, or no longer cancelled
    CONFIRMED = "confirmed"  # date and hour are certain now
    MOVED = "moved"
    SHIFTED = "shifted"  # another hour that nobody wrote: zone rules, or the zone of a site
    RELOCATED = "relocated"
    AUDIENCE = "audience"  # other sites have it
    LINK = "link"  # another link to join by
    RESTATED = "restated"  # another status, of none of the kinds above
    REMINDERS = "reminders"  # its own reminder rules
    ATTENDANCE = "attendance"  # how many have to come, or whether other sessions are open to its people
    FOLLOW_UP = "follow-up"  # whether a mail follows it
    MESSAGE = "message"  # its own words for its mails: they go with those that are to come, and make none
    REWORDED = "reworded"
    REMOVED = "removed"  # dropped once over, or without a date: nobody misses it


_TOLD = (Kind.CONFIRMED, Kind.MOVED, Kind.SHIFTED, Kind.RELOCATED, Kind.LINK)  # to sites that keep the event


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """One event as one edition has it."""

    event: Event
    revision: Revision
    home: str  # IANA zone of the agenda
    zones: Mapping[str, str]  # the sites that it addresses: Representation.id -> IANA zone
    link: str | None = field(default=None, repr=False)  # to join by; never in a log

    @property
    def start(self) -> datetime | None:
        """Instant, UTC; None for whole days and undated events."""
        return self.revision.start

    @property
    def end(self) -> datetime | None:
        """Likewise, exclusive."""
        return self.revision.end

    @property
    def takes_place(self) -> bool:
        return self.event.when is not None and self.event.status is not EventStatus.CANCELLED

    @property
    def moment(self) -> tuple[datetime | None, datetime | None, Days | None]:
        """What a move changes."""
        return self.start, self.end, self.event.when if isinstance(self.event.when, Days) else None

    def wall_at(self, site: str) -> datetime | None:
        """Its start by the clocks of a site that it addresses; None where it has no hour."""
        return None if self.start is None else self.revision.wall(self.start, self.zones[site])

    def at_home(self) -> datetime | None:
        """Its start by the agenda's own clocks, as it was written; None where it has no hour."""
        return self.event.when.wall if isinstance(self.event.when, Timed) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One event that is not what it was."""

    event: str  # Event.id
    kinds: tuple[Kind, ...]  # in the order of Kind; at least one
    before: Standing | None  # None: there was no such event
    after: Standing | None  # None: it is gone

    @property
    def had(self) -> tuple[str, ...]:
        """The sites in whose calendars it took place."""
        return _sites(self.before)

    @property
    def has(self) -> tuple[str, ...]:
        """The sites in whose calendars it takes place now."""
        return _sites(self.after)


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """What one site has to hear of one change. At least one of `before` and `after` is there."""

    event: str  # Event.id
    site: str  # Representation.id
    kinds: tuple[Kind, ...]  # in the order of Kind; at least one
    before: Standing | None  # None: the site did not have it
    after: Standing | None  # None: the site has it no more
    guest: bool = False  # for those at the site who come all the same, though the event does not address it

    @property
    def old(self) -> datetime | Days | None:
        """When the site had it: an instant (UTC), or days."""
        return None if self.before is None else self.before.start or self.before.moment[2]

    @property
    def new(self) -> datetime | Days | None:
        return None if self.after is None else self.after.start or self.after.moment[2]


def changes(
    before: Edition,
    after: Edition,
    old_links: Mapping[str, str] | None = None,
    new_links: Mapping[str, str] | None = None,
) -> tuple[Change, ...]:
    """Every event that differs, in the order of `after`, then those that are gone.

    The joining links, by Event.id, stand beside an edition; without them, no link is compared.
    """
    was, now = standings(before, old_links or {}), standings(after, new_links or {})
    keys = (*now, *(key for key in was if key not in now))
    return tuple(
        Change(event=key, kinds=kinds, before=was.get(key), after=now.get(key))
        for key in keys
        if (kinds := _kinds(was.get(key), now.get(key)))
    )


def standings(edition: Edition, links: Mapping[str, str]) -> dict[str, Standing]:
    """Each event of an edition, by its id."""
    agenda = edition.agenda
    return {event.id: _standing(agenda, edition, event, links.get(event.id)) for event in agenda.events}


def without_links(notice: Notice) -> Notice | None:
    """The same for those who are not given joining links; None where there is nothing else to hear."""
    kinds = tuple(kind for kind in notice.kinds if kind is not Kind.LINK)
    was, now = (None if one is None else replace(one, link=None) for one in (notice.before, notice.after))
    return replace(notice, kinds=kinds, before=was, after=now) if kinds else None


def notices(change: Change) -> Iterator[Notice]:
    """Who hears of a change: a notice for each site concerned, in the agenda's order; none for what nobody attends."""
    had, has = frozenset(change.had), frozenset(change.has)
    if change.after is not None and change.after.event.status is EventStatus.HELD:
        return
    for site in (*change.has, *(site for site in change.had if site not in has)):
        if kinds := _told(change, site, had=site in had, has=site in has):
            yield Notice(
                event=change.event,
                site=site,
                kinds=kinds,
                before=change.before if site in had else None,
                after=change.after if site in has else None,
            )


def for_guest(change: Change, site: str, zone: str) -> Change | None:
    """The change as it is for somebody from a site that the event does not address, who comes all the same.

    None where nothing is different for them. To be read with `notices`.
    """
    before, after = _visited(change.before, site, zone), _visited(change.after, site, zone)
    kinds = _kinds(before, after)
    return Change(event=change.event, kinds=kinds, before=before, after=after) if kinds else None


def _visited(standing: Standing | None, site: str, zone: str) -> Standing | None:
    return None if standing is None else replace(standing, zones={site: zone})


def _standing(agenda: Agenda, edition: Edition, event: Event, link: str | None) -> Standing:
    return Standing(
        event=event,
        revision=edition.revisions[event.id],
        home=agenda.zone,
        zones={site.id: site.zone for site in agenda.addressed(event)},
        link=link,
    )


def _sites(standing: Standing | None) -> tuple[str, ...]:
    return tuple(standing.zones) if standing is not None and standing.takes_place else ()


def _kinds(before: Standing | None, after: Standing | None) -> tuple[Kind, ...]:
    if before is None:
        return (Kind.ADDED,)
    if after is None:
        return (Kind.REMOVED,)
    found = _of_standing(before, after) | _of_words(before.event, after.event)
    if not found and before.revision.digest != after.revision.digest:
        found = {Kind.REWORDED}
    return tuple(kind for kind in Kind if kind in found)


def _of_standing(before: Standing, after: Standing) -> set[Kind]:
    """What is different for whoever attends."""
    if before.takes_place != after.takes_place:
        return {Kind.ADDED if after.takes_place else Kind.CANCELLED}
    found = {Kind.LINK} if before.link != after.link else set()
    if _confirmed(before.event, after.event):
        found.add(Kind.CONFIRMED)
    elif before.event.status is not after.event.status:
        found.add(Kind.RESTATED)
    return found | _of_date_and_place(before, after) if after.takes_place else found


def _of_date_and_place(before: Standing, after: Standing) -> set[Kind]:
    found = set()
    if before.moment != after.moment:
        found.add(Kind.MOVED if _rewritten(before, after) else Kind.SHIFTED)
    elif any(_shifted_at(site, before, after) for site in after.zones):
        found.add(Kind.SHIFTED)
    if before.event.place != after.event.place:
        found.add(Kind.RELOCATED)
    if before.zones.keys() != after.zones.keys():
        found.add(Kind.AUDIENCE)
    return found


def _confirmed(before: Event, after: Event) -> bool:
    return is_uncertain(before) and after.status is EventStatus.CONFIRMED and not is_uncertain(after)


def _rewritten(before: Standing, after: Standing) -> bool:
    """Was another hour written, and not the same one read by other rules?"""
    return (before.event.when, before.home) != (after.event.when, after.home)


def _shifted_at(site: str, before: Standing, after: Standing) -> bool:
    """Do the clocks of a site that keeps the event show another hour, though the instant is the same?"""
    return site in before.zones and before.wall_at(site) != after.wall_at(site)


def _of_words(before: Event, after: Event) -> set[Kind]:
    found = set()
    if before.rules != after.rules:
        found.add(Kind.REMINDERS)
    if (before.coverage, before.other_sessions) != (after.coverage, after.other_sessions):
        found.add(Kind.ATTENDANCE)
    if before.follow_up != after.follow_up:
        found.add(Kind.FOLLOW_UP)
    if before.message != after.message:
        found.add(Kind.MESSAGE)
    if _words(before) != _words(after):
        found.add(Kind.REWORDED)
    return found


def _words(event: Event) -> tuple[object, ...]:
    return event.title, event.kind, event.description, event.axis, event.source


def _told(change: Change, site: str, *, had: bool, has: bool) -> tuple[Kind, ...]:
    if not (had and has):
        return tuple(kind for kind in (Kind.CANCELLED, Kind.ADDED, Kind.AUDIENCE) if kind in change.kinds)
    assert change.before is not None
    assert change.after is not None
    told = [kind for kind in _TOLD if kind in change.kinds]
    # Where a site's rules changed along with the agenda's, its clocks show what they were to show.
    elsewhere_only = not _shifted_at(site, change.before, change.after)
    return tuple(kind for kind in told if kind is not Kind.SHIFTED or not elsewhere_only)
