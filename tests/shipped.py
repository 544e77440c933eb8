"""The configuration as shipped, for tests that run on the real agenda."""

from __future__ import annotations

from pathlib import Path

from calendars.model import Draft
from calendars.reading import FILES, read

CONFIG = Path(__file__).resolve().parent.parent / "config"


def shipped_files() -> dict[str, bytes]:
    """The four files of config/, by the names that `read` knows."""
    return {name: (CONFIG / name).read_bytes() for name in FILES}


def shipped_draft() -> Draft:
    reading = read(shipped_files())
    assert reading.draft is not None, reading.problems
    return reading.draft
