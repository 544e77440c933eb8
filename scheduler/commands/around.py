"""One event around the world, as a table: local start at every site, and what speaks against it there."""

from __future__ import annotations

from datetime import date

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table

from calendars.catalogue import Phrase
from calendars.editions import Edition, first_edition
from calendars.impact import Fit, Stay, sessions, stays
from calendars.model.agenda import Draft
from calendars.model.events import Days, Event
from calendars.model.text import Language
from calendars.wording import days_span, home_name, hour, short_date
from scheduler.wording.around import marks, session_json, stay_json, stay_marks
from scheduler.wording.places import city_names

HEADINGS = Phrase("Site|Id|Starts|Remarks")
INSIDE = Phrase("{inside} of {all} sites wholly within working hours")
UNDATED = Phrase("no date yet")


def around(draft: Draft, event: Event, lang: Language, today: date) -> RenderableType:
    """The event of a draft at every site that it addresses. Dates have their year unless it is that of `today`."""
    edition = first_edition(draft)
    head = f"{event.title[lang]}\n{_home(edition, event, lang, today)}"
    found = sessions(edition.agenda, event, edition.revisions[event.id])
    whole, cities = stays(edition.agenda, event), city_names(edition.agenda.representations, lang)
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in HEADINGS[lang].split("|"):
        table.add_column(heading)
    for session in found:
        start = f"{short_date(session.start.date(), lang, today)} {hour(session.start, lang)}"
        table.add_row(cities[session.site.id], session.site.id, start, ", ".join(marks(session, lang)))
    for stay in whole:
        table.add_row(cities[stay.site.id], stay.site.id, _days(stay, lang, today), ", ".join(stay_marks(stay, lang)))
    inside = sum(session.fit is Fit.INSIDE for session in found)
    foot = [INSIDE.say(lang, inside=inside, all=len(found))] if found else []
    return Group(head, table, *foot)


def _days(stay: Stay, lang: Language, today: date) -> str:
    """The site's own dates: «mar 1 feb – lun 7 feb»; a single one is said once."""
    first, last = stay.days.first, stay.days.last
    shown = [short_date(day, lang, today, first, last) for day in dict.fromkeys((first, last))]
    return " – ".join(shown)


def _home(edition: Edition, event: Event, lang: Language, today: date) -> str:
    revision = edition.revisions[event.id]
    if revision.start is not None:
        wall = revision.wall(revision.start, edition.agenda.zone)
        return f"{short_date(wall.date(), lang, today)}, {hour(wall, lang)}, {home_name(edition.agenda.zone, lang)}"
    return days_span(event.when, lang) if isinstance(event.when, Days) else UNDATED[lang]


def around_json(draft: Draft, event: Event) -> dict[str, object]:
    """The same for scripts: local walls in ISO 8601."""
    edition = first_edition(draft)
    return {
        "id": event.id,
        "sites": [
            *(session_json(one) for one in sessions(edition.agenda, event, edition.revisions[event.id])),
            *(stay_json(one) for one in stays(edition.agenda, event)),
        ],
    }
