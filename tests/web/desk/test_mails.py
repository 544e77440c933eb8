"""Any mail before it exists: the very words that leave, one after the other, and no way to act in a post's place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from calendars.reading.files import AGENDA
from scheduler.planning.delivery import Purpose
from scheduler.sending import showing
from scheduler.sending.letters import letters_of
from scheduler.store.accounts.roles import DeskRole
from scheduler.store.database import Database
from scheduler.store.schema import deliveries, editions, recipients
from scheduler.web.desk.place import Place
from scheduler.web.desk.screens.operating import mails
from tests.browser.harness import chromium
from tests.support.desk import NOW, asked_by, person, publish, running, small_place

NEWS, REMINDERS = {"kind": "news"}, {"kind": "reminder"}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with small_place(tmp_path) as found:
        yield found


def move(place: Place) -> None:
    """The workshop, by a day; saved, and not published."""
    path = place.folder / AGENDA
    text = path.read_text(encoding="utf-8").replace("fecha: 2021-10-26", "fecha: 2021-10-27")
    path.write_text(text.replace("dia: martes", "dia: miércoles"), encoding="utf-8")


def counts(place: Place) -> tuple[int, int]:
    """How many editions and deliveries there are."""
    with place.database.read() as connection:
        return (
            connection.execute(select(func.count()).select_from(editions)).scalar_one(),
            connection.execute(select(func.count()).select_from(deliveries)).scalar_one(),
        )


def plain(body: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", body).split())


def test_the_mail_that_publishing_would_send_is_read_before_and_nothing_is_written(place: Place) -> None:
    """The notice to Madrid with its new hour; no edition and no delivery is there afterwards."""
    move(place)
    before = counts(place)
    body = plain(
        mails.shown(place, asked_by(query={**NEWS, "view": "text"}, now=NOW + timedelta(days=1), part=True)).body
    )
    assert "1 de 1" in body
    assert "Madrid (1 puesto)" in body
    assert "CAMBIO: Taller, Europa ahora mié 27 oct, 16:00 h (Madrid); antes mar 26 oct, 16:00" in body
    assert "aviso de cambio" in body
    assert counts(place) == before


def test_nothing_to_publish_and_files_with_problems_are_said(place: Place) -> None:
    """Neither is an error: the screen says why there is no mail."""
    assert "Publicar ahora no enviaría ningún correo" in mails.shown(place, asked_by(query=NEWS)).body
    (place.folder / AGENDA).write_text("formato: 1\n", encoding="utf-8")
    assert "Los archivos tienen problemas" in mails.shown(place, asked_by(query=NEWS)).body


def test_reminders_are_stepped_through_in_the_order_in_which_they_leave(place: Place) -> None:
    """Madrid's week before, its hour before, then the days of the campaign at both sites: forwards and back."""
    seen = []
    for number in range(4):
        body = mails.shown(place, asked_by(query={**REMINDERS, "n": str(number)}, part=True)).body
        assert f"{number + 1} de 4" in body
        seen.append(re.findall(r"<dd>(Madrid|Tokio) ", body)[0])
    assert seen == ["Madrid", "Madrid", "Tokio", "Madrid"]
    first = mails.shown(place, asked_by(query=REMINDERS, part=True)).body
    assert 'aria-disabled="true">Anterior' in first
    assert "n=1&amp;v=0" in first
    alone = mails.shown(place, asked_by(query={**REMINDERS, "site": "tokio"}, part=True)).body
    assert "1 de 1" in alone


def test_each_language_of_a_site_has_its_own_mail(place: Place) -> None:
    """A post that reads English makes two of one turn; the choice of a language shows that alone."""
    with place.database.write() as connection:
        second = dict(connection.execute(select(recipients).where(recipients.c.site == "madrid")).mappings().one())
        assert second["language"] == "es"
        connection.execute(update(recipients).where(recipients.c.site == "madrid").values(chosen_language="en"))
    body = mails.shown(place, asked_by(query={**REMINDERS, "view": "text"}, part=True)).body
    assert "Workshop, Europe" in body
    found = showing.waiting(
        place.database, letters_of(place.settings, place.database.tokens), (Purpose.REMINDER,), NOW, 0, ["madrid"]
    )
    assert [mail.language for mail in found.mails] == ["en"]


def test_no_link_by_which_a_post_acts_is_shown(place: Place) -> None:
    """Whoever looks cannot leave, answer or change wishes in the post's place: not in the text, not in the HTML."""
    text = mails.shown(place, asked_by(query={**REMINDERS, "view": "text"}, part=True)).body
    html = mails.html(place, asked_by(query=REMINDERS)).body
    for shown in (text, html):
        assert "/leave/" in shown
        assert re.findall(r"/(?:leave|manage|answer)/([^\s\"<>?&]*)", shown) == ["…"] * len(
            re.findall(r"/(?:leave|manage|answer)/", shown)
        )


def test_the_frame_has_a_policy_of_its_own_and_each_theme_its_colours(place: Place) -> None:
    """No script, nothing from elsewhere; dark is shown dark whatever the browser's own theme is."""
    light, dark = (mails.html(place, asked_by(query={**REMINDERS, "view": view})) for view in ("html", "dark"))
    assert "default-src 'none'" in light.policy
    assert light.policy.endswith("sandbox")
    assert "prefers-color-scheme" not in light.body + dark.body
    assert "@media not all" in light.body
    assert "@media all" in dark.body
    assert "frame-src 'self'" in mails.chosen(place, asked_by()).policy


def test_a_region_reads_the_mails_of_its_sites(place: Place) -> None:
    """Who sees Europe steps through Madrid's three, also where Tokyo is asked for."""
    europe = person(DeskRole.SEE, region="europa")
    assert "1 de 3" in mails.shown(place, asked_by(query=REMINDERS, person=europe, part=True)).body
    asked = {**REMINDERS, "site": "tokio"}
    assert "Tokio" not in plain(mails.shown(place, asked_by(query=asked, person=europe, part=True)).body)


async def test_a_browser_shows_the_mail_in_its_frame_and_steps(tmp_path: Path, database: Database) -> None:
    """Signed in, in Chromium: the sandboxed frame holds the mail, the next one comes by a button, dark is dark."""
    with small_place(tmp_path, published=False) as place:
        publish(database, place.folder)
        async with running(place.folder, database, warm=True) as desk, chromium() as browser:
            context = await browser.new_context(
                base_url=desk.url, locale="es-MX", viewport={"width": 360, "height": 800}
            )
            await desk.sign_in(context, DeskRole.SEE)
            page = await context.new_page()
            complaints: list[str] = []
            page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
            await page.goto("/desk/mail?kind=reminder&view=phone-dark")
            mail = page.frame_locator("iframe.mail")
            await mail.get_by_text("Taller, Europa").first.wait_for(timeout=60_000)
            colour = "element => getComputedStyle(element).backgroundColor"
            assert await mail.locator("body").evaluate(colour) == "rgb(17, 20, 19)"
            await page.get_by_role("link", name="Siguiente").click()
            await page.get_by_text("2 de 4").wait_for(timeout=60_000)
            await mail.get_by_text("Taller, Europa").first.wait_for(timeout=60_000)
            assert "n=1" in page.url
            assert await page.evaluate("document.documentElement.scrollWidth") == 360
            assert complaints == []
            await context.close()
