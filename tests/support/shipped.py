"""The configuration as shipped, for tests that run on the real agenda."""

from __future__ import annotations

from functools import cache

from calendars.editions import Edition, first_stamp
from calendars.model.agenda import Draft
from calendars.reading.configuration import read
from calendars.reading.files import FILES
from tests.support.checkout import CONFIG
from tests.support.factories import edition


def shipped_files() -> dict[str, bytes]:
    """The files of config/, by the names that `read` knows."""
    return {name: (CONFIG / name).read_bytes() for name in FILES}


@cache
def shipped_draft() -> Draft:
    reading = read(shipped_files())
    assert reading.draft is not None, reading.problems
    return reading.draft


def shipped_edition() -> Edition:
    content = shipped_draft().agenda
    return edition(content, at=first_stamp(content))
