"""What is said to people: in the administrators' own words, or in the program's.

The program's own words are `calendars.catalogue.Phrase`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

Language = str  # one that has a catalogue: its code, `es`, `en` (calendars.catalogue.LANGUAGES)


class Said(ABC):
    """One thing said to people, in each language."""

    __slots__ = ()

    @abstractmethod
    def __getitem__(self, language: Language) -> str:
        """The words in that language."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Text(Said):
    """What an administrator wrote, in Spanish and in English; a reader of any other language gets the English."""

    es: str
    en: str

    def __getitem__(self, language: Language) -> str:
        return self.es if language == "es" else self.en


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnWords(Said):
    """What an administrator wrote to go out in mails, in one language at least: the lines of a short plain text."""

    es: str | None = None
    en: str | None = None

    def written_for(self, language: Language) -> Language:
        """In which language its reader gets it: the own one, else English, else the one that there is."""
        return next(one for one in (language, "en", "es") if getattr(self, one, None))

    def __getitem__(self, language: Language) -> str:
        return str(getattr(self, self.written_for(language)))


@dataclass(frozen=True, slots=True)
class Spoken(Said):
    """What a function says: a date, a list, whatever is made of words rather than written."""

    say: Callable[[Language], str]

    def __getitem__(self, language: Language) -> str:
        return self.say(language)


def verbatim(text: str) -> Text:
    """A name, an id, the words of a server: the same in every language."""
    return Text(es=text, en=text)
