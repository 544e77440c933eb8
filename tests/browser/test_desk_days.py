"""Two days at the desk, by keyboard alone on a phone's screen, with the service sending to a mail server."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from calendars.reading.files import AGENDA, PRIVATE
from tests.browser.days import PERSON, Day, addressees, day_at
from tests.browser.desk import WORKSHOP
from tests.browser.harness import NARROW, Visitor, overflow
from tests.browser.keyboard import Keyboard
from tests.support.campaign import mails
from tests.support.changes import unwrapped
from tests.support.quick_hashes import PASSWORD

pytestmark = pytest.mark.asyncio(loop_scope="session")
MONDAY = datetime(2021, 10, 18, 8, tzinfo=UTC)  # 10:00 in Madrid, eight days before the workshop for Europe
BEFORE_NINE = datetime(2021, 10, 20, 6, 58, tzinfo=UTC)  # 08:58 in Madrid, a week before the day that it moves to
TWENTY_BEFORE = datetime(2021, 10, 26, 13, 40, tzinfo=UTC)
WRONG, RIGHT = "https://reuniones.example/j/otra-sala", "https://reuniones.example/j/taller-europa"
AT_NINE = datetime(2021, 10, 20, 7, 1, tzinfo=UTC)


async def sign_in(keys: Keyboard) -> None:
    await keys.type(keys.page.get_by_label("Su correo"), PERSON)
    await keys.type(keys.page.get_by_label("Contraseña"), PASSWORD)
    await keys.page.keyboard.press("Enter")
    await keys.heading("Hoy")


async def find_workshop(keys: Keyboard) -> None:
    await keys.link("Eventos")
    await keys.heading("Eventos")
    await keys.link("Taller VMRE, Europa")
    await keys.heading("Taller VMRE, Europa")


async def move_by_a_day(keys: Keyboard) -> None:
    """From Tuesday 26 to Wednesday 27, the weekday by the button that proposes it."""
    page = keys.page
    await keys.sees("#look li", "feriado", having="Viena")
    await keys.type(page.get_by_role("textbox", name="Fecha"), "2021-10-27")
    await keys.button("Poner «miércoles»")
    await expect(page.get_by_role("combobox", name="Día")).to_have_value("miércoles")
    await expect(page.locator("#at-dia .problem")).to_have_count(0)
    await keys.sees("#look", "mié 27 oct")
    await expect(page.locator("#look li", has_text="Viena")).not_to_contain_text("feriado")
    await keys.button("Guardar")
    await keys.sees(".done", "Guardado. No se ha enviado nada")


async def read_the_mail_to_lisbon(keys: Keyboard) -> None:
    page = keys.page
    await keys.link("Correos")
    await keys.choose("Sede", "Lisboa")
    await keys.button("Mostrar")
    await keys.sees("#mail", "Lisboa")
    await keys.link("Solo texto")
    await keys.sees("#mail pre", "miércoles 27 de octubre")
    await keys.sees("#mail pre", "15:00")
    await keys.link("Como se ve")
    await expect(page.frame_locator("iframe.mail").locator("body")).to_contain_text("Lisboa", timeout=30_000)


async def publish(keys: Keyboard, reason: str = "El salón no está libre", *, silently: bool = False) -> None:
    """With the reason and, where somebody is told, the typed number."""
    page = keys.page
    await keys.link("Qué pasaría")
    await keys.heading("Qué pasaría")
    if silently:
        await keys.link("Publicar sin avisar a nadie…")
        await keys.sees("#consequences", "No se avisa a nadie de los cambios")
    people = await page.locator("#figure-people").inner_text()
    await keys.type(page.get_by_label("Por qué"), reason)
    if not silently:
        assert people == "30"
        await keys.type(page.locator("#f-people"), people)
    await keys.button("Publicar")


async def undo(keys: Keyboard) -> None:
    await keys.button("Deshacer")


async def the_first_day(page: Page, day: Day) -> None:
    """Published and undone within its countdown: nobody hears of it."""
    keys = Keyboard(page)
    await sign_in(keys)
    await find_workshop(keys)
    await move_by_a_day(keys)
    await read_the_mail_to_lisbon(keys)
    await publish(keys)
    await keys.sees("#undo-title", "El primer correo sale el lun 18 oct, 03:10 h TCM")
    await keys.sees("#undo .clock", re.compile(r"^\d\d:\d\d$"))
    await keys.sees("#undo", "No se envía ningún aviso.")
    assert await day.later(minutes=9) == []
    await keys.button("Deshacer")
    await keys.sees(".done", "Deshecha.")
    assert await overflow(page) == []


async def the_third_day(page: Page, day: Day) -> None:
    """Published two minutes before the reminder of the new day: who gets that is told beforehand, and corrected."""
    keys = Keyboard(page)
    await sign_in(keys)
    await find_workshop(keys)
    await move_by_a_day(keys)
    await publish(keys, silently=True)
    await keys.sees("#undo", "a quien ya lo tenga cuando usted deshaga, se le corrige")
    reminders = await day.until(AT_NINE)
    assert {str(one["Subject"])[:20] for one in reminders} == {"Mié 27 oct, 16:00 h "}
    assert "madrid@sedes.example" in addressees(reminders)
    await page.reload()
    await keys.sees("#undo-title", "El siguiente correo por ella sale el")
    await keys.sees("#undo", f"{len(reminders)} personas reciben un aviso de ello.")
    await keys.button("Deshacer")
    await keys.sees(".done", "Deshecha.")
    corrected = [one for one in await day.later(hours=10) if "Europa" in str(one["Subject"])]
    assert addressees(corrected) == addressees(reminders)
    assert all("mar 26 oct" in str(one["Subject"]) for one in corrected)


async def the_bad_day(page: Page, day: Day) -> None:
    """A wrong link went out with the last reminder, and in twenty minutes the workshop begins."""
    keys = Keyboard(page)
    wrong = [one for one in mails(day.server) if WRONG in unwrapped(one)]
    assert len(set(addressees(wrong))) == 30
    await sign_in(keys)
    await keys.button("Detener todo el correo")
    await keys.heading("El freno")
    await keys.type(page.get_by_label("Diga por qué"), "El enlace de Europa lleva a otra sala")
    await page.keyboard.press("Enter")
    await keys.sees("dl.post", "El enlace de Europa")
    await find_workshop(keys)
    await keys.type(page.get_by_label("Enlace"), RIGHT)
    await page.keyboard.press("Enter")
    await keys.sees(".done", "Guardado. No se ha enviado nada")
    await publish(keys, "El enlace era de otra sala")
    await keys.heading("Edición 2")
    assert await day.later(minutes=3) == []
    await keys.link("Ver a quién se avisa de otro enlace")
    await keys.heading("Quién se enteró")
    await keys.sees(".told", "No se han enterado: 30 de 30 puestos")
    await keys.link("Envíos")
    await keys.heading("Envíos")
    await keys.choose("Evento", "Taller VMRE, Europa")
    await keys.choose("Cómo están", "entregados al servidor")
    await keys.button("Mostrar")
    await keys.sees("#screen p[role=status]", f"{len(wrong)} envíos")
    await keys.link("Ver qué espera, y reanudar")
    await keys.sees("#screen", "Salen 30 correos")
    await keys.button("Reanudar el correo")
    await keys.sees(".done", "El correo se reanudó.")
    told = await day.later(minutes=5)
    assert addressees(told) == sorted(set(addressees(wrong)))
    assert all(RIGHT in unwrapped(one) and WRONG not in unwrapped(one) for one in told)
    assert await overflow(page) == []


async def the_essential_path(page: Page, day: Day) -> None:
    """Without a script: edit, see, publish, stop."""
    keys = Keyboard(page)
    await sign_in(keys)
    await find_workshop(keys)
    await keys.type(page.get_by_role("textbox", name="Fecha"), "2021-10-27")
    await keys.button("Ver las horas")
    await keys.button("Poner «miércoles»")
    await keys.sees("#look", "mié 27 oct")
    await keys.type(page.get_by_role("textbox", name="Fecha"), "2021-10-27")
    await page.keyboard.press("Enter")
    await keys.sees(".done", "Guardado. No se ha enviado nada")
    await keys.link("Qué pasaría")
    await keys.link("Ver a quién afecta, y publicar")
    await keys.type(page.get_by_label("Por qué"), "El salón no está libre")
    await keys.type(page.locator("#f-people"), "30")
    await page.keyboard.press("Enter")
    await keys.sees("#undo-title", "El primer correo sale el lun 18 oct, 03:10 h TCM")
    await keys.button("Detener todo el correo")
    await keys.heading("El freno")
    assert [one for one in await day.later(hours=2) if "Europa" in str(one["Subject"])] == []


async def two_editors_and_another_program(first: Page, second: Page, day: Day) -> None:
    """Both have the form open; one saves, Notepad writes, the other saves: what all three wrote is there."""
    one, other = Keyboard(first), Keyboard(second)
    for keys in (one, other):
        await sign_in(keys)
        await find_workshop(keys)
    await one.type(first.locator("#f-lugar-es"), "Sala grande")
    await first.keyboard.press("Enter")
    await one.sees(".done", "Guardado.")
    text = day.text()
    begin = text.index(WORKSHOP)
    (day.folder / AGENDA).write_text(text[:begin] + text[begin:].replace("2 h", "3 h", 1), encoding="utf-8")
    await other.type(second.get_by_role("textbox", name="Hora"), "10:00")
    await second.keyboard.press("Enter")
    await other.sees(".clash", "Alguien más cambió este evento entre tanto")
    assert "10:00" not in day.text().partition(WORKSHOP)[2][:300]
    for theirs in ("Sala grande", "3 h"):
        await other.press(second.locator(".clash tr", has_text=theirs).get_by_role("button", name="Tomar este"))
    await expect(second.get_by_role("textbox", name="Hora")).to_have_value("10:00")
    await second.keyboard.press("Enter")
    await other.sees(".done", "Guardado.")
    for page in (first, second):
        await page.reload()
        await expect(page.locator("#f-lugar-es")).to_have_value("Sala grande")
        await expect(page.locator("#f-duracion")).to_have_value("3 h")
        await expect(page.locator("#f-hora")).to_have_value("10:00")


def visiting(visitor: Visitor, day: Day) -> Visitor:
    return Visitor(browser=visitor.browser, url=day.url)


async def test_the_first_day(tmp_path: Path, visitor: Visitor) -> None:
    """The mail server has no word of what was taken back, and the file is as before, to the byte."""
    async with day_at(tmp_path, MONDAY) as day:
        before = day.text()
        async with visiting(visitor, day).page_at("/desk/", width=NARROW) as page:
            await the_first_day(page, day)
        assert day.text() == before
        assert [one for one in await day.until(AT_NINE) if "CAMBIO" in str(one["Subject"])] == []


@pytest.mark.long
async def test_a_reminder_within_the_countdown(tmp_path: Path, visitor: Visitor) -> None:
    """Exactly who got the reminder with the new hour gets the correction, as the screen had said."""
    async with day_at(tmp_path, BEFORE_NINE) as day, visiting(visitor, day).page_at("/desk/", width=NARROW) as page:
        await the_third_day(page, day)


async def test_the_bad_day(tmp_path: Path, visitor: Visitor) -> None:
    """Nothing leaves while it is stopped; then the right link goes to exactly those who have the wrong one."""
    async with (
        day_at(tmp_path, TWENTY_BEFORE, {PRIVATE: f"enlaces:\n  {WORKSHOP}: {WRONG}\n"}) as day,
        visiting(visitor, day).page_at("/desk/", width=NARROW) as page,
    ):
        await the_bad_day(page, day)


@pytest.mark.long
async def test_the_essential_path_without_a_script(tmp_path: Path, visitor: Visitor) -> None:
    """The same by keyboard alone, where the browser runs no script at all."""
    async with (
        day_at(tmp_path, MONDAY) as day,
        visiting(visitor, day).page_at("/desk/", width=NARROW, javascript=False) as page,
    ):
        await the_essential_path(page, day)


async def test_two_browsers_and_notepad_on_one_event(tmp_path: Path, visitor: Visitor) -> None:
    """Nothing is written over unseen, and both see all of it in the end."""
    async with day_at(tmp_path, MONDAY) as day:
        at = visiting(visitor, day)
        async with at.page_at("/desk/") as first, at.page_at("/desk/", expected=["status of 409"]) as second:
            await two_editors_and_another_program(first, second, day)
