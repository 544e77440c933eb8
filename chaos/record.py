"""What the mail server has seen, one JSON object a line, written before it answers: the truth that counts."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """One transaction, or one connection that came to none."""

    to: str = ""  # RCPT's address
    key: str = ""  # the Message-ID's local part; "" where no message came
    kept: bool = False  # delivered, as far as this server is concerned
    fault: str = ""  # what was done to it


class Recorder:
    """Appends; what was written is there for every other process, and stays when this one is killed."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, seen: Seen) -> None:
        os.write(self._file, json.dumps(asdict(seen)).encode() + b"\n")


class Record:
    """Reads what has come since it was last asked."""

    def __init__(self, path: Path) -> None:
        path.touch()
        self._file = path.open("rb")
        self._rest = b""
        self.seen: list[Seen] = []

    def read(self) -> Sequence[Seen]:
        """Everything so far."""
        *lines, self._rest = (self._rest + self._file.read()).split(b"\n")
        self.seen += [Seen(**json.loads(line)) for line in lines]
        return self.seen

    def close(self) -> None:
        self._file.close()
