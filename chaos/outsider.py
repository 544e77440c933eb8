"""A stranger who knows all that is public: forged reports, poison and floods of automatic replies, during the storm.

They come into a Maildir that the real `agenda inbox` reads, as its timer would. The stranger reckons Message-IDs as
former builds did, from what anybody can see; a key of this installation was never theirs.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from chaos.worker import KEY
from scheduler.commands.common import ENVIRONMENT
from tests.support.hostile import messages
from tests.support.returned import FORMS, VACATION, returned

_ROOT = Path(__file__).resolve().parent.parent
_FORGED, _POISON, _REPLIES = 30, 32, 60  # messages of one visit
_RUNS = 20  # of `agenda inbox` at the end, while the database may still be starting

Columns = tuple[str, str, int, str, str]  # purpose, subject, schedule, rule, recipient: what a delivery is found by


class Outsider:
    def __init__(self, *, url: str, folder: Path, domain: str, known: Sequence[Columns]) -> None:
        self._url, self._domain = url, domain
        self._folder = folder
        for name in ("new", "cur", "tmp"):
            (folder / name).mkdir(parents=True)
        self._guesses = [_as_former_builds_did(row) for row in known]
        self._running: subprocess.Popen[str] | None = None
        self.sent = 0
        self.fell: list[str] = []  # what ended a run of `agenda inbox`, other than a database that was away

    def visit(self, seed: int, seen: Sequence[str]) -> None:
        """Another batch; `seen` are keys of messages that came, which whoever got one may quote."""
        first = (seed * _FORGED) % max(1, len(self._guesses))
        aimed = (self._guesses[first:] + self._guesses[:first])[:_FORGED]
        forms = sorted(FORMS)
        forged = [
            returned(forms[turn % len(forms)], key=key, domain=self._domain, words=f"{seed} {turn}")
            for turn, key in enumerate(aimed)
        ]
        replies = [VACATION.format(key=key).encode() for key in (*seen, *aimed)[-_REPLIES:]]
        for raw in (*forged, *messages(seed, _POISON), *replies):
            self.sent += 1
            (self._folder / "new" / f"{self.sent:06}.outsider").write_bytes(raw)

    def tend(self) -> None:
        """Let `agenda inbox` run whenever something has come."""
        if self._running is not None and self._running.poll() is not None:
            self._look(self._running)
            self._running = None
        if self._running is None and self.left:
            self._running = self._inbox()

    def finish(self) -> None:
        for _ in range(_RUNS):
            if self._running is not None:
                self._running.wait()
            self.tend()
            if self._running is None:
                return

    def dismiss(self) -> None:
        if self._running is not None:
            self._running.kill()
            self._running.wait()

    @property
    def left(self) -> int:
        """Messages that nobody has taken in."""
        return len(list((self._folder / "new").iterdir()))

    def _inbox(self) -> subprocess.Popen[str]:
        with (self._folder.parent / "inbox.log").open("a") as log:
            return subprocess.Popen(
                (sys.executable, "-c", "from scheduler.cli import main; main()", "inbox", "--maildir", self._folder),
                cwd=_ROOT,
                env={**os.environ, "AGENDA_DATABASE_URL": self._url, "AGENDA_SECRET_KEY": KEY},
                stdout=log,
                stderr=log,
                text=True,
            )

    def _look(self, done: subprocess.Popen[str]) -> None:
        if done.returncode not in (0, ENVIRONMENT):
            log = (self._folder.parent / "inbox.log").read_text(encoding="utf-8")
            self.fell.append(f"exit {done.returncode}: {log[-300:]}")


def _as_former_builds_did(row: Columns) -> str:
    """The local part of a Message-ID before it was keyed: anybody could reckon it."""
    return hashlib.blake2b("\x1f".join(map(str, row)).encode(), digest_size=16).hexdigest()
