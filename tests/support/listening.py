"""How often the database library does something."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool


@contextmanager
def heard(of: type[Engine | Pool], name: str) -> Iterator[list[str]]:
    """One entry for each event of that name (`commit` of an engine, `checkout` of a pool) while the block runs."""
    seen: list[str] = []

    def look(*_: object) -> None:
        seen.append(name)

    event.listen(of, name, look)
    try:
        yield seen
    finally:
        event.remove(of, name, look)
