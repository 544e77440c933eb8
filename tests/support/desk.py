"""The administrators' desk for the tests: a folder and a database to call its screens on, and the real thing served."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import BrowserContext

from calendars.model.text import Language
from scheduler.base.clock import SimulatedClock
from scheduler.base.settings import Settings
from scheduler.base.tokens import Tokens
from scheduler.drafts.files import Configuration
from scheduler.publishing.prospect import Act
from scheduler.publishing.publish import publish_draft
from scheduler.store import editions
from scheduler.store.accounts import register, sessions
from scheduler.store.accounts.roles import LOCAL, DeskRole, Grant, Person
from scheduler.store.database import Database
from scheduler.web.app import Site, build_app
from scheduler.web.desk.asked import Asked
from scheduler.web.desk.place import Place
from scheduler.web.desk.visit import Cookies
from scheduler.web.http.forms import Form
from scheduler.web.http.server import bind, serve_http
from scheduler.web.site import DeskHome
from tests.support import small_config
from tests.support.checkout import CONFIG
from tests.support.copies import copy_of
from tests.support.sqlite import migrated_at
from tests.support.unencrypted import PLAIN

NOW = datetime(2021, 10, 4, 15, tzinfo=UTC)  # Monday, 10:00 in Mexico City
KEY = "a key for the tests"
AGENT = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"
FAMILY = "Firefox · Linux"
CHROME = "Chrome · Linux"


def small_folder(folder: Path) -> Path:
    """Two sites and two events, as files (tests/support/small_config.py)."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in small_config.TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def shipped_folder(folder: Path) -> Path:
    """A copy of the configuration that comes with the program: 149 sites."""
    shutil.copytree(CONFIG, folder)
    return folder


def place_of(folder: Path, url: str) -> Place:
    """The installation of that folder and database, as a screen is given it."""
    settings = Settings(database_url=url, secret_keys=(KEY,), base_url="https://agenda.example")
    return Place(folder=folder, base_url="https://agenda.example", settings=settings)


@contextmanager
def small_place(tmp_path: Path, *, published: bool = True) -> Iterator[Place]:
    """The small configuration on SQLite; `published`: its files are in force."""
    folder, path = small_folder(tmp_path / "config"), tmp_path / "desk.db"
    url = copy_of("the small configuration at the desk", path, _publish_small) if published else migrated_at(path)
    database = Database(url, tokens=Tokens([KEY]))
    place = place_of(folder, url)
    try:
        yield place
    finally:
        place.database.close()
        database.close()


def _publish_small(path: Path) -> None:
    folder = small_folder(path.parent / "config")
    with closing(Database(migrated_at(path), tokens=Tokens([KEY]))) as database:
        publish(database, folder)


def publish(database: Database, folder: Path, at: datetime = NOW, author: str = "Ana Prueba") -> None:
    """Put the files of a folder in force."""
    found, files = Configuration(folder=folder).saved()
    assert found.draft is not None
    act = Act(at=at, author=author, reason="Motivo interno", files=files)
    publish_draft(database, found.draft, act, confirmed=True, tokens=database.tokens)


def asked_by(
    path: str = "/desk/",
    *,
    person: Person = LOCAL,
    language: Language = "es",
    now: datetime = NOW,
    form: Mapping[str, str | Sequence[str]] | None = None,
    **given: Any,
) -> Asked:
    """A request as a screen is given it; `form` by field, a value or several; `given` are other fields of Asked."""
    fields = {name: [value] if isinstance(value, str) else list(value) for name, value in (form or {}).items()}
    return Asked(
        person=person, csrf="token", language=language, now=now, root="", path=path, form=Form(fields=fields), **given
    )


def person(*roles: DeskRole, region: str | None = None, id_: str = "ana") -> Person:
    """Somebody with these roles."""
    grants = frozenset(Grant(role=role, region=region) for role in roles)
    return Person(id=id_, name="Ana Prueba", address="ana@ine.example", grants=grants)


