"""What the system objects to about a file or a folder, in words: it says so in English, and by numbers."""

from __future__ import annotations

import os
from errno import EACCES, EDQUOT, EEXIST, EISDIR, ELOOP, ENAMETOOLONG, ENOENT, ENOSPC, ENOTDIR, EPERM, EROFS
from pathlib import Path

from calendars.catalogue import Phrase
from calendars.model.text import Said, Spoken, verbatim

LONGEST = 80  # characters of a path that are repeated
NO_FILE = Phrase("there is no such file")
NO_FOLDER = Phrase("there is no such folder")
A_FILE = Phrase("that is a file, and a folder goes here")
_WHY = {
    ENOENT: NO_FILE,
    ENOTDIR: A_FILE,
    EISDIR: Phrase("that is a folder, and a file goes here"),
    EEXIST: Phrase("that is there already"),
    EACCES: (LOCKED := Phrase("this account may not; ask whoever runs the machine")),
    EPERM: LOCKED,
    EROFS: Phrase("nothing can be written to that disk; ask whoever runs the machine"),
    ENOSPC: (FULL := Phrase("the disk is full; make room, and try again")),
    EDQUOT: FULL,
    ENAMETOOLONG: Phrase("that name is too long"),
    ELOOP: Phrase("links there lead to each other"),
}


def why(error: OSError) -> Said:
    """The reason alone. Of what is none of these the system's own words, in English."""
    return _WHY.get(error.errno or 0) or verbatim(error.strerror or str(error) or type(error).__name__)


def objection(error: OSError, path: Path | None = None) -> Said:
    """«carpeta: eso es una carpeta, y aquí va un archivo», for one line.

    `path`: what it is about, where the error does not say. Where a folder on the way is the cause, that one is named.
    """
    named = Path(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else path
    reason = why(error)
    if named is None:
        return reason
    if error.errno in (ENOENT, ENOTDIR):
        named, reason = _on_the_way(named, reason)
    place = str(named)
    place = place if len(place) <= LONGEST else f"{place[: LONGEST - 1]}…"
    return Spoken(lambda language: f"{place}: {reason[language]}")


def _on_the_way(path: Path, reason: Said) -> tuple[Path, Said]:
    """The first of its folders that is missing, or is none; else the path itself."""
    for folder in reversed(path.parents):
        if not os.path.isdir(folder):  # noqa: PTH112  # because Path.is_dir raises where a folder may not be looked into
            return folder, A_FILE if os.path.lexists(folder) else NO_FOLDER
    return path, reason
