"""Words that several commands share: the agenda's own fields as the files name them, and what changed."""

from __future__ import annotations

from calendars.catalogue import Phrase
from calendars.changes import Change, Kind
from calendars.model.text import Language
from calendars.reading import DAYS, SITES

PARTS = {
    "title": "titulo",
    "published": "publicada",
    "zone": "zona",
    "sender": "remitente",
    "regions": "regiones",
    "representations": SITES,
    "axes": "ejes",
    "commitments": "compromisos",
    "advances": "avances",
    "reminders": "recordatorios",
    "quiet": "silencio",
    "retention": "retencion",
    "signups": "altas",
    "privacy": "privacidad",
    "home_holidays": "feriados_de_mexico",
    "own_days": DAYS,
}
KINDS = {
    Kind.CANCELLED: Phrase("CANCELLED"),
    Kind.ADDED: Phrase("NEW"),
    Kind.CONFIRMED: Phrase("CONFIRMED"),
    Kind.MOVED: Phrase("MOVED"),
    Kind.SHIFTED: Phrase("SHIFTED by zone rules"),
    Kind.RELOCATED: Phrase("OTHER PLACE"),
    Kind.AUDIENCE: Phrase("OTHER AUDIENCE"),
    Kind.LINK: Phrase("OTHER LINK"),
    Kind.RESTATED: Phrase("OTHER STATUS"),
    Kind.REMINDERS: Phrase("OTHER REMINDERS"),
    Kind.ATTENDANCE: Phrase("OTHER ATTENDANCE RULE"),
    Kind.MESSAGE: Phrase("OTHER MESSAGE"),
    Kind.REWORDED: Phrase("REWORDED"),
    Kind.REMOVED: Phrase("REMOVED"),
}


def kind_words(change: Change, lang: Language) -> str:
    return ", ".join(KINDS[kind][lang] for kind in change.kinds)


def title(change: Change, lang: Language) -> str:
    shown = change.after or change.before
    assert shown is not None, "a change is of something"
    return shown.event.title[lang]
