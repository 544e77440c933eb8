"""Postfix's own testing programs, on loopback: smtp-sink takes mail and forgets it, smtp-source sends it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.measure import seconds
from scheduler.base.clock import monotonic

MISSING = "Postfix's smtp-source and smtp-sink are not here (Debian: apt-get install postfix)"
_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
_LIMIT = 120.0  # seconds that any of them may take
_START = 30.0  # seconds until a server listens


@dataclass(frozen=True, kw_only=True, slots=True)
class Postfix:
    source: Path
    sink: Path

    def send(self, port: int, *, messages: int, connections: int, size: int) -> float:
        """Seconds in which smtp-source hands over `messages` of `size` octets over kept connections."""
        command = (
            self.source, "-d", "-s", str(connections), "-m", str(messages), "-l", str(size),
            "-f", "avisos@bench.example", "-t", "sede@bench.example", f"127.0.0.1:{port}",
        )  # fmt: skip
        return seconds(lambda: subprocess.run(command, check=True, capture_output=True, timeout=_LIMIT))

    @contextmanager
    def sinking(self, *, pipelining: bool = True) -> Iterator[int]:
        """Run smtp-sink while the block runs, offering PIPELINING or not; gives its port."""
        port = free_port()
        options = (*(("-u", "nobody") if os.geteuid() == 0 else ()), *(() if pipelining else ("-p",)))
        sink = subprocess.Popen((self.sink, *options, f"127.0.0.1:{port}", "128"), stderr=subprocess.DEVNULL)
        try:
            wait_for(port)
            yield port
        finally:
            sink.terminate()
            sink.wait()


def postfix() -> Postfix | None:
    source, sink = shutil.which("smtp-source", path=_PATH), shutil.which("smtp-sink", path=_PATH)
    return Postfix(source=Path(source), sink=Path(sink)) if source and sink else None


def wait_for(port: int, patience: float = _START) -> None:
    """Return once something listens on the port. Raises ConnectionError if nothing does for `patience` (s)."""
    until = monotonic() + patience
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            if monotonic() > until:
                raise
        else:
            return


def free_port() -> int:
    """A port on which nothing listens at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
