"""One browser and one small demo for the whole session of tests, in one event loop."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.browser.demo import Demo, demo
from tests.browser.harness import NoBrowser, Visitor, chromium
from tests.support.wanted import leave_out


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    async with demo(tmp_path_factory.mktemp("demo")) as made:
        yield made


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def visitor(running: Demo) -> AsyncIterator[Visitor]:
    """Or a skipped test; a failed one where CI=true promises that there is a browser."""
    try:
        async with chromium() as browser:
            yield Visitor(browser=browser, url=running.url)
    except NoBrowser as error:
        leave_out(str(error))
