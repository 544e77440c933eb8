"""An administrator's edits of the files, and the editions that they make."""

from __future__ import annotations

import json
import re
import shutil
from contextlib import chdir
from functools import partial
from pathlib import Path

from tests.support.command_line import agenda, into_the_future
from tests.support.copies import copy_of

NAME = "taller-asia-pacifico-2021"


def first_edition(*words: str) -> None:
    """`agenda publish` with these words, in a folder with config/ and no database."""
    files = {path.name: path.read_bytes() for path in Path("config").iterdir()}
    copy_of((words, files), Path("agenda.db"), partial(_publish, words))


def _publish(words: tuple[str, ...], path: Path) -> None:
    shutil.copytree("config", path.parent / "config")
    with chdir(path.parent):
        done = agenda("publish", *words)
    assert done.exit_code == 0, done.output


def published() -> None:
    into_the_future()
    first_edition("--reason", "inicio")


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
