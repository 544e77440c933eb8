"""When people are reminded, how many have to come, and when nobody is disturbed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True, kw_only=True, slots=True)
class DaysBefore:
    """`P7D a las 09:00`: wall time at the site, counted in dates from the site's date of the event."""

    days: int  # 0..365
    at: time

    def __str__(self) -> str:
        return f"P{self.days}D a las {self.at:%H:%M}"


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeBefore:
    """`PT1H`: elapsed time before the start. Only for events with an hour."""

    minutes: int  # > 0

    def __str__(self) -> str:
        hours, minutes = divmod(self.minutes, 60)
        return "PT" + (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")


ReminderRule = DaysBefore | TimeBefore


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """`cobertura:` how many posts of each site have to come, and when others are asked where too few said so."""

    minimum: int = 1  # posts that come, 1..99
    deputy: DaysBefore = DaysBefore(days=5, at=time(10))  # when a site's deputies are asked
    coordination: DaysBefore = DaysBefore(days=2, at=time(10))  # when the region's coordinators hear of it


@dataclass(frozen=True, kw_only=True, slots=True)
class Quiet:
    """`silencio: 22:00-06:00`: hours of the site's night in which no `PT…` reminder leaves."""

    start: time
    end: time


@dataclass(frozen=True, kw_only=True, slots=True)
class Reminders:
    timed: tuple[ReminderRule, ...]
    days: tuple[DaysBefore, ...]
