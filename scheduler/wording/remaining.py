"""How long until something begins, or since it ended: «mañana, dentro de 20 horas», «dentro de 3 días».

Days are counted by the reader's calendar, so that «mañana» is the reader's.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal

from babel.dates import format_timedelta

from calendars.catalogue import Phrase
from calendars.impact import Clocks
from calendars.model.events import Days
from calendars.model.text import Language
from calendars.wording import locale, relative_day
from calendars.zones import to_wall

Unit = Literal["minute", "hour", "day"]
_UNDER_WAY = Phrase("under way")
_YESTERDAY = Phrase("yesterday")
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_SIZES: dict[Unit, timedelta] = {"minute": timedelta(minutes=1), "hour": _HOUR, "day": _DAY}
DAYS_COUNTED = 45  # beyond, months say more


def until(
    start: datetime, end: datetime, zone: str, now: datetime, language: Language, clocks: Clocks = to_wall
) -> str:
    """Of what has an hour; all three instants in UTC, days by the clocks of `zone`, and its own as `clocks` show it."""
    if start <= now < end:
        return _UNDER_WAY[language]
    moment = start if now < start else end
    distance = abs(moment - now)
    if distance < _HOUR:
        return _spoken(moment - now, "minute", language)
    here, today = clocks(moment, zone).date(), to_wall(now, zone).date()
    day = _named_day(here, today, language)
    if day is None:
        return _in_days(here, today, language)
    return f"{day}, {_spoken(moment - now, 'hour', language)}" if distance < _DAY else day


def until_days(days: Days, today: date, language: Language) -> str:
    """Of whole days, by the reader's date."""
    if days.first <= today <= days.last:
        return _UNDER_WAY[language]
    moment = days.first if today < days.first else days.last
    return _named_day(moment, today, language) or _in_days(moment, today, language)


def _named_day(day: date, today: date, language: Language) -> str | None:
    return _YESTERDAY[language] if today - day == _DAY else relative_day(day, today, language)


def _in_days(day: date, today: date, language: Language) -> str:
    away = day - today
    return _spoken(away, "day", language, threshold=1000 if abs(away.days) <= DAYS_COUNTED else 0.85)


def _spoken(away: timedelta, unit: Unit, language: Language, threshold: float = 1000) -> str:
    """«dentro de 3 días», «hace 2 horas»; a threshold this high keeps the unit."""
    whole = max(1, round(abs(away) / _SIZES[unit])) * _SIZES[unit]
    signed = whole if away > timedelta() else -whole
    return format_timedelta(
        signed, granularity=unit, threshold=threshold, add_direction=True, locale=locale(language).language
    )
