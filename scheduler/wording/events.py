"""One event as a list says it: when by the agenda's clock, the span of local hours, for whom, what is not certain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from calendars.catalogue import Phrase
from calendars.editions import Edition, Revision, begins, is_past
from calendars.model.agenda import Agenda
from calendars.model.events import Assumption, Audience, Days, Event, EventStatus
from calendars.model.places import Representation
from calendars.model.text import Language
from calendars.shifts import shifts_of
from calendars.wording import (
    assumption,
    axis_title,
    days_span,
    home_short,
    hour,
    kind_word,
    long_date,
    sentence,
    short_date,
    status_word,
)
from calendars.zones import to_wall
from scheduler.planning.outcome import EventStanding, outcome
from scheduler.wording.places import city_names
from scheduler.wording.remaining import until, until_days

IN_DOUBT = Phrase("Local time to be confirmed: time-zone rules changed.")
SOME_IN_DOUBT = Phrase("Local time to be confirmed ({sites}): time-zone rules changed.")
NOT_HELD = Phrase("not held", "an event")
_SPAN = Phrase("{first} to {last}")
_COORDINATION = Phrase("coordination")
_SITES = Phrase("{n} {n:site|sites}")
_REASON = Phrase("reason: {reason}")
_ORIGIN = Phrase("Axis: {axis} · Source: {source}")
_UNKNOWN: Mapping[str, bool] = {}  # of no session it is known whether it was held
SITES_NAMED = 3  # of an audience that lists sites; more are counted


@dataclass(frozen=True, kw_only=True, slots=True)
class Countdown:
    """How long until, and what a browser needs to say it anew a minute later."""

    text: str
    start: datetime | None  # UTC; None for whole days, whose text lasts as long as the page
    end: datetime | None  # likewise
    offset: int  # minutes east of UTC, of the clocks whose days are counted, at `start`


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownEvent:
    """What every list says of an event."""

    id: str
    title: str
    kind: str
    status: str | None  # None: confirmed, which goes without saying
    cancelled: bool
    start: datetime | None  # UTC; None for whole days and for what has no date
    day: str  # by the clocks of whoever the list is for
    countdown: Countdown | None  # None where nobody's present is known, and for what has no date
    notes: tuple[str, ...]  # what is supposed, and why it changed
    origin: str  # axis and source


S = TypeVar("S", bound=ShownEvent)


@dataclass(frozen=True, kw_only=True, slots=True)
class EventLine(ShownEvent):
    """One event as a list of many sites' events shows it, by the agenda's clock."""

    clock: str | None  # "18:00"; None for whole days
    hour: str | None  # the same with the name of its clocks
    local: str | None  # from the first to the last local hour of those it addresses
    audience: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    ahead: tuple[EventLine, ...]
    past: tuple[EventLine, ...]  # over, or marked as held; the latest first
    undated: tuple[EventLine, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeline:
    """The dated events of an edition in order of their start, each with its revision."""

    ahead: tuple[tuple[Event, Revision], ...]
    past: tuple[tuple[Event, Revision], ...]  # over, or marked as held; the latest first


def timeline(edition: Edition, now: datetime | None) -> Timeline:
    """Every dated event that people still hear of; without `now` all of them count as ahead."""
    agenda = edition.agenda
    dated = sorted(edition.listed(), key=lambda pair: (begins(agenda, *pair), pair[0].id))
    over = [now is not None and is_over(agenda, event, revision, now) for event, revision in dated]
    return Timeline(
        ahead=tuple(pair for pair, gone in zip(dated, over, strict=True) if not gone),
        past=tuple(pair for pair, gone in zip(dated, over, strict=True) if gone)[::-1],
    )


def listing(
    edition: Edition,
    now: datetime | None,
    language: Language,
    sites: Sequence[Representation] | None = None,
    held: Mapping[str, bool] = _UNKNOWN,
) -> Listing:
    """The events as lines: all of them, or those that address any of `sites`, with the hours of these alone.

    `held`: what attendance says of sessions, by event (id).
    """
    agenda = edition.agenda
    only = None if sites is None else {site.id for site in sites}

    def lines(pairs: Iterable[tuple[Event, Revision]]) -> tuple[EventLine, ...]:
        concerned = ((event, revision, _among(agenda.addressed(event), only)) for event, revision in pairs)
        return tuple(
            as_it_went(event_line(agenda, event, revision, now, language, own), edition, held, now, language)
            for event, revision, own in concerned
            if own or only is None
        )

    found = timeline(edition, now)
    undated = ((event, edition.revisions[event.id]) for event in agenda.events if event.when is None)
    return Listing(ahead=lines(found.ahead), past=lines(found.past), undated=lines(undated))


def _among(addressed: Sequence[Representation], only: Set[str] | None) -> tuple[Representation, ...]:
    return tuple(site for site in addressed if only is None or site.id in only)


def is_over(agenda: Agenda, event: Event, revision: Revision, now: datetime) -> bool:
    return event.status is EventStatus.HELD or is_past(agenda, event, revision, now)


def event_line(
    agenda: Agenda,
    event: Event,
    revision: Revision,
    now: datetime | None,
    language: Language,
    sites: Sequence[Representation],
) -> EventLine:
    home = revision.wall(revision.start, agenda.zone) if revision.start is not None else None
    return EventLine(
        id=event.id,
        title=event.title[language],
        kind=kind_word(event.kind, language),
        status=None if event.status is EventStatus.CONFIRMED else status_word(event.status, language),
        cancelled=event.status is EventStatus.CANCELLED,
        day=day_words(agenda.zone, event, revision, language),
        clock=f"{home:%H:%M}" if home is not None else None,
        hour=home_hour(agenda, home, language) if home is not None else None,
        start=revision.start,
        local=local_span(revision, revision.start, sites, language) if revision.start is not None and sites else None,
        countdown=countdown(event, revision, agenda.zone, now, language) if now is not None else None,
        audience=audience_words(agenda, event.audience, agenda.addressed(event), language),
        notes=tuple(sentence(note) for note in notes(event, language)),
        origin=origin(agenda, event, language),
    )


def as_it_went(line: S, edition: Edition, held: Mapping[str, bool], now: datetime | None, language: Language) -> S:
    """The same with what has become of its event in the place of its status in the files, where that is known.

    `held`: what attendance says of sessions, by event (id); `now`: aware, None where nobody's present is known.
    """
    event = edition.agenda.event(line.id)
    if event is None or now is None:
        return line
    standing = outcome(edition.agenda, event, edition.revisions[line.id], held.get(line.id), now)
    if standing is EventStanding.HELD:
        return replace(line, status=status_word(EventStatus.HELD, language))
    if standing is EventStanding.NOT_HELD:
        return replace(line, status=NOT_HELD[language], countdown=None)
    return line


def countdown(event: Event, revision: Revision, zone: str, now: datetime, language: Language) -> Countdown | None:
    """How long until it begins or since it ended, by the clocks of `zone`.

    None for what has no date, or is off; and for what is marked as held before its end has come.
    """
    held = event.status is EventStatus.HELD
    if event.status is EventStatus.CANCELLED:
        return None
    if isinstance(event.when, Days):
        today = to_wall(now, zone).date()
        if held and today <= event.when.last:
            return None
        return Countdown(text=until_days(event.when, today, language), start=None, end=None, offset=0)
    if revision.start is None or revision.end is None or (held and now < revision.end):
        return None
    return Countdown(
        text=until(revision.start, revision.end, zone, now, language, revision.wall),
        start=revision.start,
        end=revision.end,
        offset=int((revision.wall(revision.start, zone) - revision.start.replace(tzinfo=None)).total_seconds()) // 60,
    )


def day_words(zone: str, event: Event, revision: Revision, language: Language) -> str:
    """Its date by the clocks of `zone`, its span of whole days, or that it has no date."""
    if revision.start is not None:
        return long_date(revision.wall(revision.start, zone), language)
    match event.when:
        case Days(first=first, last=last) if first == last:
            return long_date(first, language)
        case Days() as span:
            return days_span(span, language)
    return status_word(EventStatus.UNSCHEDULED, language)


def home_hour(agenda: Agenda, home: datetime, language: Language) -> str:
    """«18:00 h TCM», of a wall of the agenda's zone."""
    return f"{hour(home, language)} {home_short(agenda.zone, language)}"


