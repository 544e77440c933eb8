"""The command line, in this process and as one of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from scheduler.cli import app
from tests.support.unencrypted import PLAIN
from tests.support.watching import between_looks

AGENDA = [sys.executable, "-c", "from scheduler.cli import main; main()"]
AHEAD = "2036"  # the shipped agenda moved to a year that is still to come


def agenda(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(app, list(arguments), env=environment)


def edit(*changes: tuple[str, str], file: str = "agenda.yaml") -> None:
    path = Path("config") / file
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def into_the_future() -> None:
    """The Asia-Pacific workshop on 21 October of a year ahead, so that reminders are owed."""
    edit(("    fecha: 2021-10-21\n    dia: jueves\n", f"    fecha: {AHEAD}-10-21\n"))


def modules_of(*words: str) -> set[str]:
    """What the command line has imported at its end, given these words."""
    code = (
        "import sys; from scheduler.cli import main\n"
        "try: main()\n"
        "finally: print('\\n' + '\\n'.join(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines())


@contextmanager
def serving(*arguments: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`agenda serve` as its own process on a free port; ends with SIGTERM."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [*AGENDA, "serve", "--port", str(port), *arguments],
        env={**os.environ, **environment},
        stderr=subprocess.PIPE,
        text=True,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(url, process)
        yield process, url
    finally:
        process.terminate()
        process.wait(timeout=30)
        assert process.stderr is not None
        process.stderr.close()


def wait_for(url: str, process: subprocess.Popen[str]) -> None:
    """The port listens before the server runs, so one patient request is the wait."""
    while process.poll() is None:
        try:
            httpx.get(f"{url}/robots.txt", verify=PLAIN, timeout=30)
        except httpx.ConnectError:
            between_looks()
        else:
            return
    assert process.stderr is not None
    pytest.fail(process.stderr.read())
