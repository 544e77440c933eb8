"""Alembic at work: the tables of an older database brought up to date. Loaded only where that has to be done."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

__all__ = ["CommandError", "migrate", "newest", "refuse_unknown"]

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(connection: Connection) -> None:
    """Bring the tables to the head. Raises CommandError where the database is newer than this program."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def refuse_unknown(revision: str | None) -> None:
    """Raises CommandError where the database is newer than this program."""
    ScriptDirectory.from_config(_config()).get_revision(revision or "head")


def newest() -> str | None:
    """The revision that the last of the migrations leads to."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", MIGRATIONS.as_posix())
    return config
