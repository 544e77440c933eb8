"""docs/proxima-agenda.md, read and done: each of its commands is run, in its order, in one folder."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.support.checkout import document
from tests.support.command_line import agenda

pytestmark = pytest.mark.usefixtures("here")

PAGE = document("proxima-agenda.md")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def steps() -> list[tuple[str, str]]:
    """Its blocks in their order: what is typed (one command a line), and what is added to agenda.yaml."""
    return [(kind, line) for kind, body in BLOCK.findall(PAGE) for line in ([body] if kind else body.splitlines())]


def test_every_command_of_the_page_does_what_it_says() -> None:
    said = {}
    for kind, what in steps():
        if kind == "yaml":
            with (Path("primera") / "agenda.yaml").open("a", encoding="utf-8") as file:
                file.write(what)
            continue
        program, *arguments = shlex.split(what)
        assert program == "agenda", what
        done = agenda(*arguments)
        assert done.exit_code == 0, f"{what}: {done.output}"
        said[what] = done.stdout
    assert len(said) == 14
    assert "Curso de registro, Europa" in said["agenda show --config primera"]
    assert (
        "Edición 1 publicada" in said['agenda publish --config primera --reason "primera edición" --author "M. Reyes"']
    )
    assert "mié 14 abr 2027 → mié 10 abr 2030" in said["agenda new segunda --from primera --year 2030"]


def test_the_page_names_no_command_that_it_does_not_run() -> None:
    """But for those whose page is another."""
    run = " ".join(what for kind, what in steps() if not kind)
    for named in re.findall(r"`(agenda [a-z-]+)", PAGE):
        assert named in run, named
