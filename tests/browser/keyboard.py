"""Whoever has no mouse: Tab until it is there, Enter, and typing."""

from __future__ import annotations

import re

from playwright.async_api import Locator, Page, expect

PATIENCE = 60_000  # ms; the first screen of a service starts the process that makes it
FARTHEST = 70  # presses of Tab; what is farther from where one is, nobody finds
_HELD = "element => element === document.activeElement"
_WHERE = "() => document.activeElement.outerHTML.slice(0, 80)"


class Keyboard:
    """Plays a page as somebody does who has nothing but keys; each step fails where keys do not lead."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def reach(self, wanted: Locator, farthest: int = FARTHEST) -> None:
        """Press Tab until that element holds the keyboard."""
        await expect(wanted).to_be_visible(timeout=PATIENCE)
        passed = []
        for _ in range(farthest):
            if await wanted.evaluate(_HELD):
                return
            passed.append(await self.page.evaluate(_WHERE))
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {wanted}: {passed}")

    async def press(self, wanted: Locator) -> None:
        """A link or a button."""
        await self.reach(wanted)
        await self.page.keyboard.press("Enter")

    async def type(self, wanted: Locator, text: str) -> None:
        """Into a field, in place of what it holds."""
        await self.reach(wanted)
        await self.page.keyboard.press("Control+A")
        await self.page.keyboard.type(text)

    async def choose(self, name: str, begins: str) -> None:
        """Of a list, by the first letters."""
        await self.reach(self.page.get_by_role("combobox", name=name))
        await self.page.keyboard.type(begins)

    async def link(self, name: str) -> None:
        await self.press(self.page.get_by_role("link", name=name, exact=True).first)

    async def button(self, name: str) -> None:
        await self.press(self.page.get_by_role("button", name=name, exact=True).first)

    async def heading(self, text: str) -> None:
        """Wait until the screen says that it is this one."""
        await self.sees("h1", text)

    async def sees(self, selector: str, text: str | re.Pattern[str], *, having: str | None = None) -> None:
        """Wait until what stands there, of several the first that has `having`, says that, too."""
        place = self.page.locator(selector, has_text=having).first
        await expect(place).to_contain_text(text, timeout=PATIENCE)
