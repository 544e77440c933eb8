"""The agenda as frozen values: what an administrator configures, and nothing that moves.

Words are those of docs/architecture.md. Wall times are naive `datetime` in the agenda's zone;
instants are aware and in UTC. What the source does not say is listed in `Event.assumed` or is None.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Literal

Language = Literal["es", "en"]
LANGUAGES: tuple[Language, ...] = ("es", "en")
CalendarDate = date  # for a field of the name `date`, which hides the type from pydantic


def slug(name: str) -> str:
    """A region's id: its name without accents, lower case, hyphens ("Asia Pacífico" -> "asia-pacifico")."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def ascii_domain(name: str) -> str:
    """A domain in lower case and in its ASCII form (RFC 5890); empty if it has none."""
    try:
        return name.lower().encode("idna").decode("ascii")
    except UnicodeError:
        return ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """One thing said to people, in each language."""

    es: str
    en: str

    def __getitem__(self, language: Language) -> str:
        return self.es if language == "es" else self.en


class EventKind(StrEnum):
    WORKSHOP = "workshop"
    MEETING = "meeting"
    DRIVE = "drive"
    WORKING_GROUP = "working-group"
    TALK = "talk"


class EventStatus(StrEnum):
    """TENTATIVE, CONFIRMED and CANCELLED are iCalendar's (RFC 5545 §3.8.1.11); the others are the agenda's own."""

    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    HELD = "held"
    UNSCHEDULED = "unscheduled"


class Assumption(StrEnum):
    """A part of an event that the source does not give; shown as «supuesto» wherever it is shown."""

    DATE = "date"
    TIME = "time"
    DURATION = "duration"
    PLACE = "place"


@dataclass(frozen=True, kw_only=True, slots=True)
class Timed:
    """A start at a wall time in the agenda's zone, and an elapsed duration."""

    wall: datetime  # naive, in Agenda.zone
    duration: timedelta  # elapsed, > 0
    fold: Literal[0, 1] | None = None  # which of two equal wall times («pliegue»); None where there is one


@dataclass(frozen=True, kw_only=True, slots=True)
class Days:
    """Whole days, the same calendar dates at every site."""

    first: date
    last: date  # inclusive


@dataclass(frozen=True, kw_only=True, slots=True)
class Audience:
    """Whom an event addresses. An audience that names nobody is refused in reading; it never means everyone."""

    kind: Literal["all", "coordination", "regions", "sites"]
    ids: tuple[str, ...] = ()  # region ids or site ids, for those two kinds


