"""What every kind of page holds to: it can be read by everybody, on a phone too, and is itself alone."""

from __future__ import annotations

from typing import Literal

import pytest

from tests.browser.demo import KINDS, Demo
from tests.browser.harness import NARROW, SMALLEST, Theme, Visitor, accessibility_problems, assert_accessible, overflow
from tests.support.shipped import shipped_draft

pytestmark = pytest.mark.asyncio(loop_scope="session")
SAMPLE = ("home", "office", "manage")  # in the short suite: who opens, who reads, who fills in
SOME_KINDS = [pytest.param(kind, marks=() if kind in SAMPLE else pytest.mark.long) for kind in KINDS]
SPANISH = ("index",)  # the plain index goes out as a file, too


@pytest.mark.parametrize(("lang", "theme"), [("es", "light"), pytest.param("en", "dark", marks=pytest.mark.long)])
@pytest.mark.parametrize("kind", SOME_KINDS)
async def test_axe_finds_nothing(
    visitor: Visitor, running: Demo, kind: str, lang: Literal["es", "en"], theme: Theme
) -> None:
    """Words do not change colours: between them, the two see each language and each theme."""
    path = running.path(kind)
    async with visitor.page_at(f"{path}{'&' if '?' in path else '?'}lang={lang}", theme=theme) as page:
        assert await page.get_attribute("html", "lang") == ("es" if kind in SPANISH else lang)
        assert await accessibility_problems(page) == []


@pytest.mark.parametrize("kind", SOME_KINDS)
async def test_a_phone_scrolls_no_page_sideways(visitor: Visitor, running: Demo, kind: str) -> None:
    async with visitor.page_at(running.path(kind), width=NARROW) as page:
        assert await overflow(page) == []


# WCAG 2.2 §1.4.12: what a reader may set, and no page may lose anything by.
SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-bottom: 2em !important }"""


@pytest.mark.parametrize("kind", SOME_KINDS)
async def test_wide_spacing_in_a_window_of_320_px_scrolls_no_page_sideways(
    visitor: Visitor, running: Demo, kind: str
) -> None:
    """As WCAG 2.2 §1.4.10 and §1.4.12 have it, together; and axe finds nothing then either."""
    async with visitor.page_at(running.path(kind), width=SMALLEST) as page:
        await page.evaluate(
            "css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css);"
            " document.adoptedStyleSheets = [sheet]; }",
            SPACED,
        )
        assert await overflow(page) == []
        assert await accessibility_problems(page) == []


async def test_the_list_of_sent_mails_is_whole_on_a_phone(visitor: Visitor, running: Demo) -> None:
    """Its table is not cut at the edge, to be scrolled by who guesses it."""
    async with visitor.page_at(running.path("outbox"), width=NARROW) as page:
        cut = "() => { const box = document.querySelector('.scroll'); return box.scrollWidth - box.clientWidth; }"
        assert await page.evaluate(cut) == 0


async def test_the_grid_of_the_calendar_begins_in_the_upper_half_of_a_window(visitor: Visitor, running: Demo) -> None:
    """Its controls share a row at 1280 px; they took 470 px of the height."""
    async with visitor.page_at(running.path("calendar")) as page:
        assert await page.evaluate("document.querySelector('.month thead').getBoundingClientRect().top") < 330


async def test_a_page_that_is_not_there_is_as_good_as_the_others(visitor: Visitor) -> None:
    for path in ("/nothing", "/sites/nueva-dehli", "/leave/x"):
        async with visitor.page_at(path, width=NARROW, status=404) as page:
            assert await overflow(page) == []
            assert await accessibility_problems(page) == []


def every_path() -> list[str]:
    """Each page that stands for one thing of the shipped agenda."""
    agenda = shipped_draft().agenda
    return [
        *(f"/sites/{place.id}" for place in agenda.representations),
        *(f"/regions/{region.id}" for region in agenda.regions),
        *(f"/events/{event.id}" for event in agenda.events),
        *(f"/calendar?month={month}" for month in ("2021-10", "2021-11", "2021-12", "2022-01", "2022-02")),
    ]


@pytest.mark.long
@pytest.mark.parametrize("lang", ["es", "en"])
@pytest.mark.parametrize("path", every_path())
async def test_every_page_is_accessible_and_fits_a_phone(
    visitor: Visitor, path: str, lang: Literal["es", "en"]
) -> None:
    async with visitor.page_at(path, width=NARROW, lang=lang) as page:
        assert await page.get_attribute("html", "lang") == lang
        assert await overflow(page) == []
        await assert_accessible(page)
