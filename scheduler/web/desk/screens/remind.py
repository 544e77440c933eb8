"""Asking by one mail, once, who has not said whether they come: whom, whom not and why, the mail, then the number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.model.text import Language
from scheduler.publishing.asking import Silence, ask, silence
from scheduler.publishing.asking_in_words import (
    BEFORE,
    NO_PREVIEW,
    answered_words,
    before_words,
    spared_words,
    would_words,
)
from scheduler.sending.foresight import foreseen_question
from scheduler.sending.letters import letters_of
from scheduler.sending.showing import shown_mail
from scheduler.store.accounts.roles import DeskRole
from scheduler.store.audit.deeds import Via
from scheduler.web.desk.asked import Answer, Asked, NotThere
from scheduler.web.desk.declared import Declared
from scheduler.web.desk.place import Place, moment_in
from scheduler.web.desk.rendering import go, screen
from scheduler.web.desk.screens.bounds import everywhere
from scheduler.wording.places import city_names

PATH = "/desk/heard/{event}/remind"
TITLE = Phrase("Ask who has not answered")
NO_SITE = Phrase("There is no site “{site}” in the agenda in force.")
NOT_THAT = Phrase("That is not the number: {people} {people:post|posts} would be asked now. Nobody was asked.")
LEAVES = Phrase("Leaves {moment}, by the clock of {city}.")
NAMED = 400  # posts asked before, of which a line each is shown


@dataclass(frozen=True, kw_only=True, slots=True)
class AskingMail:
    """One mail before it exists."""

    subject: str
    leaves: str
    language: str
    text: str


@everywhere(DeskRole.OPERATE)
def looked(place: Place, asked: Asked) -> Answer:
    """Whom it would ask; of a chosen site, the mail as it would leave."""
    return _screen(place, asked)


@everywhere(DeskRole.OPERATE)
def done(place: Place, asked: Asked) -> Answer:
    """Ask them, where the number that was typed is theirs."""
    event, typed = asked.names["event"], asked.form.one("number").strip()
    with place.database.read() as connection:
        people = silence(connection, event, asked.now).people
    if not people or typed != str(people):
        return _screen(place, asked, problem=NOT_THAT.say(asked.language, people=people))
    found = ask(place.database, event, asked.now, confirmed=people, author=asked.who, via=Via.DESK)
    return go(asked, f"/desk/heard/{event}/remind", people=str(found.people))


def _screen(place: Place, asked: Asked, *, problem: str = "") -> Answer:
    event, site, lang = asked.names["event"], asked.query.get("site", ""), asked.language
    with place.database.suppose() as connection:
        found = silence(connection, event, asked.now)
        mails = list(_mails(place, connection, asked, found, site)) if site else []
    values = {
        "event": event,
        "answered": answered_words(found, lang),
        "asked_now": _count(asked.query.get("people", "")),
        "problem": problem,
        "people": found.people,
        "would": list(would_words(found, lang, asked.now)),
        "spared": list(spared_words(found, lang)),
        "before": list(before_words(found, lang, asked.now, NAMED)),
        "before_title": BEFORE.say(lang, n=len(found.asked)),
        "sites": _sites(found, lang),
        "site": site,
        "mails": mails,
        "none_there": NO_PREVIEW.say(lang, site=site) if site and not mails else "",
    }
    return screen(asked, "desk/remind.html", TITLE[lang], values, status=422 if problem else 200)


def _mails(place: Place, connection: Connection, asked: Asked, found: Silence, key: str) -> Iterator[AskingMail]:
    """One for each language at the site. Raises NotThere."""
    site = found.edition.agenda.site(key)
    if site is None:
        raise NotThere(NO_SITE, site=key)
    letters = letters_of(place.settings, place.database.tokens)
    for body in foreseen_question(connection, letters, found, key, asked.now):
        mail = shown_mail(body)
        moment = moment_in(mail.date, site.zone, asked.language)
        leaves = LEAVES.say(asked.language, moment=moment, city=site.city_in(asked.language))
        yield AskingMail(subject=mail.subject, leaves=leaves, language=mail.language, text=mail.text)


def _sites(found: Silence, lang: Language) -> list[tuple[str, str, int]]:
    """Id, city, and how many are asked there."""
    cities = city_names(found.edition.agenda.representations, lang)
    return sorted(((one.site.id, cities[one.site.id], len(one.posts)) for one in found.asks), key=lambda one: one[1])


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


SCREENS = (Declared(path=PATH, need=DeskRole.OPERATE, get=looked, post=done),)
