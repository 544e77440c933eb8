"""An event while it is being edited: its hour at all its sites, the worst first, and what is wrong at which field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from calendars.catalogue import Phrase
from calendars.editions import first_edition
from calendars.impact import Fit, Session, Stay, sessions, stays
from calendars.model.agenda import Draft, Problem
from calendars.model.events import Days, Event
from calendars.model.places import Representation
from calendars.model.text import Language
from calendars.reading.configuration import Reading, read
from calendars.reading.files import AGENDA, PRIVATE
from calendars.wording import days_span, home_name, hour, long_date, short_date
from scheduler.drafts.files import without_posts
from scheduler.drafts.form import AUDIENCE, COVERAGE, EventText, event_text, timed_alone
from scheduler.drafts.patching import Events
from scheduler.wording.around import marks, stay_marks
from scheduler.wording.places import city_names

INSIDE = Phrase("{inside} of {all} sites wholly within working hours")
SEVERITY = {Fit.OUTSIDE: 4, Fit.PARTLY: 2, Fit.INSIDE: 0}


@dataclass(frozen=True, kw_only=True, slots=True)
class HoursRow:
    """The event at one site, or at several whose clocks and remarks are the same."""

    cities: tuple[str, ...]
    day: str
    hour: str  # "" of whole days
    marks: tuple[str, ...]
    bad: bool  # night, weekend, holiday or wholly outside working hours


@dataclass(frozen=True, kw_only=True, slots=True)
class EventLook:
    """What is shown beside the form."""

    home: str  # «martes 9 de noviembre de 2021, 09:00 h, tiempo del centro de México»; "" without a date
    rows: tuple[HoursRow, ...]  # the worst first
    balance: str  # «12 de 30 sedes enteramente en horario de trabajo»; "" of whole days
    problems: Mapping[str, tuple[Problem, ...]]  # by field of the form; "" for what is at none
    sites: int


def _read(files: Mapping[str, bytes], agenda: str) -> Reading:
    """The files with that text of agenda.yaml, and without links and posts, on which no hour depends."""
    wanted = {name: body for name, body in without_posts(files).items() if name != PRIVATE}
    return read({**wanted, AGENDA: agenda.encode()})


def _hours(files: Mapping[str, bytes], events: Events, key: str) -> Draft | None:
    """The event as its hours depend on it: neither what is wrong elsewhere nor a wrong title hides them."""
    return _read(files, timed_alone(events, key)).draft


def addressed(files: Mapping[str, bytes], text: str, key: str) -> tuple[Representation, ...]:
    """The sites that the event of that id is for, in the text of agenda.yaml; none where that cannot be read."""
    events = Events(text)
    draft = _read(files, events.alone(key)).draft or _hours(files, events, key)
    event = None if draft is None else draft.agenda.event(key)
    return () if draft is None or event is None else draft.agenda.addressed(event)


def look(files: Mapping[str, bytes], text: str, key: str, language: Language) -> EventLook:
    """What the event of that id is in the text of agenda.yaml. Raises AsText."""
    events = Events(text)
    found, stands = _read(files, events.alone(key)), event_text(events, key)
    draft = found.draft or _hours(files, events, key)
    event = None if draft is None else draft.agenda.event(key)
    return EventLook(
        home="" if draft is None or event is None else _home(draft, event, language),
        rows=() if draft is None or event is None else _rows(draft, event, language),
        balance="" if draft is None or event is None else _balance(draft, event, language),
        problems=by_field((one for one in found.problems if one.file == AGENDA), stands),
        sites=0 if draft is None or event is None else len(draft.agenda.addressed(event)),
    )


def by_field(problems: Iterable[Problem], event: EventText) -> dict[str, tuple[Problem, ...]]:
    """The problems of an event by the field at which a person mends them; "" for those of no field."""
    found: dict[str, list[Problem]] = {}
    for one in problems:
        key = next((key for key, (first, last) in event.lines.items() if first <= one.line <= last), None)
        if key in (None, "id") and one.rule == "missing-key":
            key = one.value
        found.setdefault(_field(key or ""), []).append(one)
    return {key: tuple(several) for key, several in found.items()}


def _field(key: str) -> str:
    return {"para": AUDIENCE[0], "cobertura": COVERAGE[0]}.get(key, key)


def _home(draft: Draft, event: Event, language: Language) -> str:
    edition = first_edition(draft)
    revision, zone = edition.revisions[event.id], draft.agenda.zone
    if revision.start is not None:
        wall = revision.wall(revision.start, zone)
        return f"{long_date(wall, language)}, {hour(wall, language)}, {home_name(zone, language)}"
    return days_span(event.when, language) if isinstance(event.when, Days) else ""


def _rows(draft: Draft, event: Event, language: Language) -> tuple[HoursRow, ...]:
    edition, cities = first_edition(draft), city_names(draft.agenda.representations, language)
    held = sessions(draft.agenda, event, edition.revisions[event.id])
    if held:
        ordered = sorted(held, key=lambda one: (-badness(one), one.start, one.site.id))
        return _together([(cities[one.site.id], _session_row(one, language)) for one in ordered])
    return _together([(cities[one.site.id], _stay_row(one, language)) for one in stays(draft.agenda, event)])


def badness(one: Session) -> int:
    """How much speaks against the hour at that site; 0 where nothing does."""
    off = one.weekend or one.holiday is not None
    return 8 * one.night + 5 * off + SEVERITY[one.fit] + (one.home_holiday is not None)


def _session_row(one: Session, language: Language) -> HoursRow:
    bad = one.night or one.weekend or one.holiday is not None or one.fit is Fit.OUTSIDE
    return HoursRow(
        cities=(),
        day=short_date(one.start.date(), language),
        hour=hour(one.start, language),
        marks=tuple(marks(one, language)),
        bad=bad,
    )


def _stay_row(one: Stay, language: Language) -> HoursRow:
    days = dict.fromkeys((one.days.first, one.days.last))
    return HoursRow(
        cities=(),
        day=" – ".join(short_date(day, language) for day in days),
        hour="",
        marks=tuple(stay_marks(one, language)),
        bad=one.working_days == 0,
    )


def _together(rows: list[tuple[str, HoursRow]]) -> tuple[HoursRow, ...]:
    """Sites of which the same is said, in one row, in the order of the first."""
    found: dict[HoursRow, list[str]] = {}
    for city, row in rows:
        found.setdefault(row, []).append(city)
    return tuple(
        HoursRow(cities=tuple(cities), day=row.day, hour=row.hour, marks=row.marks, bad=row.bad)
        for row, cities in found.items()
    )


def _balance(draft: Draft, event: Event, language: Language) -> str:
    held = sessions(draft.agenda, event, first_edition(draft).revisions[event.id])
    counted = Counter(one.fit for one in held)
    return INSIDE.say(language, inside=counted[Fit.INSIDE], all=len(held)) if held else ""
