"""What each site should know of each event under each edition, reckoned without the program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from calendars.model.agenda import Agenda
from calendars.model.events import Assumption, Days, Event, EventStatus, Timed
from calendars.model.people import Recipient
from calendars.model.places import Representation


@dataclass(frozen=True, kw_only=True, slots=True)
class Hour:
    """A start by two clocks, as walls."""

    here: datetime  # the site's
    home: datetime  # the agenda's


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    first: date
    last: date  # inclusive


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """What a person has to know of an event that is theirs."""

    when: Hour | Span
    unsure: bool  # «por confirmar»
    place: str | None
    link: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """The same event on the line of time, UTC; of whole days, their midnights at the site."""

    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Truth:
    """An edition as the administrator meant it. Equal only to itself."""

    at: datetime  # UTC
    agenda: Agenda
    links: Mapping[str, str]
    posts: tuple[Recipient, ...]
    zones: Path  # compiled zone data that its hours are reckoned with
    silent: bool = False
    sites: Mapping[str, Representation] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sites", {site.id: site for site in self.agenda.representations})

    def events(self, site: str) -> dict[str, Event]:
        """Those that take place for a site, by id."""
        if site not in self.sites:
            return {}
        return {
            event.id: event
            for event in self.agenda.events
            if event.when is not None and event.status is not EventStatus.CANCELLED and self._has(event, site)
        }

    def facts(self, site: str, language: str) -> dict[str, Fact]:
        return {key: self._fact(event, site, language) for key, event in self.events(site).items()}

    def moment(self, event: Event, site: str) -> Moment:
        match event.when:
            case Timed(duration=duration):
                start = self._instant(event)
                return Moment(start=start, end=start + duration)
            case Days(first=first, last=last):
                return Moment(start=self.midnight(first, site), end=self.midnight(last + timedelta(days=1), site))
        raise AssertionError(f"{event.id} has no date")

    def wall(self, instant: datetime, site: str) -> datetime:
        """What a site's clocks show."""
        return instant.astimezone(_zone(self.zones, self.sites[site].zone)).replace(tzinfo=None)

    def uid(self, event: str) -> str:
        return str(uuid5(uuid5(NAMESPACE_URL, f"urn:agenda-consular:{self.agenda.id}"), event))

    def _has(self, event: Event, site: str) -> bool:
        match event.audience.kind:
            case "all":
                return True
            case "regions":
                return self.sites[site].region in event.audience.ids
            case "sites":
                return site in event.audience.ids
        return False

    def _fact(self, event: Event, site: str, language: str) -> Fact:
        when: Hour | Span
        if isinstance(event.when, Days):
            when = Span(first=event.when.first, last=event.when.last)
        else:
            assert isinstance(event.when, Timed)
            when = Hour(here=self.wall(self._instant(event), site), home=event.when.wall)
        open_parts = {Assumption.DATE, Assumption.TIME} & set(event.assumed)
        return Fact(
            when=when,
            unsure=event.status is EventStatus.TENTATIVE or bool(open_parts),
            place=None if event.place is None else (event.place.es if language == "es" else event.place.en),
            link=self.links.get(event.id),
        )

    def _instant(self, event: Event) -> datetime:
        assert isinstance(event.when, Timed)
        known = event.when.wall.replace(tzinfo=_zone(self.zones, self.agenda.zone), fold=event.when.fold or 0)
        return known.astimezone(UTC)

    def midnight(self, day: date, site: str) -> datetime:
        """When a day begins by a site's clocks, UTC."""
        return datetime.combine(day, time(), _zone(self.zones, self.sites[site].zone)).astimezone(UTC)


@cache
def _zone(folder: Path, name: str) -> ZoneInfo:
    with (folder / name).open("rb") as file:
        return ZoneInfo.from_file(file, name)
