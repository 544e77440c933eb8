"""Whose a database is: a copied or restored one must not send by itself what the original has sent already.

Beside what the database says of itself stands something that no copy of it carries along: of a SQLite file, a mark in a
file of its own, written with the first edition and renewed with every batch of mail, that also says where the database
lies (device, inode, machine); of PostgreSQL, the server's identity, its timeline and the object number of a table, of
which a copy, a restored dump or a recovery to a point in time changes at least one.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from sqlalchemy import Connection, text

from scheduler.store import controls
from scheduler.store.database import Database
from scheduler.store.file_place import FilePlace, mark_beside

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
        self._beside = None if database.file is None else mark_beside(database.file)

    @property
    def in_place(self) -> bool:
        """Whether a SQLite file was neither deleted nor replaced while it is open."""
        return self._database.in_place

    def is_own(self, connection: Connection) -> bool:
        """A database in which nothing was published belongs to whoever asks first: see `settle_in`.

        A file that was deleted or replaced while it is open is nobody's.
        """
        if not self.in_place:
            return False
        mine = controls.get(connection, MINE)
        if mine is None:
            return True
        if self._beside is None:
            return mine == self._server(connection)
        mark, _, home = self._read(self._beside).partition("\n")
        return mark in (mine, controls.get(connection, BEFORE)) and self._is_home(home)

    def _is_home(self, written: str) -> bool:
        if not written:
            return True  # an earlier version wrote the mark alone
        there, here = FilePlace.read(written), self._here()
        return there is not None and here is not None and here.same(there)

    def _here(self) -> FilePlace | None:
        return None if self._database.file is None else FilePlace.of(self._database.file)

    def settle_in(self, connection: Connection) -> None:
        """Mark a database that bears no mark, in the transaction that gives it its first edition.

        The mark beside it comes first: one that stands there alone, after a crash, does no harm.
        """
        if controls.get(connection, MINE) is None:
            self.confirm(self.take(connection))

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
        home = self._here()
        if self._beside is None or home is None or not self._database.in_place:
            return
        unfinished = self._beside.with_name(f".{self._beside.name}")
        with unfinished.open("w", encoding="utf-8") as file:
            file.write(f"{mark}\n{home.written}")
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
            return path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""
