"""INSERT … ON CONFLICT, which SQLite and PostgreSQL spell alike and SQLAlchemy keeps apart."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import sqlite

from scheduler.base.heavy import load


def insert(connection: Connection, table: Table) -> sqlite.Insert:
    """An INSERT that can say what happens where the row is there already: PostgreSQL's has the same methods.

    Of SQLAlchemy's two dialects, only the one that is spoken is loaded.
    """
    return cast("sqlite.Insert", load(f"sqlalchemy.dialects.{connection.dialect.name}").insert(table))
