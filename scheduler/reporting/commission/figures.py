"""What a report to the commission says, as plain values: every figure and date of its sentences stands here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta

from calendars.model.agenda import Advance, Axis, Commitment
from calendars.model.events import Event
from calendars.model.places import Region
from calendars.model.text import Text
from scheduler.planning.outcome import EventStanding

OVER = (EventStanding.HELD, EventStanding.PASSED)  # as far as anybody knows it took place
AHEAD = (EventStanding.COMING, EventStanding.UNDER_WAY)
SITTING = (*OVER, *AHEAD)


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalHour:
    """An hour by a site's own clocks."""

    wall: datetime  # naive
    city: Text  # as lists name it


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionPresence:
    """Who came to one session, as far as anybody recorded it."""

    people: int | None  # present from the threshold on, of all sites; None: nobody recorded it
    sites: int  # from which at least one of them came
    unmatched: int  # present, and of no site that is known: not among `people`
    unknown: int  # whose time is not known: neither among `people`
    own_total: int | None  # what the files of the meeting program say themselves, added up
    own_files: int  # how many files that is of
    by_hand: bool  # it was typed, not read


@dataclass(frozen=True, kw_only=True, slots=True)
class EventFigures:
    """One event. Walls are naive, by the agenda's clocks unless a comment says otherwise."""

    event: Event  # without what is for mails alone
    standing: EventStanding
    start: datetime | None  # None of whole days and of what has no date
    end: datetime | None
    first_local: LocalHour | None  # of the sites that it addresses, the earliest clock; None where it has no hour
    last_local: LocalHour | None
    sites: int  # that it addresses
    presence: SessionPresence


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """Posts of one site and what is known of them about one event; or sums of these."""

    posts: int = 0  # each once for each event that concerns it
    told: int = (
        0  # the mail server took a mail that tells it, its private calendar was read since, or it answered since
    )
    accepted: int = 0  # the mail server took one
    bounced: int = 0  # none was taken, and one came back or was refused
    uncertain: int = 0  # none was taken, and of one nobody knows whether it arrived
    planned: int = 0  # one is still to leave
    unsent: int = 0  # nothing left and nothing waits
    calendars: int = 0  # private ones of the site
    read: int = 0  # of these, since the news
    yes: int = 0
    no: int = 0
    maybe: int = 0
    elsewhere: int = 0  # come to another region's session
    silent: int = 0  # were asked, a mail about it being taken, and have said nothing that counts
    present: int = 0  # people, where it was recorded

    @property
    def answered(self) -> int:
        return self.yes + self.no + self.maybe + self.elsewhere

    @property
    def asked(self) -> int:
        return self.answered + self.silent


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteReach:
    """One event at one site."""

    event: str  # Event.id
    site: str  # Representation.id
    reach: Reach


@dataclass(frozen=True, kw_only=True, slots=True)
class SitePlace:
    """A site of the agenda."""

    id: str
    region: str  # Region.id
    city: Text  # as lists name it: told apart from others of that name


@dataclass(frozen=True, kw_only=True, slots=True)
class Speed:
    """How fast the notices of one publication, or of all, were taken by the mail server. Nearest-rank percentiles."""

    median: timedelta  # from publication to acceptance
    p95: timedelta
    wait: timedelta  # median from publication to the moment at which they were due: settling and working hours
    late: timedelta  # median from that moment to acceptance


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldChange:
    """What an edition changed of one event, as far as people are told."""

    title: Text
    kinds: tuple[str, ...]  # calendars.changes.Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeFigures:
    """One publication after the first."""

    edition: int
    at: datetime  # by the agenda's clocks
    silent: bool  # nobody was told
    events: tuple[ToldChange, ...]
    accepted: int  # notices that the mail server took
    failed: int  # that came back, or were refused
    uncertain: int
    open: int  # still to leave
    speed: Speed | None  # None where none was taken


