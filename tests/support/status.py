"""What `agenda status` finds and says."""

from __future__ import annotations

from datetime import datetime, timedelta

from calendars.model.text import Language
from scheduler.base.variables import Pace
from scheduler.reporting.in_words import status_lines
from scheduler.reporting.overview import Unpublished
from scheduler.reporting.status import Status, status
from scheduler.store.database import Database
from tests.support.ledger import WEEK_BEFORE

DAY = (WEEK_BEFORE - timedelta(hours=19), WEEK_BEFORE + timedelta(hours=5))  # 14 October in Mexico City
SLOW = Pace(per_minute=30, connections=3)


def found(database: Database, now: datetime = WEEK_BEFORE, *, adopted: bool = True) -> Status:
    with database.read() as connection:
        return status(connection, now, DAY, adopted=adopted)


def lines(of: Status, pace: Pace | None = SLOW, lang: Language = "es") -> list[str]:
    return list(status_lines(of, Unpublished(), pace=pace, lang=lang))
