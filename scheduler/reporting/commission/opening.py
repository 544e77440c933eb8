"""How a report begins: place and date, what it corrects, the commitment that it answers, and the agenda's extent."""

from __future__ import annotations

from collections.abc import Iterator

from calendars.catalogue import Phrase
from calendars.model.agenda import Commitment, CommitmentState
from calendars.model.text import Language
from calendars.wording import UNASSIGNED, and_list, home_short, hour, sentence, zone_city
from scheduler.printing.blocks import Block, Heading, Paragraph
from scheduler.reporting.commission.figures import CommissionFigures
from scheduler.reporting.commission.spelled import counted, plain_day

TITLE = Phrase("Report on the progress of the work agenda")
REFERENCE = Phrase("Report {number}")
PLACE = Phrase("{city}, {day}. The figures are those of {hour} ({zone}) on that day, with edition {edition} in force.")
CORRECTS = Phrase("This report corrects report {number}, which is kept as it was closed.")
ANTECEDENTS = Phrase("Background")
COMMITMENT = Phrase("Commitment of {day} ({session}): “{title}”.")
DUTY = Phrase("It is reported: {report}.")
STANDS = Phrase("Responsible: {who}. State: {state}. Source: {source}.")
NO_COMMITMENT = Phrase("The agenda records no commitment to the commission.")
STATES = {
    CommitmentState.PENDING: Phrase("pending"),
    CommitmentState.UNDER_WAY: Phrase("under way"),
    CommitmentState.FULFILLED: Phrase("fulfilled"),
    None: Phrase("to be confirmed"),
}
EXTENT = Phrase(
    "The agenda is for {sites:,} {sites:consular site|consular sites} of Mexico in {countries} "
    "{countries:country|countries}, in {zones} {zones:time zone|time zones} and {regions} "
    "{regions:region|regions} of work."
)
NO_SITES = Phrase("The agenda is for no site.")
HOLDS = Phrase("It holds {what}.")
AXES = Phrase("{n} {n:axis of work|axes of work}")
ADVANCES = Phrase("{n} {n:item|items} of progress")
EVENTS = Phrase("{n} {n:event|events}")
HOLDS_NOTHING = Phrase("It holds no axes, progress or events yet.")


def opening(found: CommissionFigures, corrects: int | None, language: Language) -> Iterator[Block]:
    """Place, date and background."""
    head = found.head
    yield Paragraph(
        text=PLACE.say(
            language,
            city=zone_city(head.zone, language),
            day=plain_day(head.at.date(), language),
            hour=hour(head.at, language),
            zone=home_short(head.zone, language),
            edition=head.edition,
        )
    )
    if corrects is not None:
        yield Paragraph(text=CORRECTS.say(language, number=corrects))
    yield Heading(level=1, text=ANTECEDENTS[language])
    for one in found.commitments:
        yield from _commitment(one, language)
    if not found.commitments:
        yield Paragraph(text=NO_COMMITMENT[language])
    yield Paragraph(text=f"{_extent(found, language)} {_holds(found, language)}")


def _commitment(one: Commitment, language: Language) -> Iterator[Block]:
    said = COMMITMENT.say(
        language,
        day=plain_day(one.date, language),
        session=one.session[language],
        title=one.title[language],
    )
    who = UNASSIGNED[language] if one.responsible is None else one.responsible[language]
    stands = STANDS.say(language, who=who, state=STATES[one.state], source=one.source)
    duty = [] if one.report is None else [DUTY.say(language, report=_inside(one.report[language]))]
    yield Paragraph(text=" ".join([said, *duty, stands]))


def _inside(text: str) -> str:
    """An administrator's sentence within one of ours."""
    return text[:1].lower() + text[1:].rstrip(".") if text[1:2].islower() or text[1:2] == " " else text.rstrip(".")


def _extent(found: CommissionFigures, language: Language) -> str:
    if not found.sites:
        return NO_SITES[language]
    head = found.head
    return EXTENT.say(
        language,
        sites=len(found.sites),
        countries=head.countries,
        zones=head.zones,
        regions=len({one.region for one in found.sites}),
    )


def _holds(found: CommissionFigures, language: Language) -> str:
    parts = counted(((AXES, len(found.axes)), (ADVANCES, len(found.advances)), (EVENTS, len(found.events))), language)
    return sentence(HOLDS.say(language, what=and_list(parts, language))) if parts else HOLDS_NOTHING[language]
