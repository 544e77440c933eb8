"""The catalogue inside a template: `_("English")`, `_("{n} {n:site|sites}", n=3)`, `pgettext("verb", "Pause")`.

A value may be markup, which a macro gives: then the words around it are escaped, and each other value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from markupsafe import Markup, escape

from calendars.catalogue import Count, Phrase
from calendars.model.text import Language


def spoken(language: Language) -> Mapping[str, Callable[..., str]]:
    """What a template says its texts with, in that language."""

    def plain(english: str, **values: object) -> str:
        return _said(Phrase(english), values)

    def within(context: str, english: str, **values: object) -> str:
        return _said(Phrase(english, context), values)

    def _said(phrase: Phrase, values: Mapping[str, object]) -> str:
        if any(isinstance(value, Markup) for value in values.values()):
            return _marked_up(phrase, values, language)
        return phrase.say(language, **values) if values else phrase[language]

    return {"_": plain, "pgettext": within}


def _marked_up(phrase: Phrase, values: Mapping[str, object], language: Language) -> Markup:
    counted = {name: Count(value, language) if isinstance(value, int) else value for name, value in values.items()}
    return Markup(escape(phrase[language])).format_map(counted)  # noqa: S704  # because escaped
