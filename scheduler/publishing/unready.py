"""What an agenda still has of the sample that this program comes with, or of last year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from calendars.catalogue import LANGUAGES, Phrase
from calendars.model.agenda import Agenda
from calendars.model.events import Event, Timed
from calendars.model.people import Sender
from calendars.model.text import Said
from calendars.zones import to_wall

RESERVED = ("example", "invalid", "test", "example.com", "example.net", "example.org")  # RFC 2606: nobody's domains
SAMPLE = ("Texto de ejemplo:", "Sample text:")  # with which the shipped privacy notice begins
SENDER = Phrase(
    "the sender is at {domain}, which is no real domain: mail servers refuse it, and nobody can answer. Write your own "
    "in “remitente”."
)
PRIVACY = Phrase("the privacy notice is the sample text. Write your institution's in “privacidad”.")
OVER = Phrase("every event of the agenda is over (the last one was on {day}): it sends no reminder. Check the years.")


def unready(agenda: Agenda, now: datetime) -> tuple[Said, ...]:
    """What somebody who publishes it in earnest has forgotten; `now` in UTC."""
    return tuple(_found(agenda, to_wall(now, agenda.zone).date()))


def _found(agenda: Agenda, today: date) -> Iterator[Said]:
    if (domain := _reserved(agenda.sender)) is not None:
        yield SENDER.of(domain=domain)
    if agenda.privacy is not None and agenda.privacy.text is not None:
        said = [agenda.privacy.text[language] for language in LANGUAGES]
        if any(text.lstrip().startswith(SAMPLE) for text in said):
            yield PRIVACY
    days = [_last_day(event) for event in agenda.events if event.when is not None]
    if days and (last := max(days)) < today:
        yield OVER.of(day=last.isoformat())


def _reserved(sender: Sender) -> str | None:
    """The first of the sender's domains that is nobody's."""
    domains = (sender.address.rpartition("@")[2], sender.reply_to.rpartition("@")[2], sender.domain)
    return next((one for one in domains if any(f".{one}".lower().endswith(f".{end}") for end in RESERVED)), None)


def _last_day(event: Event) -> date:
    """In the agenda's zone; of an event that has a date."""
    assert event.when is not None
    return (event.when.wall + event.when.duration).date() if isinstance(event.when, Timed) else event.when.last
