"""No link of ours leads nowhere: every page is followed from the first one."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx

from tests.shipped import shipped_draft
from tests.webserver import PUBLISHED, serving, site_of

HERE = "https://agenda.example"
LINKS = re.compile(r'(?:href|src|action)="([^"]*)"')


async def followed(client: httpx.AsyncClient, start: str) -> dict[str, int]:
    """The status of everything that can be reached from `start` by links within the installation."""
    found: dict[str, int] = {}
    waiting = [start]
    while waiting:
        path = waiting.pop()
        if path not in found:
            answer = await client.get(path)
            found[path] = answer.status_code
            if answer.headers["content-type"].startswith("text/html"):
                waiting += within(path, answer.text)
    return found


def within(path: str, page: str) -> list[str]:
    """The page's links to this installation, without what chooses a language."""
    targets = [urlsplit(urljoin(f"{HERE}{path}", unescape(link))) for link in LINKS.findall(page)]
    ours = [target for target in targets if f"{target.scheme}://{target.netloc}" in (HERE, "webcal://agenda.example")]
    return [f"{one.path}?{one.query}" if one.query else one.path for one in ours if "lang=" not in one.query]


async def test_every_link_leads_somewhere(tmp_path: Path) -> None:
    with site_of(tmp_path, shipped_draft(), base_url=HERE, now=PUBLISHED, mails=True) as site:
        async with serving(site) as client:
            found = await followed(client, "/")
    assert [path for path, status in found.items() if status != 200] == ["/outbox/"]  # the demo's own, not set up here
    assert len([path for path in found if path.startswith("/sites/")]) == len(shipped_draft().agenda.representations)
