"""Publishing beside the build of an earlier commit, in turns: a workshop moved for 100,128 posts, and a million rows.

`PREVIOUS_BUILD` names a checkout of commit 421c8ae with its compiled catalogue (`git worktree add --detach ../before
421c8ae && make -C ../before calendars/languages/es.mo`). Our own interpreter runs it, by PYTHONPATH. A figure is the
median of five turns (of three for the million), a ratio that of pairs of turns. Processor time is that of the process
alone, without PostgreSQL's.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.former import COMMIT, MISSING, former
from bench.measure import ROOT, Figure, Line, Skipped, apart
from tests.support.postgres import Cluster, NoPostgres, cluster

TURNS, LONG_TURNS = 5, 3
POSTGRESQL_AIM, SQLITE_AIM, MILLION_AIM, COPY_AIM = 0.5, 0.55, 0.4, 5.0
PATIENCE = 1800  # seconds
Place = Callable[[], Iterator[str]]  # the URL of a new database, while a block runs


@dataclass(frozen=True, kw_only=True, slots=True)
class _Turn:
    """Seconds of one publication."""

    wall: float
    processor: float
    peer: float = 0.0  # of a bare COPY or executemany of its rows


def run() -> Sequence[Line]:
    before = former()
    if before is None:
        return [Skipped(what="publishing beside the build before", reason=MISSING)]
    builds = (ROOT, before)
    on_sqlite = _turns(builds, _in_a_file, _move)
    lines: list[Line] = [_beside("a workshop moved for 100,128 posts on SQLite", SQLITE_AIM, on_sqlite)]
    try:
        with cluster("fsync=on") as server:
            moved = _turns(builds, lambda: _in_a_cluster(server), _move)
            lines += (_beside("the same on PostgreSQL", POSTGRESQL_AIM, moved), _beside_copy(moved))
            million = _turns(builds, lambda: _in_a_cluster(server), _million, LONG_TURNS)
            lines.append(_beside("1,001,280 rows published on PostgreSQL", MILLION_AIM, million))
    except NoPostgres as error:
        lines.append(Skipped(what="the same on PostgreSQL", reason=f"it wants {error}"))
    return lines


def _turns(
    builds: tuple[Path, Path], place: Place, work: Callable[[Path, str], _Turn], turns: int = TURNS
) -> Sequence[tuple[_Turn, _Turn]]:
    """Ours and the former build's, one after the other."""
    return [(_turn(builds[0], place, work), _turn(builds[1], place, work)) for _ in range(turns)]


def _turn(build: Path, place: Place, work: Callable[[Path, str], _Turn]) -> _Turn:
    with contextmanager(place)() as url:
        return work(build, url)


def _in_a_file() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="agenda-bench-") as scratch:
        yield f"sqlite:///{Path(scratch) / 'agenda.db'}"


def _in_a_cluster(server: Cluster) -> Iterator[str]:
    url = server.create()
    yield url
    server.drop(url)


def _move(build: Path, url: str) -> _Turn:
    _numbers(build, "publishing", url, "0")
    began = _processor()
    wall, *_ = _numbers(build, "publishing", url, "1")
    taken = _processor() - began
    peer = apart("bench.publishing", url, "peer")[0] if build == ROOT else 0.0
    return _Turn(wall=wall, processor=taken, peer=peer)


def _million(build: Path, url: str) -> _Turn:
    began = _processor()
    wall, *_ = _numbers(build, "publishing", url, "million")
    return _Turn(wall=wall, processor=_processor() - began)


def _numbers(build: Path, module: str, *arguments: str) -> list[float]:
    """What a module of ours prints that publishes with the packages of a build."""
    variables = {**os.environ, "PYTHONPATH": str(build)}
    command = (sys.executable, str(ROOT / "bench" / f"{module}.py"), *arguments)
    done = subprocess.run(
        command, cwd=build, env=variables, check=True, stdout=subprocess.PIPE, text=True, timeout=PATIENCE
    )
    return [float(word) for word in done.stdout.split()]


def _processor() -> float:
    """Seconds of all processes that ended so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _beside(what: str, aim: float, turns: Sequence[tuple[_Turn, _Turn]]) -> Figure:
    ratio = median(ours.wall / former.wall for ours, former in turns)
    worked = median(ours.processor / former.processor for ours, former in turns)
    return Figure(
        what=f"{what}, against the former build",
        ours=f"{median(ours.wall for ours, _ in turns):.1f} s",
        peer=f"commit {COMMIT}, in turns, {median(theirs.wall for _, theirs in turns):.1f} s",
        ratio=f"{ratio:.2f} of it; processor time of the process {worked:.2f}",
        aim=f"≤ {aim:g}",
        met=ratio <= aim,
    )


def _beside_copy(turns: Sequence[tuple[_Turn, _Turn]]) -> Figure:
    ratio = median(ours.wall / ours.peer for ours, _ in turns)
    return Figure(
        what="the same against a bare COPY of the rows that it adds, as many indexes",
        ours=f"{median(ours.wall for ours, _ in turns):.1f} s",
        peer=f"{median(ours.peer for ours, _ in turns):.1f} s",
        ratio=f"{ratio:.1f} ×",
        aim=f"≤ {COPY_AIM:g} ×",
        met=ratio <= COPY_AIM,
    )
