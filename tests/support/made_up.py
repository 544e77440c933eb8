"""A language that nobody speaks: every text of the catalogue in Cyrillic letters, one for one, and three plural forms.

What is said in it can be told from English and Spanish by its letters, and one form of a word from another by its end.
"""

from __future__ import annotations

import re
import shutil
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from tests.support import words
from tests.support.checkout import ROOT

CODE = "xx"
ENDS = "юяж"  # of a word for one, for two to four, for any other number; no letter of a text becomes one of these
PLURAL = "nplurals=3; plural=(n == 1 ? 0 : n >= 2 && n <= 4 ? 1 : 2);"
_LETTERS = dict(zip("abcdefghijklmnopqrstuvwxyz", "абцдефгхийклмнопзрстувшыьэ", strict=True))
_KEPT = re.compile(r"(\{\{|\}\}|\{[^{}]*\}|<[^<>]*>|&\w+;|https?://\S+)")  # values, markup, addresses
_COUNTED = re.compile(r"\{(\w+):([^{}]*\|[^{}]*)\}")
_PATTERN = "date pattern"  # CLDR's letters, which are no words


def made_up(english: str) -> str:
    """A text in the made-up language, its values kept."""
    return "".join(_field(part) if _KEPT.fullmatch(part) else _letters(part) for part in _KEPT.split(english))


def _field(part: str) -> str:
    counted = _COUNTED.fullmatch(part)
    if counted is None:
        return part
    one = _letters(counted[2].partition("|")[0])
    return f"{{{counted[1]}:{'|'.join(one + end for end in ENDS)}}}"


def _letters(text: str) -> str:
    return "".join(_letter(sign) for sign in text)


def _letter(sign: str) -> str:
    plain = unicodedata.normalize("NFKD", sign)[:1]
    known = _LETTERS.get(plain.lower())
    if known is None:
        return sign
    return known.upper() if plain.isupper() else known


def translated(wanted: Iterable[words.Key]) -> Catalog:
    """The catalogue: dates and lists as English writes them, numbers counted in three ways."""
    made = Catalog(locale="en", project="Agenda Consular", fuzzy=False)
    for english, context in wanted:
        made.add(english, english if context == _PATTERN else made_up(english), context=context)
    return made


def spoken_copy(folder: Path) -> Path:
    """The program's two packages with what they are shipped with, and one language more, by files alone."""
    for name in ("calendars", "scheduler", "templates", "config"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / "calendars" / "languages" / f"{CODE}.po"
    with path.open("wb") as file:
        write_po(file, translated(words.said()))
    text = re.sub(r'"Plural-Forms: [^"]*"', f'"Plural-Forms: {PLURAL}\\\\n"', path.read_text(encoding="utf-8"), count=1)
    path.write_text(text, encoding="utf-8")
    path.with_suffix(".mo").write_bytes(words.compiled(words.catalogue(path, locale="en")))
    return folder
