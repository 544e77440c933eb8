"""A migrated SQLite file for a test: a copy, since to migrate each anew would take ten times as long."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

from scheduler.store.database import Database


def migrated_at(path: Path) -> str:
    """The URL of a new, empty database there."""
    assert not path.exists(), path
    shutil.copyfile(Path(_template().name) / "migrated.db", path)
    path.chmod(0o600)  # as the program makes it
    return f"sqlite:///{path}"


@cache
def _template() -> tempfile.TemporaryDirectory[str]:
    """Once a process, and gone with it."""
    folder = tempfile.TemporaryDirectory(prefix="agenda-sqlite-")
    Database(f"sqlite:///{Path(folder.name) / 'migrated.db'}").close()
    return folder
