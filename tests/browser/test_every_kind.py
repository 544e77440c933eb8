"""What every kind of page holds to: it can be read by everybody, on a phone too, and is itself alone."""

from __future__ import annotations

import pytest

from tests.browser.demo import Demo
from tests.browser.harness import NARROW, Visitor, assert_accessible, overflow

pytestmark = pytest.mark.asyncio(loop_scope="session")
KINDS = ("home", "index", "outbox", "mail", "leave")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", ["es", "en"])
async def test_axe_finds_nothing_in_both_themes(visitor: Visitor, running: Demo, kind: str, lang: str) -> None:
    async with visitor.page_at(f"{running.kinds()[kind]}?lang={lang}") as page:
        await assert_accessible(page)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_phone_scrolls_no_page_sideways(visitor: Visitor, running: Demo, kind: str) -> None:
    async with visitor.page_at(running.kinds()[kind], width=NARROW) as page:
        assert await overflow(page) == []


async def test_a_page_that_is_not_there_is_as_good_as_the_others(visitor: Visitor) -> None:
    async with visitor.page_at("/nothing", width=NARROW, status=404) as page:
        assert await overflow(page) == []
        await assert_accessible(page)
