"""What is asked or refused about a file, and the answers by which it is read after all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast

from calendars.catalogue import Phrase
from calendars.model.text import Language, Said
from calendars.reading.problems import shown
from calendars.zones import is_zone
from scheduler.attendance.values import Choices, Open, Order, Unit
from scheduler.attendance.words import Field
from scheduler.base.refusal import Refusal, UsageRefusal

COLUMN_MEANINGS = tuple(
    field.value
    for field in Field
    if field not in (Field.ACTION, Field.MOMENT, Field.ATTENDED, Field.DATED, Field.MEETING)
)
NO_ANSWER = Phrase(
    "“{answer}” answers no question about an attendance file. Write it as the question shows it, for example "
    "order=day-first."
)
_PLACED = Phrase("{place}: {words}")


class AttendanceRefusal(Refusal):
    """A file cannot be read.

    `place` is `line:column` or a cell of a sheet, `value` what stands there, `rule` names what it breaks.
    """

    speaker = ""

    def __init__(self, rule: str, why: Said, *, place: str = "", value: str = "") -> None:
        self.rule = rule
        self.place = place
        self.value = value
        self.file = ""  # set by who knows it
        self.words = why
        super().__init__(_PLACED.of(place=place, words=why) if place else why)

    def lines(self, language: Language) -> tuple[str, ...]:
        return (f"{self._where(self.place)}{self.words[language]}",)

    def _where(self, place: str) -> str:
        return "".join(f"{part}:" for part in (self.file, place) if part) + " " * bool(self.file or place)


@dataclass(frozen=True, kw_only=True, slots=True)
class FileAnswer:
    """One way to answer: `given` is what is handed to `choices`, as `order=day-first`."""

    given: str
    words: Said


@dataclass(frozen=True, kw_only=True, slots=True)
class FileQuestion:
    about: str  # order, zone, day, unit, open, encoding, column or action
    words: Said
    answers: tuple[FileAnswer, ...]
    place: str = ""


class AttendanceQuestion(AttendanceRefusal):
    """A file can be read in more than one way, and nothing in it says which: a person does."""

    def __init__(self, questions: tuple[FileQuestion, ...]) -> None:
        self.questions = questions
        super().__init__("question", questions[0].words, place=questions[0].place)

    def lines(self, language: Language) -> tuple[str, ...]:
        """Each question, and below it a line for each answer."""
        said = []
        for one in self.questions:
            said.append(f"{self._where(one.place)}{one.words[language]}")
            said += [f"  {answer.given}  {answer.words[language]}" for answer in one.answers]
        return tuple(said)


def choices(answers: Iterable[str]) -> Choices:
    """What a person answered, as `order=day-first` or `column:9.3=leave`. Raises UsageRefusal."""
    made = Choices()
    for answer in answers:
        about, _, value = (part.strip() for part in answer.partition("="))
        try:
            made = _with(made, about, value)
        except (KeyError, ValueError):
            raise UsageRefusal(NO_ANSWER, answer=shown(answer)) from None
    return made


def _with(made: Choices, about: str, value: str) -> Choices:
    """Raises KeyError and ValueError where it is no answer."""
    kind, _, place = about.partition(":")
    if kind == "column":
        line, _, column = place.partition(".")
        at = (_number(line), _number(column))
        return replace(made, columns={**made.columns, at: _one_of(COLUMN_MEANINGS, value)})
    if kind == "action":
        return replace(made, actions={**made.actions, place: _one_of(("join", "leave"), value)})
    taken: Any = _TAKES[about](value)
    return replace(made, **{about: taken})


def _number(digits: str) -> int:
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise ValueError(digits)
    return int(digits)


def _one_of(known: tuple[str, ...], value: str) -> str:
    if value not in known:
        raise ValueError(value)
    return value


def _zone(value: str) -> str:
    if not is_zone(value):
        raise ValueError(value)
    return value


_TAKES: dict[str, Callable[[str], object]] = {
    "order": lambda value: cast("Order", _one_of(("day-first", "month-first"), value)),
    "zone": _zone,
    "day": date.fromisoformat,
    "unit": lambda value: cast("Unit", _one_of(("minutes", "seconds", "hours"), value)),
    "open": lambda value: cast("Open", _one_of(("end", "last"), value)),
    "encoding": lambda value: _one_of(("cp1252", "cp850", "mac_roman", "utf-8", "utf-16-le", "utf-16-be"), value),
}
