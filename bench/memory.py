"""What an idle `agenda serve` holds in memory, beside a Python that has only imported the same libraries."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from threading import Event

from bench.measure import AGENDA, ROOT, Figure, Line
from bench.postfix import free_port, wait_for
from bench.sink import sinking

AIM_MB = 150.0
SETTLE_SECONDS = 3.0  # after its first answer
LIBRARIES = "aiosmtplib, alembic, apscheduler, babel, css_inline, holidays, icalendar, jinja2, pydantic"
MORE = "pytz, rich, ruamel.yaml, sqlalchemy, starlette, structlog, typer, uvicorn, uvloop, aiosmtpd.smtp"
_BARE = f"import sys, {LIBRARIES}, {MORE}; print(flush=True); sys.stdin.read()"


def run() -> Sequence[Line]:
    """The very first start, which reads, plans and publishes the first edition, and a later one."""
    with tempfile.TemporaryDirectory(prefix="agenda-bench-") as scratch, sinking() as relay:
        first, later = _serving(Path(scratch), relay), _serving(Path(scratch), relay)
    bare = _bare()
    return (
        _figure("the very first start", first, bare),
        _figure("a later start", later, bare),
    )


def _figure(which: str, ours: float, bare: float) -> Figure:
    return Figure(
        what=f"resident memory of an idle `agenda serve`, shipped agenda, {which}",
        ours=f"{ours:.0f} MB",
        peer=f"Python with the same libraries imported {bare:.0f} MB",
        ratio=f"{ours / bare:.2f} ×",
        aim=f"< {AIM_MB:g} MB",
        met=ours < AIM_MB,
    )


def _serving(folder: Path, relay: int) -> float:
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AGENDA_")}
    environment |= {"AGENDA_SMTP_URL": f"smtp://127.0.0.1:{relay}", "PYTHONPATH": str(ROOT)}
    command = (*AGENDA, "serve", "--config", str(ROOT / "config"), "--port", str(port))
    server = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/feeds/all.ics", timeout=30) as answer:
            answer.read()
        Event().wait(SETTLE_SECONDS)
        return _resident_mb(server.pid)
    finally:
        server.terminate()
        server.wait(timeout=30)


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
