"""The desk's screens about people in a browser: by a phone, without JavaScript, in both languages and themes."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from scheduler.people.accounts import AccountActs
from scheduler.store.accounts.roles import DeskRole
from scheduler.web.app import Site
from tests.browser.harness import NARROW, WIDE, Theme, Visitor, assert_accessible, overflow
from tests.support.desk_people import ADDRESS, account, browsing, desk_of, grants
from tests.support.quick_hashes import PASSWORD
from tests.support.webserver import PUBLISHED

pytestmark = pytest.mark.asyncio(loop_scope="session")
NEW = "otra frase muy larga"


@pytest_asyncio.fixture(loop_scope="session")
async def desk(tmp_path: Path, visitor: Visitor) -> AsyncIterator[tuple[Site, Visitor]]:
    """A desk with somebody who manages people, and a browser for it."""
    with desk_of(tmp_path) as site:
        account(site.database)
        async with browsing(site) as served:
            url = str(served.client.base_url).rstrip("/")
            site.base_url = url
            yield site, Visitor(browser=visitor.browser, url=url)


def invitation(site: Site) -> str:
    acts = AccountActs(database=site.database, by="test", now=PUBLISHED)
    return acts.invite("bea@desk.example", "Bea", grants(DeskRole.EDIT, region="asia-pacifico")).path


async def sign_in(page: Page) -> None:
    await page.locator("#address").fill(ADDRESS)
    await page.locator("#password").fill(PASSWORD)
    await page.locator("main form button").click()


@pytest.mark.parametrize("javascript", [True, False])
async def test_from_the_sign_in_to_a_guest_who_is_in_by_a_phone(desk: tuple[Site, Visitor], javascript: bool) -> None:
    _, visitor = desk
    async with visitor.page_at("/desk/people", width=NARROW, javascript=javascript) as page:
        await sign_in(page)
        await expect(page.get_by_role("heading", level=1)).to_have_text("Personas del escritorio")
        await page.get_by_label("Correo").fill("bea@desk.example")
        await page.locator("fieldset").filter(has_text="publicar").get_by_label("En todas las regiones").check()
        await page.get_by_role("button", name="Hacer el enlace de invitación").click()
        link = await page.locator("#address").inner_text()
        await page.get_by_role("button", name="Salir").click()
        await expect(page).to_have_url(re.compile(r"/desk/sign-in$"))
        await page.goto(link)
        await page.get_by_label("Su nombre").fill("Bea Prueba")
        await page.get_by_label("Contraseña nueva").fill(NEW)
        await page.get_by_label("La misma contraseña otra vez").fill(NEW)
        await page.get_by_role("button", name="Guardar y entrar").click()
        await page.goto("/desk/account")
        await expect(page.locator(".post")).to_contain_text("publicar")
        assert await overflow(page) == []


@pytest.mark.parametrize(("lang", "theme"), [("es", "light"), pytest.param("en", "dark", marks=pytest.mark.long)])
async def test_everybody_can_read_every_screen(
    desk: tuple[Site, Visitor], lang: Literal["es", "en"], theme: Theme
) -> None:
    site, visitor = desk
    link = invitation(site)
    for width in (NARROW, WIDE):
        async with visitor.page_at("/desk/sign-in", width=width, theme=theme, lang=lang) as page:
            await look_at(page)
            await page.goto(link)
            await look_at(page)
            await page.goto("/desk/sign-in")
            await sign_in(page)
            for path in ("/desk/account", "/desk/people"):
                await page.goto(path)
                await look_at(page)
            await page.get_by_role("link", name="Bea").click()
            await page.locator("summary").first.click()
            await look_at(page)


async def look_at(page: Page) -> None:
    assert await overflow(page) == []
    await assert_accessible(page)
