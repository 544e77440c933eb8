"""The files of an agenda that does not exist yet: a valid skeleton, and writing them where there are none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from calendars.catalogue import Phrase
from calendars.reading.files import AGENDA, DAYS, POSTS, PRIVATE, SITES
from calendars.reading.yaml.schema import json_schema
from scheduler.base.refusal import Refusal
from scheduler.base.shipped import shipped

SCHEMA = "agenda.schema.json"
AHEAD = timedelta(days=60)  # of the sample session, at least: time to write the rest
TUESDAY = 1  # date.weekday()
TAKEN = Phrase(
    "{folder}: there are files of an agenda already ({names}), and nothing is written over. Choose another folder."
)


class FolderTaken(Refusal):
    """There is an agenda where a new one was to be."""

    status = 409


def skeleton(today: date) -> dict[str, bytes]:
    """The files by name: one sample session on a Tuesday ahead, the shipped sites, two sample posts."""
    day = today + AHEAD
    day += timedelta(days=(TUESDAY - day.weekday()) % 7)
    files = {name: _filled(name, today, day) for name in (AGENDA, POSTS, DAYS, PRIVATE)}
    return {**files, SITES: (shipped("config") / SITES).read_bytes(), SCHEMA: schema()}


def schema() -> bytes:
    """For editors that complete and check while typing."""
    return (json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n").encode()


def private(today: date) -> bytes:
    """privado.yaml without a link."""
    return _filled(PRIVATE, today, today)


def write_new(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files into a folder, which is made where it is not there. Raises FolderTaken; OSError."""
    if taken := [name for name in files if (folder / name).exists()]:
        raise FolderTaken(TAKEN, folder=folder, names=", ".join(taken))
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in files.items():
        with (folder / name).open("xb") as file:  # nor over what somebody made a moment ago
            file.write(body)


def _filled(name: str, today: date, day: date) -> bytes:
    text = (shipped("templates") / "agenda" / name).read_text(encoding="utf-8")
    for word, value in (("{today}", today.isoformat()), ("{day}", day.isoformat()), ("{year}", str(day.year))):
        text = text.replace(word, value)
    return text.encode()
