"""Addresses that were erased leave the earlier states of the files, too, which the desk keeps beside them.

What a file holds now is its editors' to correct: publishing and `agenda doctor` say that it still has such an address.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import structlog

from calendars.reading.files import POSTS
from scheduler.drafts import typed
from scheduler.drafts.history import FOLDER, KEPT_DAYS, FileState
from scheduler.drafts.saving import locked
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.people import signups

log = structlog.get_logger(__name__)

_ADDRESS = re.compile(r"[^\s,;:\"'<>()|@]{1,64}@[^\s,;:\"'<>()|@]{1,255}")
_KNOWN = 100_000  # addresses whose answer is remembered while states are read, which are much alike


def forget(folder: Path, database: Database, at: datetime) -> int:
    """End the earlier states of recipients.csv that hold an erased address, or are older than `retencion` or KEPT_DAYS.

    And what was typed and not saved likewise. Returns how many went. Raises NotSaved where the folder takes no files.
    """
    if not (folder / FOLDER).is_dir():
        return 0
    with database.read() as connection:
        erased, found = signups.erased(connection), editions.load(connection)
    retention = None if found is None else found.edition.agenda.retention
    longest = timedelta(days=KEPT_DAYS)
    longest_of_posts = longest if retention is None else min(longest, retention)
    holds = _holding(erased, database)

    def goes(state: FileState, body: bytes) -> bool:
        posts = state.file == POSTS
        return at - state.at > (longest_of_posts if posts else longest) or (posts and holds(_text(body)))

    with locked(folder) as history:
        gone = history.forget(goes) + typed.forget_where(folder, at, holds)
    if gone:
        log.info("earlier states of files ended", count=gone)
    return gone


def _holding(erased: frozenset[str], database: Database) -> Callable[[str], bool]:
    @lru_cache(maxsize=_KNOWN)
    def among(address: str) -> bool:
        return not erased.isdisjoint(database.tokens.digests(address))

    def holds(text: str) -> bool:
        return bool(erased) and any(among(found[0]) for found in _ADDRESS.finditer(text))

    return holds


def _text(body: bytes) -> str:
    """Whatever wrote the file: addresses are ASCII, and a UTF-16 file has a byte order mark."""
    wide = body.startswith((b"\xff\xfe", b"\xfe\xff"))
    return body.decode("utf-16" if wide else "utf-8", errors="replace")
