"""Waiting for what another process does: looking again and again, until it is there."""

from __future__ import annotations

import select

from scheduler.store.database import ChangeWatch


def between_looks() -> None:
    """Leave the core to the process that is looked at: looking without a pause takes it away from it."""
    select.select([], [], [], 0.01)


def until_changed(watch: ChangeWatch) -> None:
    """PostgreSQL tells its listeners in a moment of its own; SQLite at once."""
    while not watch.changed():
        between_looks()
