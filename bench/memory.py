"""What an idle `agenda serve` holds in memory, beside a Python that has only imported the same libraries.

And beside the build of the commit before this one (bench/pages.py says how it is named), in turns: the median of their
ratios. Once people read pages, a process of its own renders them; what the two take together is told, too.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from threading import Event

from bench.former import COMMIT, MISSING
from bench.measure import Figure, Line, Skipped
from bench.pages import OURS, PAGES, TURNS, Build, previous
from bench.sink import sinking

AIM_MB = 150.0
FIRST_AIM, LATER_AIM = 0.78, 0.9  # of the former build's
SETTLE_SECONDS = 3.0  # after its first answer
LIBRARIES = "aiosmtplib, alembic, apscheduler, babel, css_inline, holidays, icalendar, jinja2, pydantic"
MORE = "pytz, rich, ruamel.yaml, sqlalchemy, starlette, structlog, typer, uvicorn, uvloop, aiosmtpd.smtp"
_BARE = f"import sys, {LIBRARIES}, {MORE}; print(flush=True); sys.stdin.read()"


def run() -> Sequence[Line]:
    """The very first start, which reads, plans and publishes the first edition, and a later one."""
    former, bare = previous(), _bare()
    with sinking() as relay:
        pairs = [(_turn(OURS, relay), _turn(former, relay) if former else None) for _ in range(TURNS if former else 1)]
    turns, theirs = [ours for ours, _ in pairs], [other for _, other in pairs if other is not None]
    first, later, read = (median(one) for one in zip(*turns, strict=True))
    lines: list[Line] = [
        _figure("the very first start", first, bare),
        _figure("a later start", later, bare),
        Figure(what="the same with the process that renders pages, while people read them", ours=f"{read:.0f} MB"),
    ]
    if not theirs:
        return [*lines, Skipped(what="the same beside the build before", reason=MISSING)]
    for number, (which, aim) in enumerate((("the very first start", FIRST_AIM), ("a later start", LATER_AIM))):
        ours, before = [one[number] for one in turns], [one[number] for one in theirs]
        ratio = median(one / other for one, other in zip(ours, before, strict=True))
        lines.append(_beside(which, median(ours), median(before), ratio, aim))
    return lines


def _turn(build: Build, relay: int) -> tuple[float, float, float]:
    """Megabytes of the first start, of a later one, and of that with all its processes once pages are read."""
    with tempfile.TemporaryDirectory(prefix="agenda-bench-") as scratch:
        with _idle(build, Path(scratch), relay) as (pid, _):
            first = _resident_mb(pid)
        with _idle(build, Path(scratch), relay) as (pid, base):
            later = _resident_mb(pid)
            for path in (*PAGES, "/?q=tokio", *PAGES):
                _read(base + path)
            return first, later, _resident_mb(pid) + sum(_resident_mb(child) for child in _children(pid))


def _figure(which: str, ours: float, bare: float) -> Figure:
    return Figure(
        what=f"resident memory of an idle `agenda serve`, shipped agenda, {which}",
        ours=f"{ours:.0f} MB",
        peer=f"Python with the same libraries imported {bare:.0f} MB",
        ratio=f"{ours / bare:.2f} ×",
        aim=f"< {AIM_MB:g} MB",
        met=ours < AIM_MB,
    )


def _beside(which: str, ours: float, former: float, ratio: float, aim: float) -> Figure:
    return Figure(
        what=f"the same, {which}",
        ours=f"{ours:.0f} MB",
        peer=f"commit {COMMIT}, in turns, {former:.0f} MB",
        ratio=f"{ratio:.2f} of it",
        aim=f"≤ {aim:g}",
        met=ratio <= aim,
    )


@contextmanager
def _idle(build: Build, folder: Path, relay: int) -> Iterator[tuple[int, str]]:
    """`agenda serve` that has answered one poll of a feed; gives its process id and its address."""
    with build.serving(folder, AGENDA_SMTP_URL=f"smtp://127.0.0.1:{relay}") as (pid, base):
        _read(f"{base}/feeds/all.ics")
        Event().wait(SETTLE_SECONDS)
        yield pid, base


def _read(url: str) -> None:
    with urllib.request.urlopen(url, timeout=60) as answer:
        answer.read()


def _children(pid: int) -> list[int]:
    """Whichever of its threads began them."""
    return [int(word) for one in Path(f"/proc/{pid}/task").glob("*/children") for word in one.read_text().split()]


def _bare() -> float:
    command = (sys.executable, "-c", _BARE)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as python:
        assert python.stdout is not None
        python.stdout.readline()
        resident = _resident_mb(python.pid)
        python.communicate()
    return resident


def _resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
