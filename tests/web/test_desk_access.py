"""Who may ask for what at the desk: every route with every role and none; forged, framed, planted and stolen things."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from starlette.routing import BaseRoute, Route

from scheduler.base import passwords
from scheduler.people.accounts import AccountActs
from scheduler.store.accounts import sessions
from scheduler.store.accounts.roles import DeskRole
from scheduler.store.accounts.sessions import IDLE, LONGEST
from scheduler.web.app import Site, build_app, routes_of
from scheduler.web.desk.access import DeskRoute, Entrance, Guard, GuardedRoute
from scheduler.web.desk.asked import Answer
from scheduler.web.desk.workshop import Workshop
from scheduler.web.http.once import OneTimeKey
from scheduler.web.pages.pages import Pages
from tests.support.checkout import ROOT
from tests.support.desk_people import (
    ADDRESS,
    CHROME,
    FIREFOX,
    HERE,
    Browser,
    account,
    browsing,
    clock_of,
    csrf_of,
    desk_of,
    grants,
)
from tests.support.quick_hashes import HASHED, PASSWORD, QUICK
from tests.support.webserver import PUBLISHED, asking, site_of

pytestmark = pytest.mark.usefixtures("quick_hashes")

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
WRONG = "otra frase que no es"


def desk_routes_of(site: Site) -> list[BaseRoute]:
    return [one for one in routes_of(site, Pages(site)) if getattr(one, "path", "").startswith("/desk")]


def path_of(declared: object) -> str:
    path = str(getattr(declared, "path", ""))
    return path.replace("{account}", "nobody").replace("{token}", "none").replace("{key}", "none")


async def signed_in(browser: Browser, site: Site, *roles: DeskRole) -> str:
    id_ = account(site.database, held=grants(*roles) if roles else grants(*DeskRole))
    done = await browser.sign_in()
    assert done.status_code == 303, done.text
    return id_


def session_of(site: Site, id_: str) -> list[str]:
    with site.database.read() as connection:
        return [one.id for one in sessions.listed(connection, id_, site.present())]


def test_every_route_below_the_desk_has_said_which_role_it_wants(tmp_path: Path) -> None:
    with desk_of(tmp_path, OneTimeKey()) as site:
        found = desk_routes_of(site)
        assert len(found) > 8
        assert [one for one in found if not isinstance(one, GuardedRoute)] == []


def test_without_the_switch_there_is_no_desk(tmp_path: Path) -> None:
    with site_of(tmp_path) as site:
        assert desk_routes_of(site) == []


def test_a_route_without_a_role_cannot_be_declared(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="need"):
        DeskRoute(path="/desk/secret")  # type: ignore[call-arg]  # that is what is tried


def test_no_module_of_the_desk_makes_a_route_past_its_guard() -> None:
    """`Guard` alone knows Starlette's."""
    makes = {
        path.name
        for path in (ROOT / "scheduler" / "web" / "desk").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "starlette.routing"
        if {"Route", "Mount", "Router", "WebSocketRoute", "Host"} & {alias.name for alias in node.names}
    }
    assert makes == {"access.py"}


