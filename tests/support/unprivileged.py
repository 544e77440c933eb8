"""Running what refuses to run as root, where the tests do: PostgreSQL's server."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_APART = ("unshare", "--user", "--map-user=1000")  # still root to the files, no longer to the program
_ACCOUNTS = ("postgres", "nobody")


@dataclass(frozen=True, kw_only=True)
class Way:
    """How a program is run that refuses root."""

    before: tuple[str, ...] = ()
    account: str | None = None  # of this machine: it has to own the folder, and be able to read the program

    def run(self, *words: str) -> None:
        """Raises AssertionError with what the program says, where it fails."""
        group = None if self.account is None else pwd.getpwnam(self.account).pw_gid
        done = subprocess.run(
            [*self.before, *words],
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",  # an account may not be let into the folder of the tests
            user=self.account,
            group=group,
            extra_groups=None if group is None else [],
        )
        assert done.returncode == 0, done.stdout

    def give(self, folder: Path) -> None:
        if self.account is not None:
            shutil.chown(folder, self.account, pwd.getpwnam(self.account).pw_gid)


@cache
def ways() -> tuple[Way, ...]:
    """Those that work here, the best first."""
    if os.geteuid():
        return (Way(),)
    accounts = {entry.pw_name for entry in pwd.getpwall()}
    others = tuple(Way(account=name) for name in _ACCOUNTS if name in accounts)
    return (Way(before=_APART), *others) if _may_go_apart() else others


def _may_go_apart() -> bool:
    """Containers often forbid it."""
    if shutil.which(_APART[0]) is None:
        return False
    return subprocess.run([*_APART, "true"], check=False, capture_output=True).returncode == 0
