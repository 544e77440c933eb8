"""«What would happen»: the difference by meaning at once, then its consequences, then the button."""

from __future__ import annotations

from datetime import datetime

from calendars.catalogue import Phrase
from calendars.model.text import Language
from calendars.reading.configuration import read
from calendars.shifts import Shift, shifts
from calendars.wording import short_date
from scheduler.drafts.files import without_posts
from scheduler.publishing.day_shifts import DayShift, differing_days
from scheduler.publishing.in_words import day_lines
from scheduler.store import editions
from scheduler.store.accounts.roles import DeskRole
from scheduler.store.editions import InForce
from scheduler.web.desk.asked import Answer, Asked
from scheduler.web.desk.declared import Declared
from scheduler.web.desk.place import Place
from scheduler.web.desk.rendering import screen
from scheduler.web.desk.screens.publishing.difference import (
    changed_events,
    changes_of_draft,
    hands_of,
    today_in,
)
from scheduler.web.desk.screens.publishing.offers import CandidateSource, offer
from scheduler.web.desk.screens.publishing.putting import TITLES, put, shown
from scheduler.wording.changes import some
from scheduler.wording.places import city_names

HEAD = Phrase("In force: edition {number}. Below: what the saved files change of it. Nothing has been published.")
SHIFT = Phrase("{event}, {site}: published {promised}, now {now}")
NO_HOUR = Phrase("no hour, or two")
NAMED = 40  # sites whose hour is another; the rest are counted


def changes(place: Place, asked: Asked) -> Answer:
    """What the saved files change, event by event; the consequences load behind it."""
    lang = asked.language
    with place.database.read() as connection:
        now = editions.load(connection)
    reading = read(without_posts(place.files.contents()))
    values = {
        "problems": len(reading.problems),
        "head": "" if now is None else HEAD.say(lang, number=now.edition.number),
        "first_edition": now is None,
        "events": 0 if reading.draft is None else len(reading.draft.agenda.events),
        "shifted": shifted(place, asked.now),
        "changed": (),
        "more": "/desk/changes/consequences",
    }
    if reading.draft is not None and now is not None:
        agenda = reading.draft.agenda
        found = changes_of_draft(now, reading.draft, asked.now)
        sites = {one.id: one for one in (*now.edition.agenda.representations, *agenda.representations)}
        hands = hands_of(place, found, asked.now, agenda.zone, lang)
        today = today_in(asked.now, agenda.zone)
        values["changed"] = changed_events(found, sites, lang, today, lines=reading.lines, hands=hands)
    return screen(asked, "desk/changes.html", TITLES[CandidateSource.FILES][lang], values)


def consequences(place: Place, asked: Asked) -> Answer:
    """Whom it concerns, what leaves and when, and the form that publishes it."""
    return shown(place, asked, offer(place, asked, CandidateSource.FILES))


def published(place: Place, asked: Asked) -> Answer:
    """Publish the files as they were shown."""
    return put(place, asked, CandidateSource.FILES)


def shifted(place: Place, at: datetime) -> bool:
    """Do this machine's zone rules or days off put anything in force at another hour or day?"""
    with place.database.read() as connection:
        now = editions.load(connection)
        return now is not None and (bool(shifts(now.edition)) or bool(differing_days(connection, now, at)))


def rules(place: Place, asked: Asked) -> Answer:
    """Which hours and days in force are others by the rules that this machine has, and the edition that says so."""
    lang = asked.language
    with place.database.read() as connection:
        now = editions.load(connection)
        days = () if now is None else differing_days(connection, now, asked.now)
    moved = () if now is None else shifts(now.edition)
    values = {
        "number": None if now is None else now.edition.number,
        "moved": _moved(moved, now, lang),
        "rest": max(0, len(moved) - NAMED),
        "sites": _sites(moved, days, now, lang),
        "days": tuple(day_lines(days, lang)),
        "more": "/desk/rules/consequences",
    }
    return screen(asked, "desk/rules.html", TITLES[CandidateSource.RULES][lang], values)


def rules_consequences(place: Place, asked: Asked) -> Answer:
    """What publishing by the rules of today would do."""
    return shown(place, asked, offer(place, asked, CandidateSource.RULES))


def rules_published(place: Place, asked: Asked) -> Answer:
    """Put in force what the rules of today say."""
    return put(place, asked, CandidateSource.RULES)


def _moved(moved: tuple[Shift, ...], now: InForce | None, lang: Language) -> tuple[str, ...]:
    if now is None:
        return ()
    agenda = now.edition.agenda
    cities = city_names(agenda.representations, lang)
    titles = {one.id: one.title[lang] for one in agenda.events}
    return tuple(
        SHIFT.say(
            lang,
            event=titles[one.event],
            site=cities[one.site],
            promised=_wall(one.promised, lang),
            now=NO_HOUR[lang] if one.now is None else _wall(one.now, lang),
        )
        for one in moved[:NAMED]
    )


def _wall(wall: datetime, lang: Language) -> str:
    return f"{short_date(wall.date(), lang)} {wall:%H:%M}"


def _sites(moved: tuple[Shift, ...], days: tuple[DayShift, ...], now: InForce | None, lang: Language) -> str:
    if now is None:
        return ""
    keys = {*(one.site for one in moved), *(one.site for one in days)}
    cities = city_names(now.edition.agenda.representations, lang)
    return some([name for key, name in cities.items() if key in keys], lang, 12)


SCREENS = (
    Declared(path="/desk/changes", need=DeskRole.SEE, get=changes),
    Declared(path="/desk/changes", need=DeskRole.PUBLISH, post=published, sensitive=True),
    Declared(path="/desk/changes/consequences", need=DeskRole.SEE, get=consequences),
    Declared(path="/desk/rules", need=DeskRole.SEE, get=rules),
    Declared(path="/desk/rules", need=DeskRole.PUBLISH, post=rules_published, sensitive=True),
    Declared(path="/desk/rules/consequences", need=DeskRole.SEE, get=rules_consequences),
)