@dataclass(kw_only=True)
class RunningDesk:
    """A desk that is served, and whoever signs in at it."""

    site: Site
    folder: Path
    url: str
    accounts: dict[tuple[DeskRole, ...], str] = field(default_factory=dict)

    def session(self, *roles: DeskRole, region: str | None = None, client: str = FAMILY) -> str:
        """The key of a new session of somebody with these roles, whose password was given just now."""
        with self.site.database.write() as connection:
            name = "-".join(roles) or "nobody"
            account = self.accounts.get(roles)
            if account is None or region is not None:
                grants = [Grant(role=role, region=region) for role in roles]
                address = f"{name}{region or ''}@ine.example"
                account = register.add(connection, address, "Ana Prueba", grants, self.site.present())
                self.accounts[roles] = account
            key = sessions.begin(connection, account, client, self.site.present())
            found = sessions.find(connection, key, self.site.present())
            assert found is not None
            sessions.confirm(connection, found.id, self.site.present())
            return key

    @property
    def cookie(self) -> str:
        """What the session's cookie is called."""
        return Cookies(base_url=self.site.base_url).name

    @asynccontextmanager
    async def client(self, *roles: DeskRole, region: str | None = None) -> AsyncIterator[DeskClient]:
        """A browser of httpx, signed in as somebody with these roles; with none at all, nobody."""
        jar = {self.cookie: self.session(*roles, region=region)} if roles else {}
        headers = {"User-Agent": AGENT, "Accept-Language": "es-MX", "Sec-Fetch-Site": "same-origin"}
        async with httpx.AsyncClient(
            base_url=self.url, cookies=jar, headers=headers, trust_env=False, verify=PLAIN, timeout=60
        ) as inner:
            yield DeskClient(inner)

    async def sign_in(self, context: BrowserContext, *roles: DeskRole) -> None:
        """Give a context of Chromium the cookie of somebody with these roles."""
        await context.add_cookies(
            [{"name": self.cookie, "value": self.session(*roles, client=CHROME), "url": self.url}]
        )


class DeskClient:
    """Reads screens, and sends their forms with the token that they hold."""

    def __init__(self, inner: httpx.AsyncClient) -> None:
        self.inner = inner

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.inner.get(path, headers=headers)

    async def send(
        self, path: str, fields: Mapping[str, str | Sequence[str]], *, on: str = "/desk/", follow: bool = True
    ) -> httpx.Response:
        """POST `fields` to `path` with the token of the screen `on`, and follow to what it shows."""
        token = re.search(r'name="csrf" value="([^"]+)"', (await self.inner.get(on)).text)
        assert token is not None, "the screen has no form"
        body = {"csrf": token[1], **fields}
        return await self.inner.post(path, data=body, follow_redirects=follow)


@asynccontextmanager
async def running(
    folder: Path, database: Database, *, now: datetime = NOW, warm: bool = False
) -> AsyncIterator[RunningDesk]:
    """The whole web half over a real socket, with the desk on `folder`; something has to be in force.

    `warm`: the processes that make its screens have begun, so that a browser need not wait for them.
    """
    with database.read() as connection:
        found = editions.load(connection)
    assert found is not None, "publish first"
    listener = bind("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    settings = Settings(
        database_url=database.url.render_as_string(hide_password=False), secret_keys=(KEY,), base_url=url
    )
    site = Site(
        database=database,
        tokens=Tokens([KEY]),
        base_url=url,
        in_force=found,
        clock=SimulatedClock(now),
        mails=True,
        desk=DeskHome(folder=folder, settings=settings),
    )
    stopped = asyncio.Event()
    server = asyncio.create_task(serve_http(build_app(site), listener, stopped))
    try:
        desk = RunningDesk(site=site, folder=folder, url=url)
        if warm:
            async with desk.client(DeskRole.SEE) as browser:
                await browser.get("/desk/")
        yield desk
    finally:
        stopped.set()
        await server
        for helper in site.helpers:
            helper.close()
