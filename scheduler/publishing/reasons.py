"""Why a publication has to be confirmed, in words for whoever is asked."""

from __future__ import annotations

from collections.abc import Iterator

from calendars.catalogue import Phrase
from calendars.model.text import Language
from calendars.wording import and_list
from calendars.zones import zone_data
from scheduler.publishing.in_words import missing_lines, unheard_lines, unlikely_lines
from scheduler.publishing.prospect import Prospect

CONVOKES = Phrase("{people} {people:person is|people are} sent an invitation ({mails} {mails:mail|mails}).")
CONCERNS = Phrase(
    "The changes concern {people} {people:person|people} at {sites} {sites:site|sites} ({mails} "
    "{mails:notice|notices})."
)
SEE_FIRST = Phrase("See it first: agenda impact{option}")
DOUBTFUL = Phrase(
    "The rules of this machine (tz {now}) change the hour of {events}, and are not known to be "
    "newer than those of the edition in force (tz {then}). If they are older, publish from a "
    "machine that is up to date."
)


def reason_lines(found: Prospect, lang: Language, option: str | None, *, cut: bool | None = None) -> Iterator[str]:
    """Why it is asked: what is taken away, which dates are unlikely, and whom it concerns.

    `option` is what `agenda impact` shows it with; None where it does not, or where it is shown already.
    `cut`: the draft came from files, and one of them may have lost its end; by default, where there is an option.
    """
    yield from missing_lines(found, lang, files=option is not None if cut is None else cut)
    yield from unlikely_lines(found, lang)
    if found.doubtful_rules and found.before is not None:
        events = and_list(found.shifted, lang)
        yield DOUBTFUL.say(lang, now=zone_data().version, then=found.before.zone_version, events=events)
    if found.noticed:
        sites = {notice.site for notice in found.notices if found.hearing(notice)}
        people, mails = len(found.noticed), found.mails - found.calls
        seen = () if option is None else (SEE_FIRST.say(lang, option=option),)
        yield " ".join((CONCERNS.say(lang, people=people, sites=len(sites), mails=mails), *seen))
    yield from unheard_lines(found, lang)
    if found.called:
        people = len(frozenset().union(*found.called.values()))
        seen = () if option is None else (SEE_FIRST.say(lang, option=" --announce …"),)
        yield " ".join((CONVOKES.say(lang, people=people, mails=found.calls), *seen))
