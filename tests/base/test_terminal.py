"""A terminal that lacks signs gets the nearest ones that it has."""

from __future__ import annotations

import io
import os
import subprocess
from pathlib import Path

import pytest

from scheduler.base.terminal import say_what_can_be_said
from tests.support.command_line import AGENDA


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("latin-1", 'edición - "así" ... -> ? ·'),
        ("ascii", 'edicion - "asi" ... -> ? -'),
        ("utf-8", "edición — “así” … → ☃ ·"),
    ],
)
def test_signs_that_a_terminal_lacks_are_said_by_the_nearest(encoding: str, said: str) -> None:
    kept = io.BytesIO()
    stream = io.TextIOWrapper(kept, encoding=encoding)
    say_what_can_be_said(stream, io.StringIO())
    stream.write("edición — “así” … → ☃ ·")
    stream.flush()
    assert kept.getvalue().decode(encoding) == said


def test_status_works_on_a_latin_1_terminal(here: Path) -> None:
    """It ended with a UnicodeEncodeError at the first dash."""
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    for words in (["publish", "--reason", "inicio"], ["status"]):
        done = subprocess.run([*AGENDA, *words], cwd=here, env=environment, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
    assert "edición 1".encode("latin-1") in done.stdout
    assert b"\xb7" in done.stdout
