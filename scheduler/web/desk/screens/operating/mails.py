"""Any mail before it exists: of what publishing would send, of what waits, of reminders; one after the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from calendars.catalogue import LANGUAGES, Phrase
from calendars.model.agenda import Agenda, Draft
from calendars.model.text import Language
from scheduler.planning.delivery import Purpose
from scheduler.sending import showing
from scheduler.sending.foresight import OF_EVENTS
from scheduler.sending.letters import letters_of
from scheduler.sending.showing import Shown, ShownMail, Turn
from scheduler.store.accounts.roles import DeskRole
from scheduler.web.desk.asked import Answer, Asked, NotThere
from scheduler.web.desk.declared import Declared
from scheduler.web.desk.place import Place, moment_in
from scheduler.web.desk.rendering import part, screen
from scheduler.web.desk.screens.operating.brake import event_name
from scheduler.web.desk.screens.operating.scope import site_choices, sites_of
from scheduler.web.desk.screens.operating.words import PURPOSES
from scheduler.web.rendering import ASKS_AND_FRAMES_OWN, MAIL_POLICY
from scheduler.wording.languages import own_name
from scheduler.wording.places import city_name
from scheduler.wording.rules import rule_words

TITLE = Phrase("Mails")
HERE = "/desk/mail"
NO_MAIL = Phrase("There is no such mail.")
NEWS, WAITS, REMINDER = "news", "waiting", "reminder"
KINDS = {
    NEWS: Phrase("what publishing now would send"),
    WAITS: Phrase("all that waits to go"),
    REMINDER: Phrase("reminders that wait to go"),
}
VIEWS = {
    "html": Phrase("As it looks"),
    "dark": Phrase("Dark"),
    "phone": Phrase("On a phone"),
    "phone-dark": Phrase("On a phone, dark"),
    "text": Phrase("Text alone"),
}
KEPT = ("kind", "site", "language", "view")


@dataclass(frozen=True, kw_only=True, slots=True)
class WantedMail:
    """Which mail is to be seen, and how."""

    kind: str
    site: str  # "" of any
    language: str  # "" of any
    view: str
    number: int  # of the turn, from 0
    index: int  # of the message among those of the turn

    def query(self, **changed: str) -> dict[str, str]:
        kept = {name: getattr(self, name) for name in KEPT}
        return {**kept, "n": str(self.number), "v": str(self.index), **changed}


@dataclass(frozen=True, kw_only=True, slots=True)
class TurnLine:
    """Whose mail is shown."""

    site: str
    event: str
    what: str
    people: int
    home: str  # when it leaves, by the agenda's clock
    local: str  # and by the site's


def chosen(place: Place, asked: Asked) -> Answer:
    """Which mails; what they say is found out apart, for that takes longer."""
    wanted, agenda = _wanted(asked), _in_force(place)
    values: dict[str, Any] = {
        "wanted": wanted,
        "query": wanted.query(),
        "kinds": [(key, words[asked.language]) for key, words in KINDS.items()],
        "sites": site_choices(agenda, asked) if agenda else [],
        "languages": [(one, own_name(one)) for one in LANGUAGES],
    }
    made = screen(asked, "desk/mails.html", TITLE[asked.language], values)
    return _framing(made)


def shown(place: Place, asked: Asked) -> Answer:
    """One turn: whose it is, the messages it consists of, and the way to the one before and the one after."""
    wanted, draft = _wanted(asked), _draft(place, asked)
    agenda = _in_force(place) if draft is None else draft.agenda
    found = _found(place, asked, wanted, draft)
    mails = [] if found is None else _of_language(found, wanted.language)
    index = min(max(wanted.index, 0), max(0, len(mails) - 1))
    values = {
        "wanted": wanted,
        "files_wrong": found is None,
        "turn": None if not found or not found.turns else _line(agenda, found.turns[found.number], asked.language),
        "number": 0 if found is None else found.number,
        "total": 0 if found is None else len(found.turns),
        "mail": mails[index] if mails else None,
        "index": index,
        "mails": [(number, _name(mail), number == index) for number, mail in enumerate(mails)],
        "views": [(key, words[asked.language], key == wanted.view) for key, words in VIEWS.items()],
        "query": wanted.query,
        "before": None if not found or found.number == 0 else str(found.number - 1),
        "after": None if not found or found.number + 1 >= len(found.turns) else str(found.number + 1),
    }
    if asked.part:
        return part(asked, "desk/mail-shown.html", values)
    return _framing(screen(asked, "desk/mail-shown.html", TITLE[asked.language], values))


def html(place: Place, asked: Asked) -> Answer:
    """The HTML part alone, for a frame: under a policy of its own, which lets nothing in and nothing run."""
    wanted = _wanted(asked)
    found = _found(place, asked, wanted, _draft(place, asked))
    mails = [] if found is None else _of_language(found, wanted.language)
    if not 0 <= wanted.index < len(mails):
        raise NotThere(NO_MAIL)
    return Answer(body=mails[wanted.index].themed(dark=wanted.view.endswith("dark")), part=True, policy=MAIL_POLICY)


def _in_force(place: Place) -> Agenda | None:
    found = place.in_force()
    return None if found is None else found.edition.agenda


def _draft(place: Place, asked: Asked) -> Draft | None:
    """The files, where what publishing them would send is wanted: thousands of rows, which nothing else asks for."""
    return place.draft() if _wanted(asked).kind == NEWS else None


def _found(place: Place, asked: Asked, wanted: WantedMail, draft: Draft | None) -> Shown | None:
    """None where the files have problems, so that nothing can be published."""
    letters = letters_of(place.settings, place.database.tokens)
    agenda = _in_force(place) if draft is None else draft.agenda
    own = None if agenda is None else sites_of(agenda, asked, DeskRole.SEE)
    sites = [wanted.site] if wanted.site and (own is None or wanted.site in own) else own
    if wanted.kind == NEWS:
        return None if draft is None else showing.news(place.database, letters, draft, asked.now, wanted.number, sites)
    purposes = (Purpose.REMINDER,) if wanted.kind == REMINDER else OF_EVENTS
    return showing.waiting(place.database, letters, purposes, asked.now, wanted.number, sites)


def _of_language(found: Shown, language: str) -> list[ShownMail]:
    """Those in that language, where there is any; else all."""
    return [one for one in found.mails if one.language == language] or list(found.mails)


def _wanted(asked: Asked) -> WantedMail:
    query = asked.query
    kind, view, language = query.get("kind", NEWS), query.get("view", "html"), query.get("language", "")
    return WantedMail(
        kind=kind if kind in KINDS else NEWS,
        site=query.get("site", ""),
        language=language if language in LANGUAGES else "",
        view=view if view in VIEWS else "html",
        number=_number(query.get("n", "")),
        index=_number(query.get("v", "")),
    )


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 7 else 0


def _line(agenda: Agenda | None, turn: Turn, language: Language) -> TurnLine:
    site = None if agenda is None else agenda.site(turn.site)
    zone = "UTC" if agenda is None else agenda.zone
    purpose = PURPOSES[turn.purpose][language]
    return TurnLine(
        site=turn.site if agenda is None else city_name(agenda, turn.site, language),
        event=event_name(agenda, turn.event, language),
        what=f"{purpose}, {rule_words(turn.rule, language)}" if turn.purpose is Purpose.REMINDER else purpose,
        people=turn.people,
        home=moment_in(turn.leaves, zone, language),
        local="" if site is None or site.zone == zone else moment_in(turn.leaves, site.zone, language),
    )


def _name(mail: ShownMail) -> str:
    return next((own_name(one) for one in LANGUAGES if one == mail.language), mail.language)


def _framing(made: Answer) -> Answer:
    return replace(made, policy=ASKS_AND_FRAMES_OWN)


SCREENS = (
    Declared(path=HERE, need=DeskRole.SEE, get=chosen),
    Declared(path=f"{HERE}/shown", need=DeskRole.SEE, get=shown),
    Declared(path=f"{HERE}/html", need=DeskRole.SEE, get=html),
)
