"""What is wrong with the files: gathered, bounded, in order of place; and the nearest word to a wrong one."""

from __future__ import annotations

import difflib
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple, TypeVar

from calendars.model.agenda import Problem
from calendars.model.text import Text

T = TypeVar("T")

LIMIT = 500  # problems a file; whoever has more mends these first
_SHOWN = 60  # characters of a value that a message quotes
# An address or a link that stands in the wrong column or key: problems are logged, those are not.
_PRIVATE = re.compile(r"[^\s@…]{2}@|//")
_QUOTED = re.compile(r"(?<=[«“])[^«»“”]*(?:[^\s@…]{2}@|//)[^»”]*")


class Place(NamedTuple):
    line: int  # from 1
    column: int  # in characters, from 1


START = Place(1, 1)


class Wrong(Exception):
    """A value that breaks a rule. `place` is where, if that differs from the place of the value being read."""

    def __init__(self, rule: str, es: str, en: str, *, value: str = "", place: Place | None = None) -> None:
        super().__init__(en)
        self.rule = rule
        self.message = Text(es=es, en=en)
        self.value = value
        self.place = place


class AlreadyReported(Exception):
    """A part could not be read, and the report says why."""


class Report:
    """The problems of one file, at most LIMIT and a last one that says there are more."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []  # what is right, and may not be what was meant

    @property
    def full(self) -> bool:
        return len(self.problems) > LIMIT

    def add(self, place: Place, wrong: Wrong) -> None:
        if len(self.problems) == LIMIT:
            wrong = Wrong(
                "too-many-problems",
                f"hay más de {LIMIT} problemas en este archivo. Corrija primero los anteriores.",
                f"this file has more than {LIMIT} problems. Correct those above first.",
            )
        if not self.full:
            self.problems.append(self._told(place, wrong))

    def note(self, place: Place, wrong: Wrong) -> None:
        if len(self.notes) < LIMIT:
            self.notes.append(self._told(place, wrong))

    def _told(self, place: Place, wrong: Wrong) -> Problem:
        line, column = wrong.place or place
        value = "…" if _PRIVATE.search(wrong.value) else wrong.value
        message = Text(es=_QUOTED.sub("…", wrong.message.es), en=_QUOTED.sub("…", wrong.message.en))
        return Problem(file=self.file, line=line, column=column, value=value, rule=wrong.rule, message=message)


def shown(value: str) -> str:
    """A value as a message quotes it: on one line, printable, not too long."""
    plain = "".join(c if c.isprintable() else "�" for c in value)
    return plain if len(plain) <= _SHOWN else plain[:_SHOWN] + "…"


def fold(word: str) -> str:
    """A word without case, accents and doubled spaces: what a slip of the keyboard leaves equal."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


@lru_cache(maxsize=4096)
def nearest(word: str, choices: tuple[str, ...]) -> str | None:
    """The choice that was probably meant, accents and case aside; None if none is near."""
    if len(word) > _SHOWN:
        return None
    by_fold = {fold(choice): choice for choice in choices}
    found = difflib.get_close_matches(fold(word), by_fold, n=1, cutoff=0.6)
    return by_fold[found[0]] if found else None


NO_SUCH = Text(es="no existe", en="does not exist")


def unknown(rule: str, noun: Text, value: str, choices: tuple[str, ...], missing: Text = NO_SUCH) -> Wrong:
    """«estado «cancelada» no existe. ¿Quiso decir «cancelado»?», or the choices if they are few.

    `missing` says it where a file is to be named in which it is looked for.
    """
    es = f"{noun.es} «{shown(value)}» {missing.es}."
    en = f"{noun.en} “{shown(value)}” {missing.en}."
    if meant := nearest(value, choices):
        es += f" ¿Quiso decir «{meant}»?"
        en += f" Did you mean “{meant}”?"
    elif 0 < len(choices) <= 12:
        es += f" Puede ser: {', '.join(choices)}."
        en += f" It can be: {', '.join(choices)}."
    else:
        es += " Revise cómo se escribe."
        en += " Check its spelling."
    return Wrong(rule, es, en, value=value)


def known(value: T | None) -> T:
    """A value that `Fields.finish` vouches for."""
    assert value is not None
    return value
