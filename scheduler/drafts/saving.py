"""A file of the folder saved: whole at any moment, never over one that changed beneath, each state to be had back.

Editors on a network drive hold no locks that we could see. So whoever saves says which state was edited; where the
file is another by now, nothing is written, and both are shown.
"""

from __future__ import annotations

import fcntl
import io
import os
import stat
import time
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from calendars.catalogue import Phrase
from calendars.reading.files import FILES, LIMITS
from scheduler.base.disk.objections import why
from scheduler.base.refusal import EnvironmentRefusal, Refusal
from scheduler.drafts.history import FOLDER, FileState, History, digest_of

LOCK = ".lock"
SECONDS = 10  # that a writer waits for another; one takes some milliseconds

CHANGED = Phrase("{file} changed after you had opened it. Nothing was written; both texts are kept.")
TOO_LARGE = Phrase("{file} is larger than {limit} KB. Nothing was written.")
UNKNOWN_FILE = Phrase("{file} is no file of the configuration: those are {files}.")
READ_ONLY = Phrase("{folder}: files cannot be written there ({error}). Ask whoever runs the machine.")
HELD = Phrase("{folder}: another program holds the files. Nothing was written; try again in a minute.")
NO_STATE = Phrase("That state of {file} is not kept any more.")


class ChangedBeneath(Refusal):
    """Somebody else saved the file meanwhile; `theirs` is what it holds now, None where it is gone."""

    status = 409

    def __init__(self, file: str, theirs: bytes | None, by: FileState | None) -> None:
        super().__init__(CHANGED, file=file)
        self.file, self.theirs, self.by = file, theirs, by


class NotTaken(Refusal):
    """What is to be saved is no file of the configuration, or too large."""


class NotSaved(EnvironmentRefusal):
    """The folder takes no files."""


def save(folder: Path, file: str, body: bytes, *, expected: str, at: datetime, by: str) -> None:
    """Write `body` as `file`, if what stands there has the digest `expected` ("": there is none).

    Mode and group of the file stay. Raises ChangedBeneath; NotTaken; NotSaved.
    """
    refuse(file, len(body))
    with locked(folder) as history:
        path = folder / file
        old = path.read_bytes() if path.is_file() else None
        _note(history, file, old, at)
        if digest_of(old) not in (expected, digest_of(body)):
            raise ChangedBeneath(file, old, next(iter(history.states(file)), None))
        _replace(path, body)
        history.keep(file, body, at, by)


def put_in_place(
    folder: Path, files: Mapping[str, bytes], names: Iterable[str], *, at: datetime, by: str
) -> tuple[str, ...]:
    """Make the files of these `names` what `files` has of them; one that it has not goes. Returns which were others.

    What stood there is kept as a state. Raises NotSaved.
    """
    changed = []
    with locked(folder) as history:
        for name in names:
            path, new = folder / name, files.get(name)
            old = path.read_bytes() if path.is_file() else None
            if old == new:
                continue
            _note(history, name, old, at)
            if new is None:
                _remove(path)
            else:
                _replace(path, new)
            history.keep(name, new, at, by)
            changed.append(name)
    return tuple(changed)


def refuse(file: str, size: int) -> None:
    """Raises NotTaken."""
    if file not in FILES:
        raise NotTaken(UNKNOWN_FILE, file=file, files=", ".join(FILES))
    if size > LIMITS[file]:
        raise NotTaken(TOO_LARGE, file=file, limit=LIMITS[file] // 1024)


def states(folder: Path, at: datetime) -> tuple[FileState, ...]:
    """All states that are kept, the latest first; what other programs saved is noted as first seen `at`."""
    try:
        with locked(folder) as history:
            for file in FILES:
                path = folder / file
                _note(history, file, path.read_bytes() if path.is_file() else None, at)
            return history.states()
    except NotSaved:  # a folder that takes no files is looked at all the same
        return History(folder).states()


def state(folder: Path, file: str, digest: str) -> bytes:
    """The bytes of a state. Raises NotTaken where it is not kept."""
    history = History(folder)
    body = history.body(digest)
    if body is None or all(one.digest != digest for one in history.states(file)):
        raise NotTaken(NO_STATE, file=file)
    return body


def packed(files: Mapping[str, bytes]) -> bytes:
    """The files as a .zip archive."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(name, files[name])
    return written.getvalue()


@contextmanager
def locked(folder: Path) -> Iterator[History]:
    """The folder's history, one writer at a time. Raises NotSaved where the folder takes no files, or none in time."""
    try:
        (folder / FOLDER).mkdir(exist_ok=True)
        handle = os.open(folder / FOLDER / LOCK, os.O_RDWR | os.O_CREAT, 0o660)
        try:
            _wait_for(handle, folder)
            yield History(folder)
        finally:
            os.close(handle)
    except OSError as error:  # a full disk, too
        raise NotSaved(READ_ONLY, folder=folder, error=why(error)) from error


def _wait_for(handle: int, folder: Path) -> None:
    """The lock, within SECONDS: whoever holds it for longer would hold all who save, one screen after the other."""
    for _ in range(SECONDS * 20):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.05)  # a twentieth of a second
        else:
            return
    raise NotSaved(HELD, folder=folder)


def _note(history: History, file: str, body: bytes | None, at: datetime) -> None:
    """Keep what another program saved; a file that never was is no state."""
    if body is not None or history.states(file):
        history.keep(file, body, at, by="")


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:
        raise NotSaved(READ_ONLY, folder=path.parent, error=why(error)) from error


def _replace(path: Path, body: bytes) -> None:
    fresh = path.with_name(f".{path.name}.new")
    try:
        fresh.write_bytes(body)
        if path.exists():
            was = path.stat()
            if was.st_gid != fresh.stat().st_gid:  # the folder of the recipe hands its group down by itself
                os.chown(fresh, -1, was.st_gid)
            fresh.chmod(stat.S_IMODE(was.st_mode))
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise NotSaved(READ_ONLY, folder=path.parent, error=why(error)) from error
