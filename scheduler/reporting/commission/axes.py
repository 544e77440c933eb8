"""What has come of each axis of work: events held and to come, and advances with their figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from calendars.catalogue import Phrase
from calendars.model.agenda import Advance, Figure
from calendars.model.events import Days, EventStatus
from calendars.model.text import Language
from calendars.wording import and_list, assumptions, days_span, home_short, hour, long_date, sentence
from scheduler.planning.outcome import EventStanding
from scheduler.printing.blocks import Block, Cell, Grid, Heading, Items, Paragraph
from scheduler.reporting.commission.figures import AHEAD, OVER, CommissionFigures, EventFigures
from scheduler.reporting.commission.spelled import (
    NOT_RECORDED,
    NOTHING,
    counted,
    grid,
    local_hours,
    plain_day,
    together,
)

SECTION = Phrase("Progress by axis of work")
NO_AXIS = Phrase("No axis assigned")
CLAUSES = {
    EventStanding.HELD: Phrase("{n} {n:event was|events were} held"),
    EventStanding.UNDER_WAY: Phrase("{n} {n:event is|events are} under way"),
    EventStanding.COMING: Phrase("{n} {n:event is|events are} still to come"),
    EventStanding.PASSED: Phrase(
        "the date of {n} {n:event|events} is past and it is not recorded whether {n:it was|they were} held"
    ),
    EventStanding.NOT_HELD: Phrase("{n} planned {n:event was|events were} not held"),
    EventStanding.CANCELLED: Phrase("{n} {n:event was|events were} cancelled"),
    EventStanding.UNDATED: Phrase("{n} {n:event has|events have} no date yet"),
}
OF_ADVANCES = Phrase("{n} {n:item|items} of progress {n:is|are} recorded")
EMPTY = Phrase("No events and no progress are recorded on this axis as of this report.")
NO_EVENTS = Phrase("there are no events")
NO_ADVANCES = Phrase("no progress is recorded")
STANDINGS = {
    EventStanding.HELD: Phrase("Was held", "an event, in a table"),
    EventStanding.UNDER_WAY: Phrase("Under way", "an event, in a table"),
    EventStanding.COMING: Phrase("To come", "an event, in a table"),
    EventStanding.PASSED: Phrase("Not recorded whether held", "an event, in a table"),
    EventStanding.NOT_HELD: Phrase("Was not held", "an event, in a table"),
    EventStanding.CANCELLED: Phrase("Was cancelled", "an event, in a table"),
    EventStanding.UNDATED: Phrase("No date yet", "an event, in a table"),
}
TENTATIVE = Phrase("{standing} (tentative)")
EVENTS = Phrase("Events: {axis}")
COLUMNS = Phrase("Event|Date and time ({zone})|Local hours at the start|State|Sites|Present")
SAME_DATES = Phrase("the same dates at each site")
NO_DATE = Phrase("no date")
NOT_IN_SOURCE = Phrase("What the source does not say:")
ASSUMED = Phrase("{what} ({events}).", "what is assumed of events")
PROGRESS = Phrase("Progress:")
ADVANCE = Phrase("{title}. {day} Source: {source}.")
COUNTED_ADVANCE = Phrase("{title}: {figures}. {day} Source: {source}.")
DATED = Phrase("Date: {day}.")
UNDATED = Phrase("No date.")
ABOUT = Phrase("about {n:,} {unit}")
EXACTLY = Phrase("{n:,} {unit}")


def axes(found: CommissionFigures, language: Language) -> Iterator[Block]:
    """Each axis in order of the agenda, then what has none."""
    yield Heading(level=1, text=SECTION[language])
    known = {one.id for one in found.axes}
    for axis in found.axes:
        events = [one for one in found.events if one.event.axis == axis.id]
        advances = [one for one in found.advances if one.axis == axis.id]
        yield from _axis(axis.id, axis.title[language], events, advances, found.head.zone, language)
    events = [one for one in found.events if one.event.axis not in known]
    advances = [one for one in found.advances if one.axis not in known]
    if events or advances:
        yield from _axis("sin-eje", NO_AXIS[language], events, advances, found.head.zone, language)


def _axis(
    name: str, title: str, events: Sequence[EventFigures], advances: Sequence[Advance], zone: str, language: Language
) -> Iterator[Block]:
    yield Heading(level=2, text=title)
    yield Paragraph(text=summary(events, advances, language))
    if events:
        yield _table(name, title, events, zone, language)
        yield from _assumed(events, language)
    if advances:
        yield Paragraph(text=PROGRESS[language])
        yield Items(items=tuple(_advance(one, language) for one in advances))


def summary(events: Sequence[EventFigures], advances: Sequence[Advance], language: Language) -> str:
    """«Se realizaron 2 eventos; están sin fecha 2 eventos; se registran 4 avances.»"""
    if not events and not advances:
        return EMPTY[language]
    parts = counted(
        ((words, sum(one.standing is standing for one in events)) for standing, words in CLAUSES.items()), language
    )
    parts += counted([(OF_ADVANCES, len(advances))], language)
    parts += [words[language] for words, some in ((NO_EVENTS, events), (NO_ADVANCES, advances)) if not some]
    return together(parts)


def _table(name: str, title: str, events: Sequence[EventFigures], zone: str, language: Language) -> Grid:
    columns = COLUMNS.say(language, zone=home_short(zone, language))
    rows = [_row(one, language) for one in events]
    return grid(f"eventos-{name}", EVENTS.say(language, axis=title), columns, rows)


def _row(one: EventFigures, language: Language) -> tuple[Cell, ...]:
    return (
        one.event.title[language],
        when(one, language),
        _local(one, language),
        standing_words(one, language),
        one.sites,
        came(one, language),
    )


def when(one: EventFigures, language: Language) -> str:
    """«jueves 21 de octubre de 2021, 18:00 h»; of whole days, «del 1 al 7 de febrero de 2022»."""
    if one.start is not None:
        return f"{long_date(one.start.date(), language)}, {hour(one.start, language)}"
    match one.event.when:
        case Days(first=first, last=last) if first == last:
            return long_date(first, language)
        case Days() as days:
            return days_span(days, language)
    return NO_DATE[language]


def _local(one: EventFigures, language: Language) -> str:
    if isinstance(one.event.when, Days) and one.sites:
        return SAME_DATES[language]
    return local_hours(one, language)


def standing_words(one: EventFigures, language: Language) -> str:
    """What has become of it, as a table says it."""
    words = STANDINGS[one.standing][language]
    ahead = one.standing in AHEAD
    return TENTATIVE.say(language, standing=words) if ahead and one.event.status is EventStatus.TENTATIVE else words


def came(one: EventFigures, language: Language) -> Cell:
    """How many were present; what nobody recorded is said so, and of what is still to come nobody can say."""
    if one.presence.people is not None:
        return one.presence.people
    return NOT_RECORDED[language] if one.standing in OVER else NOTHING


def _assumed(events: Sequence[EventFigures], language: Language) -> Iterator[Block]:
    """What the source does not give, once for all events of which it is the same."""
    by_words: dict[str, list[str]] = {}
    for one in events:
        for words in assumptions(one.event, language):
            titles = by_words.setdefault(words, [])
            if (title := one.event.title[language]) not in titles:
                titles.append(title)
    if by_words:
        said = (ASSUMED.say(language, what=words, events="; ".join(titles)) for words, titles in by_words.items())
        yield Paragraph(text=NOT_IN_SOURCE[language])
        yield Items(items=tuple(map(sentence, said)))


def _advance(one: Advance, language: Language) -> str:
    day = UNDATED[language] if one.date is None else DATED.say(language, day=plain_day(one.date, language))
    title = one.title[language].rstrip(".")
    if not one.figures:
        return ADVANCE.say(language, title=title, day=day, source=one.source)
    figures = and_list([_figure(figure, language) for figure in one.figures], language)
    return sentence(COUNTED_ADVANCE.say(language, title=title, figures=figures, day=day, source=one.source))


def _figure(one: Figure, language: Language) -> str:
    return (ABOUT if one.approximate else EXACTLY).say(language, n=one.value, unit=one.unit[language])
