"""What somebody has typed into a form and not saved: closing the browser, or an ended session, loses nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from scheduler.drafts.history import FOLDER

KEPT = timedelta(days=30)
TYPED = "sin-guardar"  # the folder, within that of the history


@dataclass(frozen=True, kw_only=True, slots=True)
class Typed:
    """A form as it was last seen."""

    at: datetime  # UTC
    fields: Mapping[str, str]


def keep(folder: Path, who: str, what: str, found: Typed) -> None:
    """Keep it for that person and that form; a folder that takes no files keeps nothing, and saving will say why."""
    path = _path(folder, who, what)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}.new")  # two looks at one form may be made at once, by two processes
        fresh.write_text(json.dumps({"at": found.at.isoformat(), "fields": dict(found.fields)}), encoding="utf-8")
        fresh.replace(path)
    except OSError:
        return


def kept(folder: Path, who: str, what: str, now: datetime) -> Typed | None:
    """What was typed there within KEPT; None where nothing was, or it was saved."""
    path = _path(folder, who, what)
    if not path.is_file():
        return None
    typed = _read(path)
    if typed is None:
        return None
    if now - typed.at > KEPT:
        path.unlink(missing_ok=True)
        return None
    return typed


def forget(folder: Path, who: str, what: str) -> None:
    """It was saved, or given up."""
    _path(folder, who, what).unlink(missing_ok=True)


def forget_where(folder: Path, now: datetime, holds: Callable[[str], bool]) -> int:
    """End what is older than KEPT or damaged, and what holds something of which that is said. Returns how many."""
    gone = 0
    for path in sorted((folder / FOLDER / TYPED).glob("*.json")):
        found = _read(path)
        if found is None or now - found.at > KEPT or any(map(holds, found.fields.values())):
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _read(path: Path) -> Typed | None:
    """None where it is damaged, or was given up in this moment."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return Typed(at=datetime.fromisoformat(found["at"]), fields=dict(found["fields"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _path(folder: Path, who: str, what: str) -> Path:
    name = sha256(f"{who}\n{what}".encode()).hexdigest()[:32]
    return folder / FOLDER / TYPED / f"{name}.json"
