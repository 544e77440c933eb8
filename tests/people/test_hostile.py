"""Hostile messages: none ends the run, none takes longer than its length gives it, and a bounce behind them counts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from scheduler.mail.incoming.bounds import Unreadable
from scheduler.mail.incoming.reading import read
from tests.support.hostile import KINDS, messages
from tests.support.returned import from_tokyo

MEMORY = 600 * 2**20  # octets of address space for the whole program
SEED = int(os.environ.get("AGENDA_HOSTILE_SEED", "14"))
RUN = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({memory}, {memory}))
from scheduler.cli import app
app(["inbox", "--maildir", sys.argv[1], "--json"])
"""


def maildir(folder: Path, number: int, key: str) -> Path:
    """So many hostile messages, and a bounce behind them."""
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True)
    for turn, raw in enumerate(messages(SEED, number)):
        (folder / "new" / f"{turn:06}.hostile.host").write_bytes(raw)
    (folder / "new" / "999999.bounce.host").write_bytes(from_tokyo(key))
    return folder


def taken(folder: Path) -> tuple[dict[str, int], float]:
    """What a run of its own, in bounded memory, makes of it, and the seconds that its process took."""
    before = os.times()
    done = subprocess.run(
        [sys.executable, "-c", RUN.format(memory=MEMORY), str(folder)], capture_output=True, text=True, check=False
    )
    after = os.times()
    assert done.returncode == 0, done.stderr[-2000:]
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return json.loads(done.stdout), spent


def test_there_are_at_least_twelve_kinds_of_at_least_three_hundred_each() -> None:
    assert len(KINDS) >= 12
    assert 5_000 // len(KINDS) >= 300


def test_a_few_hundred_hostile_messages_end_no_run_and_a_bounce_behind_them_counts(
    published: str, tmp_path: Path
) -> None:
    print(f"seed {SEED}")  # noqa: T201  # because whoever sees it fail wants the same messages
    folder = maildir(tmp_path / "box", 20 * len(KINDS), published)
    found, _ = taken(folder)
    assert sum(found.values()) == 20 * len(KINDS) + 1
    assert found["bad-address"] == 1
    assert found["quarantined"] > 0
    assert list((folder / "new").iterdir()) == []
    assert len(list((folder / ".Quarantine" / "cur").iterdir())) == found["quarantined"]


@pytest.mark.long
def test_twice_as_many_take_at_most_two_and_a_half_times_as_long(published: str, tmp_path: Path) -> None:
    print(f"seed {SEED}")  # noqa: T201
    half, one = taken(maildir(tmp_path / "half", 2_500, published))
    whole, two = taken(maildir(tmp_path / "whole", 5_000, published))
    print(f"2,500: {one:.1f} s, 5,000: {two:.1f} s; {Counter(whole).most_common()}")  # noqa: T201
    assert (sum(half.values()), sum(whole.values())) == (2_501, 5_001)
    assert (half["bad-address"], whole["repeated"]) == (1, 1)
    assert two <= 2.5 * one


@pytest.mark.long  # a measured time wants a quiet machine
@pytest.mark.parametrize("kind", KINDS)
def test_a_message_of_each_kind_takes_as_long_as_it_is(kind: str) -> None:
    """Four times as long for four times the length would be 1.0; 4.0, were it to grow with the square."""
    small, large = (min(seconds(kind, size) for _ in range(3)) for size in (250_000, 1_000_000))
    assert large < max(2.2 * 4 * small, 0.25)


def seconds(kind: str, size: int) -> float:
    """For eight of them."""
    random = Random(SEED)  # because the same ones are wanted at each size
    made = [KINDS[kind](random, size) for _ in range(8)]
    begun = time.process_time()
    for raw in made:
        with suppress(Unreadable):
            read(raw, "mx.agenda.example")
    return time.process_time() - begun
