"""The house as docs/architecture.md draws it: imports run one way, and the core is pure."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.checkout import ROOT

MODULES = sorted(
    path
    for folder in ("calendars", "scheduler")
    for path in (ROOT / folder).rglob("*.py")
    if "versions" not in path.parts
)
# From the bottom up: a module imports only from its own shelf or from those above it in this list.
SHELVES = (
    ("calendars.model", "calendars.zones"),
    ("calendars.workdays", "calendars.documents", "calendars.wording", "calendars.vtimezone"),
    ("calendars.editions", "calendars.reading"),
    (
        "calendars.descriptions",
        "calendars.feeds",
        "calendars.impact",
        "calendars.changes",
        "calendars.shifts",
        "calendars.elsewhere",
        "calendars.losses",
    ),
    ("calendars.invitations",),
    (
        "scheduler.base.address",
        "scheduler.base.clock",
        "scheduler.base.settings",
        "scheduler.planning.codes",
        "scheduler.planning.delivery",
        "scheduler.base.shipped",
        "scheduler.base.loop",
    ),
    (
        "scheduler.planning.plan",
        "scheduler.sending.relay_health",
        "scheduler.sending.pace",
        "scheduler.base.tokens",
        "scheduler.drafts.files",
        "scheduler.planning.notices",
        "scheduler.planning.channels",
        "scheduler.planning.coverage",
    ),
    ("scheduler.drafts.edits", "scheduler.rehearsal.choosing", "scheduler.rehearsal.script"),
    ("scheduler.store",),
    ("scheduler.wording",),
    ("scheduler.mail",),
    (
        "scheduler.base.logs",
        "scheduler.reporting.report",
        "scheduler.reporting.acceptances",
        "scheduler.reporting.status",
        "scheduler.reporting.metrics",
        "scheduler.rehearsal.capture",
        "scheduler.sending.presence",
    ),
    (
        "scheduler.people.answers",
        "scheduler.publishing.announcing",
        "scheduler.people.handover",
        "scheduler.publishing.prospect",
        "scheduler.publishing.publish",
        "scheduler.publishing.rollback",
        "scheduler.publishing.shifted",
        "scheduler.publishing.consequences",
        "scheduler.sending.letters",
        "scheduler.sending.notice_content",
        "scheduler.store.ledger.inviting",
        "scheduler.sending.escalations",
        "scheduler.sending.claims",
        "scheduler.people.incoming",
        "scheduler.sending.dispatch",
        "scheduler.sending.zonewatch",
    ),
    ("scheduler.sending.runtime", "scheduler.web"),
    ("scheduler.sending.service", "scheduler.web.feeds.export"),
    ("scheduler.rehearsal.steps", "scheduler.rehearsal.run", "scheduler.serving", "scheduler.reporting.checks"),
    ("scheduler.commands", "scheduler.publishing.in_words", "scheduler.reporting.in_words"),
    ("scheduler.cli",),
)
IMPURE = {
    "os",
    "pathlib",
    "socket",
    "sqlite3",
    "subprocess",
    "asyncio",
    "time",
    "sqlalchemy",
    "aiosmtplib",
    "starlette",
}
CLOCK = {"now", "utcnow", "today", "time", "monotonic", "perf_counter"}


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ([node.module or ""] if node.module else [])
            yield from (f"{node.module}.{alias.name}" for alias in node.names if (node.module or "") == "scheduler")


def shelf(module: str) -> int | None:
    return next(
        (
            number
            for number, names in enumerate(SHELVES)
            if any(module == name or module.startswith(f"{name}.") for name in names)
        ),
        None,
    )


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_run_one_way(path: Path) -> None:
    own = shelf(name_of(path))
    for found in imports(path):
        theirs = shelf(found)
        if theirs is not None and own is not None:
            assert theirs <= own, f"{name_of(path)} imports {found}, which stands above it"


def test_every_module_has_its_shelf() -> None:
    assert [name_of(path) for path in MODULES if shelf(name_of(path)) is None and path.stat().st_size > 200] == []


@pytest.mark.parametrize("path", [p for p in MODULES if "calendars" in p.parts], ids=name_of)
def test_calendars_is_pure(path: Path) -> None:
    assert {found.partition(".")[0] for found in imports(path)} & IMPURE == set()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_one_module_imports_pytz_none_zoneinfo_and_one_reads_the_clock(path: Path) -> None:
    tops = {found.partition(".")[0] for found in imports(path)}
    assert "zoneinfo" not in tops
    assert "pytz" not in tops or name_of(path) == "calendars.zones"
    if name_of(path) == "scheduler.base.clock":
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCK:
            assert ast.unparse(node.func.value) not in {"datetime", "date", "time"}, f"line {node.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_fits_on_a_few_screens(path: Path) -> None:
    assert path.read_text(encoding="utf-8").count("\n") <= 350
