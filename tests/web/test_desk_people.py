"""The desk's screens about people: the invitation's link, one's own account, everybody's."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher

from scheduler.base.tokens import Link
from scheduler.people.accounts import INVITED_FOR, AccountActs, home_notes
from scheduler.people.signing_in import forget
from scheduler.store.accounts import register, sessions
from scheduler.store.accounts.register import Account
from scheduler.store.accounts.roles import DeskRole, Grant
from scheduler.web.app import Site
from tests.support.desk_people import ADDRESS, CHROME, Browser, account, browsing, clock_of, desk_of, grants
from tests.support.quick_hashes import PASSWORD
from tests.support.webserver import PUBLISHED, TOKENS

pytestmark = pytest.mark.usefixtures("quick_hashes")

NEW = "otra frase muy larga"
CHOSEN = {"name": "Bea  Prueba", "new": NEW, "again": NEW}


def link_of(page: httpx.Response) -> str:
    found = re.search(r'<code id="address">http://127\.0\.0\.1(/desk/welcome/[^<]+)</code>', page.text)
    assert found is not None, page.text
    return html.unescape(found[1])


def known(site: Site, address: str = ADDRESS) -> Account:
    with site.database.read() as connection:
        found = register.at_address(connection, address)
    assert found is not None
    return found


async def managing(browser: Browser, site: Site) -> str:
    id_ = account(site.database)
    await browser.sign_in()
    await browser.get("/desk/people")
    return id_


async def invited(browser: Browser, address: str = "bea@desk.example") -> str:
    await browser.get("/desk/people")
    wish: dict[str, str | list[str]] = {"address": address, "name": "Bea", "grant": ["edit", "publish:asia-pacifico"]}
    return link_of(await browser.post("/desk/people", wish))


async def test_somebody_is_invited_chooses_a_password_and_is_signed_in(tmp_path: Path) -> None:
    with desk_of(tmp_path) as site:
        async with browsing(site) as browser, browsing(site, CHROME) as guest:
            await managing(browser, site)
            link = await invited(browser)
            assert "con invitación; el enlace sirve hasta el vie 8 oct 2021" in (await browser.get("/desk/people")).text
            shown = await guest.get(link)
            assert "Le damos la bienvenida al escritorio" in shown.text
            assert "Este enlace es para bea@desk.example" in shown.text
            done = await guest.post(link, CHOSEN)
            assert (done.status_code, done.headers["location"]) == (303, "/desk/")
            own = await guest.get("/desk/account")
            assert "editar; publicar (Asia Pacífico)" in own.text
            bea = known(site, "bea@desk.example")
            assert (bea.name, bea.accepted) == ("Bea Prueba", True)
            again = await guest.get(link)
            assert again.status_code == 404
            assert "Este enlace ya no" in again.text
            guest.client.cookies.clear()
            assert (await guest.sign_in("BEA@desk.example", NEW)).status_code == 303


async def test_to_look_at_a_link_uses_nothing_up_and_a_bad_password_neither(tmp_path: Path) -> None:
    """Filters of mail follow links, and one does not always think of a good password at once."""
    with desk_of(tmp_path) as site:
        async with browsing(site) as browser:
            await managing(browser, site)
            link = await invited(browser)
            for _ in range(3):
                assert (await browser.get(link)).status_code == 200
            for fields, says in (
                ({**CHOSEN, "again": "otra"}, "Las dos contraseñas no son iguales."),
                ({**CHOSEN, "new": "corta", "again": "corta"}, "escriba al menos 12 caracteres"),
                ({**CHOSEN, "new": "bea.prueba-12", "again": "bea.prueba-12"}, "queda muy poco de ella"),
            ):
                answer = await browser.post(link, fields)
                assert answer.status_code == 422
                assert says in answer.text
                assert "Bea  Prueba" in answer.text
            assert (await browser.post(link, CHOSEN)).status_code == 303


async def test_a_link_is_over_after_seven_days_or_with_a_newer_one_or_with_its_account(tmp_path: Path) -> None:
    with desk_of(tmp_path) as site:
        async with browsing(site) as browser:
            await managing(browser, site)
            first = await invited(browser)
            id_ = known(site, "bea@desk.example").id
            await browser.get(f"/desk/people/{id_}")
            second = link_of(await browser.post(f"/desk/people/{id_}", {"do": "link"}))
            assert (await browser.get(first)).status_code == 404
            assert (await browser.get(second)).status_code == 200
            assert (await browser.get(second[:-2])).status_code == 404
            forged = TOKENS.sign(Link.DESK, "guessed", PUBLISHED + INVITED_FOR)
            assert (await browser.get(f"/desk/welcome/{forged}")).status_code == 404
            clock_of(site).advance_to(PUBLISHED + INVITED_FOR + timedelta(seconds=1))
            assert (await browser.get(second)).status_code == 404
            assert (await browser.post(second, CHOSEN)).status_code == 404


async def test_a_forgotten_password_is_chosen_anew_and_every_session_ends(tmp_path: Path) -> None:
    with desk_of(tmp_path) as site:
        async with browsing(site) as browser, browsing(site, CHROME) as forgetful:
            await managing(browser, site)
            id_ = account(site.database, "bea@desk.example")
            await forgetful.sign_in("bea@desk.example")
            await browser.get(f"/desk/people/{id_}")
            link = link_of(await browser.post(f"/desk/people/{id_}", {"do": "link"}))
            assert (await forgetful.get("/desk/account")).status_code == 200  # until it is used, all is as it was
            assert "Elija una contraseña nueva" in (await browser.get(link)).text
            browser.client.cookies.clear()
            await browser.post(link, CHOSEN)
            assert (await forgetful.get("/desk/account")).status_code == 303
            assert (await forgetful.sign_in("bea@desk.example", PASSWORD)).status_code == 422
            assert (await forgetful.sign_in("bea@desk.example", NEW)).status_code == 303


async def test_ones_own_account_lists_where_one_is_signed_in_and_ends_the_others(tmp_path: Path) -> None:
    with desk_of(tmp_path) as site:
        account(site.database)
        async with browsing(site) as here, browsing(site, CHROME) as there:
            await there.sign_in()
            await here.sign_in()
            page = await here.get("/desk/account")
            assert "Chrome · Linux" in page.text
            assert "Firefox · Windows</strong> · este navegador" in page.text
            [other] = re.findall(r'name="session" value="(\w+)"', page.text)
            assert (await here.post("/desk/account", {"do": "end", "session": other})).status_code == 303
            assert (await there.get("/desk/account")).status_code == 303
            await there.sign_in()
            await here.get("/desk/account")
            await here.post("/desk/account", {"do": "end-others"})
            assert (await there.get("/desk/account")).status_code == 303
            assert (await here.get("/desk/account")).status_code == 200


async def test_a_new_password_needs_the_present_one_and_ends_all_other_sessions(tmp_path: Path) -> None:
    with desk_of(tmp_path) as site:
        account(site.database)
        async with browsing(site) as here, browsing(site, CHROME) as there:
            await there.sign_in()
            await here.sign_in()
            await here.get("/desk/account")
            new = {"do": "password", "new": NEW, "again": NEW}
            wrong = await here.post("/desk/account", {**new, "password": "no es esta frase"})
            assert "La contraseña no es correcta." in wrong.text
            short = await here.post("/desk/account", {"do": "password", "password": PASSWORD, "new": "a", "again": "a"})
            assert "escriba al menos 12 caracteres" in short.text
            done = await here.post("/desk/account", {**new, "password": PASSWORD})
            assert done.headers["location"] == "/desk/account?said=password"
            assert "Se cambió su contraseña." in (await here.get(done.headers["location"])).text
            assert (await there.get("/desk/account")).status_code == 303
            here.client.headers["Accept-Language"] = "en"
            assert "Your password was changed." in (await here.get(done.headers["location"])).text


async def test_roles_are_changed_sessions_ended_and_an_account_is_removed(tmp_path: Path) -> None:
    with desk_of(tmp_path) as site:
        async with browsing(site) as browser, browsing(site, CHROME) as other:
            await managing(browser, site)
            id_ = account(site.database, "bea@desk.example", grants(DeskRole.SEE))
            person = f"/desk/people/{id_}"
            await other.sign_in("bea@desk.example")
            page = await browser.get(person)
            assert "Chrome · Linux" in page.text
            wanted: dict[str, str | list[str]] = {
                "do": "roles",
                "grant": ["edit:asia-pacifico", "edit", "operate:asia-pacifico", "king", ":"],
            }
            assert (await browser.post(person, wanted)).status_code == 303
            assert known(site, "bea@desk.example").grants == {
                Grant(role=DeskRole.EDIT),
                Grant(role=DeskRole.OPERATE, region="asia-pacifico"),
            }
            await browser.get(person)
            assert "todas" in (await browser.get(f"{person}?said=end-all")).text
            await browser.post(person, {"do": "end-all"})
            assert (await other.get("/desk/account")).status_code == 303
            await browser.get(person)
            gone = await browser.post(person, {"do": "remove"})
            assert gone.headers["location"] == "/desk/people?said=remove"
            assert "Se eliminó la cuenta" in (await browser.get(gone.headers["location"])).text
            assert (await browser.get(person)).status_code == 404


async def test_what_cannot_be_done_is_said_where_it_was_asked_for(tmp_path: Path) -> None:
    with desk_of(tmp_path) as site:
        async with browsing(site) as browser:
            own = await managing(browser, site)
            for fields, says in (
                ({"address": "Ana@desk.example", "grant": "see"}, "ya tiene cuenta"),
                ({"address": "no es", "grant": "see"}, "no es una dirección"),
                ({"address": "bea@desk.example"}, "al menos un permiso"),
                ({"address": "bea@desk.example", "grant": "edit:atlantida"}, "no existe la región «atlantida»"),
                ({"address": "bea@desk.example", "grant": "people:asia-pacifico"}, "no se puede limitar a una región"),
            ):
                answer = await browser.post("/desk/people", fields)
                assert answer.status_code in (409, 422)
                assert says in answer.text
            await browser.get(f"/desk/people/{own}")
            for fields in ({"do": "remove"}, {"do": "roles", "grant": "see"}):
                last = await browser.post(f"/desk/people/{own}", fields)
                assert last.status_code == 409
                assert "es la última persona que puede administrar a las demás" in last.text
            browser.client.headers["Accept-Language"] = "en"
            assert (
                "is the last person who may manage people"
                in (await browser.post(f"/desk/people/{own}", {"do": "remove"})).text
            )
            assert (await browser.post(f"/desk/people/{own}", {"do": "end", "session": "x"})).status_code == 422
            assert (await browser.post(f"/desk/people/{own}", {"do": "nothing"})).status_code == 200


async def test_with_one_person_who_manages_people_the_page_says_so_and_with_two_it_is_silent(tmp_path: Path) -> None:
    with desk_of(tmp_path) as site:
        assert [one["es"][:13] for one in home_notes(site.database)] == ["Todavía nadie"]
        async with browsing(site) as browser:
            await managing(browser, site)
            assert "Solo una persona puede administrar a las demás" in (await browser.get("/desk/people")).text
            account(site.database, "bea@desk.example")
            assert home_notes(site.database) == ()
            assert "Solo una persona" not in (await browser.get("/desk/people")).text


async def test_a_hash_of_former_parameters_is_made_anew_at_the_next_sign_in(tmp_path: Path) -> None:
    with desk_of(tmp_path) as site:
        id_ = account(site.database)
        with site.database.write() as connection:
            former = "$argon2id$v=19$m=512,t=1,p=1$"
            kept = PasswordHasher(time_cost=1, memory_cost=512, parallelism=1).hash(PASSWORD)
            register.set_password(connection, id_, kept, PUBLISHED)
        async with browsing(site) as browser:
            assert (await browser.sign_in()).status_code == 303
        with site.database.read() as connection:
            now = register.password_of(connection, id_)
        assert kept.startswith(former)
        assert now is not None
        assert "m=1024" in now


async def test_what_is_over_is_forgotten_once_a_day(tmp_path: Path) -> None:
    with desk_of(tmp_path) as site:
        id_ = account(site.database)
        with site.database.write() as connection:
            sessions.begin(connection, id_, "Firefox · Windows", PUBLISHED)
        AccountActs(database=site.database, by="test", now=PUBLISHED).relink(id_)
        async with browsing(site) as browser:
            await browser.sign_in(password="otra frase que no es")
        forget(site.database, PUBLISHED + timedelta(days=8))
        with site.database.read() as connection:
            for table in ("desk_sessions", "account_links", "signin_waits"):
                assert connection.exec_driver_sql(f"SELECT * FROM {table}").all() == [], table


async def test_neither_log_nor_audit_tells_an_address_a_key_or_a_link(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with desk_of(tmp_path) as site:
        async with browsing(site) as browser:
            await managing(browser, site)
            key = browser.cookie
            link = await invited(browser)
            await browser.sign_in("nobody@desk.example", "x")
        with site.database.read() as connection:
            rows = connection.exec_driver_sql("SELECT * FROM audit").all()
    told = "".join((*capsys.readouterr(), str(rows)))
    assert "signed-in" in told
    assert key is not None
    for secret in ("@desk.example", key, link.rpartition("/")[2], PASSWORD):
        assert secret not in told
