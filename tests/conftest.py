"""Fixtures that more than one file of tests wants."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

from scheduler.base.loop import loop_factory
from scheduler.store.database import Database
from tests.support.checkout import CONFIG
from tests.support.ledger import TOKENS
from tests.support.postgres import Cluster, NoPostgres, cluster, migrated

settings.register_profile(
    "project",
    max_examples=50,
    deadline=None,  # a shared machine stalls now and then, and that is no failure
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,  # a failure repeats; `make test-long` looks elsewhere
)
settings.register_profile("long", parent=settings.get_profile("project"), derandomize=False, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "project"))


def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop of asyncio; and the one that the service runs on, where the tests are about sockets."""
    plain = {"asyncio": asyncio.new_event_loop}
    return plain if item.get_closest_marker("every_loop") is None else {**plain, "service": loop_factory()}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The store is tried on both databases each time; what stands on it, on PostgreSQL in the long suite."""
    for item in items:
        given = getattr(item, "callspec", None)
        kind = None if given is None else given.params.get("database_url")
        if kind == "postgresql" and item.get_closest_marker("conformance") is None:
            item.add_marker(pytest.mark.long)


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests say themselves what the environment is."""
    for name in list(os.environ):
        if name.startswith("AGENDA_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL; or a skipped test, and a failed one where CI=true promises that there is a server."""
    try:
        with cluster() as running:
            yield running
    except NoPostgres as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def postgres_template(postgres: Cluster) -> str:
    return migrated(postgres)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Of a new database: whatever is promised of one is promised of both."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'agenda.db'}"
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
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of its own, with the shipped configuration copied in, as an administrator has it."""
    shutil.copytree(CONFIG, tmp_path / "config")
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    logging.getLogger().handlers.clear()  # they write to a standard error that is closed with the command
    structlog.reset_defaults()  # a command may have asked for errors alone, and the next test listens to more
