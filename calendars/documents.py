"""Agendas and revisions as canonical JSON, to be stored and compared: equal values, equal bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from calendars.model.agenda import PRESENT_FROM, Agenda
from calendars.model.events import Event
from calendars.model.people import Recipient, Role
from calendars.model.text import OwnWords

_AGENDA = TypeAdapter(Agenda)
_EVENT = TypeAdapter(Event)
_RECIPIENT = TypeAdapter(Recipient)
_WORDS = TypeAdapter(OwnWords)
_STRINGS = TypeAdapter(dict[str, str])
# Younger than the first stored editions, each with what says nothing. They are left out where nothing is said: a draft
# that does not use them keeps the digest that it was published under, and is not taken for a changed one after an
# upgrade.
_YOUNGER: Mapping[str, object] = {
    "retention": None,
    "signups": None,
    "privacy": None,
    "home_holidays": None,
    "own_days": (),
    "present_from": PRESENT_FROM,
}
_YOUNGER_OF_COMMITMENTS: Mapping[str, object] = {"responsible": None, "state": None}
_YOUNGER_OF_ADVANCES: Mapping[str, object] = {"date": None}
_YOUNGER_OF_SITES: Mapping[str, object] = {
    "former_weekends": (),
    "subdivision": None,
    "city_en": None,
    "name_en": None,
}
_YOUNGER_OF_EVENTS: Mapping[str, object] = {
    "coverage": None,
    "follow_up": False,
    "other_sessions": False,
    "message": None,
}


def agenda_to_json(agenda: Agenda) -> str:
    return _canonical(agenda).decode()


def agenda_from_json(document: str) -> Agenda:
    """The agenda that `agenda_to_json` wrote. A document of another shape raises `pydantic.ValidationError`."""
    return _AGENDA.validate_json(document)


def words_to_json(words: OwnWords) -> str:
    return _WORDS.dump_json(words, exclude_none=True).decode()


def words_from_json(document: str) -> OwnWords:
    """What `words_to_json` wrote."""
    return _WORDS.validate_json(document)


def event_digest(agenda: Agenda, event: Event) -> str:
    """SHA-256 of everything that a public feed says about the event: itself, its axis, regions and sites.

    A change of it moves LAST-MODIFIED; the joining link is no part of the agenda, so it leaves public bytes alone. So
    do who has to come, what follows, and the words that go out in mails alone.
    """
    sites = [(site.id, site.city, site.country, site.zone, site.region) for site in agenda.addressed(event)]
    regions = [(region.id, region.name.es, region.name.en) for region in agenda.regions]
    axes = [(axis.id, axis.title.es, axis.title.en) for axis in agenda.axes if axis.id == event.axis]
    public = _EVENT.dump_json(event, exclude=set(_YOUNGER_OF_EVENTS))
    return _digest(public, repr((agenda.zone, axes, regions, sites)).encode())


def draft_digest(agenda: Agenda, recipients: tuple[Recipient, ...], links: Mapping[str, str]) -> str:
    """SHA-256 of all that publishing a draft puts in force; equal digests mean an unchanged draft."""
    posts = (_posted(recipient) for recipient in sorted(recipients, key=lambda r: r.id))
    return _digest(_canonical(agenda), *posts, _STRINGS.dump_json(dict(sorted(links.items()))))


def _canonical(agenda: Agenda) -> bytes:
    parts = {
        "events": _each(agenda.events, _YOUNGER_OF_EVENTS),
        "representations": _each(agenda.representations, _YOUNGER_OF_SITES),
        "commitments": _each(agenda.commitments, _YOUNGER_OF_COMMITMENTS),
        "advances": _each(agenda.advances, _YOUNGER_OF_ADVANCES),
    }
    whole: dict[str, Any] = dict.fromkeys(_unsaid(agenda, _YOUNGER), True)
    if agenda.signups is not None and not agenda.signups.links:
        whole["signups"] = {"links"}
    return _AGENDA.dump_json(agenda, exclude={**whole, **parts})


def _each(values: Sequence[object], younger: Mapping[str, object]) -> dict[int, set[str]]:
    return {number: _unsaid(value, younger) for number, value in enumerate(values)}


def _unsaid(value: object, younger: Mapping[str, object]) -> set[str]:
    return {name for name, nothing in younger.items() if getattr(value, name) == nothing}


def _posted(recipient: Recipient) -> bytes:
    return _RECIPIENT.dump_json(recipient, exclude={"role"} if recipient.role is Role.HOLDER else None)


def _digest(*parts: bytes) -> str:
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big"))
        total.update(part)
    return total.hexdigest()
