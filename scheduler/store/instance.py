"""Whose a database is: a copied or restored one must not send by itself what the original has sent already.

Beside what the database says of itself stands something that no backup of it carries along: of a SQLite file, a mark
in a file of its own, renewed with every batch of mail; of PostgreSQL, the server's identity, its timeline and the
object number of a table, of which a copy, a restored dump or a recovery to a point in time changes at least one.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from sqlalchemy import Connection, text

from scheduler.store import controls
from scheduler.store.database import Database

MINE, BEFORE = "instance", "instance before"  # controls: the mark, and the one that it replaced
COPIED = "copied"  # the mark of a database that was filled from another one
_SERVER = text(
    "SELECT concat_ws('.', s.system_identifier, c.timeline_id, d.oid, 'deliveries'::regclass::oid::text)"
    " FROM pg_control_system() s, pg_control_checkpoint() c, pg_database d WHERE d.datname = current_database()"
)


class Instance:
    """Tells whether the database is the one that this installation sends from."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._beside = None if database.file is None else database.file.with_name(database.file.name + ".instance")

    def is_own(self, connection: Connection) -> bool:
        """A database that was never sent from belongs to whoever asks first: see `take`."""
        mine = controls.get(connection, MINE)
        if mine is None:
            return True
        if self._beside is None:
            return mine == self._server(connection)
        return self._read(self._beside) in (mine, controls.get(connection, BEFORE))

    def take(self, connection: Connection) -> str:
        """Make it this installation's; returns the mark that `confirm` has to be given after the commit.

        With every call a SQLite database bears another mark, so that a backup from before it is known as one.
        """
        before = controls.get(connection, MINE)
        mark = secrets.token_hex(16) if self._beside is not None else self._server(connection)
        if mark != before:
            controls.put(connection, BEFORE, before or mark)
            controls.put(connection, MINE, mark)
        return mark

    def confirm(self, mark: str) -> None:
        """Write the mark beside a SQLite database, once it is committed; a crash in between is forgiven by `is_own`."""
        if self._beside is None:
            return
        unfinished = self._beside.with_name(f".{self._beside.name}")
        with unfinished.open("w", encoding="ascii") as file:
            file.write(mark)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self._beside)

    def renew(self) -> None:
        """Give an own database a new mark, if it has one: whatever was copied of it until now is a backup."""
        with self._database.write_own_row() as connection:
            if controls.get(connection, MINE) is None or not self.is_own(connection):
                return
            mark = self.take(connection)
        self.confirm(mark)

    def _server(self, connection: Connection) -> str:
        return str(connection.execute(_SERVER).scalar_one())

    def _read(self, path: Path) -> str:
        try:
            return path.read_text(encoding="ascii")
        except FileNotFoundError:
            return ""
