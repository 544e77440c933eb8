"""An administrator's edits of the files, and the editions that they make."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.support.command_line import agenda, into_the_future

NAME = "taller-asia-pacifico-2021"


def published() -> None:
    into_the_future()
    assert agenda("publish", "--reason", "inicio").exit_code == 0


def numbered() -> list[int]:
    return [one["number"] for one in json.loads(agenda("editions", "--json").stdout)]


def replace(pattern: str, new: str, file: str = "agenda.yaml") -> None:
    path = Path("config") / file
    text, times = re.subn(pattern, new, path.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE | re.DOTALL)
    assert times == 1, pattern
    path.write_text(text, encoding="utf-8")


def line_of(words: str, file: str = "agenda.yaml") -> int:
    lines = (Path("config") / file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)
