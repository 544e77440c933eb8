"""SQLite databases with something in force, made once a process for all who want the same: each test has a copy."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from scheduler.store.file_place import FilePlace, mark_beside

DATABASE = "agenda.db"
_made: list[tuple[object, Path]] = []  # what was wanted, which need not be hashable, and the database


def copy_of(wanted: object, path: Path, make: Callable[[Path], None]) -> str:
    """The URL of a new database there, like the one that `make` left at the path it was given; equal wants share it."""
    assert not path.exists(), path
    found = next((made for known, made in _made if known == wanted), None)
    if found is None:
        found = Path(tempfile.mkdtemp(dir=_folder().name)) / DATABASE
        make(found)
        _made.append((wanted, found))
    for one in found.parent.glob(f"{DATABASE}*"):  # its key and its mark lie beside it
        shutil.copy(one, path.with_name(path.name + one.name.removeprefix(DATABASE)))
    _settle(path)
    return f"sqlite:///{path}"


def _settle(path: Path) -> None:
    """Let the copy be its own installation's: its mark says where the first one lies."""
    beside, here = mark_beside(path), FilePlace.of(path)
    if beside.exists() and here is not None:
        mark = beside.read_text(encoding="utf-8").partition("\n")[0]
        beside.write_text(f"{mark}\n{here.written}", encoding="utf-8")


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Once a process, and gone with it."""
    return tempfile.TemporaryDirectory(prefix="agenda-copies-")
