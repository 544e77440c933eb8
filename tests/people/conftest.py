"""What the tests of incoming mail share."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from scheduler.base.clock import SystemClock
from scheduler.planning.delivery import State
from scheduler.store.database import Database
from scheduler.store.schema import deliveries
from tests.support.command_line import agenda, into_the_future


@pytest.fixture
def published(here: Path) -> str:
    """The Message-ID key of a delivery that was sent."""
    assert here.is_dir()
    into_the_future()
    assert agenda("publish", "--reason", "inicio").exit_code == 0
    database = Database("sqlite:///agenda.db")
    with database.write() as connection:
        d = deliveries.c
        key = connection.execute(
            select(d.message_key).where(d.site == "tokio").order_by(d.due_at).limit(1)
        ).scalar_one()
        sent = deliveries.update().where(d.message_key == key)
        connection.execute(sent.values(state=State.ACCEPTED, attempts=1, accepted_at=SystemClock().now()))
    database.close()
    return str(key)
