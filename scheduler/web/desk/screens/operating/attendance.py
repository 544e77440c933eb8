"""Who came: the meeting program's file dropped on a session, seen in three columns, recorded; or typed by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.model.agenda import Agenda
from calendars.model.text import Language
from scheduler.attendance.questions import AttendanceQuestion, choices
from scheduler.base.refusal import Refusal
from scheduler.people.attendance.known import KnownSession, day_of, known, known_of, moment_of
from scheduler.people.attendance.looking import FoundPerson, Looked, Wish, look
from scheduler.people.attendance.recording import SHORT, Recorder
from scheduler.people.attendance.said import (
    count_lines,
    file_lines,
    held_words,
    how_words,
    program_words,
    recorded_lines,
    source_words,
    time_words,
)
from scheduler.people.attendance.sequel_words import by_hand_line, followed_line, owing_line, would_follow
from scheduler.people.attendance.sessions import HeldSession, NoSession, session_of
from scheduler.publishing.following import Sequel
from scheduler.store.accounts.roles import DeskRole
from scheduler.store.audit.deeds import Via
from scheduler.web.desk.asked import Answer, Asked
from scheduler.web.desk.declared import Declared
from scheduler.web.desk.place import Place
from scheduler.web.desk.rendering import go, screen
from scheduler.web.desk.screens.operating.dropping import Carried, carried, site_typed
from scheduler.web.desk.screens.operating.scope import require, require_everywhere, sites_of
from scheduler.wording.places import city_name

HERE = "/desk/attendance"
TITLE = Phrase("Attendance")
NO_FILE = Phrase("Choose the file first: as the meeting program wrote it (.csv), or as a workbook (.xlsx).")
NO_SITE = Phrase("There is no site “{site}”: choose one of the list.")
NO_NUMBER = Phrase("“{n}” is no number of people.")
NO_CHOICE = Phrase("Choose a site of the list, and write how many people came.")
ASKED_AT_ONCE = 60  # people of no site that are shown with a field; the next ones follow once these are assigned


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionLine:
    """One session of the list."""

    id: str
    title: str
    day: str
    held: str
    sites: str  # «12 / 16» with somebody present; "" where nothing is recorded
    people: int
    unmatched: int
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonLine:
    """Somebody who was seen."""

    key: str
    name: str
    time: str
    site: str  # city
    how: str
    counts: bool  # long enough to be present


def listed(place: Place, asked: Asked) -> Answer:
    """Every session that has begun, and what is known of each."""
    with place.database.read() as connection:
        found = known(connection, asked.now)
    values = {"lines": [_session_line(one, asked) for one in found]}
    return screen(asked, "desk/attendances.html", TITLE[asked.language], values)


def shown(place: Place, asked: Asked) -> Answer:
    """What is recorded of one session, and the ways to record more; of an event to which nobody can have come, why."""
    try:
        return _screen(place, asked)
    except NoSession as refusal:
        under = place.in_force()
        event = None if under is None else under.edition.agenda.event(asked.names["event"])
        if event is None:
            raise
        values = {"title": event.title[asked.language], "event": event.id, "why": refusal.lines(asked.language)[0]}
        return screen(asked, "desk/attendance-none.html", TITLE[asked.language], values)


def looked(place: Place, asked: Asked) -> Answer:
    """The dropped files in three columns, before anything is recorded; what they leave open is asked."""
    return _preview(place, asked, recording=False)


def recorded(place: Place, asked: Asked) -> Answer:
    """Record what was looked at."""
    return _preview(place, asked, recording=True)


def said(place: Place, asked: Asked) -> Answer:
    """By hand: held or not, how many of a site came, or something taken back."""
    event, form = asked.names["event"], asked.form
    session = _session(place, asked)
    try:
        recorder, what = _recorder(place, asked), form.one("do")
        if what == "typed":
            recorder.typed(event, _figure(session.agenda, form.one("site"), form.one("n")))
        elif what == "forget":
            recorder.forget(event, form.one("what"))
        else:
            recorder.mark(event, held=what == "held", reason=form.one("reason"))
    except Refusal as refusal:
        return _screen(place, asked, problem=" ".join(refusal.lines(asked.language)))
    return go(asked, f"{HERE}/{event}", saved="1")


def _preview(place: Place, asked: Asked, *, recording: bool) -> Answer:
    session, lang = _session(place, asked), asked.language
    brought, unknown = carried(asked, session.agenda)
    if not brought.files:
        return _screen(place, asked, problem=NO_FILE[lang])
    try:
        wish = Wish(
            event=session.event.id,
            files=brought.files,
            choices=choices(brought.answers),
            assigned=brought.assigned,
        )
        with place.database.read() as connection:
            found = look(connection, place.database.tokens, wish, asked.now)
        if recording and not unknown:
            _recorder(place, asked).files(found, place.database.tokens)
            return go(asked, f"{HERE}/{session.event.id}", saved="1")
        values = _columns(found, brought, asked)
    except AttendanceQuestion as question:
        return _screen(place, asked, values=_questions(question, brought, lang))
    except Refusal as refusal:
        return _screen(place, asked, problem=" ".join(refusal.lines(lang)))
    problem = NO_SITE.say(lang, site=unknown[0]) if unknown else ""
    return _screen(place, asked, values=values, problem=problem)


def _screen(place: Place, asked: Asked, *, values: Mapping[str, Any] | None = None, problem: str = "") -> Answer:
    event, lang = asked.names["event"], asked.language
    with place.database.read() as connection:
        one = known_of(connection, event, asked.now)
        by_hand = _by_hand(connection, one, asked)
    session, found = one.session, one.found
    own = sites_of(session.agenda, asked, DeskRole.SEE)
    by_site = {} if found is None else {site: n for site, n in found.by_site.items() if own is None or site in own}
    given: dict[str, Any] = {
        "event": event,
        "title": session.event.title[lang],
        "day": day_of(session, lang, asked.now),
        "held": held_words(found, lang),
        "lines": [] if found is None or own is not None else list(recorded_lines(session, found, lang)),
        "followed": followed_line(session, one.followed, lang, asked.now),
        "by_hand": by_hand_line(by_hand, lang),
        "by_site": sorted((city_name(session.agenda, site, lang), n) for site, n in by_site.items()),
        "typed": [] if found is None else [(one, city_name(session.agenda, one, lang)) for one in sorted(found.typed)],
        "said": ""
        if found is None or found.at is None
        else f"{found.author}, {moment_of(session, found.at, lang, asked.now)}",
        "files": [
            (file.digest, file.digest[:SHORT], program_words(file.program, lang), file.people, file.author)
            for file in one.files
        ],
        "ended": found is not None and found.kept_at is not None,
        "unheld": found is not None and found.held is False,
        "may_record": _may_record(session, asked),
        "sites": sorted(f"{one.city_in(lang)} ({one.id})" for one in session.agenda.representations),
        "threshold": session.threshold,
        "saved": asked.query.get("saved", ""),
        "problem": problem,
        "questions": (),
        "columns": None,
        **(values or {}),
    }
    return screen(asked, "desk/attendance.html", TITLE[lang], given, status=422 if problem else 200)


def _by_hand(connection: Connection, one: KnownSession, asked: Asked) -> Sequel | None:
    """What the first figure that is typed would owe, where nothing is recorded yet."""
    session, first = one.session, [site.id for site in one.session.sites][:1]
    if one.found is not None and (one.found.source or one.found.held is False):
        return None
    return would_follow(connection, session, None, dict.fromkeys(first, 1), asked.now)


def _word(one: KnownSession, asked: Asked) -> str:
    """Who spoke last of it, and when."""
    if one.found is None or one.found.at is None:
        return ""
    return f"{one.found.author}, {moment_of(one.session, one.found.at, asked.language, asked.now)}"


def _questions(question: AttendanceQuestion, brought: Carried, lang: Language) -> dict[str, Any]:
    questions = [
        {
            "words": one.words[lang],
            "place": one.place,
            "answers": [(answer.given, answer.words[lang]) for answer in one.answers],
        }
        for one in question.questions
    ]
    return {"questions": questions, "kept": brought.packed()}


def _columns(found: Looked, brought: Carried, asked: Asked) -> dict[str, Any]:
    agenda, lang, after = found.session.agenda, asked.language, found.sequel
    matched = sorted(found.matched, key=lambda one: (city_name(agenda, one.site, lang), one.participant.name))
    columns = {
        "files": list(file_lines(found, lang)),
        "counts": list(count_lines(found, lang)),
        "follows": "" if after is None else owing_line(found.session, after, lang, asked.now),
        "matched": [_person(one, agenda, lang) for one in matched],
        "unmatched": [_person(one, agenda, lang) for one in found.unmatched[:ASKED_AT_ONCE]],
        "more": max(0, len(found.unmatched) - ASKED_AT_ONCE),
        "absent": [city_name(agenda, one.id, lang) for one in found.absent],
        "addressed": len(found.session.sites),
        "nothing_new": not found.new and not brought.assigned,
    }
    return {"columns": columns, "kept": brought.packed()}


def _person(one: FoundPerson, agenda: Agenda, lang: Language) -> PersonLine:
    return PersonLine(
        key=one.participant.key,
        name=one.participant.name,
        time=time_words(one, lang),
        site=city_name(agenda, one.site, lang) if one.site else "",
        how=how_words(one, lang),
        counts=one.present is True,
    )


def _session_line(one: KnownSession, asked: Asked) -> SessionLine:
    session, found, lang = one.session, one.found, asked.language
    own = sites_of(session.agenda, asked, DeskRole.SEE)
    sites = [site.id for site in session.sites if own is None or site.id in own]
    by_site = {} if found is None else {site: n for site, n in found.by_site.items() if own is None or site in own}
    there = sum(1 for site in sites if by_site.get(site))
    source = source_words(found, lang)
    return SessionLine(
        id=session.event.id,
        title=session.event.title[lang],
        day=day_of(session, lang, asked.now),
        held=held_words(found, lang),
        sites=f"{there} / {len(sites)}" if source else "",
        people=sum(by_site.values()),
        unmatched=0 if found is None or own is not None else found.unmatched,
        source=source,
    )


def _session(place: Place, asked: Asked) -> HeldSession:
    """The session, if the person may record who came to it. Raises NoSession; NotYours."""
    with place.database.read() as connection:
        session = session_of(connection, asked.names["event"], asked.now)
    if not session.sites:
        require_everywhere(asked, DeskRole.OPERATE)
    for site in session.sites:
        require(session.agenda, asked, DeskRole.OPERATE, site.id)
    return session


def _may_record(session: HeldSession, asked: Asked) -> bool:
    own = sites_of(session.agenda, asked, DeskRole.OPERATE)
    return own is None or (bool(session.sites) and all(one.id in own for one in session.sites))


def _figure(agenda: Agenda, site: str, n: str) -> dict[str, int]:
    """Raises Refusal."""
    if not site or not n:
        raise Refusal(NO_CHOICE)
    found = site_typed(agenda, site)
    if found is None:
        raise Refusal(NO_SITE, site=site)
    if not (n.isascii() and n.isdecimal() and len(n) < 7):
        raise Refusal(NO_NUMBER, n=n)
    return {found: int(n)}


def _recorder(place: Place, asked: Asked) -> Recorder:
    return Recorder(database=place.database, who=asked.who, by=asked.by, now=asked.now, via=Via.DESK)


SCREENS = (
    Declared(path=HERE, need=DeskRole.SEE, get=listed),
    Declared(path=f"{HERE}/{{event}}", need=DeskRole.SEE, get=shown),
    Declared(path=f"{HERE}/{{event}}", need=DeskRole.OPERATE, post=looked),
    Declared(path=f"{HERE}/{{event}}/record", need=DeskRole.OPERATE, post=recorded),
    Declared(path=f"{HERE}/{{event}}/word", need=DeskRole.OPERATE, post=said),
)