@pytest.mark.parametrize("role", [*DeskRole, None])
async def test_each_route_is_open_to_who_has_its_role_and_to_nobody_else(
    tmp_path: Path, role: DeskRole | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With each role, and with none: what is not one's own is refused before anything is looked at or done.

    It is about the door: a screen that is let through is left blank, and does nothing.
    """

    async def blank(_workshop: Workshop, _screen: object, _asked: object) -> Answer:
        return Answer()

    monkeypatch.setattr(Workshop, "make", blank)
    with desk_of(tmp_path) as site:
        declared = [one.declared for one in desk_routes_of(site) if isinstance(one, GuardedRoute)]
        async with browsing(site) as browser:
            if role is not None:
                await signed_in(browser, site, role)
                token = csrf_of(await browser.get("/desk/account"))
            for one in declared:
                if not isinstance(one, DeskRoute) or one.path == "/desk/sign-out":
                    continue
                passes = role is not None and (one.need is Entrance.SIGNED_IN or one.need in (role, DeskRole.SEE))
                refused = {"get": 303, "post": 401} if role is None else {"get": 403, "post": 403}
                if one.get is not None:
                    got = await browser.client.get(path_of(one))
                    to_sign_in = "/desk/sign-in" in got.headers.get("location", "")
                    assert (got.status_code == refused["get"] and (role is not None or to_sign_in)) != passes, one.path
                if one.post is not None:
                    sent = {"csrf": token} if role is not None else {}
                    answer = await browser.client.post(path_of(one), data=sent, headers=HERE)
                    assert (answer.status_code == refused["post"]) != passes, one.path


async def test_who_is_not_signed_in_is_led_to_the_sign_in_and_back(tmp_path: Path) -> None:
    with desk_of(tmp_path) as site:
        account(site.database)
        async with browsing(site) as browser:
            led = await browser.get("/desk/people?lang=en")
            assert (led.status_code, led.headers["location"]) == (303, "/desk/sign-in?next=/desk/people%3Flang%3Den")
            await browser.get(led.headers["location"])
            back = await browser.post(led.headers["location"], {"address": ADDRESS, "password": PASSWORD})
            assert (back.status_code, back.headers["location"]) == (303, "/desk/people?lang=en")


async def test_a_sign_in_leads_to_a_screen_of_the_desk_and_nowhere_else(tmp_path: Path) -> None:
    elsewhere = ("https://evil.example/", "//evil.example/desk/", "/desk//evil.example", "/subscribe", "\\\\evil", "")
    with desk_of(tmp_path) as site:
        account(site.database)
        async with browsing(site) as browser:
            for to in elsewhere:
                browser.client.cookies.clear()
                assert (await browser.sign_in(to=to)).headers["location"] == "/desk/", to


async def test_a_part_of_a_screen_without_a_session_sends_the_whole_browser_to_the_sign_in(tmp_path: Path) -> None:
    """A redirect would put the sign-in page into the fragment."""
    with desk_of(tmp_path) as site:
        async with browsing(site) as browser:
            shown = "http://127.0.0.1/desk/people?x=1"
            part = await browser.get("/desk/people", **{"HX-Request": "true", "HX-Current-URL": shown})
            assert part.status_code == 401
            assert part.headers["HX-Redirect"] == "/desk/sign-in?next=/desk/people%3Fx%3D1"
            assert part.text == ""


async def test_what_is_sent_after_the_session_ended_is_not_done_and_the_page_says_so(tmp_path: Path) -> None:
    with desk_of(tmp_path) as site:
        async with browsing(site) as browser:
            answer = await browser.post("/desk/account", {"do": "end-others"})
            assert answer.status_code == 401
            assert "Su sesión terminó" in answer.text
            assert "No se guardó nada" in answer.text
            browser.client.headers["Accept-Language"] = "en"
            assert "Nothing was saved" in (await browser.post("/desk/account", {})).text


# Cross-site request forgery

FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1.evil.example"},
    {},
]


async def test_a_form_of_another_site_is_refused_even_with_the_right_token(tmp_path: Path) -> None:
    with desk_of(tmp_path) as site:
        async with browsing(site) as browser:
            id_ = await signed_in(browser, site)
            for headers in FOREIGN:
                await browser.get("/desk/people")
                answer = await browser.post(f"/desk/people/{id_}", {"do": "end-all"}, headers)
                assert answer.status_code == 403, headers
                assert "No se hizo nada" in answer.text
                assert len(session_of(site, id_)) == 1


async def test_nobody_is_signed_in_by_a_form_of_another_site(tmp_path: Path) -> None:
    """Else somebody would work in an account of the attacker's, and tell it what is theirs."""
    with desk_of(tmp_path) as site:
        account(site.database)
        async with browsing(site) as browser:
            for headers in FOREIGN:
                answer = await browser.post("/desk/sign-in", {"address": ADDRESS, "password": PASSWORD}, headers)
                assert (answer.status_code, browser.cookie) == (403, None), headers


async def test_an_older_browser_says_its_origin_and_is_believed(tmp_path: Path) -> None:
    with desk_of(tmp_path) as site:
        account(site.database)
        async with browsing(site) as browser:
            fields = {"address": ADDRESS, "password": PASSWORD}
            answer = await browser.post("/desk/sign-in", fields, {"Origin": "http://127.0.0.1"})
            assert (answer.status_code, browser.cookie is not None) == (303, True)


async def test_a_form_without_this_sessions_token_is_refused(tmp_path: Path) -> None:
    with desk_of(tmp_path) as site:
        account(site.database, "bea@desk.example")
        async with browsing(site) as browser, browsing(site, CHROME) as other:
            await signed_in(browser, site)
            await other.sign_in("bea@desk.example")
            others = csrf_of(await other.get("/desk/account"))
            for sent in ("", "0" * 32, "ñ", others):
                answer = await browser.post("/desk/account", {"csrf": sent, "do": "end-others"})
                assert answer.status_code == 403
                assert "Esta página es de antes de que usted entrara" in answer.text


async def test_the_token_may_come_in_a_header_or_in_a_form_with_a_file(tmp_path: Path) -> None:
    with desk_of(tmp_path) as site:
        async with browsing(site) as browser:
            await signed_in(browser, site)
            token = csrf_of(await browser.get("/desk/account"))
            by_header = await browser.client.post("/desk/account", headers={**HERE, "X-CSRF-Token": token})
            parts = {"csrf": (None, token), "file": ("a.csv", b"id,sede\n")}
            by_part = await browser.client.post("/desk/account", files=parts, headers=HERE)  # type: ignore[arg-type]  # httpx takes None
            forged = {"csrf": (None, "x"), "file": ("a.csv", b"id,sede\n")}
            refused = await browser.client.post("/desk/account", files=forged, headers=HERE)  # type: ignore[arg-type]  # likewise
            assert [one.status_code for one in (by_header, by_part, refused)] == [303, 303, 403]


# Clickjacking


async def test_no_page_of_the_desk_may_be_framed_kept_or_indexed(tmp_path: Path) -> None:
    with desk_of(tmp_path) as site:
        async with browsing(site) as browser:
            shown = [await browser.get("/desk/sign-in"), await browser.get("/desk/welcome/none")]
            await signed_in(browser, site)
            shown += [await browser.get(path) for path in ("/desk/", "/desk/account", "/desk/people", "/desk/people/x")]
            for page in shown:
                policy = page.headers["content-security-policy"]
                assert "frame-ancestors 'none'" in policy
                assert "script-src 'self'" in policy
                assert page.headers["cache-control"] == "no-store"
                assert page.headers["x-robots-tag"] == "noindex"


# Fixation


async def test_a_key_that_somebody_planted_opens_nothing_after_the_sign_in(tmp_path: Path) -> None:
    """Neither one that they made up nor one of a session of their own: the sign-in gives another, and ends that one."""
    with desk_of(tmp_path) as site:
        account(site.database)
        attacker_id = account(site.database, "eva@desk.example", grants(DeskRole.SEE))
        async with browsing(site) as attacker, browsing(site) as victim:
            await attacker.sign_in("eva@desk.example")
            planted = attacker.cookie
            assert planted is not None
            await victim.get("/desk/sign-in")
            victim.take(planted)
            fields = {"address": ADDRESS, "password": PASSWORD}
            victim.page = await victim.client.post("/desk/sign-in", data=fields, headers=HERE)
            given = victim.page.cookies["agenda-desk"]
            assert given != planted
            assert session_of(site, attacker_id) == []
            assert (await attacker.get("/desk/account")).status_code == 303


async def test_a_made_up_key_is_not_taken_over(tmp_path: Path) -> None:
    with desk_of(tmp_path) as site:
        account(site.database)
        async with browsing(site) as browser:
            browser.take("made-up-by-somebody")
            assert (await browser.get("/desk/account")).status_code == 303
            fields = {"address": ADDRESS, "password": PASSWORD}
            answer = await browser.client.post("/desk/sign-in", data=fields, headers=HERE)
            assert answer.cookies["agenda-desk"] != "made-up-by-somebody"


# Brute force


async def test_after_five_wrong_passwords_an_account_waits_and_the_right_one_waits_too(tmp_path: Path) -> None:
    with desk_of(tmp_path) as site:
        account(site.database)
        async with browsing(site) as browser:
            for _ in range(5):
                wrong = await browser.sign_in(password=WRONG)
                assert wrong.status_code == 422
                assert "El correo o la contraseña no es correcto." in wrong.text
            waits = await browser.sign_in()
            assert (waits.status_code, waits.headers["retry-after"]) == (429, "5")
            assert "Demasiados intentos. Puede intentarlo de nuevo en 1 minuto." in waits.text
            assert browser.cookie is None
            clock_of(site).advance_to(PUBLISHED + 5 * SECOND)
            assert (await browser.sign_in()).status_code == 303
            assert (await browser.sign_in()).status_code == 303  # the right one set the count back


async def test_one_client_that_tries_many_addresses_waits_as_well(tmp_path: Path) -> None:
    with desk_of(tmp_path) as site:
        async with browsing(site) as browser:
            tried = [await browser.sign_in(f"{n}@desk.example", "x" * 300) for n in range(21)]
            assert [one.status_code for one in tried] == [422] * 20 + [429]


async def test_an_unknown_address_is_answered_as_a_known_one_and_looks_at_a_hash_as_slow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time is that of the hash: each way looks at one, once."""
    looked: list[str] = []

    class Watched:
        def verify(self, kept: str, given: str) -> bool:
            looked.append(kept)
            return QUICK.verify(kept, given)

    monkeypatch.setattr(passwords, "HASHER", Watched())
    with desk_of(tmp_path) as site:
        account(site.database)
        account(site.database, "bea@desk.example", accepted=False)
        async with browsing(site) as browser:
            bodies = set()
            for address in (ADDRESS, "bea@desk.example", "nobody@desk.example"):
                answer = await browser.sign_in(address, WRONG)
                assert answer.status_code == 422
                bodies.add(answer.text.replace(address, "…"))
            assert len(bodies) == 1
            assert looked == [HASHED, passwords.NOBODYS, passwords.NOBODYS]


async def test_the_current_password_is_no_way_around_the_limit(tmp_path: Path) -> None:
    """Whoever sits at an open desk cannot guess on."""
    with desk_of(tmp_path) as site:
        async with browsing(site) as browser:
            await signed_in(browser, site)
            await browser.get("/desk/account")
            new = {"new": "otra frase muy larga", "again": "otra frase muy larga"}
            fields = {"do": "password", "password": WRONG, **new}
            codes = [(await browser.post("/desk/account", fields)).status_code for _ in range(6)]
            assert codes == [422] * 5 + [429]


# Sessions that ended, and stolen ones


@pytest.mark.parametrize("after", [IDLE, LONGEST])
async def test_an_expired_session_is_refused(tmp_path: Path, after: timedelta) -> None:
    with desk_of(tmp_path) as site:
        async with browsing(site) as browser:
            await signed_in(browser, site)
            moment = PUBLISHED
            while after is LONGEST and moment < PUBLISHED + LONGEST - timedelta(hours=1):
                moment += timedelta(hours=1)
                clock_of(site).advance_to(moment)
                assert (await browser.get("/desk/account")).status_code == 200
            clock_of(site).advance_to(PUBLISHED + after)
            assert (await browser.get("/desk/account")).status_code == 303


async def test_a_stolen_cookie_opens_nothing_once_its_owner_has_gone_changed_the_password_or_ended_it(
    tmp_path: Path,
) -> None:
    with desk_of(tmp_path) as site:
        id_ = account(site.database)
        async with browsing(site) as owner, browsing(site) as thief:
            for leave in ("sign-out", "password", "end"):
                await owner.sign_in()
                await owner.get("/desk/account")
                stolen = owner.cookie
                assert stolen is not None
                if leave == "sign-out":
                    assert (await owner.post("/desk/sign-out", {})).status_code == 303
                elif leave == "password":
                    new = {"new": "otra frase muy larga", "again": "otra frase muy larga"}
                    done = await owner.post("/desk/account", {"do": "password", "password": PASSWORD, **new})
                    assert done.status_code == 303, done.text
                    assert owner.cookie is not None
                    assert owner.cookie != stolen
                    assert (await owner.get("/desk/account")).status_code == 200
                    break
                else:
                    AccountActs(database=site.database, by="test", now=PUBLISHED).end_sessions(id_)
                thief.take(stolen)
                assert (await thief.get("/desk/account")).status_code == 303, leave
            assert stolen is not None
            thief.take(stolen)
            assert (await thief.get("/desk/account")).status_code == 303


async def test_a_cookie_that_comes_from_another_browser_ends_the_session(tmp_path: Path) -> None:
    with desk_of(tmp_path) as site:
        async with browsing(site, FIREFOX) as owner, browsing(site, CHROME) as thief:
            await signed_in(owner, site)
            stolen = owner.cookie
            assert stolen is not None
            thief.take(stolen)
            assert (await thief.get("/desk/account")).status_code == 303
            assert (await owner.get("/desk/account")).status_code == 303


async def test_what_the_database_holds_of_a_session_opens_nothing(tmp_path: Path) -> None:
    with desk_of(tmp_path) as site:
        async with browsing(site) as owner, browsing(site) as thief:
            id_ = await signed_in(owner, site)
            with site.database.read() as connection:
                kept = connection.exec_driver_sql("SELECT digest, id FROM desk_sessions").all()
            for value in (id_, *kept[0]):
                thief.take(str(value))
                assert (await thief.get("/desk/account")).status_code == 303


async def test_under_tls_the_cookie_is_bound_to_the_host_and_out_of_reach_of_scripts(tmp_path: Path) -> None:
    with site_of(tmp_path, desk=True) as site:
        account(site.database)
        async with asking(build_app(site)) as client:
            fields = {"address": ADDRESS, "password": PASSWORD}
            answer = await client.post("/desk/sign-in", data=fields, headers=HERE)
            given = answer.headers["set-cookie"]
            assert given.startswith("__Host-agenda-desk=")
            assert {part.strip() for part in given.split(";")[1:]} == {"HttpOnly", "Path=/", "SameSite=lax", "Secure"}
            assert (await client.get("/desk/account")).status_code == 200


# Giving the password again


async def test_a_sensitive_act_asks_for_the_password_again_and_then_does_what_was_sent(tmp_path: Path) -> None:
    with desk_of(tmp_path) as site:
        async with browsing(site) as browser:
            await signed_in(browser, site)
            clock_of(site).advance_to(PUBLISHED + 10 * MINUTE)
            await browser.get("/desk/people")
            wish: dict[str, str | list[str]] = {"address": "bea@desk.example", "name": "Bea", "grant": ["see", "edit"]}
            asked = await browser.post("/desk/people", wish)
            assert asked.status_code == 403
            assert "Su contraseña, por favor" in asked.text
            assert 'name="grant" value="edit"' in asked.text
            wrong = await browser.post("/desk/people", {**wish, "password": WRONG})
            assert wrong.status_code == 422
            assert "La contraseña no es correcta." in wrong.text
            done = await browser.post("/desk/people", {**wish, "password": PASSWORD})
            assert done.status_code == 200
            assert "Enlace para Bea" in done.text


async def test_the_password_counts_for_ten_minutes_after_it_was_given(tmp_path: Path) -> None:
    with desk_of(tmp_path) as site:
        async with browsing(site) as browser:
            await signed_in(browser, site)
            clock_of(site).advance_to(PUBLISHED + 10 * MINUTE)
            await browser.get("/desk/confirm?next=/desk/people")
            done = await browser.post("/desk/confirm?next=/desk/people", {"password": PASSWORD})
            assert (done.status_code, done.headers["location"]) == (303, "/desk/people")
            clock_of(site).advance_to(PUBLISHED + 20 * MINUTE - SECOND)
            await browser.get("/desk/people")
            wish: dict[str, str | list[str]] = {"address": "bea@desk.example", "name": "Bea", "grant": ["see"]}
            assert (await browser.post("/desk/people", wish)).status_code == 200


async def test_a_part_of_a_screen_that_is_sensitive_sends_the_browser_to_give_the_password(tmp_path: Path) -> None:
    with desk_of(tmp_path) as site:
        async with browsing(site) as browser:
            await signed_in(browser, site)
            clock_of(site).advance_to(PUBLISHED + 10 * MINUTE)
            await browser.get("/desk/people")
            part = {**HERE, "HX-Request": "true", "HX-Current-URL": "http://127.0.0.1/desk/people"}
            answer = await browser.post("/desk/people", {"address": "bea@desk.example", "grant": "see"}, part)
            assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/desk/confirm?next=/desk/people")


# The one-time key of `agenda desk`


async def test_the_one_time_key_opens_everything_once_and_asks_for_no_password(tmp_path: Path) -> None:
    key = OneTimeKey()
    with desk_of(tmp_path, key) as site:
        async with browsing(site) as browser, browsing(site) as second:
            entered = await browser.get(f"/desk/enter/{key.text}")
            assert (entered.status_code, entered.headers["location"]) == (303, "/desk/")
            clock_of(site).advance_to(PUBLISHED + 30 * MINUTE)
            page = await browser.get("/desk/people")
            assert page.status_code == 200
            wish: dict[str, str | list[str]] = {"address": "bea@desk.example", "name": "Bea", "grant": ["see"]}
            assert (await browser.post("/desk/people", wish)).status_code == 200
            assert (await browser.get(f"/desk/enter/{key.text}")).headers["location"] == "/desk/"
            assert (await second.get(f"/desk/enter/{key.text}")).headers["location"] == "/desk/sign-in"
            assert second.cookie is None


@pytest.mark.parametrize("given", ["", "x", "é", "0" * 32])
async def test_another_key_opens_nothing_and_uses_nothing_up(tmp_path: Path, given: str) -> None:
    key = OneTimeKey()
    with desk_of(tmp_path, key) as site:
        async with browsing(site) as browser:
            tried = await browser.get(f"/desk/enter/{given}")
            assert tried.status_code in (303, 404)
            assert browser.cookie is None
            assert (await browser.get(f"/desk/enter/{key.text}")).headers["location"] == "/desk/"


async def test_a_session_of_whoever_had_the_machine_counts_in_that_process_alone(tmp_path: Path) -> None:
    key = OneTimeKey()
    with desk_of(tmp_path, key) as site:
        async with browsing(site) as browser:
            await browser.get(f"/desk/enter/{key.text}")
            kept = browser.cookie
            assert kept is not None
        site.desk_key = None
        async with browsing(site) as later:
            later.take(kept)
            assert (await later.get("/desk/account")).status_code == 303


async def test_the_guard_is_what_routes_are_made_of(tmp_path: Path) -> None:
    """A declaration has a method only where it has a handler."""

    async def nothing(_request: object, _visit: object) -> httpx.Response:
        raise AssertionError("nobody comes so far")

    with desk_of(tmp_path) as site:
        declared = DeskRoute(path="/desk/x", need=DeskRole.SEE, post=nothing)  # type: ignore[arg-type]  # it answers nobody
        [made] = Guard(site).routes([declared])
        assert isinstance(made, Route)
        assert made.methods == {"POST"}
