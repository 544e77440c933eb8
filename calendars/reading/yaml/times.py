"""When an event is: its keys `fecha`, `hasta`, `dia`, `hora`, `duracion`, `pliegue`, checked against each other."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Literal

from calendars import zones
from calendars.model.events import Days, EventStatus, Timed
from calendars.model.text import Text
from calendars.reading import values, words
from calendars.reading.context import Context
from calendars.reading.problems import Wrong, known
from calendars.reading.yaml.fields import Fields

LONGEST_SPAN = timedelta(days=366)
KEYS = ("fecha", "hasta", "dia", "hora", "duracion", "pliegue")
_FOLD = values.one_of(words.FOLDS, "unknown-fold", Text(es="pliegue", en="fold"))


def day_es(day: date) -> str:
    """`22-oct-2021`, as problems show a date."""
    return f"{day.day}-{words.MONTHS[day.month - 1]}-{day.year}"


def day_en(day: date) -> str:
    return f"{day.day} {words.MONTHS_EN[day.month - 1]} {day.year}"


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
        fields.fail(fields.place, _missing("fecha", "fecha", "date", "fecha: 2021-10-21» o «estado: sin fecha"))
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
                f"el evento está «sin fecha», pero lleva «{key}». Borre «{key}» o cambie «estado».",
                f"the event is “sin fecha” (no date) but has “{key}”. Delete “{key}” or change “estado”.",
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
        fields.fail(fields.place_of("hora"), _missing("duracion", "duración", "duration", "duracion: 2 h"))
    if first is None or start is None:
        return None
    wall = datetime.combine(first, start)
    readable = fold is not None or "pliegue" not in fields
    wrong = wrong_hour(wall, context.zone, fold) if context.zone and readable else None
    if wrong is not None:
        needless = wrong.value == "pliegue"
        fields.fail(fields.key_place("pliegue") if needless else fields.place_of("hora"), wrong)
    return None if fields.broken else Timed(wall=wall, duration=known(length), fold=fold)


def wrong_hour(wall: datetime, zone: str, fold: Literal[0, 1] | None) -> Wrong | None:
    """Why a wall time names no instant of its zone, or not one alone; None where it does."""
    try:
        zones.to_instant(wall, zone, fold)
    except zones.NeedlessFold:
        return _needless(wall, zone)
    except zones.NonexistentWallTime as error:
        return _nonexistent(error)
    except zones.RepeatedWallTime as error:
        return _repeated(error)
    return None


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


def _missing(key: str, es: str, en: str, example: str) -> Wrong:
    return Wrong(
        "missing-key",
        f"falta «{key}»: el evento necesita {es}. Escriba por ejemplo «{example}».",
        f"“{key}” is missing: the event needs a {en}. Write for instance «{example}».",
        value=key,
    )


def _not_both(key: str, other: str, instead: str) -> Wrong:
    return Wrong(
        "conflicting-keys",
        f"«{key}» no va con «{other}». Use «{instead}», o borre «{other}» si son días completos.",
        f"“{key}” does not go with “{other}”. Use “{instead}”, or delete “{other}” for whole days.",
        value=key,
    )


def _needs_hour(key: str) -> Wrong:
    return Wrong(
        "conflicting-keys",
        f"«{key}» solo va con «hora». Escriba la hora, o borre «{key}».",
        f"“{key}” goes with “hora” only. Write the hour, or delete “{key}”.",
        value=key,
    )


def _weekday_mismatch(first: date, written: int) -> Wrong:
    es, en = words.WEEKDAYS, words.WEEKDAYS_EN
    return Wrong(
        "weekday-mismatch",
        f"«dia: {es[written]}», pero el {day_es(first)} es {es[first.weekday()]}. Corrija «fecha» o «dia».",
        f"“dia: {es[written]}”, but {day_en(first)} is a {en[first.weekday()]}. Correct “fecha” or “dia”.",
        value=es[written],
    )


def _span(first: date, last: date) -> Wrong:
    if last < first:
        return Wrong(
            "end-before-start",
            f"«hasta» ({day_es(last)}) es anterior a «fecha» ({day_es(first)}). Corrija una de las dos.",
            f"“hasta” ({day_en(last)}) is before “fecha” ({day_en(first)}). Correct one of them.",
            value=last.isoformat(),
        )
    return Wrong(
        "span-too-long",
        f"de «fecha» a «hasta» hay más de {LONGEST_SPAN.days} días. Revise el año.",
        f"from “fecha” to “hasta” there are more than {LONGEST_SPAN.days} days. Check the year.",
        value=last.isoformat(),
    )


def _nonexistent(error: zones.NonexistentWallTime) -> Wrong:
    wall, skipped = error.wall, error.before + timedelta(seconds=1)
    return Wrong(
        "nonexistent-time",
        f"las {wall:%H:%M} del {day_es(wall)} no existen en {error.zone}: ese día los relojes pasan de las "
        f"{skipped:%H:%M} a las {error.after:%H:%M}. Escriba otra hora.",
        f"{wall:%H:%M} on {day_en(wall)} does not exist in {error.zone}: clocks go from "
        f"{skipped:%H:%M} to {error.after:%H:%M}. Write another hour.",
        value=f"{wall:%H:%M}",
    )


def _repeated(error: zones.RepeatedWallTime) -> Wrong:
    wall = error.wall
    first, second = f"{error.first:%H:%M} UTC", f"{error.second:%H:%M} UTC"
    return Wrong(
        "repeated-time",
        f"las {wall:%H:%M} del {day_es(wall)} ocurren dos veces en {error.zone}. "
        f"Agregue «pliegue: primero» ({first}) o «pliegue: segundo» ({second}).",
        f"{wall:%H:%M} on {day_en(wall)} comes twice in {error.zone}. "
        f"Add “pliegue: primero” ({first}) or “pliegue: segundo” ({second}).",
        value=f"{wall:%H:%M}",
    )


def _needless(wall: datetime, zone: str) -> Wrong:
    return Wrong(
        "needless-fold",
        f"las {wall:%H:%M} del {day_es(wall)} ocurren una sola vez en {zone}. Borre «pliegue».",
        f"{wall:%H:%M} on {day_en(wall)} comes once in {zone}. Delete “pliegue”.",
        value="pliegue",
    )
