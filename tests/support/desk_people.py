"""The desk as a browser meets it, over real HTTP, and people with accounts."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from scheduler.base.clock import SimulatedClock
from scheduler.base.settings import Settings
from scheduler.people.accounts import AccountActs
from scheduler.store.accounts import register
from scheduler.store.accounts.roles import DeskRole, Grant
from scheduler.store.database import Database
from scheduler.web.app import Site
from scheduler.web.http.once import OneTimeKey
from scheduler.web.site import DeskHome
from tests.support.desk import KEY, small_folder
from tests.support.quick_hashes import HASHED, PASSWORD
from tests.support.webserver import PUBLISHED, serving, site_of

ADDRESS = "ana@desk.example"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
HERE = {"Sec-Fetch-Site": "same-origin"}


@contextmanager
def desk_of(folder: Path, key: OneTimeKey | None = None) -> Iterator[Site]:
    """An installation with a desk, on plain http at loopback, as a browser of the same machine sees it."""
    settings = Settings(database_url=f"sqlite:///{folder / 'web.db'}", secret_keys=(KEY,))
    home = DeskHome(folder=small_folder(folder / "config"), settings=settings)
    with site_of(folder, desk=home, desk_key=key, base_url="http://127.0.0.1") as site:
        yield site
        for helper in site.helpers:
            helper.close()


def clock_of(site: Site) -> SimulatedClock:
    assert isinstance(site.clock, SimulatedClock)
    return site.clock


def grants(*roles: DeskRole, region: str | None = None) -> frozenset[Grant]:
    return frozenset(Grant(role=role, region=region) for role in roles)


def account(
    database: Database, address: str = ADDRESS, held: Iterable[Grant] = grants(*DeskRole), *, accepted: bool = True
) -> str:
    """The id of a new account, which has PASSWORD where it was accepted."""
    made = AccountActs(database=database, by="test", now=PUBLISHED).invite(address, "", held).account.id
    if accepted:
        with database.write() as connection:
            register.set_password(connection, made, HASHED, PUBLISHED)
            register.rename(connection, made, "Ana Prueba")
    return made


@dataclass
class Browser:
    """Keeps cookies, says who it is and where its forms are from, and sends back the token of the page it shows."""

    client: httpx.AsyncClient
    page: httpx.Response = field(init=False)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        self.page = await self.client.get(path, headers=headers)
        return self.page

    async def post(
        self, path: str, fields: Mapping[str, str | list[str]], headers: Mapping[str, str] = HERE
    ) -> httpx.Response:
        """A form of the page that is shown, with its token."""
        token = csrf_of(self.page) if hasattr(self, "page") else ""
        self.page = await self.client.post(path, data={"csrf": token, **fields}, headers=dict(headers))
        return self.page

    async def sign_in(self, address: str = ADDRESS, password: str = PASSWORD, to: str = "/desk/") -> httpx.Response:
        await self.get(f"/desk/sign-in?next={to}")
        return await self.post(f"/desk/sign-in?next={to}", {"address": address, "password": password})

    @property
    def cookie(self) -> str | None:
        return self.client.cookies.get("agenda-desk")

    def take(self, key: str) -> None:
        """That cookie in place of its own."""
        self.client.cookies.clear()
        self.client.cookies.set("agenda-desk", key)


@asynccontextmanager
async def browsing(site: Site, agent: str = FIREFOX) -> AsyncIterator[Browser]:
    async with serving(site) as client:
        client.headers.update({"User-Agent": agent, "Accept-Language": "es"})
        yield Browser(client)


def csrf_of(page: httpx.Response) -> str:
    found = re.search(r'name="csrf" value="([^"]*)"', page.text)
    return "" if found is None else html.unescape(found[1])


def hidden_fields(page: httpx.Response) -> dict[str, str]:
    """The hidden fields of the page's main form, as a browser sends them back."""
    main = page.text.partition("<h1>")[2]
    return {name: html.unescape(one) for name, one in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', main)}
