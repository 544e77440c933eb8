"""The agenda's own fields, by the words of the files."""

from __future__ import annotations

from calendars.reading import SITES

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
}