@dataclass(frozen=True, kw_only=True, slots=True)
class RollFigures:
    """The last roll call."""

    number: int
    at: date  # by the agenda's clocks
    sites: int
    proven: int  # confirmed both their clock and their mailbox
    opened: int  # somebody pressed a button of the mail
    bounced: int  # their mail came back
    other_clock: int  # say another hour than ours, or disagree
    other_person: int  # a post of theirs has another person
    by_region: tuple[tuple[str, int, int], ...]  # Region.id, proven, sites


@dataclass(frozen=True, kw_only=True, slots=True)
class NightFigures:
    """A site's sessions of which a part lies between 22:00 and 06:00 by its own clocks."""

    site: str  # Representation.id
    past: int  # held, or over and nobody has said
    coming: int
    people: int | None  # who were present at the past ones; None: recorded of none of them


@dataclass(frozen=True, kw_only=True, slots=True)
class MailFigures:
    """All mails of one purpose."""

    purpose: str
    accepted: int
    failed: int  # came back, or were refused
    uncertain: int


@dataclass(frozen=True, kw_only=True, slots=True)
class EditionFigures:
    """One edition, so that anybody can ask for it."""

    number: int
    at: datetime  # by the agenda's clocks
    digest: str  # SHA-256 of what was published
    zone_version: str  # of the zone data that it was published with


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """The pack of evidence that goes with a report: its head, and when it was made."""

    head: str
    at: datetime  # UTC


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportHead:
    """What a report is about, and when."""

    agenda: str  # Agenda.id
    title: Text
    issuer: str  # who sends the mails, as they name themselves
    zone: str  # IANA zone of all walls
    at: datetime  # when it was gathered, by the agenda's clocks
    edition: int  # in force
    commitment: str  # Commitment.id of the one that it is about; "": of all
    zone_version: str  # of the zone data that this process reckons with
    zone_agrees: bool  # it is what the edition was published with
    present_from: int  # minutes from which a person counts as present
    countries: int
    zones: int
    retention: int | None  # days after which an address that ended is erased
    audit: str  # the head of the list of who did what; "": it has no row
    evidence: Evidence | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CommissionFigures:
    """All of it."""

    head: ReportHead
    commitments: tuple[Commitment, ...]  # that it reports on
    axes: tuple[Axis, ...]
    advances: tuple[Advance, ...]
    events: tuple[EventFigures, ...]  # in order of the agenda
    regions: tuple[Region, ...]
    sites: tuple[SitePlace, ...]
    reaches: tuple[SiteReach, ...]  # each event that is told, at each site that it concerns
    mails: tuple[MailFigures, ...]
    arrivals: tuple[int, ...]  # of 24: mails taken in each hour of the clocks of their sites
    changes: tuple[ChangeFigures, ...]
    speed: Speed | None  # of all notices together
    roll: RollFigures | None  # None: never called
    nights: tuple[NightFigures, ...]  # sites with any
    editions: tuple[EditionFigures, ...]

    def reach(self) -> Reach:
        """The sum of all."""
        return summed(one.reach for one in self.reaches)

    def reach_of_sites(self) -> Mapping[str, Reach]:
        """The sum of each site, by its id, in order of the agenda."""
        own: dict[str, list[Reach]] = {site.id: [] for site in self.sites}
        for one in self.reaches:
            own[one.site].append(one.reach)
        return {site: summed(found) for site, found in own.items()}

    @property
    def region_of(self) -> Mapping[str, str]:
        """Region.id by Representation.id."""
        return {site.id: site.region for site in self.sites}

    @property
    def recorded(self) -> tuple[EventFigures, ...]:
        """The sessions whose attendance somebody recorded."""
        return tuple(one for one in self.events if one.presence.people is not None)


def summed(found: Iterable[Reach]) -> Reach:
    sums = dict.fromkeys((field.name for field in fields(Reach)), 0)
    for one in found:
        for name in sums:
            sums[name] += getattr(one, name)
    return Reach(**sums)


def figures_json(found: CommissionFigures) -> dict[str, object]:
    """For scripts and for what is kept: dates in ISO form, durations in seconds."""
    plain: dict[str, object] = json.loads(json.dumps(asdict(found), ensure_ascii=False, default=_plain))
    return plain


def _plain(value: object) -> object:
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in a report")
