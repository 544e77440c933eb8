"""Programs that the tests use where the machine has them: what is left out without them is told at the end."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable
from typing import NoReturn

import pytest

_LEFT_OUT = re.compile(r"wants (?P<program>.+)$")


def leave_out(program: str) -> NoReturn:
    """Skip the test for want of `program`, which is named with where it comes from: `nginx (Debian: nginx-light)`.

    Where CI=true promises that everything is installed, the test fails.
    """
    if os.environ.get("CI") == "true":
        pytest.fail(f"{program} is not at hand")
    pytest.skip(f"wants {program}")


def left_out(reasons: Iterable[str]) -> list[str]:
    """A line for each program that was wanted, those of most tests first; other reasons are not its affair."""
    found = [match["program"] for match in map(_LEFT_OUT.search, reasons) if match]
    return [f"{tests} {'test wants' if tests == 1 else 'tests want'} {program}" for program, tests in _by_tests(found)]


def _by_tests(programs: list[str]) -> list[tuple[str, int]]:
    return sorted(Counter(programs).items(), key=lambda one: (-one[1], one[0]))
