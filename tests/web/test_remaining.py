"""How long until: minutes and hours as they pass, days by the reader's calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from calendars.model.events import Days
from scheduler.wording.events import countdown
from scheduler.wording.remaining import until, until_days
from tests.support.factories import edition, event

NOW = datetime(2021, 10, 18, 18, tzinfo=UTC)  # 03:00 on the 19th in Tokyo
TWO_HOURS = timedelta(hours=2)
WEEK = Days(first=date(2022, 2, 1), last=date(2022, 2, 7))


@pytest.mark.parametrize(
    ("hours", "es", "en"),
    [
        (0.01, "dentro de 1 minuto", "in 1 minute"),
        (0.75, "dentro de 45 minutos", "in 45 minutes"),
        (1, "hoy, dentro de 1 hora", "today, in 1 hour"),
        (20, "hoy, dentro de 20 horas", "today, in 20 hours"),
        (22, "mañana, dentro de 22 horas", "tomorrow, in 22 hours"),
        (44, "mañana", "tomorrow"),
        (45, "dentro de 2 días", "in 2 days"),
        (24 * 45, "dentro de 45 días", "in 45 days"),
        (24 * 92, "dentro de 3 meses", "in 3 months"),
        (0, "en curso", "under way"),
        (-1.99, "en curso", "under way"),
        (-2.5, "hace 30 minutos", "30 minutes ago"),
        (-4, "hoy, hace 2 horas", "today, 2 hours ago"),
        (-6, "ayer, hace 4 horas", "yesterday, 4 hours ago"),
        (-28, "ayer", "yesterday"),
        (-50, "hace 2 días", "2 days ago"),
    ],
)
def test_an_hour_is_counted_in_what_the_reader_in_tokyo_counts_in(hours: float, es: str, en: str) -> None:
    start = NOW + timedelta(hours=hours)
    assert until(start, start + TWO_HOURS, "Asia/Tokyo", NOW, "es") == es
    assert until(start, start + TWO_HOURS, "Asia/Tokyo", NOW, "en") == en


def test_tomorrow_is_the_readers_own() -> None:
    start = NOW + timedelta(hours=12)
    spoken = {zone: until(start, start + TWO_HOURS, zone, NOW, "en") for zone in ("America/Mexico_City", "Asia/Tokyo")}
    assert spoken == {"America/Mexico_City": "tomorrow, in 12 hours", "Asia/Tokyo": "today, in 12 hours"}


@pytest.mark.parametrize(
    ("today", "said"),
    [
        ("2021-10-18", "dentro de 4 meses"),
        ("2022-01-29", "dentro de 3 días"),
        ("2022-01-31", "mañana"),
        ("2022-02-01", "en curso"),
        ("2022-02-07", "en curso"),
        ("2022-02-08", "ayer"),
        ("2022-02-10", "hace 3 días"),
    ],
)
def test_whole_days_are_counted_from_their_first_and_to_their_last(today: str, said: str) -> None:
    assert until_days(WEEK, date.fromisoformat(today), "es") == said


def test_the_day_of_an_event_is_that_of_the_hour_that_was_promised() -> None:
    """By rules that put Tokyo an hour earlier than this process's do, it begins before midnight there."""
    start = datetime(2021, 10, 20, 15, 30, tzinfo=UTC)
    was = edition().revisions[event().id]
    promised = replace(was, start=start, end=start + TWO_HOURS, offsets={"Asia/Tokyo": 8 * 3600})
    found = countdown(event(), promised, "Asia/Tokyo", datetime(2021, 10, 20, 3, tzinfo=UTC), "en")
    assert found is not None
    assert (found.text, found.offset) == ("today, in 12 hours", 8 * 60)
