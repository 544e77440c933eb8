"""SQLite's statements, written out once a process: each database of a test would write out all of them anew.

A service has one database for as long as it runs, and SQLAlchemy keeps what it wrote for that; tests have thousands.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

_written: LRUCache[Any, Any] = LRUCache(2000)


class OneForAll(SQLiteDialect_pysqlite):
    """SQLAlchemy's own, but that those of all databases count as one: statements are kept by their dialect."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    def __hash__(self) -> int:
        return hash(type(self))

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=_written)


def keep() -> None:
    """From now on, in this process."""
    registry.register("sqlite", __name__, OneForAll.__name__)
