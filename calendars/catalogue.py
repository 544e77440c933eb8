"""The program's words in each language: one catalogue a language (gettext), English being what stands in the code.

A language is a file, `languages/xx.po`; `make` turns it into the `.mo` that is read here, the one thing that this
package reads. Its header says how the language counts (Plural-Forms) and whose dates it writes (Language, CLDR).
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from calendars.model.text import Language, Said

SOURCE: Language = "en"  # the language of the code
_FOLDER = Path(__file__).with_name("languages")
_BY_ONE = "nplurals=2; plural=(n != 1);"  # of English, and of a catalogue whose header does not say


class NotCompiled(Exception):
    """The catalogues lie there as `.po` alone: the program was not set up by `make`, nor installed from its wheel."""

    def __init__(self) -> None:
        super().__init__(f"no compiled catalogue in {_FOLDER}: run make in the checkout, or install the wheel")


class Catalogue:
    """The words of one language."""

    def __init__(self, translations: gettext.NullTranslations, locale: str) -> None:
        header = translations.info()
        self._translations = translations
        self.locale = header.get("language") or locale  # whose dates and lists it writes, as CLDR names it: es_MX
        rule = header.get("plural-forms") or _BY_ONE
        self.plural = gettext.c2py(rule.partition("plural=")[2].rstrip("; "))  # number -> which of its forms

    def text(self, phrase: str, context: str | None) -> str:
        """A phrase in this language, its values still open; in English where the catalogue lacks it."""
        if context is None:
            return self._translations.gettext(phrase)
        return self._translations.pgettext(context, phrase)


def _languages() -> tuple[Language, ...]:
    found = {path.stem for path in _FOLDER.glob("*.mo")}
    if "es" not in found:
        raise NotCompiled
    return ("es", SOURCE, *sorted(found - {"es", SOURCE}))  # Spanish first: it is spoken where nothing else is asked


LANGUAGES = _languages()


@cache
def catalogue(language: Language) -> Catalogue:
    if language == SOURCE:
        return Catalogue(gettext.NullTranslations(), SOURCE)
    with (_FOLDER / f"{language}.mo").open("rb") as file:
        return Catalogue(gettext.GNUTranslations(file), language)


class Count(int):
    """A number that picks the form of the word beside it: «{n} {n:día|días}» of 1 is «1 día».

    As many forms as the language has, in the order of its plural rule.
    """

    language: Language

    def __new__(cls, number: int, language: Language) -> Count:
        made = super().__new__(cls, number)
        made.language = language
        return made

    def __format__(self, words: str) -> str:
        if "|" not in words:
            return super().__format__(words)
        forms = words.split("|")
        return forms[min(catalogue(self.language).plural(abs(self)), len(forms) - 1)]


@dataclass(frozen=True, slots=True)
class Phrase(Said):
    """Something that the program says: English here, each other language by its catalogue.

    Values stand in braces: `{name}`, a number's word as `{n:day|days}`. Without values a phrase is said as it stands.
    Equal English that another language says in two ways has a context.
    """

    english: str
    context: str | None = None

    def __getitem__(self, language: Language) -> str:
        return catalogue(language).text(self.english, self.context)

    def say(self, language: Language, **values: object) -> str:
        """The phrase with its values; one that is said itself (a Said) in this language too."""
        return self[language].format_map(spoken_values(language, values))

    def of(self, **values: object) -> Sentence:
        """The phrase about these values, whatever language it is asked in."""
        return Sentence(phrase=self, values=tuple(values.items()))


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence(Said):
    """A phrase and the values that it is about."""

    phrase: Phrase
    values: tuple[tuple[str, object], ...]

    def __getitem__(self, language: Language) -> str:
        return self.phrase.say(language, **dict(self.values))


def spoken_values(language: Language, values: Mapping[str, object]) -> dict[str, Any]:
    """The values of a phrase as it says them: what is itself said in this language, numbers that pick a form."""
    return {name: _spoken(value, language) for name, value in values.items()}


def _spoken(value: object, language: Language) -> object:
    if isinstance(value, Said):
        return value[language]
    if isinstance(value, int) and not isinstance(value, bool):
        return Count(value, language)
    return value
