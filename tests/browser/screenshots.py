"""Pictures of one page of each kind, for people to look at: `python -m tests.browser.screenshots FOLDER`."""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
from pathlib import Path

from scheduler.base.logs import configure_logs
from tests.browser.demo import KINDS, Demo, demo
from tests.browser.harness import NARROW, WIDE, Theme, Visitor, chromium

SHOWN_AT = "https://agenda.example"
IN_DARK = ("home", "office", "workshop", "work", "answer")


async def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="agenda-screenshots-") as scratch:
        async with demo(Path(scratch), SHOWN_AT) as running, chromium() as browser:
            visitor = Visitor(browser=browser, url=running.url)
            for kind in KINDS:
                for width in (NARROW, WIDE):
                    await picture(folder, visitor, running, kind, width, "light")
                if kind in IN_DARK:
                    await picture(folder, visitor, running, kind, WIDE, "dark")


async def picture(folder: Path, visitor: Visitor, running: Demo, kind: str, width: int, theme: Theme) -> None:
    """The whole page, as long as it is: home-360.png, home-1280-dark.png."""
    name = f"{kind}-{width}{'-dark' if theme == 'dark' else ''}.png"
    async with visitor.page_at(running.path(kind), width=width, theme=theme) as page:
        await page.screenshot(path=folder / name, full_page=True)
    sys.stdout.write(f"{folder / name}\n")


if __name__ == "__main__":
    configure_logs(level=logging.ERROR)
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots")
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(target))
