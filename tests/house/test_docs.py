"""What the documents say of the code is true of it: names, links, variables, states, commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scheduler.base.settings import DEFAULT_DATABASE, DEFAULT_PACE, VARIABLES
from scheduler.cli import COMMANDS, app
from scheduler.planning.delivery import State
from scheduler.planning.transitions import TRANSITIONS
from tests.support import key_table
from tests.support.checkout import ROOT, document
from tests.support.state_table import PAGE, written

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


def test_the_table_of_environment_variables_has_those_that_there_are() -> None:
    """And what belongs to other programs, named without our prefix."""
    section = document("operations.md").split("## Environment")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`[A-Z].*?) \|", section, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}
    assert named == set(VARIABLES) | {"PYTZ_TZDATADIR"}


def test_the_table_of_doctor_has_its_checks() -> None:
    code = (ROOT / "scheduler" / "reporting" / "checks.py").read_text(encoding="utf-8")
    section = document("operations.md").split("| check | is BAD when |")[1].split("\n\n")[0]
    rows = re.findall(r"^\| ([^|]+) \|", section, re.MULTILINE)
    told = set(re.findall(r"""(?:Check\(name=|\bname, ways = )"([^"]+)\"""", code))
    assert {name for row in rows[1:] for name in row.split(", ")} == told


def test_the_table_of_who_reads_what_has_every_command_once() -> None:
    section = document("architecture.md").split("## Who reads what")[1].split("\n\n")[1]
    rows = [line.split("|")[2] for line in section.splitlines()[2:]]
    named = [name for row in rows for name in re.findall(r"`([a-z][a-z-]+)`", row)]
    assert sorted(named) == sorted(one.name for one in COMMANDS)


def test_the_floors_are_those_that_import_linter_holds() -> None:
    held = (ROOT / ".importlinter").read_text(encoding="utf-8")
    drawn = document("architecture.md").split("## The floors")[1].split("```")[1].replace("─", "")
    rows = [line.split() for line in drawn.splitlines() if line.strip()]
    floors = [[word for word in row if word not in ("·", "scheduler", "calendars")] for row in rows]
    for name in ("floors", "calendars"):
        layers = held.split(f"[importlinter:contract:{name}]")[1].split("layers =\n")[1].split("\nexhaustive")[0]
        for layer in layers.splitlines():
            assert re.findall(r"\w+", layer) in floors, layer


def test_the_table_of_states_is_that_of_the_program() -> None:
    """`make docs` writes it."""
    page = PAGE.read_text(encoding="utf-8")
    assert page == written(page)


def test_the_table_of_keys_is_that_of_the_form() -> None:
    """`make docs` writes it: a key without a line in the guide is one that nobody finds."""
    page = key_table.PAGE.read_text(encoding="utf-8")
    assert page == key_table.written(page)
    assert page.count("<!-- claves -->") == 1


def test_every_way_that_is_drawn_stands_in_the_table() -> None:
    drawn = re.findall(r"^    (\S+) --> (\S+?)(?::|$)", document("delivery-states.md"), re.MULTILINE)
    ways = {(before.value, after.value) for one in TRANSITIONS for before in one.before for after in one.after}
    states = {state.value for state in State}
    assert {(before, after) for before, after in drawn if "[*]" not in (before, after)} <= ways
    assert {word for way in drawn for word in way} == states | {"[*]"}


def test_every_way_is_decided_by_a_function_that_is_there() -> None:
    there = {
        f"{path.stem}.{name}"
        for path in (ROOT / "scheduler" / "store").rglob("*.py")
        for name in re.findall(r"^def (\w+)\(", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert {one.by for one in TRANSITIONS} <= there


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


def test_the_changelog_has_a_line_for_each_item() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    items = text[text.index("\n## ") :].splitlines()
    assert [line for line in items if line.startswith(" ")] == []
    assert [line for line in items if len(line) > 130] == []


def test_every_decision_begins_with_its_day() -> None:
    undated = re.findall(r"^(?:\*\*|[^\n]*\(20\d\d-\d\d-\d\d\)).*", document("decisions.md"), re.MULTILINE)
    assert undated == []
