"""Holidays said in the reader's language: the library lists them in English and in the language of their country.

A name is an entry of the catalogue (context `holiday`, keyed by the library's English); what the library adds to it in
parentheses is said by texts of the program.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from babel.dates import format_date

from calendars.catalogue import Phrase, catalogue
from calendars.model.text import Language, Said

HOLIDAY = "holiday"  # the context of names in the catalogues
SEVERAL = "; "  # between feasts that meet
_OBSERVED = Phrase("{name} (observed)", "label of a holiday")
_IN_LIEU = Phrase("{name} (in lieu)", "label of a holiday")
_IN_PLACE = Phrase("{name} (in place of {day})", "label of a holiday")
_DAY = Phrase("d MMMM y", "date pattern")
_LABEL = re.compile(r" \((?:(?P<observed>observed)|(?P<lieu>in lieu)|substituted from (?P<day>[0-9/]{10}))\)$")
_SUBSTITUTED = re.compile(r" \(substituted from [0-9/]{10}\)")
_LIBRARY_DATES = "%m/%d/%Y"


@dataclass(frozen=True, kw_only=True, slots=True)
class HolidayName(Said):
    """What the library calls a day off."""

    english: str  # several joined by SEVERAL, where feasts meet; with the library's labels
    own: str | None = None  # in the language of the country, where that counts there
    own_language: Language | None = None

    def __getitem__(self, language: Language) -> str:
        """As the country itself says it to readers of its language; else by the catalogue, or in English."""
        if self.own is not None and language == self.own_language:
            return self.own
        return SEVERAL.join(dict.fromkeys(_said(name, language) for name in self.english.split(SEVERAL)))


def briefly(name: Said) -> Said:
    """The name without the working day that it was exchanged for, where several days are said at once."""
    if not isinstance(name, HolidayName):
        return name
    return replace(name, english=_SUBSTITUTED.sub("", name.english))


def bare(name: str) -> str:
    """One English name as the catalogues have it: without labels."""
    label = _LABEL.search(name)
    return name if label is None else bare(name[: label.start()])


def _said(name: str, language: Language) -> str:
    label = _LABEL.search(name)
    if label is None:
        return Phrase(name, HOLIDAY)[language]
    inner = _said(name[: label.start()], language)
    if label["day"]:
        day = datetime.strptime(label["day"], _LIBRARY_DATES).date()  # noqa: DTZ007  # because it is a date alone
        return _IN_PLACE.say(language, name=inner, day=format_date(day, _DAY[language], catalogue(language).locale))
    return (_OBSERVED if label["observed"] else _IN_LIEU).say(language, name=inner)
