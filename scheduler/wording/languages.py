"""The languages themselves, as people choose among them."""

from __future__ import annotations

from calendars.catalogue import LANGUAGES, Phrase
from calendars.model.text import Language
from calendars.wording import locale

_OWN = Phrase("English", "name of this language")


def own_name(language: Language) -> str:
    """Its name in itself, as within a sentence: «español»; "English"."""
    return _OWN[language]


def heading_name(language: Language) -> str:
    """The same by itself: «Español»."""
    name = own_name(language)
    return name[:1].upper() + name[1:]


def named_for(language: Language, reader: Language) -> str:
    """In the reader's language, then in itself where that is another word: «inglés (English)», «español»."""
    own, known = own_name(language), locale(reader).languages.get(locale(language).language)
    return own if known is None or known == own else f"{known} ({own})"


def each_in_itself() -> list[tuple[Language, str]]:
    """All of them, with the names that a list offers them by."""
    return [(one, heading_name(one)) for one in LANGUAGES]
