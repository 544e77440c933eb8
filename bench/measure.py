"""How things are measured here: the best of a few runs, caches emptied before each, beside a calibration loop."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scheduler.base.clock import monotonic

RUNS = 3
ROOT = Path(__file__).resolve().parent.parent
AGENDA = (sys.executable, "-c", "from scheduler.cli import main; main()")  # the command, in this checkout
_LOOPS = 300_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One line of the report."""

    what: str
    ours: str
    peer: str = ""  # what ran beside it, and what that took
    ratio: str = ""
    aim: str = ""
    met: bool | None = None  # None: there is no aim


@dataclass(frozen=True, kw_only=True, slots=True)
class Skipped:
    """A figure that this machine cannot give, by name and reason."""

    what: str
    reason: str


Line = Figure | Skipped


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    began = monotonic()
    work()
    return monotonic() - began


def best(work: Callable[[], object], runs: int = RUNS, before: Callable[[], object] | None = None) -> float:
    """Seconds of the fastest of `runs` calls: on a shared machine the others measure the neighbours."""
    taken = []
    for _ in range(runs):
        if before is not None:
            before()
        taken.append(seconds(work))
    return min(taken)


def empty_caches() -> None:
    """Forget what the packages remember between calls, so that a second run is worth as much as a first."""
    for name in [name for name in sys.modules if name.partition(".")[0] in ("calendars", "scheduler")]:
        for value in list(vars(sys.modules[name]).values()):
            forget = getattr(value, "cache_clear", None)
            if callable(forget):
                forget()


def _calibrate() -> None:
    kept: dict[str, int] = {}
    for number in range(_LOOPS):
        key = hashlib.blake2b(f"{number}-calibration".encode(), digest_size=16).hexdigest()
        kept[key] = len(key) + number


def calibration() -> float:
    """Seconds of 300,000 rounds of formatting, hashing and keeping short strings: the peer of what has none."""
    return best(_calibrate)


def against_calibration(taken: float) -> tuple[str, str]:
    """Peer and ratio of a figure that only the calibration loop can stand beside."""
    loop = calibration()
    return f"calibration loop {loop:.2f} s", f"{taken / loop:.2f} ×"


def apart(module: str, *arguments: str, patience: float = 300, build: Path = ROOT) -> list[float]:
    """Run `python -m module` in a process of its own; the numbers on the last line that it prints.

    `patience`: the seconds that it may take. `build`: the checkout whose packages it measures; the module itself is
    ours. Raises RuntimeError with its own last words where it fails.
    """
    ours = build == ROOT
    command = (sys.executable, *(("-m", module) if ours else (by_path(module),)), *arguments)
    variables = None if ours else {**os.environ, "PYTHONPATH": str(build)}
    done = subprocess.run(
        command, cwd=build, env=variables, check=False, capture_output=True, text=True, timeout=patience
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr[-2000:]}")
    return [float(word) for word in done.stdout.strip().rpartition("\n")[2].split()]


def by_path(module: str) -> str:
    """The file of a module of ours: run by it, what it imports is another checkout's, which PYTHONPATH names."""
    return str(ROOT.joinpath(*module.split(".")).with_suffix(".py"))


def show(lines: Sequence[Line]) -> str:
    """For a terminal."""
    return "\n".join(_told(line) for line in lines)


def _told(line: Line) -> str:
    if isinstance(line, Skipped):
        return f"  {line.what}: SKIPPED, {line.reason}"
    parts = [f"  {line.what}: {line.ours}"]
    if line.peer:
        parts.append(f"beside {line.peer}")
    if line.ratio:
        parts.append(f"= {line.ratio}")
    if line.aim:
        parts.append(f"[aim {line.aim}: {verdict(line)}]")
    return "  ".join(parts)


def verdict(line: Figure) -> str:
    if line.met is None:
        return ""
    return "met" if line.met else "MISSED"


def as_table(lines: Sequence[Line]) -> str:
    """For bench/README.md."""
    rows = [
        "| figure | measured | beside it, in the same run | ratio | aim | |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for line in lines:
        if isinstance(line, Skipped):
            rows.append(f"| {line.what} | skipped: {line.reason} | | | | |")
        else:
            cells = (line.what, line.ours, line.peer, line.ratio, line.aim, verdict(line))
            rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)
