"""What every screen of the desk holds to: everybody can read it, on a phone too, and it is small."""

from __future__ import annotations

import gzip
import re
from collections.abc import AsyncIterator
from typing import Literal

import pytest
import pytest_asyncio
from playwright.async_api import expect

from scheduler.web.desk import workshop
from scheduler.web.desk.screens.table import SCREENS
from scheduler.web.desk.uploads import MOST_OF_A_FILE
from tests.browser.desk import EVERYTHING, SAMPLES, WORKSHOP, DeskVisitor, shipped_desk
from tests.browser.harness import NARROW, NoBrowser, Theme, Visitor, accessibility_problems, chromium, overflow
from tests.support.wanted import leave_out

pytestmark = pytest.mark.asyncio(loop_scope="session")
# A mail in its frame, a roster that was sent, the report as a page and a file: tried by tests of their own.
OF_SOMETHING = {"/desk/mail/html", "/desk/roster/compare", "/desk/report/page", "/desk/report/file"}
AWAY = "Esta parte no llegó. Intente de nuevo en un minuto."
LARGEST = 30_000  # bytes of a screen's HTML, compressed
_PARAMETER = re.compile(r"\{(\w+)\}")


def paths() -> list[str]:
    """Each screen that a person may look at, with an example in place of its parameters."""
    files = (".zip", ".xlsx", ".csv")
    shown = {one.path for one in SCREENS if one.get is not None and not one.path.endswith(files)} - OF_SOMETHING
    known = [path for path in sorted(shown) if set(_PARAMETER.findall(path)) <= set(SAMPLES)]
    return [_PARAMETER.sub(lambda found: SAMPLES[found[1]], path) for path in known]


PATHS = paths()
IN_SHORT = ("/desk/", f"/desk/events/{WORKSHOP}", "/desk/changes")
OTHERS = [pytest.param(*pair, marks=pytest.mark.long) for pair in (("es", "dark"), ("en", "light"))]
SOME = [pytest.param(path, marks=() if path in IN_SHORT else pytest.mark.long) for path in PATHS]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DeskVisitor]:
    try:
        async with shipped_desk(tmp_path_factory.mktemp("desk")) as running, chromium() as browser:
            yield DeskVisitor(visitor=Visitor(browser=browser, url=running.url), desk=running)
    except NoBrowser as error:
        leave_out(str(error))


@pytest.mark.parametrize(
    ("lang", "theme"),
    [
        ("es", "light"),
        ("en", "dark"),
        *(pytest.param(*pair, marks=pytest.mark.long) for pair in (("es", "dark"), ("en", "light"))),
    ],
)
@pytest.mark.parametrize("path", SOME)
async def test_axe_finds_nothing(desk: DeskVisitor, path: str, lang: Literal["es", "en"], theme: Theme) -> None:
    async with desk.screen_at(path, lang=lang, theme=theme) as page:
        assert await page.get_attribute("html", "lang") == lang
        assert await accessibility_problems(page) == []


@pytest.mark.parametrize("path", SOME)
async def test_a_phone_scrolls_no_screen_sideways(desk: DeskVisitor, path: str) -> None:
    async with desk.screen_at(path, width=NARROW) as page:
        assert await overflow(page) == []
        assert await accessibility_problems(page) == []


@pytest.mark.parametrize("path", SOME)
async def test_a_screen_is_small(desk: DeskVisitor, path: str) -> None:
    async with desk.desk.client(*EVERYTHING) as browser:
        page = await browser.get(path)
    assert page.status_code == 200
    assert len(gzip.compress(page.content)) <= LARGEST


async def test_the_hours_follow_the_typing_and_no_letter_is_lost(desk: DeskVisitor) -> None:
    """The date is typed anew: the hours beside it are those of the new day, and the field holds what was typed."""
    async with desk.screen_at(f"/desk/events/{WORKSHOP}") as page:
        await page.fill("#f-fecha", "")
        await page.locator("#f-fecha").press_sequentially("2021-10-31", delay=60)
        await page.locator("#look", has_text="dom 31 oct").wait_for()
        assert await page.input_value("#f-fecha") == "2021-10-31"
        await page.click("button[data-fix='dia']")
        await page.locator("#at-dia .problem").wait_for(state="detached")
        assert await page.input_value("#f-dia") == "domingo"


