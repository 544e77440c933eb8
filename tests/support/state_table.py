"""The table of `docs/delivery-states.md`, from that of the program; `make docs` writes it there."""

from __future__ import annotations

import re

from scheduler.planning.delivery import State
from scheduler.planning.transitions import TRANSITIONS
from tests.support.checkout import ROOT

PAGE = ROOT / "docs" / "delivery-states.md"
_BETWEEN = re.compile(r"(?<=<!-- transitions -->\n).*(?=<!-- end -->)", re.DOTALL)


def written(page: str) -> str:
    """The page with the table as it has to stand there."""
    return _BETWEEN.sub(lambda _: table(), page)


def table() -> str:
    lines = [
        f"| {_names(one.before)} | {one.event} | {one.guard} | {_names(one.after)} | `{one.by}` |\n"
        for one in TRANSITIONS
    ]
    return "".join(["| from | event | where | to | decided by |\n", "| --- | --- | --- | --- | --- |\n", *lines])


def _names(states: tuple[State, ...]) -> str:
    return ", ".join(states) or "–"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
