"""Words that several commands share: the agenda's own fields as the files name them, and what changed."""

from __future__ import annotations

from calendars.catalogue import Phrase
from calendars.changes import Change, Kind
from calendars.model.text import Language
from calendars.reading.files import DAYS, SITES
from scheduler.planning.delivery import Purpose, State

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
    "present_from": "asistencia",
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
    Kind.FOLLOW_UP: Phrase("OTHER FOLLOW-UP"),
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


# A delivery's states and purposes, which options and JSON name by the code itself.
STATES = {
    State.PLANNED: Phrase("planned", "state"),
    State.CLAIMED: Phrase("claimed", "state"),
    State.SENDING: Phrase("sending", "state"),
    State.DEFERRED: Phrase("deferred", "state"),
    State.UNCERTAIN: Phrase("uncertain", "state"),
    State.HELD: Phrase("held", "state"),
    State.ACCEPTED: Phrase("accepted", "state"),
    State.REJECTED: Phrase("rejected", "state"),
    State.BOUNCED: Phrase("bounced", "state"),
    State.SUPERSEDED: Phrase("superseded", "state"),
    State.CANCELLED: Phrase("cancelled", "state"),
    State.SUPPRESSED: Phrase("suppressed", "state"),
    State.EXPIRED: Phrase("expired", "state"),
}
PURPOSES = {
    Purpose.REMINDER: Phrase("reminder", "purpose"),
    Purpose.ESCALATION: Phrase("escalation", "purpose"),
    Purpose.NOTICE: Phrase("notice", "purpose"),
    Purpose.INVITATION: Phrase("invitation", "purpose"),
    Purpose.CONVOCATION: Phrase("convocation", "purpose"),
    Purpose.QUESTION: Phrase("question", "purpose"),
    Purpose.FOLLOW_UP: Phrase("follow-up", "purpose"),
    Purpose.CONFIRMATION: Phrase("confirmation", "purpose"),
    Purpose.KNOWN: Phrase("known", "purpose"),
    Purpose.ALARM: Phrase("alarm", "purpose"),
    Purpose.LEFT: Phrase("left", "purpose"),
    Purpose.ROLL_CALL: Phrase("roll call", "purpose"),
    Purpose.ROLL_LIST: Phrase("list of the silent", "purpose"),
    Purpose.SUCCESSION: Phrase("succession", "purpose"),
    Purpose.DOUBT: Phrase("doubt", "purpose"),
    Purpose.WELCOME: Phrase("welcome", "purpose"),
    Purpose.FAREWELL: Phrase("farewell", "purpose"),
    Purpose.HANDOVER: Phrase("handover", "purpose"),
    Purpose.PROPOSAL: Phrase("proposal", "purpose"),
    Purpose.ACCESS: Phrase("access", "purpose"),
}
