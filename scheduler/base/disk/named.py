"""Reading a file that somebody named in a call."""

from __future__ import annotations

from pathlib import Path

from scheduler.base.disk.objections import objection
from scheduler.base.refusal import UsageRefusal


def read_named(path: Path, most: int) -> bytes:
    """Its bytes; one more than `most` where it is larger, which is enough for it to be refused.

    Raises UsageRefusal for what is not there, is a folder, or may not be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise UsageRefusal(objection(error, path)) from error