async def test_hours_that_do_not_come_say_so_until_they_do(desk: DeskVisitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the desk has too much to do, nobody takes those of what was typed before for the new ones."""
    async with desk.screen_at(f"/desk/events/{WORKSHOP}", expected=("status of 503",)) as page:
        monkeypatch.setattr(workshop, "WAITING", 0)
        await page.fill("#f-fecha", "2021-10-27")
        await expect(page.locator("#look .away")).to_have_text(AWAY)
        monkeypatch.undo()
        await page.fill("#f-fecha", "2021-10-28")
        await page.locator("#look", has_text="jue 28 oct").wait_for()
        await expect(page.locator(".away")).to_have_count(0)


async def test_a_part_that_is_cut_off_says_so_and_comes_by_its_link(desk: DeskVisitor) -> None:
    """As where the network ends for a moment: nothing goes on saying that it is being reckoned."""
    async with desk.screen_at("/desk/events", expected=("ERR_FAILED", "Failed to fetch")) as page:
        await page.route("**/desk/unpublished", lambda route: route.abort())
        await page.goto("/desk/")
        part = page.locator("section", has=page.locator("#a-unpublished"))
        await expect(part.locator(".away")).to_have_text(AWAY)
        await expect(part.get_by_text("Comparando")).to_have_count(0)
        assert await accessibility_problems(page) == []
        await page.unroute("**/desk/unpublished")
        await part.get_by_role("link").click()
        await expect(page.locator("#screen")).to_contain_text("Los archivos están como se publicaron")


async def test_a_file_that_the_server_would_not_take_is_said_to_be_too_large_where_it_is_chosen(
    desk: DeskVisitor,
) -> None:
    """Before it is sent: the server would end the connection with a bare line, a proxy with a page of its own."""
    async with desk.screen_at("/desk/roster") as page:
        chosen, send = page.locator("#list"), page.get_by_role("button", name="Compararla")
        await chosen.set_input_files(
            {"name": "lista.csv", "mimeType": "text/csv", "buffer": b"x" * (MOST_OF_A_FILE + 1)}
        )
        await send.click()
        assert (
            await chosen.evaluate("field => field.validationMessage")
            == "Este archivo es demasiado grande: se admiten hasta 5 MB."
        )
        await expect(page).to_have_url(re.compile(r"/desk/roster$"))
        await chosen.set_input_files({"name": "lista.csv", "mimeType": "text/csv", "buffer": b"id,correo\n"})
        await send.click()
        await expect(page).to_have_url(re.compile(r"/desk/roster/compare"))


async def test_without_a_script_the_hours_come_by_a_button(desk: DeskVisitor) -> None:
    async with desk.screen_at(f"/desk/events/{WORKSHOP}", javascript=False) as page:
        await page.fill("#f-fecha", "2021-10-27")
        await page.click("text=Ver las horas")
        assert "mié 27 oct" in await page.inner_text("#look")
        await page.click("text=Poner «miércoles»")
        assert await page.input_value("#f-dia") == "miércoles"


async def test_a_problem_of_a_text_leads_to_its_line(desk: DeskVisitor) -> None:
    """The lines are numbered, and a problem's link puts the caret where it is."""
    async with desk.screen_at("/desk/files/agenda.yaml") as page:
        lines = (await page.input_value("#text")).split("\n")
        assert (await page.inner_text(".gutter")).split("\n")[-1] == str(len(lines))
        wanted = next(number for number, line in enumerate(lines, 1) if line == "    tipo: taller")
        await page.fill("#text", "\n".join(lines).replace("    tipo: taller", "    tipo: taler", 1))
        await page.click(f"#problems a[data-line='{wanted}']")
        start = await page.evaluate("document.getElementById('text').selectionStart")
        assert "\n".join(lines)[:start].count("\n") == wanted - 1
