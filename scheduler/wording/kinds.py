"""Words that several commands share: the agenda's own fields as the files name them, and what changed."""

from __future__ import annotations

from calendars.changes import Change, Kind
from calendars.model.text import Language, Text
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
    Kind.CANCELLED: Text(es="CANCELADO", en="CANCELLED"),
    Kind.ADDED: Text(es="NUEVO", en="NEW"),
    Kind.CONFIRMED: Text(es="CONFIRMADO", en="CONFIRMED"),
    Kind.MOVED: Text(es="MOVIDO", en="MOVED"),
    Kind.SHIFTED: Text(es="DESPLAZADO por reglas de zona", en="SHIFTED by zone rules"),
    Kind.RELOCATED: Text(es="OTRO LUGAR", en="OTHER PLACE"),
    Kind.AUDIENCE: Text(es="OTRA AUDIENCIA", en="OTHER AUDIENCE"),
    Kind.LINK: Text(es="OTRO ENLACE", en="OTHER LINK"),
    Kind.RESTATED: Text(es="OTRO ESTADO", en="OTHER STATUS"),
    Kind.REMINDERS: Text(es="OTROS RECORDATORIOS", en="OTHER REMINDERS"),
    Kind.ATTENDANCE: Text(es="OTRA REGLA DE ASISTENCIA", en="OTHER ATTENDANCE RULE"),
    Kind.REWORDED: Text(es="OTRO TEXTO", en="REWORDED"),
    Kind.REMOVED: Text(es="QUITADO", en="REMOVED"),
}


def kind_words(change: Change, lang: Language) -> str:
    return ", ".join(KINDS[kind][lang] for kind in change.kinds)


def title(change: Change, lang: Language) -> str:
    shown = change.after or change.before
    assert shown is not None, "a change is of something"
    return shown.event.title[lang]
