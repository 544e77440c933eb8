"""Where commands draw tables and bars; lines alone are echoed without it."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from rich.console import Console


def out() -> Console:
    """Standard output; into a file or a pipe, wide enough for the tables."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else 140)


def err() -> Console:
    return Console(stderr=True, highlight=False, soft_wrap=True)


def print_lines(lines: Iterable[str]) -> None:
    """As they are, however long."""
    for line in lines:
        out().print(line, markup=False, soft_wrap=True)
