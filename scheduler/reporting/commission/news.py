"""Changes that were published, and how fast they reached people; and what the roll call has proved."""

from __future__ import annotations

from collections.abc import Iterator

from calendars.catalogue import Phrase
from calendars.changes import Kind
from calendars.model.text import Language
from calendars.wording import hour
from scheduler.printing.blocks import Block, Cell, Heading, Paragraph
from scheduler.reporting.commission.figures import ChangeFigures, CommissionFigures, RollFigures, Speed
from scheduler.reporting.commission.spelled import NOTHING, counted, grid, length, plain_day, together

SECTION = Phrase("Changes that were published")
NO_CHANGES = Phrase("After the first edition nothing was published that had to be told.")
CHANGES = Phrase("After the first edition {n} {n:edition with changes was|editions with changes were} published.")
TOLD = Phrase("The mail server accepted {n:,} {n:notice|notices} of a change.")
NONE_TOLD = Phrase("The mail server has not accepted any notice of a change yet.")
SPEED = Phrase(
    "Half of them reached the server within {median} of publication, and 95 % within {p95}. Of "
    "that time the wait that is meant (the delay for taking a publication back, and each site's "
    "working hours) was {wait} at the median; from the moment at which they were due, the median "
    "was {late}."
)
TABLE = Phrase("Changes by edition")
COLUMNS = Phrase("Edition|Published|What changed|Accepted|Bounced|Uncertain|To leave|Median|95 %|Wait meant")
MOMENT = Phrase("{day}, {hour}")
CHANGED = Phrase("{title} ({kinds})")
SILENT = Phrase("published without telling anybody")
NOTHING_LEFT = Phrase("nothing to tell any more")
KINDS = {
    Kind.CANCELLED: Phrase("cancelled", "what changed"),
    Kind.ADDED: Phrase("new", "what changed"),
    Kind.CONFIRMED: Phrase("confirmed", "what changed"),
    Kind.MOVED: Phrase("another date or hour", "what changed"),
    Kind.SHIFTED: Phrase("another hour by zone rules", "what changed"),
    Kind.RELOCATED: Phrase("another place", "what changed"),
    Kind.AUDIENCE: Phrase("another audience", "what changed"),
    Kind.LINK: Phrase("another joining link", "what changed"),
    Kind.RESTATED: Phrase("another status", "what changed"),
    Kind.REMINDERS: Phrase("other reminders", "what changed"),
    Kind.ATTENDANCE: Phrase("another rule of attendance", "what changed"),
    Kind.MESSAGE: Phrase("another message", "what changed"),
    Kind.REWORDED: Phrase("another wording", "what changed"),
    Kind.REMOVED: Phrase("taken off the agenda", "what changed"),
}
ROLL = Phrase("Roll call")
NEVER_CALLED = Phrase("The roll has not been called: which sites confirm their mailbox and their clock is not known.")
CALLED = Phrase("Roll call {number} was held on {day}.")
CONFIRMED = Phrase("{n:,} of {all:,} {all:site|sites} confirmed {n:its|their} mailbox and clock.")
NONE_CONFIRMED = Phrase("No site has confirmed its mailbox and its clock.")
OPENED = Phrase("at {n:,} {n:site|sites} somebody opened the mail")
CAME_BACK = Phrase("at {n:,} it bounced")
OTHER_CLOCK = Phrase("at {n:,} the clock does not agree")
OTHER_PERSON = Phrase("at {n:,} another person has the post")
ROLL_TABLE = Phrase("Roll call by region")
ROLL_COLUMNS = Phrase("Region|Confirmed|Sites")


def changes(found: CommissionFigures, language: Language) -> Iterator[Block]:
    """How many, how fast, and each of them."""
    yield Heading(level=1, text=SECTION[language])
    if not found.changes:
        yield Paragraph(text=NO_CHANGES[language])
        return
    yield Paragraph(text=" ".join(_sum(found, language)))
    rows = [_row(one, language) for one in found.changes]
    yield grid("cambios", TABLE[language], COLUMNS[language], rows)


def _sum(found: CommissionFigures, language: Language) -> Iterator[str]:
    yield CHANGES.say(language, n=len(found.changes))
    taken = sum(one.accepted for one in found.changes)
    yield TOLD.say(language, n=taken) if taken else NONE_TOLD[language]
    if found.speed is not None:
        yield SPEED.say(language, **_lengths(found.speed, language))


def _lengths(speed: Speed, language: Language) -> dict[str, str]:
    known = {"median": speed.median, "p95": speed.p95, "wait": speed.wait, "late": speed.late}
    return {name: length(took, language) for name, took in known.items()}


def _row(one: ChangeFigures, language: Language) -> tuple[Cell, ...]:
    what = "; ".join(
        CHANGED.say(
            language, title=event.title[language], kinds=", ".join(KINDS[Kind(k)][language] for k in event.kinds)
        )
        for event in one.events
    )
    published = MOMENT.say(language, day=plain_day(one.at.date(), language), hour=hour(one.at, language))
    if one.silent:
        what = "; ".join(part for part in (what, SILENT[language]) if part)
    fast = {} if one.speed is None else _lengths(one.speed, language)
    return (
        one.edition,
        published,
        what or NOTHING_LEFT[language],
        one.accepted,
        one.failed,
        one.uncertain,
        one.open,
        *(fast.get(name, NOTHING) for name in ("median", "p95", "wait")),
    )


def roll_call(found: CommissionFigures, language: Language) -> Iterator[Block]:
    """When it was called, and what it proved, by region."""
    yield Heading(level=1, text=ROLL[language])
    if found.roll is None:
        yield Paragraph(text=NEVER_CALLED[language])
        return
    yield Paragraph(text=" ".join(_roll(found.roll, language)))
    names = {region.id: region.name[language] for region in found.regions}
    rows = [(names[region], proven, sites) for region, proven, sites in found.roll.by_region]
    yield grid("pase-de-lista", ROLL_TABLE[language], ROLL_COLUMNS[language], rows)


def _roll(roll: RollFigures, language: Language) -> Iterator[str]:
    yield CALLED.say(language, number=roll.number, day=plain_day(roll.at, language))
    words = CONFIRMED if roll.proven else NONE_CONFIRMED
    yield words.say(language, n=roll.proven, all=roll.sites)
    clauses = (
        (OPENED, roll.opened),
        (CAME_BACK, roll.bounced),
        (OTHER_CLOCK, roll.other_clock),
        (OTHER_PERSON, roll.other_person),
    )
    if parts := counted(clauses, language):
        yield together(parts)
