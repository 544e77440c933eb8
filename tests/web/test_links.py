"""No link of ours leads nowhere: every page is followed from the first one."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import pytest

from tests.support.shipped import shipped_draft
from tests.support.webserver import PUBLISHED, serving, site_of

HERE = "https://agenda.example"
LINKS = re.compile(r'(?:href|src|action)="([^"]*)"')


async def followed(client: httpx.AsyncClient, start: str, alike: int) -> dict[str, int]:
    """The status of what can be reached from `start` by links within the installation, so many pages of each kind."""
    found: dict[str, int] = {}
    kinds: Counter[str] = Counter()
    waiting = [start]
    while waiting:
        path = waiting.pop()
        if path not in found and kinds[kind_of(path)] < alike:
            kinds[kind_of(path)] += 1
            answer = await client.get(path)
            found[path] = answer.status_code
            if answer.headers["content-type"].startswith("text/html"):
                waiting += within(path, answer.text)
    return found


def kind_of(path: str) -> str:
    """`/sites/tokio?a=b` -> `/sites ?a`."""
    target = urlsplit(path)
    return f"{target.path.rpartition('/')[0]} {sorted(parse_qs(target.query))}"


def within(path: str, page: str) -> list[str]:
    """The page's links to this installation, without what chooses a language."""
    targets = [urlsplit(urljoin(f"{HERE}{path}", unescape(link))) for link in LINKS.findall(page)]
    ours = [target for target in targets if f"{target.scheme}://{target.netloc}" in (HERE, "webcal://agenda.example")]
    return [f"{one.path}?{one.query}" if one.query else one.path for one in ours if "lang=" not in one.query]


async def crawled(folder: Path, alike: int) -> dict[str, int]:
    with site_of(folder, shipped_draft(), base_url=HERE, now=PUBLISHED, mails=True) as site:
        async with serving(site) as client:
            return await followed(client, "/", alike)


async def test_links_of_each_kind_lead_somewhere(tmp_path: Path) -> None:
    found = await crawled(tmp_path, 8)
    # The demo's own is not set up here, and a button is pressed, not followed.
    assert [path for path, status in found.items() if status != 200] == ["/outbox/", "/my-site"]
    assert len(found) > 30


@pytest.mark.long
async def test_every_link_leads_somewhere(tmp_path: Path) -> None:
    found = await crawled(tmp_path, 10_000)
    assert [path for path, status in found.items() if status != 200] == ["/outbox/", "/my-site"]
    assert len([path for path in found if path.startswith("/sites/")]) == len(shipped_draft().agenda.representations)
