"""What publishing now would do, in figures: the same for scripts and for the desk."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from calendars.reading.files import Lines
from scheduler.planning.delivery import Purpose
from scheduler.publishing.consequences import Consequences
from scheduler.publishing.in_words import answers_json, days_json, local_departure, mail_json, people_json
from scheduler.publishing.prospect import Beside, Prospect


def mails_of(result: Consequences, purpose: Purpose) -> int:
    """How many notices, or convocations, there would be: one for each event and post."""
    return sum(mail.people for mail in result.mails if mail.purpose is purpose)


def impact_json(
    found: Prospect, result: Consequences, others: Beside, lines: Lines | None, at: datetime
) -> dict[str, object]:
    """Of publishing at the instant `at` (UTC). `lines`: None where the files have no part in it."""
    return {
        "at": at.isoformat(),
        "edition": None if found.before is None else found.before.edition.number,
        "unchanged": found.unchanged,
        "notices": mails_of(result, Purpose.NOTICE),
        "convocations": mails_of(result, Purpose.CONVOCATION),
        "people": found.people,
        "no_news_to": sorted(found.unheard.everybody),
        "read_privately": sorted(found.unheard.read),
        "mails": [mail_json(mail) for mail in result.mails],
        "hours": dict(sorted(Counter(local_departure(mail) for mail in result.mails).items())),
        "replaced": result.replaced,
        "dropped": result.dropped,
        "other_days": days_json(result.days),
        "sent_with_the_earlier_time": dict(result.sent),
        "feeds": list(result.feeds),
        "answers": [answers_json(one) for one in result.answers],
        "ended_feeds": list(result.ended_feeds),
        "removed_posts": list(found.removed_posts),
        "recipients": people_json(others, lines),
        "losses": [{"missing": loss.missing.value, "name": loss.name} for loss in found.losses],
    }
