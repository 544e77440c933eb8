"""Programs that the tests use where the machine has them: what is left out without them is told at the end."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from typing import NoReturn

import pytest

_WANTS = "wants "


def leave_out(program: str) -> NoReturn:
    """Skip the test for want of `program`, which is named with where it comes from: `nginx (Debian: nginx-light)`.

    Where CI=true promises that everything is installed, the test fails.
    """
    if os.environ.get("CI") == "true":
        pytest.fail(f"{program} is not at hand")
    pytest.skip(_WANTS + program)


def left_out(reasons: Iterable[str]) -> list[str]:
    """A line for each reason of skipped tests, those of most tests first: the program that they want, mostly."""
    counted = Counter(reason.removeprefix("Skipped: ") for reason in reasons)
    return [_line(reason, tests) for reason, tests in sorted(counted.items(), key=lambda one: (-one[1], one[0]))]


def _line(reason: str, tests: int) -> str:
    many = "1 test" if tests == 1 else f"{tests} tests"
    if not reason.startswith(_WANTS):
        return f"{many}: {reason}"
    return f"{many} {'wants' if tests == 1 else 'want'} {reason.removeprefix(_WANTS)}"
