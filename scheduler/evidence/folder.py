"""A pack while it is written: beside its place under another name, each file hashed on its way, and put there whole."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from calendars.catalogue import Phrase
from scheduler.base.refusal import Refusal
from scheduler.evidence.manifest import MANIFEST, ManifestLine, head_of, rendered

OWNERS, OTHERS_TOO = 0o600, 0o666  # of a file; the umask takes its share of the latter
TAKEN = Phrase("{folder} is there already and not empty; name a new folder. Nothing was written")
NO_PARENT = Phrase("{parent}: there is no such folder; make it first. Nothing was written")


class PlaceTaken(Refusal):
    """The pack cannot go there."""


class Sink:
    """One file of a pack, written from its beginning to its end."""

    def __init__(self, folder: PackFolder, name: str, note: str) -> None:
        self._folder, self._name, self._note = folder, name, note
        self._file = folder.opened(name)
        self._digest = hashlib.sha256()
        self._octets = 0

    def write(self, octets: bytes) -> None:
        self._file.write(octets)
        self._digest.update(octets)
        self._octets += len(octets)

    def close(self, rows: int | None = None) -> str:
        """Into the manifest with it; `rows`: how many, of a list. Returns its SHA-256, hexadecimal."""
        self._file.close()
        found = self._digest.hexdigest()
        self._folder.enter(self._name, self._octets, rows, found, self._note)
        return found


class PackFolder:
    """The unfinished folder, and what is in its manifest so far. `private`: its owner's alone to read."""

    def __init__(self, path: Path, *, private: bool) -> None:
        self.path = path
        self._mode = OWNERS if private else OTHERS_TOO
        self.entries: list[ManifestLine] = []

    def opened(self, name: str) -> BinaryIO:
        """A new file."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, self._mode), "wb")

    def enter(self, name: str, octets: int, rows: int | None, sha256: str, note: str) -> None:
        """Append to the manifest."""
        number = len(self.entries) + 1
        entry = ManifestLine(number=number, name=name, octets=octets, rows=rows, sha256=sha256, note=note, chain="")
        self.entries.append(replace(entry, chain=entry.linked(head_of(self.entries))))

    def put(self, name: str, octets: bytes, note: str = "") -> None:
        """A file that is written at once."""
        sink = Sink(self, name, note)
        sink.write(octets)
        sink.close()

    def finish(self) -> str:
        """Write the manifest. Returns its head."""
        with self.opened(MANIFEST) as file:
            file.write(rendered(self.entries))
        return head_of(self.entries)


@contextmanager
def unfinished(place: Path, *, private: bool) -> Iterator[PackFolder]:
    """A pack that is to be at `place`: gone again unless `put_in_place` was called. Raises PlaceTaken."""
    place = place.absolute()
    if not place.parent.is_dir():
        raise PlaceTaken(NO_PARENT, parent=place.parent)
    if place.is_symlink() or (place.exists() and not (place.is_dir() and not any(place.iterdir()))):
        raise PlaceTaken(TAKEN, folder=place)
    path = place.parent / f".{place.name}.{secrets.token_hex(4)}"
    path.mkdir(mode=0o700 if private else 0o777)
    try:
        yield PackFolder(path, private=private)
    finally:
        shutil.rmtree(path, ignore_errors=True)  # of what is in its place, nothing is left here


def put_in_place(pack: PackFolder, place: Path) -> tuple[Path, Path]:
    """Under its own name, from now on. Returns where it is, and where it was.

    Raises PlaceTaken where somebody else has put something there meanwhile.
    """
    try:
        return pack.path.replace(place.absolute()), pack.path
    except OSError as error:
        if place.exists():
            raise PlaceTaken(TAKEN, folder=place) from error
        raise
