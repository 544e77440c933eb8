"""What every kind of page holds to: it can be read by everybody, on a phone too, and is itself alone."""

from __future__ import annotations

from typing import Literal

import pytest

from tests.browser.demo import Demo
from tests.browser.harness import NARROW, Visitor, assert_accessible, overflow

pytestmark = pytest.mark.asyncio(loop_scope="session")
KINDS = ("home", "found", "office", "region", "workshop", "drive", "index", "outbox", "mail", "leave")
IN_ONE_LANGUAGE = ("index",)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", ["es", "en"])
async def test_axe_finds_nothing_in_both_themes(
    visitor: Visitor, running: Demo, kind: str, lang: Literal["es", "en"]
) -> None:
    if kind in IN_ONE_LANGUAGE and lang == "en":
        pytest.skip(f"the {kind} is in Spanish only")
    async with visitor.page_at(in_language(running.kinds()[kind], lang), lang=lang) as page:
        assert await page.get_attribute("html", "lang") == lang
        await assert_accessible(page)


def in_language(path: str, lang: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}lang={lang}"


@pytest.mark.parametrize("kind", KINDS)
async def test_a_phone_scrolls_no_page_sideways(visitor: Visitor, running: Demo, kind: str) -> None:
    async with visitor.page_at(running.kinds()[kind], width=NARROW) as page:
        assert await overflow(page) == []


async def test_a_page_that_is_not_there_is_as_good_as_the_others(visitor: Visitor) -> None:
    for path in ("/nothing", "/sites/nueva-dehli", "/leave/x"):
        async with visitor.page_at(path, width=NARROW, status=404) as page:
            assert await overflow(page) == []
            await assert_accessible(page)
