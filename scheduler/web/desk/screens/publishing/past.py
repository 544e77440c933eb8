"""Editions as a time line: any opened, any two compared, one put back, and its files put into the draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.changes import Change, changes
from calendars.editions import Edition
from calendars.model.text import Language
from calendars.wording import home_short, hour, short_date, status_word
from calendars.zones import to_wall
from scheduler.publishing.rollback import NoWayBack, kept_files
from scheduler.store import editions
from scheduler.store.accounts.roles import DeskRole
from scheduler.web.desk.asked import Answer, Asked, NotThere
from scheduler.web.desk.declared import Declared
from scheduler.web.desk.place import Place
from scheduler.web.desk.rendering import go, screen
from scheduler.web.desk.screens.publishing import undoing
from scheduler.web.desk.screens.publishing.difference import ChangedEvent, changed_events, today_in
from scheduler.web.desk.screens.publishing.offers import NO_EDITION, CandidateSource, number_of, offer
from scheduler.web.desk.screens.publishing.putting import TITLES, put, shown
from scheduler.wording.changes import in_one_line
from scheduler.wording.events import day_words, home_hour

TITLE = Phrase("Editions")
ONE = Phrase("Edition {number}")
COMPARED = Phrase("From edition {before} to edition {after}")
NO_FILES = Phrase(
    "The files of edition {number} were not kept: it was published without them, or by an earlier version."
)
NOT_EVERYWHERE = Phrase("Its files are those of all regions: ask somebody who may edit everywhere.")
PAGE = 20  # editions on a screen


@dataclass(frozen=True, kw_only=True, slots=True)
class EditionLine:
    """One edition of the time line."""

    number: int
    moment: str  # by the agenda's clock
    author: str
    reason: str
    told: str  # what it changed, in one line
    in_force: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PastEvent:
    """An event as an edition had it."""

    title: str
    when: str
    status: str


class AllRegions(NoWayBack):
    """Whoever may edit in one region would put back the files of all."""

    status = 403


def listed(place: Place, asked: Asked) -> Answer:
    """The editions, the latest first."""
    before = asked.query.get("before", "")
    with place.database.read() as connection:
        newest = editions.number_in_force(connection) or 0
        top = min(newest, int(before) - 1) if before.isdecimal() and len(before) < 10 else newest
        lines = _lines(connection, top, newest, asked.language)
    values = {
        "lines": lines,
        "older": lines[-1].number if lines and lines[-1].number > 1 else 0,
        "newest": newest,
        "runs": undoing.runs(place, asked.now),
    }
    return screen(asked, "desk/editions.html", TITLE[asked.language], values)


def opened(place: Place, asked: Asked) -> Answer:
    """One edition: what it changed, what it holds; of the one in force, the countdown."""
    number, lang = number_of(asked), asked.language
    with place.database.read() as connection:
        newest = editions.number_in_force(connection)
        one, before = _found(connection, number), editions.find(connection, number - 1)
        line = _line(connection, one, before, newest or 0, lang)
        kept = bool(editions.files_of(connection, number))
    query = asked.query
    values = {
        "line": line,
        "first_edition": before is None,
        "changed": () if before is None else _between(before, one, asked),
        "events": _events(one, lang),
        "kept": kept,
        "undo": undoing.panel(place, asked) if number == newest else None,
        "problem": "",
        "done": query.get("done", ""),
        "undone": query.get("undone", ""),
        "notices": _figure(query.get("notices", "")),
        "files": [name for name in query.get("files", "").split(",") if name],
        "put": query.get("put", ""),
        "away": [one for one in query.get("away", "").split(",") if one],
    }
    return screen(asked, "desk/edition.html", ONE.say(lang, number=number), values)


def compared(place: Place, asked: Asked) -> Answer:
    """What differs between any two, from the earlier to the later."""
    lang = asked.language
    given = [asked.query.get(name, "") for name in ("a", "b")]
    numbers = sorted(int(one) for one in given if one.isdecimal() and len(one) < 10)
    if len(numbers) != 2:  # because two are compared
        return listed(place, asked)
    with place.database.read() as connection:
        before, after = (_found(connection, number) for number in numbers)
    title = COMPARED.say(lang, before=before.number, after=after.number)
    values = {"title": title, "changed": _between(before, after, asked), "before": before.number, "after": after.number}
    return screen(asked, "desk/compared.html", title, values)


def back(place: Place, asked: Asked) -> Answer:
    """Before going back: what that changes of what is in force; the consequences load behind it."""
    number, lang = number_of(asked), asked.language
    with place.database.read() as connection:
        past, now = _found(connection, number), editions.load(connection)
    assert now is not None, "what was found is in force, or something later is"
    if now.edition.number == number:
        return opened(place, asked)
    offered = offer(place, asked, CandidateSource.BACK)
    title = TITLES[CandidateSource.BACK].say(lang, number=number)
    values = {
        "title": title,
        "number": number,
        "in_force": offered.in_force,
        "changed": _between(now.edition, past, asked),
        "more": f"/desk/editions/{number}/back/consequences",
    }
    return screen(asked, "desk/back.html", title, values)


def back_consequences(place: Place, asked: Asked) -> Answer:
    """What going back would do, and the form that does it; of what is in force, itself."""
    with place.database.read() as connection:
        newest = editions.number_in_force(connection)
    if newest == number_of(asked):
        return opened(place, asked)
    return shown(place, asked, offer(place, asked, CandidateSource.BACK))


def went_back(place: Place, asked: Asked) -> Answer:
    """Put an earlier edition in force; its files into the draft as well, if that was ticked."""
    number = number_of(asked)
    answer = put(place, asked, CandidateSource.BACK)
    if answer.location is None or not asked.form.one("files"):
        return answer
    changed = undoing.put_back(place, asked, number)
    newest = answer.location.partition("?")[0].rpartition("/")[2]
    return go(asked, f"/desk/editions/{newest}", done="1", files=",".join(changed))


def files_put(place: Place, asked: Asked) -> Answer:
    """Only its files into the draft: nothing is published. What stood there is kept."""
    number = number_of(asked)
    if not asked.person.everywhere(DeskRole.EDIT):
        raise AllRegions(NOT_EVERYWHERE)
    with place.database.read() as connection:
        if not kept_files(connection, number):
            raise NotThere(NO_FILES, number=number)
    changed = undoing.put_back(place, asked, number)
    return go(asked, f"/desk/editions/{number}", put="1", files=",".join(changed))


def _found(connection: Connection, number: int) -> Edition:
    found = editions.find(connection, number)
    if found is None:
        raise NotThere(NO_EDITION, number=number)
    return found


def _lines(connection: Connection, top: int, newest: int, lang: Language) -> tuple[EditionLine, ...]:
    numbers = range(top, max(0, top - PAGE), -1)
    found = {number: editions.find(connection, number) for number in (*numbers, max(0, top - PAGE))}
    return tuple(
        _line(connection, one, found[number - 1] if number > 1 else None, newest, lang)
        for number in numbers
        if (one := found[number]) is not None
    )


def _line(connection: Connection, one: Edition, before: Edition | None, newest: int, lang: Language) -> EditionLine:
    changed = None if before is None else changes(before, one)
    silent, called = one.number in editions.silent(connection), editions.announced(connection).get(one.number, ())
    return EditionLine(
        number=one.number,
        moment=_moment(one.at, one.agenda.zone, lang),
        author=one.author,
        reason=one.reason,
        told=in_one_line(one, changed, lang, silent=silent, called=called),
        in_force=one.number == newest,
    )


def _moment(at: datetime, zone: str, lang: Language) -> str:
    wall = to_wall(at, zone)
    return f"{short_date(wall.date(), lang)} {wall.year}, {hour(wall, lang)} {home_short(zone, lang)}"


def _between(before: Edition, after: Edition, asked: Asked) -> tuple[ChangedEvent, ...]:
    found: tuple[Change, ...] = changes(before, after)
    sites = {one.id: one for one in (*before.agenda.representations, *after.agenda.representations)}
    return changed_events(found, sites, asked.language, today_in(asked.now, after.agenda.zone))


def _events(edition: Edition, lang: Language) -> tuple[PastEvent, ...]:
    return tuple(
        PastEvent(title=event.title[lang], when=_when(edition, event.id, lang), status=status_word(event.status, lang))
        for event in edition.agenda.events
    )


def _when(edition: Edition, key: str, lang: Language) -> str:
    event, revision, agenda = edition.agenda.event(key), edition.revisions[key], edition.agenda
    assert event is not None, "it was taken from the agenda"
    day = day_words(agenda.zone, event, revision, lang)
    start = revision.start
    return day if start is None else f"{day}, {home_hour(agenda, revision.wall(start, agenda.zone), lang)}"


def _figure(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0  # because no figure is longer


SCREENS = (
    Declared(path="/desk/editions", need=DeskRole.SEE, get=listed),
    Declared(path="/desk/editions/compare", need=DeskRole.SEE, get=compared),
    Declared(path="/desk/editions/{number}", need=DeskRole.SEE, get=opened),
    Declared(path="/desk/editions/{number}/back", need=DeskRole.SEE, get=back),
    Declared(path="/desk/editions/{number}/back", need=DeskRole.PUBLISH, post=went_back, sensitive=True),
    Declared(path="/desk/editions/{number}/back/consequences", need=DeskRole.SEE, get=back_consequences),
    Declared(path="/desk/editions/{number}/files", need=DeskRole.EDIT, post=files_put),
)
