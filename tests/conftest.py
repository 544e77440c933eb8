"""Fixtures that more than one file of tests wants."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, settings

from scheduler.base import passwords
from scheduler.base.loop import loop_factory
from scheduler.store.database import Database
from tests.support import statements, transitions
from tests.support.checkout import CONFIG
from tests.support.ledger import TOKENS
from tests.support.postgres import Cluster, NoPostgres, end_shared, new_folder, shared
from tests.support.quick_hashes import QUICK
from tests.support.sqlite import migrated_at
from tests.support.wanted import leave_out, left_out

settings.register_profile(
    "project",
    max_examples=50,
    deadline=None,  # a shared machine stalls now and then, and that is no failure
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,  # a failure repeats; `make test-long` looks elsewhere
)
settings.register_profile(
    "long", parent=settings.get_profile("project"), derandomize=False, max_examples=2000, print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "project"))


CLUSTER = pytest.StashKey[Path]()  # the folder of the run's one PostgreSQL, whether or not a test has asked for it


def pytest_configure(config: pytest.Config) -> None:
    """Every worker is told one folder; whoever needs the server first starts it."""
    given = getattr(config, "workerinput", {}).get("cluster")
    config.stash[CLUSTER] = new_folder() if given is None else Path(given)
    transitions.watch()
    statements.keep()


@pytest.hookimpl(optionalhook=True)  # it is that of pytest-xdist
def pytest_configure_node(node: Any) -> None:
    node.workerinput["cluster"] = str(node.config.stash[CLUSTER])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    transitions.seen.update(map(transitions.as_seen, getattr(node, "workeroutput", {}).get("transitions", ())))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands over what it saw, so that a run can tell at its end which ways of the table no test has gone."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["transitions"] = sorted(transitions.seen)


def pytest_unconfigure(config: pytest.Config) -> None:
    if CLUSTER in config.stash and not hasattr(config, "workerinput"):
        end_shared(config.stash[CLUSTER])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What this machine lacks, with the number of tests that were left out for want of it."""
    reasons = [report.longrepr[2] for report in terminalreporter.stats.get("skipped", ()) if report.longrepr]
    for line in left_out(reasons):
        terminalreporter.write_line(f"left out: {line}", yellow=True)
    if terminalreporter.config.args == ["tests"]:
        for line in transitions.not_gone():
            terminalreporter.write_line(f"no test goes this way of scheduler/planning/transitions.py: {line}", red=True)


def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop of asyncio; and the one that the service runs on, where the tests are about sockets."""
    plain = {"asyncio": asyncio.new_event_loop}
    return plain if item.get_closest_marker("every_loop") is None else {**plain, "service": loop_factory()}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The store is tried on both databases each time; what stands on it, on PostgreSQL in the long suite.

    The files of the long poles come first, and in them the poles: a worker that began one last would work alone.
    """
    for item in items:
        given = getattr(item, "callspec", None)
        kind = None if given is None else given.params.get("database_url")
        if kind == "postgresql" and item.get_closest_marker("conformance") is None:
            item.add_marker(pytest.mark.long)
    poles = {item.path for item in items if item.get_closest_marker("pole")}
    files = {path: number for number, path in enumerate(dict.fromkeys(item.path for item in items))}
    items.sort(key=lambda item: (item.path not in poles, files[item.path], not item.get_closest_marker("pole")))


def pytest_collection_finish() -> None:
    """What was loaded and collected stays to the end: the garbage collector need not go over it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests say themselves what the environment is."""
    for name in list(os.environ):
        if name.startswith("AGENDA_"):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def every_change_of_state_stands_in_the_table() -> Iterator[None]:
    """Whatever a test has the program do to a delivery (scheduler/planning/transitions.py)."""
    known = set(transitions.seen)
    yield
    assert transitions.stray(transitions.seen - known) == []


@pytest.fixture(autouse=True)
def logs_from_nobody_else() -> None:
    """A command of a test before may have asked for errors alone."""
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def shared_postgres(pytestconfig: pytest.Config) -> tuple[Cluster, str]:
    try:
        return shared(pytestconfig.stash[CLUSTER])
    except NoPostgres as error:
        leave_out(str(error))


@pytest.fixture(scope="session")
def postgres(shared_postgres: tuple[Cluster, str]) -> Cluster:
    """The PostgreSQL of all workers: what stops it, or changes it as a whole, has to make one of its own."""
    return shared_postgres[0]


@pytest.fixture(scope="session")
def postgres_template(shared_postgres: tuple[Cluster, str]) -> str:
    """A migrated database."""
    return shared_postgres[1]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Of a new database: whatever is promised of one is promised of both."""
    if request.param == "sqlite":
        yield migrated_at(tmp_path / "agenda.db")
        return
    running: Cluster = request.getfixturevalue("postgres")
    url = running.create(request.getfixturevalue("postgres_template"))
    yield url
    running.drop(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url, tokens=TOKENS)
    yield opened
    opened.close()


@pytest.fixture
def postgresql(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database of PostgreSQL, for what SQLite has not."""
    running = request.getfixturevalue("postgres")
    url = running.create(request.getfixturevalue("postgres_template"))
    opened = Database(url, tokens=TOKENS)
    yield opened
    opened.close()
    running.drop(url)


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same algorithm at a hundredth of its cost; tests/base/test_passwords.py has the real one."""
    monkeypatch.setattr(passwords, "HASHER", QUICK)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of its own, with the shipped configuration copied in, as an administrator has it."""
    shutil.copytree(CONFIG, tmp_path / "config")
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    logging.getLogger().handlers.clear()  # they write to a standard error that is closed with the command
