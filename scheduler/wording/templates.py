"""The catalogue inside a template: `_("English")`, `_("{n} {n:site|sites}", n=3)`, `pgettext("verb", "Pause")`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

import markupsafe
from markupsafe import Markup

from calendars.catalogue import Phrase, spoken_values
from calendars.model.text import Language

Words = Mapping[str, Callable[..., str]]  # the functions by which a template asks for its texts


def spoken(language: Language) -> Words:
    """What a template says its texts with, in that language."""

    def said(phrase: Phrase, values: Mapping[str, object]) -> str:
        return phrase.say(language, **values) if values else phrase[language]

    return _asked_for(said)


def spoken_in_html(language: Language, *, quoted: bool = False) -> Words:
    """The same for a template that makes HTML: a text of the catalogue stands as it is written, its values are escaped.

    The texts are the program's own and hold no markup. A value that is markup already stays it: a link, a `<code>`.
    `quoted`: the template says texts in attributes too, where quotation marks have to be escaped.
    """

    def said(phrase: Phrase, values: Mapping[str, object]) -> Markup:
        words = phrase[language]
        plain = Markup(escape(words, quote=False))  # noqa: S704  # because it is the catalogue's, escaped here
        text = markupsafe.escape(words) if quoted else plain
        return text.format_map(spoken_values(language, values)) if values else text

    return _asked_for(said)


def _asked_for(said: Callable[[Phrase, Mapping[str, object]], str]) -> Words:
    def plain(english: str, **values: object) -> str:
        return said(Phrase(english), values)

    def within(context: str, english: str, **values: object) -> str:
        return said(Phrase(english, context), values)

    return {"_": plain, "pgettext": within}
