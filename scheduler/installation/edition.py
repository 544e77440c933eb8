"""What a half of the service wants before it begins: an edition in force."""

from __future__ import annotations

from scheduler.installation.database import NOTHING_YET, NothingPublished
from scheduler.store import editions
from scheduler.store.database import Database


def want_edition(database: Database) -> None:
    """Raises NothingPublished."""
    with database.read() as connection:
        if editions.number_in_force(connection) is None:
            raise NothingPublished(NOTHING_YET)
