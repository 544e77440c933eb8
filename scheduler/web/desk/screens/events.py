"""The list of events as the files have them: when, for how many sites, and what of it is not published yet."""

from __future__ import annotations

from dataclasses import dataclass

from calendars.catalogue import Phrase
from calendars.editions import Edition, first_edition
from calendars.model.agenda import Draft
from calendars.model.events import Days, Event
from calendars.model.text import Language
from calendars.wording import status_word
from scheduler.drafts.encoding import agenda_text
from scheduler.drafts.patching import Events
from scheduler.publishing.prospect import Prospect
from scheduler.store.accounts.roles import DeskRole
from scheduler.web.desk.asked import Answer, Asked
from scheduler.web.desk.declared import Declared
from scheduler.web.desk.place import Place
from scheduler.web.desk.rendering import screen
from scheduler.wording.events import audience_words, day_words, home_hour
from scheduler.wording.kinds import kind_words

TITLE = Phrase("Events")


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedEvent:
    """One event of the list."""

    id: str
    title: str
    day: str
    hour: str
    status: str
    audience: str
    change: str  # what publishing would tell: «MOVIDO»; "" where it is in force as it stands


def listed(place: Place, asked: Asked) -> Answer:
    """All events of the files; by their ids alone where the files have problems."""
    found = place.reading()
    changed: dict[str, str] = {}
    lines: tuple[ListedEvent, ...] = ()
    if found.draft is not None:
        with place.database.read() as connection:
            changed = changes_of(place.prospect(connection, found.draft, asked.now), asked.language)
        lines = lines_of(found.draft, changed, asked.language)
    ids = () if found.draft is not None else Events(agenda_text(place.files.contents())).ids
    values = {"lines": lines, "ids": ids, "problems": len(found.problems)}
    return screen(asked, "desk/events.html", TITLE[asked.language], values)


def changes_of(found: Prospect, language: Language) -> dict[str, str]:
    """By event (id), what publishing would tell of it."""
    return {change.event: kind_words(change, language) for change in found.changes}


def lines_of(draft: Draft, changed: dict[str, str], language: Language) -> tuple[ListedEvent, ...]:
    """In the order of their days; those without a date at the end."""
    edition = first_edition(draft)
    ordered = sorted(draft.agenda.events, key=lambda event: (_day(edition, event), event.id))
    return tuple(_line(edition, event, changed.get(event.id, ""), language) for event in ordered)


def _day(edition: Edition, event: Event) -> str:
    revision = edition.revisions[event.id]
    if revision.start is not None:
        return revision.wall(revision.start, edition.agenda.zone).isoformat()
    return event.when.first.isoformat() if isinstance(event.when, Days) else "9999"


def _line(edition: Edition, event: Event, change: str, language: Language) -> ListedEvent:
    agenda, revision = edition.agenda, edition.revisions[event.id]
    start = revision.start
    return ListedEvent(
        id=event.id,
        title=event.title[language],
        day=day_words(agenda.zone, event, revision, language),
        hour="" if start is None else home_hour(agenda, revision.wall(start, agenda.zone), language),
        status=status_word(event.status, language),
        audience=audience_words(agenda, event.audience, agenda.addressed(event), language),
        change=change,
    )


SCREENS = (Declared(path="/desk/events", need=DeskRole.SEE, get=listed),)
