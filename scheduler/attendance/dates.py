"""Moments as meeting programs write them, the order of day and month still open -> instants."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from calendars.spelling import fold
from calendars.zones import FIRST_YEAR, LAST_YEAR, nearest_instant
from scheduler.attendance.values import Order

ORDERS: tuple[Order, Order] = ("day-first", "month-first")

_NUMBERS = re.compile(r"(\d{1,4})([/.-])(\d{1,2})\2(\d{1,4})(?:,?\s|t|\Z)")
_NAMED_DAY = re.compile(r"(\d{1,2})[ -](?:de )?([a-z]{3,10})\.?[ -](?:de |del )?(\d{4})(?:,?\s|\Z)")
_NAMED_MONTH = re.compile(r"([a-z]{3,10})\.? (\d{1,2}),? (\d{4})(?:,?\s|\Z)")
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d)(?:[.,]\d{1,9})?)? ?(am|pm)?(?: ?(z|utc|gmt|[+-]\d\d:?\d\d))?")
_HALVES = re.compile(r"\b([ap])\. ?m\.?(?!\w)")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january ene enero janeiro", "feb february febrero fev fevereiro", "mar march marzo marco",
            "apr april abr abril", "may mayo mai maio", "jun june junio junho", "jul july julio julho",
            "aug august ago agosto", "sep sept september septiembre set setiembre setembro",
            "oct october octubre out outubro", "nov november noviembre novembro",
            "dec december dic diciembre dez dezembro",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip


class NotAMoment(ValueError):
    """The text is none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A moment as it is written. Of numbers with an open order, `day` is the first and `month` the second."""

    clock: time
    day: int = 0  # 0: no date is written
    month: int = 0
    year: int = 0
    numbers: bool = False  # in `day` and `month` either may come first
    offset: timedelta | None = None  # east of UTC, where the text says it

    def fits(self, order: Order) -> bool:
        """Can day and month be read in that order?"""
        return not self.numbers or self._parts(order)[1] <= 12

    def wall(self, order: Order | None, day: date) -> datetime:
        """On the clock that was looked at; `day` is that of a moment without one. Raises NotAMoment."""
        if not self.day:
            return datetime.combine(day, self.clock)
        number, month = self._parts(order) if self.numbers else (self.day, self.month)
        try:
            return datetime.combine(date(self.year, month, number), self.clock)
        except ValueError:
            raise NotAMoment from None

    def _parts(self, order: Order | None) -> tuple[int, int]:
        return (self.month, self.day) if order == "month-first" else (self.day, self.month)


def written(text: str) -> Written | None:
    """None of an empty cell. Raises NotAMoment."""
    plain = _HALVES.sub(r"\1m", fold(text.strip(" ,")))
    if not plain.strip("-–—"):
        return None
    made, rest = _dated(plain)
    clock = _CLOCK.fullmatch(rest.strip(" ,"))
    if clock is None:
        raise NotAMoment(text)
    hour, minute, second = (int(one or 0) for one in clock.group(1, 2, 3))
    hour = _hour(hour, clock[4], text)
    day, month, year, numbers = made
    return Written(
        clock=time(hour, minute, second),
        day=day,
        month=month,
        year=year,
        numbers=numbers,
        offset=_offset(clock[5]),
    )


def is_like(text: str) -> bool:
    """Is it a moment, its date written too?"""
    try:
        found = written(text)
    except NotAMoment:
        return False
    return found is not None and found.day > 0


def orders(moments: Iterable[Written]) -> tuple[Order, ...]:
    """In which orders of day and month all of them can be read."""
    kept = list(moments)
    return tuple(order for order in ORDERS if all(one.fits(order) for one in kept))


class Clocks:
    """From the clocks of one zone to instants; minutes that were looked up are kept."""

    def __init__(self, zone: str) -> None:
        self.zone = zone
        self._known: dict[datetime, datetime] = {}

    def instant(self, wall: datetime, offset: timedelta | None) -> datetime:
        """UTC. Raises NotAMoment for a year without rules, whose instants cannot be shown."""
        if not FIRST_YEAR < wall.year <= LAST_YEAR:
            raise NotAMoment
        if offset is not None:
            return (wall - offset).replace(tzinfo=UTC)
        minute = wall.replace(second=0)
        known = self._known.get(minute)
        if known is None:
            known = self._known[minute] = nearest_instant(minute, self.zone)
        return known + (wall - minute)


def _dated(plain: str) -> tuple[tuple[int, int, int, bool], str]:
    """Day, month, year and whether day and month could change places; and what follows."""
    if found := _NUMBERS.match(plain):
        first, second, third = (int(found[group]) for group in (1, 3, 4))
        if len(found[1]) == 4:
            made = (third, second, first, False)
        else:
            made = (first, second, _year(found[4]), True)
            if len(found[1]) > 2:
                raise NotAMoment(plain)
    elif found := _NAMED_DAY.match(plain):
        made = (int(found[1]), _MONTHS.get(found[2], 0), int(found[3]), False)
    elif found := _NAMED_MONTH.match(plain):
        made = (int(found[2]), _MONTHS.get(found[1], 0), int(found[3]), False)
    else:
        return (0, 0, 0, False), plain
    if not made[0] or not made[1] or min(made[:2]) > 12 or max(made[:2]) > 31:
        raise NotAMoment(plain)
    return made, plain[found.end() :]


def _year(digits: str) -> int:
    if len(digits) not in (2, 4):
        raise NotAMoment(digits)
    return int(digits) + (2000 if len(digits) == 2 else 0)


def _hour(hour: int, half: str | None, text: str) -> int:
    if hour > 23 or (half and not 1 <= hour <= 12):
        raise NotAMoment(text)
    if not half:
        return hour
    return hour % 12 + (12 if half == "pm" else 0)


def _offset(text: str | None) -> timedelta | None:
    if text is None:
        return None
    if text in ("z", "utc", "gmt"):
        return timedelta(0)
    hours, minutes = int(text[1:3]), int(text[-2:])
    return timedelta(hours=hours, minutes=minutes) * (-1 if text[0] == "-" else 1)
