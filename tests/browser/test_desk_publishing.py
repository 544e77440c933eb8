"""Publishing in a real browser: the consequences load behind the difference, the countdown counts, and Undo works."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from scheduler.base.tokens import Tokens
from scheduler.store.database import Database
from tests.browser.desk import DeskVisitor
from tests.browser.harness import NARROW, NoBrowser, Visitor, accessibility_problems, chromium, overflow
from tests.support.desk import KEY, NOW, publish, running, shipped_folder
from tests.support.sqlite import migrated_at
from tests.support.wanted import leave_out

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def desk(tmp_path: Path) -> AsyncIterator[DeskVisitor]:
    """The Europe workshop was moved by a day in the files, and nothing of it is published."""
    folder = shipped_folder(tmp_path / "config")
    database = Database(migrated_at(tmp_path / "desk.db"), tokens=Tokens([KEY]))
    publish(database, folder, NOW - timedelta(days=1))
    path = folder / "agenda.yaml"
    text = path.read_text(encoding="utf-8")
    begin = text.index("id: taller-europa-2021")
    moved = text[begin:].replace("2021-10-26", "2021-10-27", 1).replace("martes", "miércoles", 1)
    path.write_text(text[:begin] + moved, encoding="utf-8")
    try:
        async with running(folder, database, warm=True) as served, chromium() as browser:
            yield DeskVisitor(visitor=Visitor(browser=browser, url=served.url), desk=served)
    except NoBrowser as error:
        leave_out(str(error))
    finally:
        database.close()


@pytest.mark.parametrize("javascript", [True, pytest.param(False, marks=pytest.mark.long)])
async def test_a_moved_workshop_is_published_with_the_typed_number_and_undone(
    desk: DeskVisitor, javascript: bool
) -> None:
    """At the width of a phone, with a script and without one; axe finds nothing on the way."""
    async with desk.screen_at("/desk/changes", width=NARROW, javascript=javascript) as page:
        assert "mié 27 oct" in await page.inner_text(".changed")
        if not javascript:
            await page.click("text=Ver a quién afecta, y publicar")
        people = await page.get_attribute("#figure-people", "value")
        assert people == "30"
        assert await overflow(page) == []
        if javascript:
            assert await accessibility_problems(page) == []
        await page.fill("#f-reason", "El salón no está libre")
        await page.fill("#f-people", people)
        await page.click("form.publish button")
        await page.locator("#undo-title", has_text="El primer correo sale el").wait_for()
        if javascript:
            assert re.fullmatch(r"(\d+:)?\d\d:\d\d", await page.inner_text("#undo .clock"))
            assert await accessibility_problems(page) == []
        assert "No se envía ningún aviso." in await page.inner_text("#undo")
        assert await overflow(page) == []
        await page.click("#undo form button")
        await page.locator("text=Deshecha.").wait_for()
    assert "fecha: 2021-10-26" in (desk.desk.folder / "agenda.yaml").read_text(encoding="utf-8")
