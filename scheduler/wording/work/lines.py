"""The work that was agreed as people read it: the commitments, and axis by axis what is done, what is next, what has
no date yet. What the source does not say is said to be so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from babel.numbers import format_decimal

from calendars.catalogue import Phrase
from calendars.editions import Edition
from calendars.model.agenda import Advance, Agenda, Commitment, CommitmentState, Figure
from calendars.model.events import Event, EventStatus
from calendars.model.text import Language, Said
from calendars.wording import UNASSIGNED, locale, long_date
from scheduler.wording.events import EventLine, event_line
from scheduler.wording.work.by_axis import by_axis

OPEN = Phrase("to be confirmed")
UNDATED = Phrase("no date")
_STATES = {
    CommitmentState.PENDING: Phrase("pending", "of a commitment"),
    CommitmentState.UNDER_WAY: Phrase("under way", "of a commitment"),
    CommitmentState.FULFILLED: Phrase("fulfilled", "of a commitment"),
}
_ABOUT = Phrase("about {number} {unit}")
_ABOUT_THOUSANDS = Phrase("about {number} thousand {unit}")
_EXACTLY = Phrase("{number} {unit}", "a figure")
_NUMBERED = re.compile(r"compromiso-([0-9]{1,4})-([0-9]{4})")
_ROUND = 1000  # «275 mil»; below ten thousand it is written out
_IN_THOUSANDS = range(10 * _ROUND, _ROUND * _ROUND)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stated:
    """A value of the source, or that it does not say it."""

    text: str
    known: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class CommitmentLine:
    name: str  # «04/2021», or its id
    title: str
    session: str
    day: str
    responsible: Stated
    state: Stated
    report: Stated
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AdvanceLine:
    id: str
    title: str
    figures: tuple[str, ...]  # «cerca de 275 mil dípticos»
    day: Stated
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkEvent:
    line: EventLine
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AxisLines:
    """One axis as a page shows it."""

    number: int  # from 1, in the agenda's order; 0: what has no axis
    title: str
    source: str  # "" of what has no axis
    advances: tuple[AdvanceLine, ...]
    done: tuple[WorkEvent, ...]
    past: tuple[WorkEvent, ...]  # it is to be confirmed that they were held
    unheld: tuple[WorkEvent, ...]  # it is known that they were not
    next: tuple[WorkEvent, ...]
    undated: tuple[WorkEvent, ...]
    cancelled: tuple[WorkEvent, ...]
    is_empty: bool


def commitment_lines(agenda: Agenda, language: Language) -> tuple[CommitmentLine, ...]:
    return tuple(_commitment(one, language) for one in agenda.commitments)


def _commitment(one: Commitment, language: Language) -> CommitmentLine:
    numbered = _NUMBERED.fullmatch(one.id)
    return CommitmentLine(
        name=f"{numbered[1]}/{numbered[2]}" if numbered else one.id,
        title=one.title[language],
        session=one.session[language],
        day=long_date(one.date, language),
        responsible=stated(one.responsible, UNASSIGNED, language),
        state=stated(None if one.state is None else _STATES[one.state], OPEN, language),
        report=stated(one.report, OPEN, language),
        source=one.source,
    )


def stated(said: Said | None, otherwise: Phrase, language: Language) -> Stated:
    return Stated(text=otherwise[language], known=False) if said is None else Stated(text=said[language])


def axis_lines(edition: Edition, held: Mapping[str, bool], now: datetime, language: Language) -> tuple[AxisLines, ...]:
    """`by_axis` in words; events by the agenda's clock, with the span of local hours."""
    return tuple(
        AxisLines(
            number=0 if one.axis is None else number,
            title=UNASSIGNED[language] if one.axis is None else one.axis.title[language],
            source="" if one.axis is None else one.axis.source,
            advances=tuple(advance_line(advance, language) for advance in one.advances),
            done=tuple(_held(edition, event, now, language) for event in one.done),
            past=tuple(_event(edition, event, now, language) for event in one.past),
            unheld=tuple(_unheld(edition, event, now, language) for event in one.unheld),
            next=tuple(_event(edition, event, now, language) for event in one.next),
            undated=tuple(_event(edition, event, now, language) for event in one.undated),
            cancelled=tuple(_event(edition, event, now, language) for event in one.cancelled),
            is_empty=one.is_empty,
        )
        for number, one in enumerate(by_axis(edition, held, now), 1)
    )


def advance_line(advance: Advance, language: Language) -> AdvanceLine:
    return AdvanceLine(
        id=advance.id,
        title=advance.title[language],
        figures=tuple(figure_words(one, language) for one in advance.figures),
        day=_day(advance.date, language),
        source=advance.source,
    )


def _day(found: date | None, language: Language) -> Stated:
    return Stated(text=UNDATED[language], known=False) if found is None else Stated(text=long_date(found, language))


def figure_words(figure: Figure, language: Language) -> str:
    """«145 sedes consulares», «cerca de 275 mil dípticos»: thousands are a word where the figure is a round one."""
    unit = figure.unit[language]
    if figure.approximate and figure.value in _IN_THOUSANDS and figure.value % _ROUND == 0:
        return _ABOUT_THOUSANDS.say(language, number=figure.value // _ROUND, unit=unit)
    number = format_decimal(figure.value, locale=locale(language))
    return (_ABOUT if figure.approximate else _EXACTLY).say(language, number=number, unit=unit)


def _event(edition: Edition, event: Event, now: datetime, language: Language) -> WorkEvent:
    agenda = edition.agenda
    line = event_line(agenda, event, edition.revisions[event.id], now, language, agenda.addressed(event))
    return WorkEvent(line=line, source=event.source)


def _held(edition: Edition, event: Event, now: datetime, language: Language) -> WorkEvent:
    """Whatever status it has in the files: it was held."""
    return _event(edition, replace(event, status=EventStatus.HELD), now, language)


def _unheld(edition: Edition, event: Event, now: datetime, language: Language) -> WorkEvent:
    """Without its status in the files, and without how long ago it would have been."""
    found = _event(edition, event, now, language)
    return replace(found, line=replace(found.line, status=None, countdown=None))
