"""A consular officer finds the office, reads the hour and takes the calendar: by mouse, keyboard, without script."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from scheduler.web.pages.finder import find
from tests.browser.demo import OFFICE, Demo
from tests.browser.harness import NARROW, Visitor, focused, tab_to
from tests.support.shipped import shipped_draft

pytestmark = pytest.mark.asyncio(loop_scope="session")
CLIPBOARD = ("clipboard-read", "clipboard-write")
QUERIES = (
    *(
        "nueva del",
        "nueva delh",
        "NUEVA DELHI",
        "new delhi",
        "sao paulo",
        "São Paulo",
        "germany",
        "alemania",
        "jp",
        "asia",
        "b",
    ),
    *("europa", "york nueva", "seul", "Seúl", "  tokio  ", "toki", "okio", "xyzzy", "ñ", "-", "san.francisco"),
    *("côte", "TÜRKIYE", "ﬁ", "los angeles ca", "中国", "united", "america norte"),
)
OFFERED = """() => [...document.querySelectorAll('#offices li')]
    .filter(item => item.checkVisibility()).map(item => item.querySelector('a').pathname.split('/').at(-1))"""


async def type_into_finder(page: Page, text: str) -> list[str]:
    """The offices that the list offers once `text` is typed."""
    await page.get_by_role("searchbox").fill(text)
    return [str(office) for office in await page.evaluate(OFFERED)]


@pytest.mark.long
async def test_an_office_is_found_by_typing_part_of_its_name(visitor: Visitor) -> None:
    async with visitor.page_at("/") as page:
        assert await type_into_finder(page, "nueva delh") == [OFFICE]
        await expect(page.get_by_role("search").get_by_role("status")).to_have_text("1 sede")
        await page.get_by_role("link", name="Nueva Delhi").click()
        await expect(page).to_have_url(re.compile(rf"/sites/{OFFICE}$"))
        await expect(page.locator(".next .clock")).to_contain_text("04:30")
        await expect(page.locator(".next")).to_contain_text("jueves 21 de octubre de 2021, 18:00 h TCM")


@pytest.mark.long
async def test_typing_finds_what_asking_the_server_finds(visitor: Visitor) -> None:
    agenda = shipped_draft().agenda
    async with visitor.page_at("/") as page:
        for query in QUERIES:
            asked = {found.id for found in find(agenda, query, "es").entries}
            assert set(await type_into_finder(page, query)) == asked, query


async def test_an_office_is_found_without_script(visitor: Visitor) -> None:
    async with visitor.page_at("/", width=NARROW, javascript=False) as page:
        await page.get_by_role("searchbox").fill("DELHI nueva")
        await page.get_by_role("button", name="Buscar").click()
        await page.get_by_role("link", name="Embajada de México en la India").click()
        await expect(page.locator(".next .clock")).to_contain_text("04:30")
        await expect(page.locator("#address")).to_be_visible()
        await expect(page.get_by_role("button", name="Copiar dirección")).to_have_count(0)


@pytest.mark.long
async def test_without_script_every_office_is_a_tap_away(visitor: Visitor) -> None:
    async with visitor.page_at("/", javascript=False) as page:
        await page.get_by_text("Asia Pacífico", exact=True).first.click()
        await page.get_by_role("link", name="Tokio").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Tokio")


@pytest.mark.long
async def test_the_address_is_copied_and_the_page_says_so(visitor: Visitor, running: Demo) -> None:
    async with visitor.page_at(f"/sites/{OFFICE}", permissions=CLIPBOARD) as page:
        await page.get_by_role("button", name="Copiar dirección").click()
        await expect(page.locator(".address").get_by_role("status")).to_have_text("Dirección copiada.")
        assert await page.evaluate("navigator.clipboard.readText()") == f"{running.url}/feeds/sites/{OFFICE}.ics"


@pytest.mark.long
async def test_where_copying_is_refused_the_address_is_selected_to_be_copied_by_hand(
    visitor: Visitor, running: Demo
) -> None:
    async with visitor.page_at(f"/sites/{OFFICE}") as page:
        await page.evaluate("() => { navigator.clipboard.writeText = async () => { throw new DOMException('no') } }")
        await page.get_by_role("button", name="Copiar dirección").click()
        await expect(page.locator(".address").get_by_role("status")).to_have_text("Oprima Ctrl+C para copiar.")
        assert await page.evaluate("getSelection().toString()") == f"{running.url}/feeds/sites/{OFFICE}.ics"


@pytest.mark.long
async def test_the_addresses_that_a_page_offers_lead_to_the_calendar(visitor: Visitor) -> None:
    async with visitor.page_at(f"/sites/{OFFICE}") as page:
        links = [
            str(link) for link in await page.evaluate("[...document.querySelectorAll('.ways a')].map(a => a.href)")
        ]
        assert [link.partition(":")[0] for link in links] == ["webcal", "https", "https"]
        for code in await page.locator(".subscribe code").all_inner_texts():
            answer = await page.request.get(code)
            assert answer.headers["content-type"] == "text/calendar; charset=utf-8"


@pytest.mark.long
async def test_the_keyboard_alone_leads_from_the_first_page_to_the_hour(visitor: Visitor) -> None:
    async with visitor.page_at("/") as page:
        await page.keyboard.press("Tab")
        assert await focused(page) == "a Ir al contenido"
        await page.keyboard.press("Enter")
        await tab_to(page, "q")
        await page.keyboard.type("nueva delhi")
        await tab_to(page, "Nueva Delhi")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Nueva Delhi")


@pytest.mark.long
async def test_whatever_the_keyboard_reaches_is_seen_to_be_reached_in_the_order_of_the_page(visitor: Visitor) -> None:
    async with visitor.page_at(f"/sites/{OFFICE}") as page:
        seen = []
        for _ in range(await page.locator(":is(a, button, summary, input):visible").count()):
            await page.keyboard.press("Tab")
            seen.append(await page.evaluate(REACHED))
        assert len(seen) >= 12
        assert [stop["name"] for stop in seen if not stop["outlined"]] == []
        assert [stop["index"] for stop in seen] == sorted({stop["index"] for stop in seen}), "one is never reached"


REACHED = """() => {
    const found = document.activeElement, style = getComputedStyle(found);
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    return {name: found.tagName, index: [...document.querySelectorAll('*')].indexOf(found), outlined};
}"""


@pytest.mark.long
async def test_the_language_is_switched_by_one_link_and_stays_so(visitor: Visitor) -> None:
    async with visitor.page_at(f"/sites/{OFFICE}") as page:
        assert await page.get_attribute("html", "lang") == "es"
        await page.get_by_role("link", name="English").click()
        assert await page.get_attribute("html", "lang") == "en"
        await page.get_by_role("link", name="Overseas voting workshop, Asia Pacific").click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Asia Pacific")
        assert await page.get_attribute("html", "lang") == "en"
        await page.get_by_role("link", name="Español").click()
        assert await page.get_attribute("html", "lang") == "es"


@pytest.mark.long
async def test_a_browser_set_to_english_gets_english(visitor: Visitor) -> None:
    async with visitor.page_at(f"/sites/{OFFICE}", lang="en") as page:
        assert await page.get_attribute("html", "lang") == "en"
        await expect(page.locator(".next .clock")).to_contain_text("04:30")