def local_span(revision: Revision, start: datetime, sites: Sequence[Representation], language: Language) -> str:
    """«de vie 22 oct, 04:30 h (Nueva Delhi) a vie 22 oct, 12:00 h (Wellington)»; one hour is said once."""
    cities = city_names(sites, language)
    walls = [(revision.wall(start, site.zone), cities[site.id]) for site in sites]
    first, last = min(walls), max(walls)
    shown = [f"{short_date(wall, language)}, {hour(wall, language)} ({city})" for wall, city in (first, last)]
    if first[0] == last[0]:
        return shown[0]
    return _SPAN.say(language, first=shown[0], last=shown[1])


def audience_words(agenda: Agenda, audience: Audience, sites: Sequence[Representation], language: Language) -> str:
    if audience.kind == "coordination":
        return _COORDINATION[language]
    if audience.kind == "sites" and len(sites) <= SITES_NAMED:
        return ", ".join(city_names(sites, language).values())
    count = sites_count(len(sites), language)
    if audience.kind == "regions":
        named = [region.name[language] for region in agenda.regions if region.id in audience.ids]
        return f"{', '.join(named)} ({count})"
    return count


def sites_count(count: int, language: Language) -> str:
    """«16 sedes»."""
    return _SITES.say(language, n=count)


def notes(event: Event, language: Language, *, with_duration: bool = True) -> Iterable[str]:
    """Why it changed, and what the source does not say; without the duration where its end says that."""
    if event.reason is not None:
        yield _REASON.say(language, reason=event.reason)
    for part in Assumption:
        if part in event.assumed and (with_duration or part is not Assumption.DURATION):
            yield assumption(event, part, language)


def in_doubt(
    agenda: Agenda, event: Event, revision: Revision, sites: Sequence[Representation], language: Language
) -> Iterator[str]:
    """That this process's zone data gives another hour than was published, at one site or at some of several.

    Which is right is not known here; the published one is shown until `agenda publish --shifted`.
    """
    count = sum(1 for _ in shifts_of(agenda, event, revision, sites))
    if count and len(sites) > 1:
        yield SOME_IN_DOUBT.say(language, sites=sites_count(count, language))
    elif count:
        yield IN_DOUBT[language]


def origin(agenda: Agenda, event: Event, language: Language) -> str:
    return _ORIGIN.say(language, axis=axis_title(agenda, event.axis, language), source=event.source)
