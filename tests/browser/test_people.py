"""From the office's page to reminders by mail, and out again: what a person does, in a browser and a mailbox."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.demo import OFFICE, Demo
from tests.browser.harness import NARROW, Visitor, assert_accessible, overflow

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def title(page: Page, said: str) -> None:
    """Wait until the page says that, and look whether everybody can read it, on a phone too."""
    await expect(page.get_by_role("heading", level=1)).to_have_text(said)
    assert await overflow(page) == []


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


async def sign_up(page: Page, running: Demo, address: str) -> None:
    """From the office's page to the confirmed address."""
    await page.get_by_role("link", name="Recibir recordatorios por correo").click()
    await expect(page.get_by_label("Su sede")).to_have_value(OFFICE)
    await page.get_by_label("Su correo").fill(address)
    await press(page, "Enviarme el correo de confirmación")
    await title(page, "Revise su correo")
    await page.goto(await running.mailed(address, "confirm"))
    await title(page, "¿Quiere recibir recordatorios?")
    await press(page, "Sí, enviarme recordatorios")
    await title(page, "Listo: recibirá los recordatorios")


@pytest.mark.parametrize(
    "javascript", [pytest.param(True, id="script"), pytest.param(False, id="no-script", marks=pytest.mark.long)]
)
async def test_signing_up_by_mail_then_pausing_leaving_and_coming_back(
    visitor: Visitor, running: Demo, javascript: bool
) -> None:
    address = f"ana.{javascript}@sedes.example".lower()
    async with visitor.page_at(f"/sites/{OFFICE}", width=NARROW, javascript=javascript) as page:
        await sign_up(page, running, address)
        await page.get_by_role("link", name="Pausar, cambiar de idioma o dejar los recordatorios").click()
        await title(page, "Sus recordatorios")
        await press(page, "Una semana")
        await expect(page.locator("main")).to_contain_text("Los recordatorios quedaron en pausa.")
        await press(page, "Deshacer")
        await expect(page.locator("main")).to_contain_text("Los recordatorios continúan.")
        await press(page, "Dejar de recibir recordatorios")
        await expect(page.locator("main")).to_contain_text("Ya no enviaremos recordatorios.")
        await press(page, "Volver a recibir recordatorios")
        await expect(page.locator("main")).to_contain_text("Los recordatorios continúan.")


@pytest.mark.long
async def test_one_click_of_a_mail_program_leaves_and_the_page_leads_back(visitor: Visitor, running: Demo) -> None:
    leave = running.path("leave")
    async with visitor.page_at(leave) as page:
        await title(page, "¿Dejar de recibir recordatorios?")
        answer = await page.request.post(leave, form={"List-Unsubscribe": "One-Click"})
        assert answer.status == 200
        await page.reload()
        await title(page, "Ya no enviaremos recordatorios")
        await assert_accessible(page)
        await press(page, "Volver a recibir recordatorios")
        await title(page, "Los recordatorios continúan")
        await assert_accessible(page)


@pytest.mark.long
async def test_the_mailbox_opens_the_rest_a_calendar_with_links_ones_data_and_the_end(
    visitor: Visitor, running: Demo
) -> None:
    address = "luis@sedes.example"
    async with visitor.page_at(f"/sites/{OFFICE}") as page:
        await sign_up(page, running, address)
        await page.get_by_role("link", name="Pausar, cambiar de idioma o dejar los recordatorios").click()
        await press(page, "Enviar el enlace a mi correo")
        await page.goto(await running.mailed(address, "account"))
        await title(page, "Su suscripción")
        await press(page, "Crear un calendario")
        feed = await page.locator("#address").inner_text()
        assert (await page.request.get(feed)).headers["content-type"] == "text/calendar; charset=utf-8"
        await assert_accessible(page)
        await press(page, re.sub(r"\s+", " ", await page.locator(".tokens button").inner_text()))
        assert (await page.request.get(feed)).status == 410
        async with page.expect_download() as download:
            await page.get_by_role("link", name="Descargar todo lo que se guarda de este puesto").click()
        assert address in (await (await download.value).path()).read_text("utf-8")
        await page.get_by_role("link", name="Borrar mis datos").click()
        await press(page, "Sí, borrar mis datos")
        await title(page, "Sus datos se borraron")


@pytest.mark.long
async def test_what_is_wrong_with_a_form_is_said_where_it_is(visitor: Visitor) -> None:
    async with visitor.page_at("/subscribe", expected=("status of 422",)) as page:
        await page.get_by_label("Su correo").fill("ana@elsewhere.example")
        await press(page, "Enviarme el correo de confirmación")
        await page.get_by_role("link", name="Solo se admiten correos de").click()
        await expect(page.get_by_label("Su correo")).to_be_focused()
        await expect(page.get_by_label("Su correo")).to_have_value("ana@elsewhere.example")
        await assert_accessible(page)
