"""The page of a report in a browser, on a telephone and on a desk, in both themes."""

from __future__ import annotations

from pathlib import Path

import pytest

from scheduler.printing import html
from tests.browser.harness import NARROW, WIDE, NoBrowser, Theme, assert_accessible, chromium, overflow
from tests.support.printed import report
from tests.support.wanted import leave_out

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(("width", "theme"), [(NARROW, "light"), pytest.param(WIDE, "dark", marks=pytest.mark.long)])
async def test_the_report_fits_the_window_and_can_be_heard(tmp_path: Path, width: int, theme: Theme) -> None:
    """A table of 14 columns is scrolled by itself; axe-core finds nothing in either theme."""
    file = tmp_path / "informe.html"
    file.write_text(html.page(report(rows=20, columns=14)), encoding="utf-8")
    try:
        async with chromium() as browser:
            context = await browser.new_context(viewport={"width": width, "height": 800}, color_scheme=theme)
            page = await context.new_page()
            asked: list[str] = []
            page.on("request", lambda request: asked.append(request.url))
            await page.goto(file.as_uri())
            assert await overflow(page) == []
            await assert_accessible(page)
            assert [url for url in asked if not url.startswith("data:")] == [file.as_uri()]
    except NoBrowser as error:
        leave_out(str(error))
