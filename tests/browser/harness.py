"""Debian's Chromium under Playwright, and what every page has to hold to while it is open."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    async_playwright,
)

Theme = Literal["light", "dark"]
NARROW, WIDE = 360, 1280  # px
SMALLEST = 320  # px, of WCAG 2.2 §1.4.10
PATIENCE = 30_000  # ms; what is not there by then does not come, on a busy machine either
LOCALES = {"es": "es-MX", "en": "en-US"}
# Alone on its machine: no sandbox for root in a container, and nothing that calls home.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


class NoBrowser(Exception):
    """chromium (on PATH; Debian: chromium)"""


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Debian's, never one that Playwright would download. Raises NoBrowser."""
    path = shutil.which("chromium")
    if path is None:
        raise NoBrowser(NoBrowser.__doc__)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()


@dataclass(kw_only=True)
class Trouble:
    """What goes wrong while a page is open, in the order in which it goes wrong."""

    origin: str
    seen: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        context.on("console", self._said)
        context.on("weberror", lambda error: self.seen.append(f"script: {error.error}"))
        context.on("request", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        """Chromium reports here what the Content-Security-Policy forbids, too."""
        if message.type in ("error", "warning"):
            self.seen.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.origin}/", "data:")):
            self.seen.append(f"asked elsewhere: {request.url}")


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Opens pages of one installation. A page that causes trouble fails the test that opened it."""

    browser: Browser
    url: str

    @asynccontextmanager
    async def page_at(
        self,
        path: str,
        *,
        width: int = WIDE,
        theme: Theme = "light",
        lang: Literal["es", "en"] = "es",
        javascript: bool = True,
        permissions: Sequence[str] = (),
        cookies: Sequence[Mapping[str, str]] = (),
        status: int = 200,
        expected: Sequence[str] = (),
    ) -> AsyncIterator[Page]:
        """A page in a window of its own, as a browser set to `lang` gets it. `expected` trouble is none."""
        context = await self.browser.new_context(
            base_url=self.url,
            viewport={"width": width, "height": 800},
            color_scheme=theme,
            locale=LOCALES[lang],
            java_script_enabled=javascript,
            permissions=permissions,
        )
        context.set_default_timeout(PATIENCE)
        await context.add_cookies([{**one} for one in cookies])  # type: ignore[typeddict-item]  # its type has no public name
        trouble = Trouble(origin=self.url)
        try:
            page = await context.new_page()
            trouble.watch(context)
            answer = await page.goto(path)
            assert answer is not None
            assert answer.status == status
            yield page
        finally:
            await context.close()
        allowed = (*expected, f"status of {status}")  # Chromium logs each answer from 400 on as an error
        unexpected = [said for said in trouble.seen if not any(known in said for known in allowed)]
        assert not unexpected, "\n".join(unexpected)


async def accessibility_problems(page: Page, *rules: str) -> list[str]:
    """What axe-core finds, one line a rule and place; all its rules, or only those named."""
    await page.evaluate(AXE_SCRIPT)
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = list(rules)
    found = await page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{problem['id']}: {problem['help']}: {node['html'][:200]} {node.get('failureSummary', '')}"
        for problem in found["violations"]
        for node in problem["nodes"]
    ]


async def assert_accessible(page: Page) -> None:
    """In the page's own theme by every rule of axe-core; in the other one by those about colour."""
    dark = await page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert await accessibility_problems(page) == []
    await page.emulate_media(color_scheme="light" if dark else "dark")
    assert await accessibility_problems(page, "color-contrast", "link-in-text-block") == []
    await page.emulate_media(color_scheme="dark" if dark else "light")


async def overflow(page: Page) -> list[str]:
    """The elements that reach beyond the window where the page can be scrolled sideways; none where it cannot."""
    found = await page.evaluate(
        """() => {
            const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return [];
            const wide = [...document.querySelectorAll('body *')]
                .filter(element => element.getBoundingClientRect().right > width + 1)
                .map(element => element.outerHTML.slice(0, 120));
            return wide.length ? wide : [`${document.documentElement.scrollWidth} px wide`];
        }"""
    )
    return [str(element) for element in found]


async def focused(page: Page) -> str:
    """What holds the keyboard: its tag and what a reader hears of it."""
    return str(
        await page.evaluate(
            "() => document.activeElement.tagName.toLowerCase() + ' ' + "
            "(document.activeElement.getAttribute('aria-label') || document.activeElement.innerText || "
            "document.activeElement.id).trim()"
        )
    )


async def tab_to(page: Page, name: str, limit: int = 40) -> None:
    """Press Tab until what bears that name, or id, holds the keyboard."""
    passed = []
    for _ in range(limit):
        await page.keyboard.press("Tab")
        passed.append(await focused(page))
        if passed[-1].partition(" ")[2] == name:
            return
    raise AssertionError(f"no «{name}» among {passed}")
