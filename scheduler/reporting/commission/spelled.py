"""Figures and dates as the sentences of a report write them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from calendars.catalogue import Phrase
from calendars.model.text import Language
from calendars.wording import dated, home_short, hour, long_date, sentence, weekday_and_day
from scheduler.printing.blocks import Cell, Column, Grid
from scheduler.reporting.commission.figures import EventFigures, LocalHour

_PLAIN = Phrase("d MMMM y", "date pattern")
_AT = Phrase("{day}, {hour} ({zone})")
_SPAN = Phrase("from {first} to {last}")
_LOCAL = Phrase("{hour} ({city})", "hour at a site")
_LOCAL_DAY = Phrase("{hour} on {day} ({city})")
_OF_DAY = Phrase("{day}: {hours}")
_NO_TIME = Phrase("less than a minute")
_DAYS = Phrase("{n} {n:day|days}")
_HOURS = Phrase("{n} h")
_MINUTES = Phrase("{n} min")
NOT_RECORDED = Phrase("not recorded")
NOTHING = "—"
TOTAL = Phrase("Total")


def plain_day(day: date, language: Language) -> str:
    """«21 de octubre de 2021»; "21 October 2021"."""
    return dated(day, _PLAIN, language)


def moment(wall: datetime, zone: str, language: Language) -> str:
    """«jueves 21 de octubre de 2021, 18:00 h (TCM)»."""
    day = long_date(wall.date(), language)
    return _AT.say(language, day=day, hour=hour(wall, language), zone=home_short(zone, language))


def local_hours(one: EventFigures, language: Language) -> str:
    """«de 14:00 h (Acra) a 18:00 h (Abu Dabi)»; with its day where that is not the agenda's. One hour is said once."""
    first, last, home = one.first_local, one.last_local, one.start
    if first is None or last is None or home is None:
        return NOTHING
    if first.wall.date() != last.wall.date():
        return _SPAN.say(language, first=_with_day(first, language), last=_with_day(last, language))
    hours = [_LOCAL.say(language, hour=hour(at.wall, language), city=at.city[language]) for at in (first, last)]
    said = hours[0] if first.wall == last.wall else _SPAN.say(language, first=hours[0], last=hours[1])
    if first.wall.date() == home.date():
        return said
    return _OF_DAY.say(language, day=weekday_and_day(first.wall.date(), language), hours=said)


def _with_day(at: LocalHour, language: Language) -> str:
    day = weekday_and_day(at.wall.date(), language)
    return _LOCAL_DAY.say(language, hour=hour(at.wall, language), day=day, city=at.city[language])


def length(took: timedelta, language: Language) -> str:
    """«3 días 4 h», «4 h 10 min», «menos de un minuto»: to the minute, of more than two days to the hour."""
    minutes = took // timedelta(minutes=1)
    if minutes < 1:
        return _NO_TIME[language]
    days, hours = 0, minutes // 60
    if hours >= 48:
        days, hours = divmod(hours, 24)
    parts = [(_DAYS, days), (_HOURS, hours), (_MINUTES, 0 if days else minutes % 60)]
    return " ".join(words.say(language, n=n) for words, n in parts if n)


def counted(parts: Iterable[tuple[Phrase, int]], language: Language) -> list[str]:
    """Each phrase with its number `n`; what is none is not said."""
    return [words.say(language, n=n) for words, n in parts if n]


def together(parts: Sequence[str]) -> str:
    """Clauses as one sentence."""
    return sentence("; ".join(parts))


def grid(
    name: str, caption: str, columns: str, rows: Sequence[tuple[Cell, ...]], *, note: str = "", total: bool = False
) -> Grid:
    """A table; a column in which any cell after the first is a figure is one of figures, whatever its others say.

    `columns`: their titles, apart by «|».
    """
    titles = columns.split("|")
    figures = {at for at in range(1, len(titles)) if any(isinstance(row[at], int) for row in rows)}
    made = tuple(Column(title=title, numeric=at in figures) for at, title in enumerate(titles))
    return Grid(id=name, caption=caption, columns=made, rows=tuple(rows), total=total, note=note)
