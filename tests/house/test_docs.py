"""What the documents say of the code is true of it: names, links, variables, states, commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scheduler.base.settings import DEFAULT_DATABASE, DEFAULT_PACE, VARIABLES
from scheduler.cli import app
from scheduler.planning.delivery import State
from tests.support.checkout import ROOT, document

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_between_documents_leads_somewhere(path: Path) -> None:
    for link in LINK.findall(path.read_text(encoding="utf-8")):
        if link.startswith("https://"):
            continue
        target, _, anchor = link.partition("#")
        found = path.parent / target if target else path
        assert found.exists(), link
        assert not anchor or anchor in anchors(found), link


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_that_a_document_names_exists(path: Path) -> None:
    known = {one.name for one in app.registered_commands} | {one.name for one in app.registered_groups}
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:`|bin/|^)agenda\s([a-z][a-z-]+)", text, re.MULTILINE))
    assert named <= known


def test_every_environment_variable_stands_in_operations_with_its_default() -> None:
    text = document("operations.md")
    variables = set(VARIABLES)
    assert {found.removesuffix("_FILE") for found in re.findall(r"AGENDA_[A-Z_]+", text)} == variables
    assert f"`{DEFAULT_DATABASE}`" in text
    assert f"`{DEFAULT_PACE}`" in text


def test_every_state_stands_in_the_table_and_no_other() -> None:
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| ([^|]+) \| [^|]+ \|$", document("delivery-states.md"), re.MULTILINE)
    words = {word for row in rows[1:] for cell in row for word in re.findall(r"[a-z]+", cell)}
    states = {state.value for state in State}
    assert states <= words
    drawn = set(re.findall(r"^    (\w+) --> ", document("delivery-states.md"), re.MULTILINE))
    assert drawn <= states


def drawn() -> set[str]:
    """The paths in the drawing of the house; two more spaces lead into a folder."""
    text = document("architecture.md")
    found, within = set[str](), list[str]()
    for line in text[text.index("## The house") : text.index("\ntemplates/ ")].splitlines():
        if name := re.match(r"( *)(\w+(?:/|\.py)) ", line):
            del within[len(name[1]) // 2 :]
            found.add("".join(within) + name[2])
            within += [name[2]] if name[2].endswith("/") else []
    return found


def test_the_drawing_of_the_house_is_the_house() -> None:
    modules = {
        path.relative_to(ROOT)
        for package in ("calendars", "scheduler")
        for path in (ROOT / package).rglob("*.py")
        if "migrations" not in path.parts
    }
    files = {path.as_posix() for path in modules if path.name != "__init__.py"}
    assert drawn() == files | {f"{path.parent.as_posix()}/" for path in modules}


def test_every_document_that_the_code_names_is_there() -> None:
    sources = [
        *(ROOT / "calendars").rglob("*.py"),
        *(ROOT / "scheduler").rglob("*.py"),
        ROOT / "config" / "agenda.yaml",
    ]
    named = {found for path in sources for found in re.findall(r"docs/[\w-]+\.md", path.read_text(encoding="utf-8"))}
    assert [name for name in named if not (ROOT / name).is_file()] == []
