"""A root of its own for what changes a machine: users, /etc, services, ports; gone with the block that wanted it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.checkout import ROOT

_APART = ("unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc")
_CHANGED = ("/etc", "/opt", "/srv", "/usr/local", "/var/lib", "/var/log", "/var/cache", "/run", "/home")
_LIBRARIES, _PYTHON = Path(sysconfig.get_path("purelib")), Path(sys.base_prefix)
_PATH = f"{_PYTHON}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"  # as sudo has it, but the first
_SYSTEMCTL = ROOT / "tests" / "support" / "systemctl.py"


class NoScratchRoot(Exception):
    """root, and a machine that lets it mount"""


@dataclass(frozen=True, kw_only=True)
class ScratchRoot:
    """The machine as it is, with a layer over what an installation changes. Commands are root's, in a bash."""

    process: int  # of the namespaces
    expected: Mapping[str, int]  # the words of a command `agenda` -> its exit code, where that is not 0

    def run(self, script: str, typed: str = "") -> str:
        """What it says. Raises AssertionError where a command fails that is not expected to."""
        known = " ".join(f"['{words}']={code}" for words, code in self.expected.items())
        checked = f"declare -A expected=({known})\n{_CHECKED}\nset -euo pipefail\ncd {ROOT}\n{script}"
        inside = ("nsenter", "--target", str(self.process), "--mount", "--net", "--pid")
        done = subprocess.run(
            [*inside, "bash", "-c", checked],
            input=typed,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env={"PATH": _PATH, "LANG": "C.UTF-8", "HOME": "/root", "LOGNAME": "root"},
            start_new_session=True,  # without a terminal, what is typed comes from stdin
            timeout=300,
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}"
        return done.stdout

    def lay_out(self, folder: str) -> None:
        """In the environment made there, this checkout and the libraries of the tests, as pip would lay them down."""
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        self.run(f"cat > {folder}/lib/{version}/site-packages/agenda.pth", f"{_LIBRARIES}\n{ROOT}\n")
        self.run(f"cat > {folder}/bin/agenda", f"#!{folder}/bin/python\nfrom scheduler.cli import main\nmain()\n")
        self.run(f"chmod 755 {folder}/bin/agenda")


# The page's commands stand as they are; only what they are expected to exit with is said beside them.
_CHECKED = """agenda() {
    local code=0
    command agenda "$@" || code=$?
    [ "$code" = "${expected[$*]-0}" ] || { echo "agenda $*: exit $code" >&2; return 1; }
}"""


@contextmanager
def scratch_root(expected: Mapping[str, int]) -> Iterator[ScratchRoot]:
    """Raises NoScratchRoot."""
    if os.geteuid() or shutil.which(_APART[0]) is None:
        raise NoScratchRoot(NoScratchRoot.__doc__)
    prepared = f"{_prepare()}\necho ready\nsleep infinity &\nwait"  # bash takes in what daemons leave behind
    started = subprocess.Popen(
        [*_APART, "bash", "-euc", prepared], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    )
    try:
        assert started.stdout is not None
        if started.stdout.readline() != "ready\n":
            raise NoScratchRoot(NoScratchRoot.__doc__)
        children = Path(f"/proc/{started.pid}/task/{started.pid}/children").read_text(encoding="ascii").split()
        yield ScratchRoot(process=int(children[0]), expected=expected)
    finally:
        started.kill()
        started.wait()
        if started.stdout is not None:
            started.stdout.close()


def _prepare() -> str:
    """Loopback; an overlay in memory over each folder; and a way to this Python and the checkout for every user."""
    closed = [
        folder for path in (ROOT, _LIBRARIES, _PYTHON) for folder in path.parents if not folder.stat().st_mode & 0o001
    ]
    layered = (*_CHANGED, *dict.fromkeys(f"/{folder.parts[1]}" for folder in closed))
    steps = ["ip link set lo up", "mount -t tmpfs tmpfs /mnt"]
    for number, folder in enumerate(layered):
        up, work = f"/mnt/{number}/up", f"/mnt/{number}/work"
        steps += [f"mkdir -p {folder} {up} {work}"]
        steps += [f"mount -t overlay overlay -o lowerdir={folder},upperdir={up},workdir={work} {folder}"]
    steps += [f"chmod o+x {folder}" for folder in closed]  # of the layer alone
    return "\n".join([*steps, f"install -m 755 {_SYSTEMCTL} /usr/local/sbin/systemctl"])
