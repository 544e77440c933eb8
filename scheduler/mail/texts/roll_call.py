"""What a roll call says, before it is a mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from calendars.catalogue import Phrase
from calendars.model.agenda import Agenda
from calendars.model.places import Representation
from calendars.model.text import Language
from calendars.wording import weekday_and_day
from calendars.zones import to_wall
from scheduler.planning.rolls import SilentPost
from scheduler.wording.posts import office_name

CLOCK = Phrase("When this mail left, it was {hour} on {day} at your site.")
SILENT, LOST = Phrase("{office}: no answer to two mails"), Phrase("{office}: the mail does not arrive")


def site_clock(site: Representation, now: datetime, language: Language) -> str:
    """What the site's clocks showed as the message left."""
    wall = to_wall(now, site.zone)
    return CLOCK.say(language, hour=f"{wall:%H:%M}", day=weekday_and_day(wall, language))


def silent_lines(silent: Sequence[SilentPost], agenda: Agenda, language: Language) -> tuple[str, ...]:
    """One for each post that has not answered, by its office."""
    sites = {site.id: site for site in agenda.representations}
    return tuple(
        (LOST if one.bounced else SILENT).say(language, office=office_name(one.post, sites[one.site], language))
        for one in silent
    )
