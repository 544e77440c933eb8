"""The rehearsal of the shipped agenda, as the command: from starting the program to its summary."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.measure import AGENDA, ROOT, Figure, Line, against_calibration, seconds

AIM_SECONDS = 15.0
RUNS = 2


def run() -> Sequence[Line]:
    """The best of two runs."""
    taken, mails = min(_rehearse() for _ in range(RUNS))
    peer, ratio = against_calibration(taken)
    return (
        Figure(
            what=f"`agenda rehearse` of the shipped agenda, {mails} mails",
            ours=f"{taken:.1f} s",
            peer=peer,
            ratio=ratio,
            aim=f"< {AIM_SECONDS:g} s",
            met=taken < AIM_SECONDS,
        ),
    )


def _rehearse() -> tuple[float, int]:
    with tempfile.TemporaryDirectory(prefix="agenda-bench-") as scratch:
        outbox = Path(scratch) / "outbox"
        command = (
            *AGENDA, "rehearse", "--config", str(ROOT / "config"),
            "--from", "2021-10-01", "--to", "2022-02-09", "--outbox", str(outbox),
        )  # fmt: skip
        taken = seconds(lambda: subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120))
        mails = sum(1 for _ in outbox.glob("*.eml"))
    assert mails, "no mail came of it"
    return taken, mails
