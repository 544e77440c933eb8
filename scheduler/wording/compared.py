"""One event before and now, field by field: what differs, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from calendars.catalogue import LANGUAGES, Phrase
from calendars.changes import Change, Kind, Standing
from calendars.model.events import Event
from calendars.model.places import Representation
from calendars.model.text import Language, Text
from calendars.wording import kind_word, status_word
from scheduler.wording.changes import (
    JOINING,
    LEAVING,
    LOCAL,
    days_of,
    joining,
    leaving,
    local_hours,
    moment_of,
    some,
)
from scheduler.wording.events import sites_count
from scheduler.wording.fields import LABELS
from scheduler.wording.places import city_names
from scheduler.wording.rules import rule_words

WHEN = Phrase("When", "of an event")
OF_THE_AGENDA = Phrase("those of the agenda")
NONE = Phrase("none", "of a rule")
YES, NO = Phrase("yes"), Phrase("no")
MINIMUM = Phrase("at least {n} of each site")
ANOTHER = Phrase("another link")
UNCHANGED = "—"


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldChange:
    """One field that differs; "" where the event has nothing there, or was not there."""

    label: str
    before: str
    now: str


def compared(
    change: Change, sites: Mapping[str, Representation], lang: Language, today: date
) -> tuple[FieldChange, ...]:
    """What a change changes, the hour first. Dates have their year unless all of them are of the year of `today`."""
    beside = (today, *days_of(change.before), *days_of(change.after))
    found = (*_moments(change, lang, beside), *_audience(change, lang), *_fields(change, lang))
    return tuple(one for one in found if one.before != one.now)


def besides(
    change: Change, sites: dict[str, Representation], lang: Language, today: date
) -> tuple[tuple[str, str], ...]:
    """What stands under it: local hours, and which sites it is new to or has gone from; each with its name."""
    beside = (today, *days_of(change.before), *days_of(change.after))
    named = [(LOCAL[lang], local_hours(change, sites, lang, beside))]
    if Kind.AUDIENCE in change.kinds:
        cities = city_names(sites.values(), lang)
        for label, keys in ((JOINING, joining(change)), (LEAVING, leaving(change))):
            named.append((label[lang], some([cities[key] for key in keys], lang) if keys else ""))
    return tuple((label, text) for label, text in named if text)


def _moments(change: Change, lang: Language, beside: Sequence[date]) -> Iterator[FieldChange]:
    was, now = (("" if one is None else moment_of(one, lang, beside)) for one in (change.before, change.after))
    yield FieldChange(label=WHEN[lang], before=was, now=now)


def _audience(change: Change, lang: Language) -> Iterator[FieldChange]:
    was, now = (("" if one is None else sites_count(len(one.zones), lang)) for one in (change.before, change.after))
    if was == now and Kind.AUDIENCE in change.kinds:  # as many, and others
        was, now = (_named(change, one, lang) for one in (change.before, change.after))
    yield FieldChange(label=LABELS["para"][lang], before=was, now=now)


def _named(change: Change, one: Standing | None, lang: Language) -> str:
    assert one is not None, "the same number of sites was counted on both sides"
    return some(sorted(one.zones), lang)


def _fields(change: Change, lang: Language) -> Iterator[FieldChange]:
    for key, shown in _SHOWN.items():
        was, now = (("" if one is None else shown(one.event, lang)) for one in (change.before, change.after))
        yield FieldChange(label=LABELS[key][lang], before=was, now=now)
    for key, text in _TEXTS.items():
        for language in LANGUAGES:
            suffix = "" if language == lang else f" ({language})"
            was, now = (
                _text(None if one is None else text(one.event), language) for one in (change.before, change.after)
            )
            yield FieldChange(label=LABELS[key][lang] + suffix, before=was, now=now)
    if Kind.LINK in change.kinds:
        yield FieldChange(label=LABELS["enlace"][lang], before="", now=ANOTHER[lang])


def _text(text: Text | None, language: Language) -> str:
    return "" if text is None else text[language]


def _rules(event: Event, lang: Language) -> str:
    if event.rules is None:
        return OF_THE_AGENDA[lang]
    return "; ".join(rule_words(str(rule), lang) for rule in event.rules) or NONE[lang]


def _coverage(event: Event, lang: Language) -> str:
    return NONE[lang] if event.coverage is None else MINIMUM.say(lang, n=event.coverage.minimum)


_SHOWN: Mapping[str, Callable[[Event, Language], str]] = {
    "estado": lambda event, lang: status_word(event.status, lang),
    "tipo": lambda event, lang: kind_word(event.kind, lang),
    "eje": lambda event, _: event.axis or "",
    "fuente": lambda event, _: event.source,
    "recordatorios": _rules,
    "cobertura": _coverage,
    "seguimiento": lambda event, lang: (YES if event.follow_up else NO)[lang],
    "otras_sesiones": lambda event, lang: (YES if event.other_sessions else NO)[lang],
}
_TEXTS: Mapping[str, Callable[[Event], Text | None]] = {
    "titulo": lambda event: event.title,
    "lugar": lambda event: event.place,
    "descripcion": lambda event: event.description,
    "motivo": lambda event: event.reason,
}
