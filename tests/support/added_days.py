"""A holiday that another release of the library has: as if this process had been started with it."""

from __future__ import annotations

from datetime import date

import pytest
from holidays.countries.japan import Japan

from calendars.days.listed import listed


def add_a_holiday(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    """To Japan's list; what was read before is forgotten, for lists are read once a process."""
    monkeypatch.setattr(
        Japan, "special_public_holidays", {day.year: ((day.month, day.day, "Fiesta nueva"),)}, raising=False
    )
    listed.cache_clear()
