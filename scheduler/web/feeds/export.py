"""The public feeds as static files: for any web server, or a USB stick."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from calendars.catalogue import Phrase
from calendars.editions import Edition
from calendars.feeds import feeds, last_modified
from scheduler.base.disk.objections import objection
from scheduler.base.refusal import EnvironmentRefusal
from scheduler.web.feeds.public import INDEX
from scheduler.web.index import static_index

CANNOT_WRITE = Phrase("cannot write to {directory}: {error}")


class ExportFailed(EnvironmentRefusal):
    """The directory cannot be made or written to."""


def export(edition: Edition, directory: Path) -> list[Path]:
    """Write every public feed and an index under `directory`; returns what was written.

    Each file is complete once it bears its name, and dated as `agenda serve` dates it, so that a static server says
    the same Last-Modified. Files of the same names are replaced; everything else is left alone, for the folder may
    hold a whole site. So a feed that the edition no longer has stays until somebody deletes it. Raises ExportFailed.
    """
    try:
        written = [_write(directory / feed.path, feed.body, feed.last_modified) for feed in feeds(edition)]
        index = static_index(edition).encode()
        return [*written, _write(directory / INDEX, index, last_modified(edition))]
    except OSError as error:
        raise ExportFailed(CANNOT_WRITE, directory=directory, error=objection(error)) from error


def _write(path: Path, body: bytes, modified: datetime) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(body)
        os.utime(unfinished, (modified.timestamp(), modified.timestamp()))
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path
