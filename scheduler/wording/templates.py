"""The catalogue inside a template: `_("English")`, `_("{n} {n:site|sites}", n=3)`, `pgettext("verb", "Pause")`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from calendars.catalogue import Phrase
from calendars.model.text import Language


def spoken(language: Language) -> Mapping[str, Callable[..., str]]:
    """What a template says its texts with, in that language."""

    def plain(english: str, **values: object) -> str:
        return _said(Phrase(english), values)

    def within(context: str, english: str, **values: object) -> str:
        return _said(Phrase(english, context), values)

    def _said(phrase: Phrase, values: Mapping[str, object]) -> str:
        return phrase.say(language, **values) if values else phrase[language]

    return {"_": plain, "pgettext": within}
