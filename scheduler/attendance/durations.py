"""How long, as meeting programs write it: `1h 30m 51s`, `1 h 5 min 30 s`, `57 mins`, `1:00:00`, `47`."""

from __future__ import annotations

import re

from scheduler.attendance.values import Unit

SECONDS: dict[Unit, int] = {"seconds": 1, "minutes": 60, "hours": 3600}
MOST = 31 * 24 * 3600  # seconds; what is longer is no duration of a session

_CLOCK = re.compile(r"(\d{1,4}):([0-5]?\d)(?::([0-5]?\d))?")
_NUMBER = re.compile(r"\d{1,7}(?:[.,]\d{1,6})?")
_PIECE = re.compile(r"(\d{1,7})\s?([a-z]{1,8})\.?(?:[\s,]|y\s|\Z){0,3}")
_UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "seg", "segs", "segundo", "segundos"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "minuto", "minutos"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "hora", "horas"), 3600),
    **dict.fromkeys(("d", "day", "days", "dia", "dias"), 86400),
}


class NotADuration(ValueError):
    """The text is none."""


class UnitOpen(ValueError):
    """A number that could be minutes or seconds, or `1:05`, and nothing says which."""


def seconds(text: str, unit: Unit | None) -> int | None:
    """Of a duration; None where the text is empty, which is not zero. `unit` is that of a number without one.

    Of `1:05` it is the unit of the first number. Raises NotADuration, UnitOpen.
    """
    plain = text.strip().lower().replace("í", "i")
    if not plain.strip("-–—"):
        return None
    if clock := _CLOCK.fullmatch(plain):
        found = _of_clock(clock, unit)
    elif _NUMBER.fullmatch(plain):
        if unit is None:
            raise UnitOpen(text)
        found = round(float(plain.replace(",", ".")) * SECONDS[unit])
    else:
        found = _of_pieces(plain)
    if found > MOST:
        raise NotADuration(text)
    return found


def is_like(text: str) -> bool:
    """Is it a duration that says its units, or a clock of three parts?"""
    try:
        return seconds(text, None) is not None
    except ValueError:
        return False


def _of_clock(clock: re.Match[str], unit: Unit | None) -> int:
    first, second, third = clock.groups()
    if third is not None:
        return int(first) * 3600 + int(second) * 60 + int(third)
    if unit not in ("hours", "minutes"):
        raise UnitOpen(clock.group())
    return int(first) * SECONDS[unit] + int(second) * SECONDS[unit] // 60


def _of_pieces(plain: str) -> int:
    at, found, last = 0, 0, 1 << 30
    while at < len(plain):
        piece = _PIECE.match(plain, at)
        size = _UNITS.get(piece[2]) if piece else None
        if piece is None or size is None or size >= last:  # days before hours before minutes
            raise NotADuration(plain)
        found, last, at = found + int(piece[1]) * size, size, piece.end()
    return found
