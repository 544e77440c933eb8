"""What putting an offer in force would do, as a screen shows it: the figures of `agenda impact`, and its words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from calendars.catalogue import Phrase
from calendars.model.text import Language
from calendars.wording import hour, short_date
from calendars.zones import to_wall
from scheduler.planning.delivery import Purpose
from scheduler.publishing.consequences import Consequences, ForeseenMail, consequences
from scheduler.publishing.figures import mails_of
from scheduler.publishing.in_words import (
    answer_lines,
    call_lines,
    day_lines,
    departure_lines,
    missing_lines,
    notices_line,
    people_lines,
    uncorrected_lines,
    unheard_lines,
    unlikely_lines,
)
from scheduler.publishing.prospect import Act, Beside, Prospect, beside
from scheduler.publishing.reasons import reason_lines
from scheduler.web.desk.asked import Asked
from scheduler.web.desk.place import Place
from scheduler.web.desk.screens.publishing.offers import Candidate, CandidateSource, silent
from scheduler.web.desk.screens.publishing.regions import BeyondRegion, refuse_beyond
from scheduler.wording.kinds import kind_words, title

LOCAL_HOUR = Phrase("{day}, {hour} ({city})")


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldOf:
    """What follows from the change to one event."""

    id: str
    title: str
    kinds: str
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class WhatFollows:
    """All that is shown before the button."""

    nothing: bool  # there is nothing to publish
    first_edition: bool
    figures: dict[str, int]
    first: str  # when the first mail would leave, by the clocks of its site; "" without one
    last: str
    groups: tuple[ToldOf, ...]
    calls: tuple[str, ...]
    besides: tuple[str, ...]  # recipients, days, answers, to whom it is no news
    heed: tuple[str, ...]  # what is taken away, and dates that few mean
    reasons: tuple[str, ...]  # why the number of people has to be typed; none where it has not
    beyond: str  # why this person may not publish it; "" where nothing forbids it


def foreseen(place: Place, asked: Asked, offered: Candidate) -> WhatFollows:
    """Nothing is written. Raises ForeignFiles, NoWayBack, NothingInForce."""
    lang, at = asked.language, asked.now
    with place.database.read() as connection:
        found = offered.prospect(place, connection, Act(at=at, silent=silent(asked)))
        result = consequences(connection, found, at)
        others = beside(connection, found, offered.draft)
        try:
            refuse_beyond(connection, asked.person, offered, found, others)
            beyond = ""
        except BeyondRegion as refusal:
            beyond = refusal.why[lang]
    wants = found.wants_confirmation(place.settings.asked_above)
    files = offered.source is CandidateSource.FILES
    return WhatFollows(
        nothing=found.unchanged and not found.called,
        first_edition=found.before is None,
        figures=figures(found, result),
        first=_departure(result.mails[0], at, lang) if result.mails else "",
        last=_departure(result.mails[-1], at, lang) if result.mails else "",
        groups=tuple(_groups(found, result, at, lang)),
        calls=tuple(call_lines(found, result, at, lang)),
        besides=tuple(_besides(found, result, others, offered, lang)),
        heed=(*missing_lines(found, lang, files=files), *unlikely_lines(found, lang)),
        reasons=tuple(reason_lines(found, lang, None, cut=files)) if wants else (),
        beyond=beyond,
    )


def figures(found: Prospect, result: Consequences) -> dict[str, int]:
    """The numbers of `agenda impact --json`, by their keys there; of what is listed there, how many."""
    return {
        "people": found.people,
        "notices": mails_of(result, Purpose.NOTICE),
        "convocations": mails_of(result, Purpose.CONVOCATION),
        "replaced": result.replaced,
        "sent_with_the_earlier_time": sum(result.sent.values()),
        "dropped": result.dropped,
        "feeds": len(result.feeds),
        "ended_feeds": len(result.ended_feeds),
        "removed_posts": len(found.removed_posts),
        "no_news_to": len(found.unheard.everybody),
    }


def _groups(found: Prospect, result: Consequences, at: datetime, lang: Language) -> Iterator[ToldOf]:
    for change in found.changes:
        mails = [one for one in result.mails if one.purpose is Purpose.NOTICE and one.notice.event == change.event]
        lines = (
            notices_line(mails, lang),
            *departure_lines(mails, found, at, lang),
            *answer_lines(result, change.event, found, at, lang),
        )
        yield ToldOf(id=change.event, title=title(change, lang), kinds=kind_words(change, lang), lines=lines)


def _besides(
    found: Prospect, result: Consequences, others: Beside, offered: Candidate, lang: Language
) -> Iterator[str]:
    yield from unheard_lines(found, lang)
    if others.people and offered.source is CandidateSource.FILES and found.before is not None:
        assert offered.lines is not None, "files have lines"
        yield from (line.strip() for line in people_lines(others, offered.lines, lang))
        yield from uncorrected_lines(found.uncorrected, offered.lines, lang)
    yield from day_lines(result.days, lang)


def _departure(mail: ForeseenMail, at: datetime, lang: Language) -> str:
    """«mar 19 oct, 09:00 h (Nueva Delhi)», with its year where that is not the present one there."""
    wall, now = (to_wall(one, mail.site.zone) for one in (mail.leaves, at))
    day = short_date(wall.date(), lang, now.date())
    return LOCAL_HOUR.say(lang, day=day, hour=hour(wall, lang), city=mail.site.city_in(lang))
