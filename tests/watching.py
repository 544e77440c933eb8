"""Waiting for what a database tells its watchers."""

from __future__ import annotations

import os

from scheduler.store.database import ChangeWatch


def until_changed(watch: ChangeWatch) -> None:
    """PostgreSQL tells its listeners in a moment of its own; SQLite at once."""
    while not watch.changed():
        os.sched_yield()
