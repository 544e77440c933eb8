"""The desk in Chromium: a real one on a copy of the shipped files, and windows of whoever is signed in at it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from scheduler.base.tokens import Tokens
from scheduler.store.accounts.roles import DeskRole
from scheduler.store.database import Database
from tests.browser.harness import Visitor
from tests.support.desk import CHROME, KEY, RunningDesk, publish, running, shipped_folder
from tests.support.sqlite import migrated_at

EVERYTHING = tuple(DeskRole)
WORKSHOP = "taller-europa-2021"
# What fills in the parameters of a screen's path; a screen that has others is shown by a test of its own.
SAMPLES = {"event": WORKSHOP, "name": "agenda.yaml", "number": "1", "edition": "1"}


@dataclass(frozen=True, kw_only=True)
class DeskVisitor:
    """Opens screens as somebody with every role."""

    visitor: Visitor
    desk: RunningDesk

    @asynccontextmanager
    async def screen_at(self, path: str, *roles: DeskRole, **given: Any) -> AsyncIterator[Page]:
        """A screen in a window of its own; `roles`: every one where none is named."""
        key = self.desk.session(*(roles or EVERYTHING), client=CHROME)
        cookie = {"name": self.desk.cookie, "value": key, "url": self.desk.url}
        async with self.visitor.page_at(path, cookies=[cookie], **given) as page:
            yield page


@asynccontextmanager
async def shipped_desk(folder: Path) -> AsyncIterator[RunningDesk]:
    """The desk of the agenda as it is shipped, in force, on SQLite."""
    files = shipped_folder(folder / "config")
    database = Database(migrated_at(folder / "desk.db"), tokens=Tokens([KEY]))
    publish(database, files)
    try:
        async with running(files, database, warm=True) as desk:
            yield desk
    finally:
        database.close()
