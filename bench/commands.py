"""Processor time of whole commands, from the first instruction to the exit, against a former build in alternating runs.

The former build is a checkout of commit 7c290af with its own `.venv`, in the folder that FORMER_BUILD names:
`git worktree add ../former 7c290af && make -C ../former .venv/.ready`.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from bench.measure import AGENDA, ROOT, Figure, Line, Skipped

AIMS: Mapping[str, float] = {
    "--help": 0.15,
    "check": 0.4,
    "show": 0.4,
    "schema": 0.4,
    "stop": 0.55,
    "resume": 0.55,
    "status": 0.55,
}
TURNS = 5


def run() -> Sequence[Line]:
    named = os.environ.get("FORMER_BUILD")
    if named is None:
        return [Skipped(what="processor time of a command", reason="FORMER_BUILD names no checkout of 7c290af")]
    former = Path(named).resolve()
    with tempfile.TemporaryDirectory(prefix="agenda-commands-") as scratch:
        return [_figure(command, aim, former, Path(scratch)) for command, aim in AIMS.items()]


def _figure(command: str, aim: float, former: Path, scratch: Path) -> Figure:
    """Each build on the files that came with it: the former one knows no key of today's."""
    builds = {"ours": (AGENDA, ROOT), "former": ((str(former / ".venv" / "bin" / "agenda"),), former)}
    taken: dict[str, list[float]] = {name: [] for name in builds}
    for name, (build, checkout) in builds.items():
        folder = scratch / name
        if not folder.exists():
            shutil.copytree(checkout / "config", folder / "config")
            _seconds((*build, "publish", "--reason", "bench"), folder)
        _seconds((*build, command), folder)  # bytecode is written, files are read
    for _ in range(TURNS):
        for name, (build, _) in builds.items():
            taken[name].append(_seconds((*build, command), scratch / name))
    ratio = median(ours / peer for ours, peer in zip(taken["ours"], taken["former"], strict=True))
    return Figure(
        what=f"processor time of `agenda {command}`",
        ours=f"{min(taken['ours']):.2f} s",
        peer=f"commit 7c290af, in alternating runs, {min(taken['former']):.2f} s",
        ratio=f"{ratio:.2f} of it",
        aim=f"≤ {aim}",
        met=ratio <= aim,
    )


def _seconds(command: Sequence[str], folder: Path) -> float:
    """User and system, of the process and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, env=_environment(), stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _environment() -> dict[str, str]:
    """Nothing from outside; our own checkout is where the interpreter of this run finds it."""
    return {name: text for name, text in os.environ.items() if not name.startswith("AGENDA_")}
