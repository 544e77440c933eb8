"""What the documents say of the code is true of it: names, links, variables, states, commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scheduler.base.settings import DEFAULT_DATABASE, DEFAULT_PACE, PREFIX, Settings
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
    variables = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
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


def test_every_module_stands_in_the_drawing_of_the_house() -> None:
    text = document("architecture.md")
    modules = [*(ROOT / "calendars").glob("*.py"), *(ROOT / "scheduler").glob("*.py")]
    assert [path.name for path in modules if path.name != "__init__.py" and path.name not in text] == []
    folders = [path for package in ("calendars", "scheduler") for path in (ROOT / package).iterdir() if path.is_dir()]
    assert [f.name for f in folders if (f / "__init__.py").exists() and f"{f.name}/" not in text] == []


def test_every_document_that_the_code_names_is_there() -> None:
    sources = [
        *(ROOT / "calendars").rglob("*.py"),
        *(ROOT / "scheduler").rglob("*.py"),
        ROOT / "config" / "agenda.yaml",
    ]
    named = {found for path in sources for found in re.findall(r"docs/[\w-]+\.md", path.read_text(encoding="utf-8"))}
    assert [name for name in named if not (ROOT / name).is_file()] == []
