"""What is wrong with the files: gathered, bounded, in order of place; and the nearest word to a wrong one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, TypeVar

from calendars.catalogue import SOURCE, Phrase
from calendars.model.agenda import Problem
from calendars.model.text import Language, Said
from calendars.reading.words import KEYS
from calendars.spelling import fold, near

T = TypeVar("T")

LIMIT = 500  # problems a file; whoever has more mends these first
_SHOWN = 60  # characters of a value that a message quotes
# An address or a link that stands in the wrong column or key: problems are logged, those are not.
_PRIVATE = re.compile(r"[^\s@…]{2}@|//")
_QUOTED = re.compile(r"(?<=[«“])[^«»“”]*(?:[^\s@…]{2}@|//)[^»”]*")


class Position(NamedTuple):
    line: int  # from 1
    column: int  # in characters, from 1


START = Position(1, 1)


class Wrong(Exception):
    """A value that breaks a rule. `place` is where, if that differs from the place of the value being read.

    `instead` is the value that was probably meant, where the message proposes one: a form offers it as a button.
    """

    def __init__(
        self, rule: str, message: Said, *, value: str = "", place: Position | None = None, instead: str = ""
    ) -> None:
        super().__init__(message[SOURCE])
        self.rule = rule
        self.message = message
        self.value = value
        self.place = place
        self.instead = instead


@dataclass(frozen=True, kw_only=True, slots=True)
class _Discreet(Said):
    """A message without the addresses and links that it would quote: its `repr` may be logged too."""

    message: Said = field(repr=False)

    def __getitem__(self, language: Language) -> str:
        return _QUOTED.sub("…", self.message[language])


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

    def add(self, place: Position, wrong: Wrong) -> None:
        if len(self.problems) == LIMIT:
            wrong = Wrong(
                "too-many-problems",
                Phrase("this file has more than {limit} problems. Correct those above first.").of(limit=LIMIT),
            )
        if not self.full:
            self.problems.append(self._told(place, wrong))

    def note(self, place: Position, wrong: Wrong) -> None:
        if len(self.notes) < LIMIT:
            self.notes.append(self._told(place, wrong))

    def _told(self, place: Position, wrong: Wrong) -> Problem:
        line, column = wrong.place or place
        value = "…" if _PRIVATE.search(wrong.value) else wrong.value
        message = _Discreet(message=wrong.message)
        instead = "" if _PRIVATE.search(wrong.instead) else wrong.instead
        return Problem(
            file=self.file,
            line=line,
            column=column,
            value=value,
            rule=wrong.rule,
            message=message,
            instead=instead,
        )


def shown(value: str) -> str:
    """A value as a message quotes it: on one line, printable, not too long."""
    plain = "".join(c if c.isprintable() else "�" for c in value)
    return plain if len(plain) <= _SHOWN else plain[:_SHOWN] + "…"


@lru_cache(maxsize=4096)
def nearest(word: str, choices: tuple[str, ...]) -> str | None:
    """The choice that was probably meant, accents and case aside; None if none is near."""
    return next(iter(near(word, choices, 1)), None)


def meant_key(name: str, choices: tuple[str, ...]) -> str | None:
    """The key or column that was probably meant: by what it means, else by its spelling."""
    other = KEYS.get(fold(name).replace(" ", "_"))
    return other if other in choices else nearest(name, choices)


def unknown_key(rule: str, noun: Said, name: str, choices: tuple[str, ...]) -> Wrong:
    """As `unknown` says it, of a key or a column."""
    if meant := meant_key(name, choices):
        way = MEANT.of(meant=meant)
        wrong = _UNKNOWN.of(noun=noun, value=shown(name), missing=NO_SUCH, way=way)
        return Wrong(rule, wrong, value=name, instead=meant)
    return unknown(rule, noun, name, choices)


_BOTH = Phrase("{one} {other}")
NO_SUCH = Phrase("does not exist")
_UNKNOWN = Phrase("{noun} “{value}” {missing}. {way}")
MEANT = Phrase("Did you mean “{meant}”?")
_CHOICES = Phrase("It can be: {choices}.")
_SPELLING = Phrase("Check its spelling.")


def sentences(one: Said, other: Said) -> Said:
    """One after the other."""
    return _BOTH.of(one=one, other=other)


def unknown(rule: str, noun: Said, value: str, choices: tuple[str, ...], missing: Said = NO_SUCH) -> Wrong:
    """«estado «cancelada» no existe. ¿Quiso decir «cancelado»?», or the choices if they are few.

    `missing` says it where a file is to be named in which it is looked for.
    """
    way: Said = _SPELLING
    if meant := nearest(value, choices):
        way = MEANT.of(meant=meant)
    elif 0 < len(choices) <= 12:
        way = _CHOICES.of(choices=", ".join(choices))
    message = _UNKNOWN.of(noun=noun, value=shown(value), missing=missing, way=way)
    return Wrong(rule, message, value=value, instead=meant or "")


def known(value: T | None) -> T:
    """A value that `Fields.finish` vouches for."""
    assert value is not None
    return value
