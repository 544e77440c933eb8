"""The house as docs/architecture.md draws it: imports run one way, the core is pure, and nothing grows too large.

Which room may know of which is said in .importlinter; what a contract cannot say is here.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.checkout import ROOT

PACKAGES = ("calendars", "scheduler")
MODULES = sorted(
    path for folder in PACKAGES for path in (ROOT / folder).rglob("*.py") if "versions" not in path.parts
)  # migrations are generated once, then history
FOLDERS = sorted({path.parent for path in MODULES})
CLOCK = {"now", "utcnow", "today", "time", "monotonic", "perf_counter"}
MODULE_LINES, FUNCTION_LINES, PARAMETERS, BESIDE = 350, 40, 6, 18
CROWDED = {"commands"}  # one file a command


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def functions(body: list[ast.stmt], within: str = "") -> Iterator[tuple[str, int]]:
    """Each with its lines, methods under the name of their class."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from functions(node.body, f"{node.name}.")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield within + node.name, (node.end_lineno or node.lineno) - node.lineno + 1
            yield from functions(node.body, within)


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How many values a caller has to know of; not the object itself."""
    given = function.args
    names = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    own = names[:1] in (["self"], ["cls"])
    return len(names) - own + (given.vararg is not None) + (given.kwarg is not None)


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    """The contracts, over the packages in that folder."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as main; main()", "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The house, to be spoilt."""
    for name in PACKAGES:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def test_every_contract_of_the_house_is_kept() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("scheduler/wording/kinds.py", "import scheduler.wording.changes", "no circle anywhere"),
        ("scheduler/store/ledger/rows.py", "import scheduler.store.ledger.reconcile", "no circle anywhere"),
        ("scheduler/store/editions.py", "import scheduler.mail.verp", "the floors of scheduler"),
        ("calendars/feeds.py", "import pathlib", "calendars has no clock, file"),
        ("calendars/model/text.py", "import scheduler.base.clock", "calendars knows nothing of scheduler"),
        ("scheduler/web/pages/home.py", "import scheduler.web.people.leave", "the floors of scheduler/web"),
    ],
)
def test_what_no_room_may_do_breaks_a_contract(copy: Path, module: str, line: str, contract: str) -> None:
    with (copy / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    done = lint(copy)
    broken = [shown for shown in done.stdout.splitlines() if " BROKEN" in shown]
    assert done.returncode != 0
    assert any(shown.startswith(contract) for shown in broken), done.stdout


def test_calendars_opens_no_file_without_an_import_either() -> None:
    opened = [
        f"{name_of(path)}:{node.lineno}"
        for path in MODULES
        if path.is_relative_to(ROOT / "calendars")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"open", "print", "input"}
    ]
    assert opened == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_one_module_imports_pytz_and_one_reads_the_clock(path: Path) -> None:
    tops = {found.partition(".")[0] for found in imports(path)}
    assert "zoneinfo" not in tops
    assert "pytz" not in tops or name_of(path) == "calendars.zones"
    if name_of(path) == "scheduler.base.clock":
        return
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCK:
            assert ast.unparse(node.func.value) not in {"datetime", "date", "time"}, f"line {node.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_fits_on_a_few_screens(path: Path) -> None:
    assert path.read_text(encoding="utf-8").count("\n") <= MODULE_LINES


def test_a_function_fits_on_one_screen() -> None:
    long = {name for path in MODULES for name, lines in functions(tree(path).body) if lines > FUNCTION_LINES}
    assert long == set()


def test_a_function_asks_for_six_things_at_the_most() -> None:
    """A command's options are its parameters."""
    wide = {
        f"{name_of(path)}.{node.name}"
        for path in MODULES
        if "commands" not in path.parts
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and parameters(node) > PARAMETERS
    }
    assert wide == set()


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_a_folder_can_be_taken_in_at_a_glance(folder: Path) -> None:
    beside = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
    assert len(beside) <= BESIDE or folder.name in CROWDED


def test_beside_the_rooms_of_scheduler_there_are_four_files_at_the_most() -> None:
    assert len(list((ROOT / "scheduler").glob("*.py"))) <= 4


def test_no_name_of_a_class_means_two_things() -> None:
    named = Counter(node.name for path in MODULES for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef))
    assert [name for name, times in named.items() if times > 1] == []


def test_every_package_says_what_it_is() -> None:
    packages = [path for path in MODULES if path.name == "__init__.py"]
    assert [path for path in packages if ast.get_docstring(tree(path)) is None] == []


WRITES = {"delete", "insert", "update"}
IN_SQL = re.compile(r"\b(?:UPDATE|INSERT INTO|DELETE FROM)\s+deliveries\b")
# `rows` makes what is owed, `states` changes and ends it, `settling` writes the two steps of each message.
DOORS = {f"scheduler.store.ledger.{name}" for name in ("rows", "states", "settling")}


def writes_deliveries(text: str) -> list[int]:
    """Lines of a module that write the table, by SQLAlchemy's statements or in words."""
    lines = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            named = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            table = any(ast.unparse(one).rpartition(".")[2] == "deliveries" for one in node.args)
            on_it = isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value).endswith("deliveries")
            if named in WRITES and (table or on_it):
                lines.append(node.lineno)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and IN_SQL.search(node.value):
            lines.append(node.lineno)
    return lines


def test_the_ledger_has_one_door() -> None:
    """`copying` fills an empty database table by table, and names none of them."""
    writing = {name_of(path) for path in MODULES if writes_deliveries(path.read_text(encoding="utf-8"))}
    assert writing == DOORS


@pytest.mark.parametrize(
    "line",
    [
        "connection.execute(update(deliveries).values(state='held'))",
        "connection.execute(insert(connection, schema.deliveries))",
        "connection.execute(deliveries.delete())",
        "text('UPDATE deliveries SET state = 1')",
        "text(f'INSERT INTO deliveries {columns}')",
    ],
)
def test_whoever_writes_past_the_door_is_seen(line: str) -> None:
    assert writes_deliveries(line) == [1]
