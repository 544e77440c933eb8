"""The workers of a campaign, and what is done to them: killed, stopped, asked to drain, and always replaced."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.context import ForkServerContext, ForkServerProcess

from chaos.worker import LEASE_SECONDS, Post, work
from scheduler.base.clock import monotonic
from scheduler.base.refusal import ENVIRONMENT

_NORMAL = (0, -signal.SIGKILL, -signal.SIGTERM, ENVIRONMENT)  # the last two: before it had begun
_PATIENCE = 30.0  # seconds for a worker to drain


class Fleet:
    """As many workers as `size`. A fork server has the modules loaded, so that a new one is there at once."""

    def __init__(self, size: int, post: Callable[[], Post]) -> None:
        self._size = size
        self._post = post
        self._context = ForkServerContext()
        self._context.set_forkserver_preload(["chaos.worker"])
        self._workers: list[ForkServerProcess] = []
        self._stopped: dict[int, float] = {}  # pid -> when it goes on
        self.fell = 0  # ended by themselves

    def tend(self) -> None:
        """Let go on who has stood still long enough, and replace who is gone."""
        for pid in [pid for pid, until in self._stopped.items() if monotonic() >= until]:
            self._go_on(pid)
        for worker in [worker for worker in self._workers if not worker.is_alive()]:
            self._workers.remove(worker)
            self._stopped.pop(_pid(worker), None)
            self.fell += worker.exitcode not in _NORMAL
        while len(self._workers) < self._size:
            worker = self._context.Process(target=work, args=(self._post(),), daemon=True)
            worker.start()
            self._workers.append(worker)

    def kill(self, draw: float) -> None:
        worker = self._chosen(draw)
        worker.kill()
        worker.join()

    def drain(self, draw: float) -> None:
        self._chosen(draw).terminate()

    def stop(self, draw: float, *, leases: bool) -> None:
        """Stand still: for longer than a lease, where there are leases; else for about a second."""
        pid = _pid(self._chosen(draw))
        os.kill(pid, signal.SIGSTOP)
        self._stopped[pid] = monotonic() + (LEASE_SECONDS * (1.2 + draw) if leases else 0.3 + draw)

    def dismiss(self) -> None:
        """Let all drain, and wait for them."""
        for pid in list(self._stopped):
            self._go_on(pid)
        for worker in self._workers:
            worker.terminate()
        for worker in self._workers:
            worker.join(_PATIENCE)
            self.fell += worker.exitcode not in _NORMAL
            worker.kill()
        self._workers.clear()

    def _chosen(self, draw: float) -> ForkServerProcess:
        return self._workers[int(draw * len(self._workers))]

    def _go_on(self, pid: int) -> None:
        del self._stopped[pid]
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def _pid(worker: ForkServerProcess) -> int:
    assert worker.pid is not None, "it was started"
    return worker.pid
