"""What was agreed and what has come of it, as lines of a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from calendars.catalogue import Phrase
from calendars.editions import Edition
from calendars.model.agenda import Advance, Commitment
from calendars.model.text import Language
from scheduler.wording.work.by_axis import AxisWork, by_axis
from scheduler.wording.work.lines import (
    AdvanceLine,
    AxisLines,
    CommitmentLine,
    WorkEvent,
    axis_lines,
    commitment_lines,
)

COMMITMENT = Phrase("Commitment {name}: {title}")
AXIS = Phrase("Axis {n}: {title} ({source})")
NO_AXIS = Phrase("Unassigned")
EMPTY = Phrase("Nothing is assigned to this axis so far.")
AGREED = Phrase("Agreed at: {session}, {day}")
RESPONSIBLE = Phrase("Responsible: {name}")
STATE = Phrase("State: {state}")
REPORTED = Phrase("How it is reported: {report}")
ORIGIN = Phrase("Origin: {source}")
DONE, NEXT, UNDATED = Phrase("Done", "work"), Phrase("Next", "work"), Phrase("No date yet")
PAST, UNHELD = Phrase("Past, to be confirmed that it was held"), Phrase("Not held", "work")
CANCELLED = Phrase("Cancelled")


def work_lines(edition: Edition, held: Mapping[str, bool], now: datetime, lang: Language) -> Iterator[str]:
    """The commitments, then each axis: what is done, what is next, what has no date yet. `now`: aware.

    `held`: what attendance says of sessions, by event (id).
    """
    for commitment in commitment_lines(edition.agenda, lang):
        yield from _commitment(commitment, lang)
    for axis in axis_lines(edition, held, now, lang):
        yield from _axis(axis, lang)


def _commitment(one: CommitmentLine, lang: Language) -> Iterator[str]:
    yield COMMITMENT.say(lang, name=one.name, title=one.title)
    yield f"  {AGREED.say(lang, session=one.session, day=one.day)}"
    yield f"  {RESPONSIBLE.say(lang, name=one.responsible.text)}"
    yield f"  {STATE.say(lang, state=one.state.text)}"
    yield f"  {REPORTED.say(lang, report=one.report.text)}"
    yield f"  {ORIGIN.say(lang, source=one.source)}"


def _axis(one: AxisLines, lang: Language) -> Iterator[str]:
    yield AXIS.say(lang, n=one.number, title=one.title, source=one.source) if one.number else f"{NO_AXIS[lang]}:"
    if one.is_empty:
        yield f"  {EMPTY[lang]}"
    advances = [_advance(advance) for advance in one.advances]
    groups = (
        (DONE, [*advances, *map(_event, one.done)]),
        (PAST, [*map(_event, one.past)]),
        (UNHELD, [*map(_event, one.unheld)]),
        (NEXT, [*map(_event, one.next)]),
        (UNDATED, [*map(_event, one.undated)]),
        (CANCELLED, [*map(_event, one.cancelled)]),
    )
    for heading, lines in groups:
        if lines:
            yield f"  {heading[lang]}:"
            yield from (f"    - {line}" for line in lines)


def _advance(one: AdvanceLine) -> str:
    figures = f" ({'; '.join(one.figures)})" if one.figures else ""
    return f"{one.title}{figures} · {one.day.text} · {one.source}"


def _event(one: WorkEvent) -> str:
    line = one.line
    day = f"{line.day}, {line.hour}" if line.hour else line.day
    status = line.status if line.status != line.day else None
    notes = (note.rstrip(".") for note in line.notes)
    return " · ".join(filter(None, (line.title, day, status, *notes, one.source)))


def work_json(edition: Edition, held: Mapping[str, bool], now: datetime) -> dict[str, object]:
    """The same for scripts, by the ids of what it names; what the source does not say is null."""
    return {
        "commitments": [_commitment_json(one) for one in edition.agenda.commitments],
        "axes": [_axis_json(one) for one in by_axis(edition, held, now)],
    }


def _commitment_json(one: Commitment) -> dict[str, object]:
    return {
        "id": one.id,
        "title": one.title.es,
        "session": one.session.es,
        "date": one.date.isoformat(),
        "responsible": None if one.responsible is None else one.responsible.es,
        "state": None if one.state is None else one.state.value,
        "report": None if one.report is None else one.report.es,
        "source": one.source,
    }


def _axis_json(one: AxisWork) -> dict[str, object]:
    """`id` is null for what has no axis; events stand by their ids, as `agenda show --json` has them."""
    groups = {
        "done": one.done,
        "past": one.past,
        "not_held": one.unheld,
        "next": one.next,
        "undated": one.undated,
        "cancelled": one.cancelled,
    }
    return {
        "id": None if one.axis is None else one.axis.id,
        "title": None if one.axis is None else one.axis.title.es,
        "source": None if one.axis is None else one.axis.source,
        "advances": _advances_json(one.advances),
        "events": {name: [event.id for event in events] for name, events in groups.items()},
    }


def _advances_json(advances: Sequence[Advance]) -> list[dict[str, object]]:
    return [
        {
            "id": one.id,
            "title": one.title.es,
            "date": None if one.date is None else one.date.isoformat(),
            "figures": [
                {"value": figure.value, "unit": figure.unit.es, "approximate": figure.approximate}
                for figure in one.figures
            ],
            "source": one.source,
        }
        for one in advances
    ]
