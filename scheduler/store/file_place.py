"""Where a SQLite file lies: what tells it from its copies, which are the same to the last byte."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Self

_MACHINE = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
_BOOT = Path("/proc/sys/kernel/random/boot_id")


def mark_beside(file: Path) -> Path:
    """The file that says whose a database is, and where it lies (scheduler/store/instance.py)."""
    return file.with_name(file.name + ".instance")


@dataclass(frozen=True, kw_only=True, slots=True)
class FilePlace:
    """A file's place on this machine. `mv` on one file system keeps all but the path."""

    device: int
    inode: int
    links: int  # names that the file has: more than one where hard links were made
    path: str
    machine: str  # "" where the machine has no id
    boot: str  # devices are numbered anew at each start of a machine

    @classmethod
    def of(cls, file: Path) -> Self | None:
        """None where there is no such file."""
        try:
            found = file.stat()
        except FileNotFoundError:
            return None
        machine = next((text for path in _MACHINE if (text := _line(path))), "")
        return cls(
            device=found.st_dev,
            inode=found.st_ino,
            links=found.st_nlink,
            path=str(file.resolve()),
            machine=machine,
            boot=_line(_BOOT),
        )

    @classmethod
    def read(cls, text: str) -> Self | None:
        """What `written` gave; None of anything else."""
        try:
            return cls(**json.loads(text))
        except (TypeError, ValueError):
            return None

    @property
    def written(self) -> str:
        return json.dumps(asdict(self))

    def same(self, other: FilePlace) -> bool:
        """Whether these are one file. Of several names for it, only the one that was written down is the file's."""
        if (self.machine, self.inode) != (other.machine, other.inode):
            return False
        if self.device != other.device and self.boot == other.boot:
            return False
        return max(self.links, other.links) == 1 or self.path == other.path


@cache
def _line(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
