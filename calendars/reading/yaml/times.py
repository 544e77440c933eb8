"""When an event is: its keys `fecha`, `hasta`, `dia`, `hora`, `duracion`, `pliegue`, checked against each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from babel.dates import get_day_names

from calendars.catalogue import Phrase, catalogue
from calendars.model.events import Days, EventStatus, Timed
from calendars.model.text import Language, Said
from calendars.reading import values, words
from calendars.reading.context import Context
from calendars.reading.hours import Dated, wrong_hour
from calendars.reading.problems import Wrong, known
from calendars.reading.yaml.fields import Fields

LONGEST_SPAN = timedelta(days=366)
KEYS = ("fecha", "hasta", "dia", "hora", "duracion", "pliegue")
_FOLD = values.one_of(words.FOLDS, "unknown-fold", Phrase("fold"))


_DATE_MISSING = Phrase("“{key}” is missing: the event needs a date. Write for instance «{example}».")
_DURATION_MISSING = Phrase("“{key}” is missing: the event needs a duration. Write for instance «{example}».")


@dataclass(frozen=True, slots=True)
class Weekday(Said):
    """«viernes», "Friday"."""

    number: int  # 0 = Monday .. 6 = Sunday

    def __getitem__(self, language: Language) -> str:
        return str(get_day_names(locale=catalogue(language).locale)[self.number])


def when(fields: Fields, status: EventStatus | None, context: Context) -> Timed | Days | None:
    """The event's start and end, or None for `sin fecha` and where the report says what is wrong."""
    first = fields.value("fecha", values.day)
    last = fields.value("hasta", values.day)
    start = fields.value("hora", values.hour)
    length = fields.value("duracion", values.duration)
    weekday = fields.value("dia", values.weekday)
    if status is EventStatus.UNSCHEDULED:
        _no_date(fields)
        return None
    if "fecha" not in fields and status:
        fields.fail(fields.place, _missing("fecha", _DATE_MISSING, "fecha: 2021-10-21» o «estado: sin fecha"))
    if first and weekday is not None and weekday != first.weekday():
        fields.fail(fields.place_of("dia"), _weekday_mismatch(first, weekday))
    if "hora" in fields:
        return _timed(fields, first, start, length, context)
    return _days(fields, first, last)


def _no_date(fields: Fields) -> None:
    for key in KEYS:
        if key in fields:
            wrong = Wrong(
                "date-of-undated",
                Phrase("the event is “sin fecha” (no date) but has “{key}”. Delete “{key}” or change “estado”.").of(
                    key=key
                ),
                value=key,
            )
            fields.fail(fields.key_place(key), wrong)


def _timed(
    fields: Fields, first: date | None, start: time | None, length: timedelta | None, context: Context
) -> Timed | None:
    fold = fields.value("pliegue", _FOLD)
    if "hasta" in fields:
        fields.fail(fields.key_place("hasta"), _not_both("hasta", "hora", "duracion"))
    if "duracion" not in fields:
        fields.fail(fields.place_of("hora"), _missing("duracion", _DURATION_MISSING, "duracion: 2 h"))
    if first is None or start is None:
        return None
    wall = datetime.combine(first, start)
    readable = fold is not None or "pliegue" not in fields
    wrong = wrong_hour(wall, context.zone, fold) if context.zone and readable else None
    if wrong is not None:
        needless = wrong.value == "pliegue"
        fields.fail(fields.key_place("pliegue") if needless else fields.place_of("hora"), wrong)
    return None if fields.broken else Timed(wall=wall, duration=known(length), fold=fold)


def _days(fields: Fields, first: date | None, last: date | None) -> Days | None:
    for key in ("duracion", "pliegue"):
        if key in fields:
            fields.fail(fields.key_place(key), _needs_hour(key))
    if first is None:
        return None
    last = last or first
    if not first <= last <= first + LONGEST_SPAN:
        fields.fail(fields.place_of("hasta"), _span(first, last))
    return Days(first=first, last=last)


def _missing(key: str, message: Phrase, example: str) -> Wrong:
    return Wrong("missing-key", message.of(key=key, example=example), value=key)


def _not_both(key: str, other: str, instead: str) -> Wrong:
    return Wrong(
        "conflicting-keys",
        Phrase("“{key}” does not go with “{other}”. Use “{instead}”, or delete “{other}” for whole days.").of(
            key=key, other=other, instead=instead
        ),
        value=key,
    )


def _needs_hour(key: str) -> Wrong:
    return Wrong(
        "conflicting-keys",
        Phrase("“{key}” goes with “hora” only. Write the hour, or delete “{key}”.").of(key=key),
        value=key,
    )


def _weekday_mismatch(first: date, written: int) -> Wrong:
    word = words.WEEKDAYS[written]
    message = Phrase("“dia: {word}”, but {date} is a {weekday}. Correct “fecha” or “dia”.").of(
        word=word, date=Dated(first), weekday=Weekday(first.weekday())
    )
    return Wrong("weekday-mismatch", message, value=word, instead=words.WEEKDAYS[first.weekday()])


def _span(first: date, last: date) -> Wrong:
    if last < first:
        message = Phrase("“hasta” ({last}) is before “fecha” ({first}). Correct one of them.").of(
            last=Dated(last), first=Dated(first)
        )
        return Wrong("end-before-start", message, value=last.isoformat())
    return Wrong(
        "span-too-long",
        Phrase("from “fecha” to “hasta” there are more than {days} days. Check the year.").of(days=LONGEST_SPAN.days),
        value=last.isoformat(),
    )