@dataclass(frozen=True, kw_only=True, slots=True)
class DaysBefore:
    """`P7D a las 09:00`: wall time at the site, counted in dates from the site's date of the event."""

    days: int  # 0..365
    at: time

    def __str__(self) -> str:
        return f"P{self.days}D a las {self.at:%H:%M}"


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeBefore:
    """`PT1H`: elapsed time before the start. Only for events with an hour."""

    minutes: int  # > 0

    def __str__(self) -> str:
        hours, minutes = divmod(self.minutes, 60)
        return "PT" + (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")


ReminderRule = DaysBefore | TimeBefore


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """`cobertura:` how many posts of each site have to come, and when others are asked where too few said so."""

    minimum: int = 1  # posts that come, 1..99
    deputy: DaysBefore = DaysBefore(days=5, at=time(10))  # when a site's deputies are asked
    coordination: DaysBefore = DaysBefore(days=2, at=time(10))  # when the region's coordinators hear of it


@dataclass(frozen=True, kw_only=True, slots=True)
class Quiet:
    """`silencio: 22:00-06:00`: hours of the site's night in which no `PT…` reminder leaves."""

    start: time
    end: time


@dataclass(frozen=True, kw_only=True, slots=True)
class Sender:
    name: str  # display name of From
    address: str  # From, and ORGANIZER
    reply_to: str
    domain: str  # of envelope sender and Message-ID; aligned with From's


@dataclass(frozen=True, kw_only=True, slots=True)
class Region:
    id: str
    name: Text


@dataclass(frozen=True, kw_only=True, slots=True)
class Representation:
    """A consular site: embassy, consulate or other office."""

    id: str
    kind: str
    name: str
    city: str
    country: str
    country_code: str  # ISO 3166-1 alpha-2
    region: str  # Region.id
    zone: str  # IANA time zone of the city
    weekend: tuple[int, ...] | None = None  # 0 = Monday .. 6 = Sunday; None: the country's, from CLDR
    opens: time = time(9)
    closes: time = time(18)


@dataclass(frozen=True, kw_only=True, slots=True)
class Axis:
    id: str
    title: Text
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Commitment:
    """What a session of the commission asked for, and the duty to report on it."""

    id: str
    title: Text
    session: Text
    date: CalendarDate
    report: Text | None  # to whom and how it is reported
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    value: int
    unit: Text
    approximate: bool = False  # "cerca de"


@dataclass(frozen=True, kw_only=True, slots=True)
class Advance:
    """Work done so far, with the figures that the source gives."""

    id: str
    title: Text
    axis: str | None  # Axis.id; None: «sin asignar»
    figures: tuple[Figure, ...]
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    id: str  # immutable: its UID is made from it
    title: Text
    kind: EventKind
    status: EventStatus
    when: Timed | Days | None  # None if and only if UNSCHEDULED
    audience: Audience
    axis: str | None  # Axis.id; None: «sin asignar»
    source: str
    place: Text | None = None
    description: Text | None = None
    reason: Text | None = None  # of a change or cancellation; goes out in the mail
    assumed: tuple[Assumption, ...] = ()
    rules: tuple[ReminderRule, ...] | None = None  # None: the agenda's for its kind of start
    coverage: Coverage | None = None  # None: nobody counts who comes
    other_sessions: bool = False  # may its people join another region's session of the same kind?

    @property
    def asks_who_comes(self) -> bool:
        """Do mails about it ask whether the post comes?"""
        return isinstance(self.when, Timed) or self.coverage is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reminders:
    timed: tuple[ReminderRule, ...]
    days: tuple[DaysBefore, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Signups:
    """Who may ask for reminders by the page: whoever reads mail at one of the domains."""

    domains: tuple[str, ...]  # ASCII, lower case; `sre.gob.mx` is itself only, `*.gob.mx` whatever lies below gob.mx

    def admits(self, address: str) -> bool:
        """Is the address at one of the domains, case and IDNA aside? Whether it can be an address is not asked."""
        local, _, host = address.rpartition("@")
        name = ascii_domain(host)
        return bool(local) and any(
            name.endswith(domain[1:]) if domain.startswith("*.") else name == domain for domain in self.domains
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Privacy:
    """The institution's privacy notice: its words, where the whole of it stands, or both."""

    text: Text | None  # paragraphs, an empty line between them
    url: str | None  # https

    def paragraphs(self, language: Language) -> tuple[str, ...]:
        return tuple(self.text[language].split("\n\n")) if self.text else ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Agenda:
    id: str
    title: Text
    published: date  # dates the first edition, at 00:00 in `zone`
    zone: str  # IANA zone of every wall time in it; «TCM» is America/Mexico_City
    sender: Sender
    regions: tuple[Region, ...]
    representations: tuple[Representation, ...]
    axes: tuple[Axis, ...]
    commitments: tuple[Commitment, ...]
    advances: tuple[Advance, ...]
    events: tuple[Event, ...]
    reminders: Reminders
    quiet: Quiet | None = None
    retention: timedelta | None = None  # whole days from an address's end to its erasure; None: it stays
    signups: Signups | None = None  # None: nobody signs up by the page
    privacy: Privacy | None = None

    def event(self, key: str) -> Event | None:
        """The event of that id; None where there is none."""
        return next((event for event in self.events if event.id == key), None)

    def site(self, key: str) -> Representation | None:
        """The representation of that id; None where there is none."""
        return next((site for site in self.representations if site.id == key), None)

    def addressed(self, event: Event) -> tuple[Representation, ...]:
        """The sites that the event concerns, in the agenda's order; none for `coordination`."""
        match event.audience.kind:
            case "all":
                return self.representations
            case "regions":
                return tuple(r for r in self.representations if r.region in event.audience.ids)
            case "sites":
                return tuple(r for r in self.representations if r.id in event.audience.ids)
        return ()

    def rules_for(self, event: Event) -> tuple[ReminderRule, ...]:
        if event.rules is not None:
            return event.rules
        return self.reminders.timed if isinstance(event.when, Timed) else self.reminders.days


class Role(StrEnum):
    """What a post is to its site."""

    HOLDER = "holder"  # gets the reminders and hears of changes
    DEPUTY = "deputy"  # is asked where no holder comes, and gets the event's mail once it does
    COORDINATOR = "coordinator"  # of its site's region: hears which sites have nobody


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipient:
    """A post, not a person, at a representation. A corrected address is the same post under the same id."""

    id: str
    site: str  # Representation.id
    address: str
    language: Language
    post: str
    joined: date
    role: Role = Role.HOLDER


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """The files as saved and found valid; not in force until published."""

    agenda: Agenda
    recipients: tuple[Recipient, ...]
    links: dict[str, str]  # Event.id -> joining link; never in anything public


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """What is wrong with a file, where, by which rule, and the way out."""

    file: str
    line: int  # from 1
    column: int  # from 1
    value: str
    rule: str  # stable code for scripts, e.g. "unknown-region"
    message: Text  # says value, rule and correction
