"""What every kind of node lists at its start: the hours in force that its zone data does not give."""

from __future__ import annotations

from datetime import timedelta

from structlog.testing import capture_logs

from scheduler.sending.watch.zonewatch import ZoneWatch
from scheduler.store.database import Database
from scheduler.store.schema import revisions
from tests.support.factories import event
from tests.support.ledger import PUBLISHED, START, draft, moved, put

HOUR = timedelta(hours=1)


def told(database: Database, watch: ZoneWatch) -> list[tuple[str, object]]:
    with capture_logs() as lines, database.read() as connection:
        watch.look(connection)
    return [(line["log_level"], line.get("site") or line.get("sessions")) for line in lines]


def test_nothing_is_told_of_hours_that_this_data_gives(database: Database) -> None:
    watch = ZoneWatch()
    assert told(database, watch) == []  # nothing is published yet
    put(database, draft())
    assert told(database, watch) == []


def test_each_edition_is_looked_at_once(database: Database) -> None:
    watch = ZoneWatch()
    put(database, draft())
    with database.write() as connection:
        connection.execute(revisions.update().where(revisions.c.event == event().id).values(start=START - HOUR))
    assert told(database, watch) == [("warning", "tokio"), ("error", 1)]
    assert told(database, watch) == []
    put(database, moved(), PUBLISHED + HOUR)
    assert told(database, watch) == []
