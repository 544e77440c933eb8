"""The ways that docs/architecture.md describes are those that a run takes."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.support.checkout import ROOT

DOCUMENT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def described(way: str) -> list[str]:
    """The modules of a way, as the document lists them."""
    found = re.search(rf"^```way {way}\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert found is not None, f"the document has no way {way}"
    return found[1].splitlines()


def taken(way: str) -> list[str]:
    """The same, as a run finds them; in a process of its own, for it is watched by a profiler."""
    command = [sys.executable, "-m", "bench.ways", way]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    names = [line.strip() for line in done.stdout.splitlines() if line.startswith("  ")]
    files = [ROOT.joinpath(*name.split(".")) for name in names]
    paths = [file / "__init__.py" if file.is_dir() else file.with_suffix(".py") for file in files]
    return [str(path.relative_to(ROOT)) for path in paths]


@pytest.mark.parametrize(
    "way", ["reminder", pytest.param("answer", marks=pytest.mark.long), pytest.param("change", marks=pytest.mark.long)]
)
def test_a_way_is_described_as_a_run_takes_it(way: str) -> None:
    """Where it fails, `python -m bench.ways` says what to write."""
    assert described(way) == taken(way)
