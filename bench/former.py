"""The build before a change, beside ours in the same run: a checkout of an earlier commit, run by our own interpreter.

`PREVIOUS_BUILD` names a checkout of commit 421c8ae (`git worktree add --detach ../before 421c8ae && make -C ../before
calendars/languages/es.mo`). Its packages are found by PYTHONPATH; what is measured, and how, is this checkout's.
"""

from __future__ import annotations

import os
from pathlib import Path

COMMIT = "421c8ae"
NAMED = "PREVIOUS_BUILD"
MISSING = f"{NAMED} names no checkout of {COMMIT}"


def former() -> Path | None:
    """The checkout; None where there is none."""
    named = os.environ.get(NAMED)
    return None if named is None else Path(named).resolve()
