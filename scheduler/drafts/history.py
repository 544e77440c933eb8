"""Every state in which the files of a folder were saved, beside them: any of them can be had back.

A state is kept once, under its digest, and the list says when it stood there and whose hand it was. What a program
that is not ours saved is kept when it is first seen. States end after KEPT_DAYS, the oldest first past KEPT_STATES of
a file: files hold addresses, and what was corrected must not stay for ever.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

FOLDER = ".historial"  # beside the files; no reader of ours takes what is in it for configuration
INDEX = "estados.jsonl"
KEPT_STATES = 200  # of one file
KEPT_DAYS = 90
DIGEST = 32  # hexadecimal digits of a state's SHA-256


@dataclass(frozen=True, kw_only=True, slots=True)
class FileState:
    """A file as it stood at some time."""

    file: str
    digest: str  # of its bytes; "" where there was no such file
    at: datetime  # UTC: when it was saved here, or first seen
    by: str  # who saved it; "" of another program


def digest_of(body: bytes | None) -> str:
    """A name for a file's bytes; "" for a file that is not there."""
    return "" if body is None else sha256(body).hexdigest()[:DIGEST]


class History:
    """The states of one folder. Its caller holds the folder's lock (saving.locked)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER

    def states(self, file: str | None = None) -> tuple[FileState, ...]:
        """The latest first; of one file, or of all."""
        found = [one for one in self._read() if file in (None, one.file)]
        return tuple(reversed(found))

    def body(self, digest: str) -> bytes | None:
        """The bytes of a state; None where it is not kept any more."""
        path = self._folder / digest
        known = len(digest) == DIGEST and all(sign in "0123456789abcdef" for sign in digest)
        return path.read_bytes() if known and path.is_file() else None

    def keep(self, file: str, body: bytes | None, at: datetime, by: str) -> None:
        """Note that `file` holds `body` from `at` on; nothing where the latest state says so already."""
        digest = digest_of(body)
        latest = next((one for one in self.states(file)), None)
        if latest is not None and latest.digest == digest:
            return
        self._folder.mkdir(exist_ok=True)
        if body is not None and not (self._folder / digest).exists():
            fresh = self._folder / f"{digest}.new"
            fresh.write_bytes(body)
            fresh.replace(self._folder / digest)
        kept = tuple(self._worth(at, (*self._read(), FileState(file=file, digest=digest, at=at, by=by))))
        self._write(kept)

    def forget(self, goes: Callable[[FileState, bytes], bool]) -> int:
        """End the states of which that is said, but for the latest of each file: that one the file holds itself.

        Returns how many.
        """
        states = self._read()
        latest = {one.file: one for one in states}
        gone = [one for one in states if one is not latest[one.file] and goes(one, self.body(one.digest) or b"")]
        if gone:
            self._write(tuple(one for one in states if one not in gone))
        return len(gone)

    def _worth(self, now: datetime, states: tuple[FileState, ...]) -> Iterator[FileState]:
        """Those that stay; the latest of each file always does."""
        later: Counter[str] = Counter()
        kept = []
        for one in reversed(states):
            if later[one.file] == 0 or (later[one.file] < KEPT_STATES and now - one.at <= timedelta(days=KEPT_DAYS)):
                kept.append(one)
            later[one.file] += 1
        return reversed(kept)

    def _read(self) -> tuple[FileState, ...]:
        path = self._folder / INDEX
        if not path.is_file():
            return ()
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        return tuple(found for line in lines if (found := _state(line)) is not None)

    def _write(self, states: tuple[FileState, ...]) -> None:
        """Bodies go with their last state. One of which the list says nothing (it was damaged) goes by its age."""
        former = {one.digest for one in self._read()}
        fresh = self._folder / f"{INDEX}.new"
        rows = (json.dumps({**asdict(one), "at": one.at.isoformat()}, ensure_ascii=False) for one in states)
        fresh.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
        fresh.replace(self._folder / INDEX)
        wanted = {one.digest for one in states}
        oldest = max(one.at for one in states) - timedelta(days=KEPT_DAYS)
        for path in self._folder.iterdir():
            if len(path.name) != DIGEST or path.name in wanted:
                continue
            if path.name in former or path.stat().st_mtime < oldest.timestamp():
                path.unlink()


def _state(line: str) -> FileState | None:
    """A row of the list; None of one that was damaged."""
    try:
        row = json.loads(line)
        return FileState(
            file=str(row["file"]), digest=str(row["digest"]), at=datetime.fromisoformat(row["at"]), by=str(row["by"])
        )
    except (ValueError, KeyError, TypeError):
        return None
