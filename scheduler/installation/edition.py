"""What a half of the service, and many a command, wants before it begins: an edition in force."""

from __future__ import annotations

from sqlalchemy import Connection

from scheduler.installation.database import NOTHING_YET, NothingPublished
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.editions import InForce


def want_edition(database: Database) -> None:
    """Raises NothingPublished."""
    with database.read() as connection:
        if editions.number_in_force(connection) is None:
            raise NothingPublished(NOTHING_YET)


def edition_in_force(connection: Connection) -> InForce:
    """Raises NothingPublished."""
    found = editions.load(connection)
    if found is None:
        raise NothingPublished(NOTHING_YET)
    return found
