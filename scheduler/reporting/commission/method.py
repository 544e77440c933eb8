"""The page of method: what each figure means and does not mean, and by what it can be checked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from calendars.catalogue import Phrase
from calendars.model.text import Language
from calendars.wording import NIGHT_BEGINS, NIGHT_ENDS, hour
from calendars.zones import to_wall
from scheduler.printing.blocks import Block, Heading, Items, Paragraph
from scheduler.reporting.commission.figures import CommissionFigures, ReportHead
from scheduler.reporting.commission.spelled import grid, moment

SECTION = Phrase("Method: what each figure means")
SOURCE = Phrase(
    "All figures come from the service's records at the moment named at the beginning; none was "
    "typed, but for attendance where it says so. What the source does not say is marked as "
    "assumed or to be confirmed; what nobody has recorded, as not recorded."
)
MEANINGS = (
    Phrase(
        "To tell: the posts on the list that an event concerns, as the list is today. A post is an "
        "office, not a person. Of those whose data were erased on request nothing is counted here."
    ),
    Phrase(
        "Told: the mail server accepted a message that tells the event as it stands, or since the "
        "latest news the post's private calendar was read, or the post answered."
    ),
    Phrase(
        "Accepted: the mail server took the message to deliver it. It does not mean that it reached "
        "the mailbox or that anybody read it."
    ),
    Phrase(
        "Bounced: the message came back, or the server refused it. Uncertain: the connection broke, "
        "and nobody knows whether it arrived."
    ),
    Phrase(
        "Calendars read: the private ones that some program fetched since the latest news of the "
        "event. Who reads public calendars is not known, and they are not counted."
    ),
    Phrase(
        "Asked: the posts on the list for which the mail server accepted a message about an event that asks whether "
        "they come, and those that answered."
    ),
    Phrase(
        "Answers: the last one of each post, where it holds for the event's present date and hour; "
        "one for another date counts as silence. Saying yes is not having come."
    ),
)
PRESENT = Phrase(
    "Present: people who were in the session for {n} {n:minute|minutes} or more by the meeting "
    "program's file, or whom somebody counted by hand. They are counted by site, and their names "
    "are not kept."
)
BY_HAND = Phrase("The attendance of {n} {n:session|sessions} was typed by hand: {events}.")
OWN_TOTAL = Phrase(
    "{event}: the meeting program's own file says {own:,} {own:participant|participants}, from "
    "anywhere and for any time."
)
OWN_TOTALS = Phrase(
    "{event}: {files} {files:file|files} of the meeting program themselves say, added up, {own:,} "
    "{own:participant|participants}, from anywhere and for any time; whoever stands in several counts in each."
)
HELD = Phrase(
    "Was held: so it says in the agenda or in the record of attendance. Of an event whose hour "
    "passed without anybody noting it nothing is claimed."
)
SPEED = Phrase(
    "Speed: from publication to acceptance by the mail server, by nearest rank: the value that "
    "half, or 95 %, of the accepted notices do not exceed."
)
ROLL = Phrase(
    "Roll call: a site is confirmed if somebody there pressed the button of the mail and said "
    "that its clock agrees with ours."
)
ARRIVALS = Phrase(
    "Hours of arrival: when the mail server accepted each mail, by the clock of its site; mails to sites that are no "
    "more on the agenda are not in that picture."
)
NIGHT = Phrase(
    "Night: from {hour_from} to {hour_to}, by each site's clock. That a session lies at night does not "
    "say that anybody of the site came."
)
ZONES = Phrase(
    "Local hours: by the time-zone database {version}, the same that the edition in force was published with."
)
OTHER_ZONES = Phrase(
    "Local hours: those that were published. The time-zone database of this machine ({version}) "
    "is not the one that the edition in force was published with."
)
RETAINED = Phrase("Addresses that have ended are erased after {n} {n:day|days}; the figures stay.")
CHECKED = Phrase("By what it can be checked")
AUDIT = Phrase("Head of the list of who did what, when these figures were gathered: {head}.")
NO_AUDIT = Phrase("The list of who did what had no row when these figures were gathered.")
EVIDENCE = Phrase("Pack of evidence of {moment}, with the head {head}.")
NO_EVIDENCE = Phrase("No pack of evidence has been made.")
EDITIONS = Phrase("Editions")
COLUMNS = Phrase("Edition|Published|Digest of what was published (SHA-256)|Time zones")
_GROUP = 16  # signs of a digest that stand together, so that a narrow column can hold it
DIGEST_NOTE = Phrase("A digest is one word: the blanks break it so that it fits.")


def method(found: CommissionFigures, language: Language) -> Iterator[Block]:
    """What figures mean, then editions and heads."""
    head = found.head
    yield Heading(level=1, text=SECTION[language])
    yield Paragraph(text=SOURCE[language])
    yield Items(items=tuple(_meanings(found, language)))
    yield Heading(level=2, text=CHECKED[language])
    yield Items(items=tuple(_heads(head, language)))
    rows = [
        (one.number, moment(one.at, head.zone, language), _broken(one.digest), one.zone_version)
        for one in found.editions
    ]
    yield grid("ediciones", EDITIONS[language], COLUMNS[language], rows, note=DIGEST_NOTE[language])


def _meanings(found: CommissionFigures, language: Language) -> Iterator[str]:
    head = found.head
    between = {"hour_from": hour(time(NIGHT_BEGINS), language), "hour_to": hour(time(NIGHT_ENDS), language)}
    yield from (one[language] for one in MEANINGS)
    yield PRESENT.say(language, n=head.present_from)
    yield from _typed(found, language)
    yield HELD[language]
    yield SPEED[language]
    yield ARRIVALS[language]
    yield ROLL[language]
    yield NIGHT.say(language, **between)
    yield (ZONES if head.zone_agrees else OTHER_ZONES).say(language, version=head.zone_version)
    if head.retention is not None:
        yield RETAINED.say(language, n=head.retention)


def _typed(found: CommissionFigures, language: Language) -> Iterator[str]:
    """Which attendance was typed; and what the files themselves say, beside what was counted in them."""
    typed = [one.event.title[language] for one in found.recorded if one.presence.by_hand]
    if typed:
        yield BY_HAND.say(language, n=len(typed), events="; ".join(typed))
    for one in found.recorded:
        own, files = one.presence.own_total, one.presence.own_files
        if own is not None:
            words = OWN_TOTAL if files == 1 else OWN_TOTALS
            yield words.say(language, event=one.event.title[language], own=own, files=files)


def _heads(head: ReportHead, language: Language) -> Iterator[str]:
    yield AUDIT.say(language, head=head.audit) if head.audit else NO_AUDIT[language]
    if head.evidence is None:
        yield NO_EVIDENCE[language]
    else:
        at = moment(to_wall(head.evidence.at, head.zone), head.zone, language)
        yield EVIDENCE.say(language, moment=at, head=head.evidence.head)


def _broken(digest: str) -> str:
    return " ".join(digest[at : at + _GROUP] for at in range(0, len(digest), _GROUP))
