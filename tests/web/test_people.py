"""Reminders by self-service: in and out without anybody's help, and nothing that a forwarded mail could do for good."""

from __future__ import annotations

import html
import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from calendars.model.events import Days, Timed
from scheduler.base.clock import SimulatedClock
from scheduler.base.tokens import Link
from scheduler.people.handover import HandoverWish, hand_over
from scheduler.planning.delivery import Purpose, State
from scheduler.store.ledger import states
from scheduler.store.posts import roster
from scheduler.store.posts.roster import Post
from scheduler.store.schema import deliveries, metadata
from scheduler.web.app import Site
from scheduler.web.people.signup import MOST
from tests.support.accounts import account, known_post, link, open_draft, post, undo
from tests.support.webserver import LINK, POST, PUBLISHED, TOKENS, serving, site_of

ADDRESS = "ana@sedes.example"
WEEK, DAY, HOUR = "P7D a las 09:00", "P1D a las 09:00", "PT1H"
KNOWN = "consular.tokio@sedes.example"


@pytest.fixture
async def client(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(site) as made:
        yield made


def filled(**changes: object) -> dict[str, object]:
    known = {"address": ADDRESS, "site": "tokio", "language": "es", "rule": [WEEK, DAY, HOUR]}
    return known | changes


def posts_at(site: Site, address: str = ADDRESS) -> list[Post]:
    with site.database.read() as connection:
        return roster.at_address(connection, address)


def asked(site: Site) -> list[tuple[str, str]]:
    """(purpose, recipient) of the service mail that is owed."""
    d = deliveries.c
    with site.database.read() as connection:
        rows = connection.execute(select(d.purpose, d.recipient).where(d.purpose != Purpose.REMINDER).order_by(d.id))
        return [(row.purpose, row.recipient) for row in rows]


def planned(site: Site, key: str) -> set[str]:
    d = deliveries.c
    with site.database.read() as connection:
        found = connection.execute(
            select(d.rule).where(d.recipient == key, d.purpose == Purpose.REMINDER, d.state == State.PLANNED)
        )
        return set(found.scalars())


def everything(site: Site) -> list[str]:
    with site.database.read() as connection:
        return [repr(row) for table in metadata.sorted_tables for row in connection.execute(select(table))]


def confirmation(key: str) -> str:
    return link("confirm", key, Link.CONFIRM, PUBLISHED + timedelta(hours=48))


async def joined(site: Site, client: httpx.AsyncClient) -> str:
    """Who signed up and confirmed; its id."""
    await client.post("/subscribe", data=filled())
    (found,) = posts_at(site)
    await client.post(confirmation(found.recipient.id))
    return found.recipient.id


# Signing up


async def test_the_form_offers_every_site_the_rules_in_words_and_the_privacy_notice(client: httpx.AsyncClient) -> None:
    page = (await client.get("/subscribe", params={"site": "seul"})).text
    assert re.search(r'value="seul" selected', page)
    assert "7 días antes, 09:00 h" in page
    assert "Guardamos su correo." in page
    assert "@sedes.example" in page
    assert page.count("checked") == 3


async def test_who_signs_up_confirms_by_mail_and_is_reminded(site: Site, client: httpx.AsyncClient) -> None:
    sent = await client.post("/subscribe", data=filled(language="en", rule=[DAY, HOUR]))
    assert "Revise su correo" in sent.text
    (found,) = posts_at(site)
    key = found.recipient.id
    assert asked(site) == [(Purpose.CONFIRMATION, key)]
    ask = await client.get(confirmation(key))
    assert not known_post(site, key).confirmed
    assert "a…@sedes.example" in ask.text
    done = await client.post(confirmation(key))
    assert "Done: you will get the reminders" in done.text
    assert known_post(site, key).confirmed
    assert planned(site, key) == {DAY, HOUR}
    assert "/account/" in done.text
    assert "/account/" not in (await client.post(confirmation(key))).text


async def test_nobody_learns_whether_an_address_is_known(site: Site, client: httpx.AsyncClient) -> None:
    answers = [await client.post("/subscribe", data=filled(address=one)) for one in (ADDRESS, KNOWN, ADDRESS)]
    bodies = {(answer.status_code, answer.content) for answer in answers}
    headers = {tuple(sorted((n, v) for n, v in answer.headers.items() if n != "date")) for answer in answers}
    assert len(bodies) == 1
    assert len(headers) == 1
    assert [purpose for purpose, _ in asked(site)] == [Purpose.CONFIRMATION, Purpose.KNOWN, Purpose.CONFIRMATION]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"address": "ana@gmail.example"}, "@sedes.example"),
        ({"address": "no es correo"}, "no es"),
        ({"address": ""}, "Escriba su correo."),
        ({"address": "a" * 300 + "@sedes.example"}, "demasiado larga"),
        ({"site": "atlantida"}, "Elija su sede."),
        ({"rule": []}, "Elija al menos un recordatorio."),
        ({"rule": ["P9D a las 01:00"]}, "Elija al menos un recordatorio."),
    ],
)
async def test_what_is_wrong_is_said_beside_what_was_typed_and_nothing_is_done(
    site: Site, client: httpx.AsyncClient, changes: dict[str, object], says: str
) -> None:
    before = everything(site)
    page = await client.post("/subscribe", data=filled(**changes))
    assert page.status_code == 422
    assert says in page.text
    assert html.escape(str(filled(**changes)["address"])[:254]) in page.text
    assert everything(site) == before


async def test_one_client_signs_up_a_few_times_an_hour(site: Site, client: httpx.AsyncClient) -> None:
    for number in range(MOST):
        assert (await client.post("/subscribe", data=filled(address=f"p{number}@sedes.example"))).status_code == 200
    refused = await client.post("/subscribe", data=filled(address="otra@sedes.example"))
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "3600"
    assert posts_at(site, "otra@sedes.example") == []
    assert isinstance(site.clock, SimulatedClock)
    site.clock.advance_to(PUBLISHED + timedelta(hours=1))
    assert (await client.post("/subscribe", data=filled(address="otra@sedes.example"))).status_code == 200


async def test_behind_a_trusted_proxy_each_client_counts_for_itself_and_a_forged_hop_does_not(tmp_path: Path) -> None:
    with site_of(tmp_path, open_draft(), mails=True, proxies=(ip_network("127.0.0.1/32"),)) as site:
        async with serving(site) as client:
            statuses = []
            for number in range(MOST + 1):
                forged = {"x-forwarded-for": f"198.51.100.{number}, 203.0.113.9"}
                page = await client.post("/subscribe", data=filled(address=f"p{number}@sedes.example"), headers=forged)
                statuses.append(page.status_code)
            other = await client.post("/subscribe", data=filled(), headers={"x-forwarded-for": "203.0.113.10"})
    assert statuses == [200] * MOST + [429]
    assert other.status_code == 200


async def test_a_form_on_another_site_signs_nobody_up(site: Site, client: httpx.AsyncClient) -> None:
    before = everything(site)
    for path in ("/subscribe", account(), f"{account()}/erase"):
        page = await client.post(path, data=filled(do="rules"), headers={"sec-fetch-site": "cross-site"})
        assert page.status_code == 403
    assert everything(site) == before


@pytest.mark.parametrize(
    ("says", "status"),
    [
        ({"origin": "https://agenda.example"}, 200),
        ({"origin": "https://agenda.example:443"}, 200),
        ({}, 200),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "http://agenda.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "https://agenda.example:x"}, 403),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, 200),
    ],
)
async def test_where_a_browser_says_no_more_than_its_origin_that_is_compared(
    client: httpx.AsyncClient, says: dict[str, str], status: int
) -> None:
    """Older ones send no Fetch Metadata, and none does over plain HTTP. Our pages let it say the origin."""
    assert (await client.post("/subscribe", data=filled(), headers=says)).status_code == status
    page = await client.get("/subscribe")
    assert page.headers["referrer-policy"] == "same-origin"


async def test_the_fourth_of_a_mailbox_is_refused_and_told_where_the_others_are(
    site: Site, client: httpx.AsyncClient
) -> None:
    """Whether it is known or not: a tag makes no other mailbox."""
    for local, domain in (("ana", "sedes.example"), tuple(KNOWN.split("@"))):
        for tag in ("", "+a", "+b"):
            page = await client.post("/subscribe", data=filled(address=f"{local}{tag}@{domain}"))
            assert page.status_code == 200
        page = await client.post("/subscribe", data=filled(address=f"{local}+c@{domain}"))
        assert page.status_code == 429
        assert "Revise su buzón" in page.text
        english = await client.post("/subscribe?lang=en", data=filled(address=f"{local}@{domain}"))
        assert "Look in your mailbox" in english.text
        assert posts_at(site, f"{local}+c@{domain}") == []


async def test_beyond_sixty_an_hour_they_wait_and_the_page_says_how_long(tmp_path: Path) -> None:
    """An announcement to all offices of a ministry must not be turned away."""
    proxies = (ip_network("127.0.0.1/32"),)
    with site_of(tmp_path, open_draft(), mails=True, proxies=proxies) as site:
        async with serving(site) as client:
            pages = [
                await client.post(
                    "/subscribe?lang=en",
                    data=filled(address=f"p{number}@sedes.example"),
                    headers={"x-forwarded-for": f"198.51.100.{number}"},
                )
                for number in range(75)
            ]
        assert {page.status_code for page in pages} == {200}
        assert not [page for page in pages[:60] if "waits its turn" in page.text]
        assert "it leaves in about 1 minute." in pages[60].text
        assert "it leaves in about 2 minutes." in pages[74].text  # one in six seconds: a third of 30/min
        assert len(asked(site)) == 75


@pytest.mark.parametrize("closed", ["by the agenda", "no mail"])
async def test_where_sign_up_is_closed_the_page_says_whom_to_ask(tmp_path: Path, closed: str) -> None:
    draft = open_draft()
    if closed == "by the agenda":
        draft = replace(draft, agenda=replace(draft.agenda, signups=None))
    with site_of(tmp_path, draft, mails=closed != "no mail") as site:
        async with serving(site) as client:
            assert draft.agenda.sender.reply_to in (await client.get("/subscribe")).text
            assert (await client.post("/subscribe", data=filled())).status_code == 403
            assert "/subscribe" not in (await client.get("/sites/tokio")).text
        assert posts_at(site) == []


async def test_a_confirmation_link_ends_after_two_days(site: Site, client: httpx.AsyncClient) -> None:
    await client.post("/subscribe", data=filled())
    (found,) = posts_at(site)
    assert isinstance(site.clock, SimulatedClock)
    site.clock.advance_to(PUBLISHED + timedelta(hours=48, seconds=1))
    late = await client.post(confirmation(found.recipient.id))
    assert late.status_code == 404
    assert "48 horas" in late.text
    assert not known_post(site, found.recipient.id).confirmed


# The links of any mail


async def test_a_pause_can_be_set_by_span_or_date_and_taken_back(site: Site, client: httpx.AsyncClient) -> None:
    manage = link("manage")
    for form in ({"span": "week"}, {"span": "month"}, {"until": "2021-10-20"}):
        paused = await client.post(manage, data={"do": "pause", **form})
        assert known_post(site).paused_until is not None
        assert "en pausa" in paused.text
        await client.post(manage, data=undo(paused))
        assert known_post(site).paused_until is None
    await client.post(manage, data={"do": "pause", "until": "2021-10-20"})
    resumed = await client.post(manage, data={"do": "resume"})
    assert known_post(site).paused_until is None
    await client.post(manage, data=undo(resumed))
    assert known_post(site).paused_until is not None


@pytest.mark.parametrize("until", ["", "ayer", "2021-10-01", "2021-09-30", "2031-01-01", "2021-13-40"])
async def test_a_pause_to_no_day_ahead_is_refused(site: Site, client: httpx.AsyncClient, until: str) -> None:
    page = await client.post(link("manage"), data={"do": "pause", "until": until})
    assert page.status_code == 422
    assert known_post(site).paused_until is None


async def test_a_post_chooses_its_language_and_the_page_speaks_it(site: Site, client: httpx.AsyncClient) -> None:
    page = await client.post(link("manage"), data={"do": "language", "language": "en"})
    assert known_post(site).recipient.language == "en"
    assert '<html lang="en"' in page.text
    await client.post(link("manage"), data=undo(page))
    assert known_post(site).recipient.language == "es"


async def test_leaving_and_coming_back_stand_on_the_same_page(site: Site, client: httpx.AsyncClient) -> None:
    left = await client.post(link("manage"), data={"do": "leave"})
    assert known_post(site).left
    assert "sin recordatorios: pidió no recibirlos" in left.text
    await client.post(link("manage"), data=undo(left))
    assert not known_post(site).left


async def test_a_post_whose_address_the_server_refused_is_told_so_and_whom_to_ask(
    site: Site, client: httpx.AsyncClient
) -> None:
    with site.database.write() as connection:
        states.suppress_address(connection, POST, PUBLISHED, "550 5.1.1 no such user")
    page = (await client.get(link("manage"))).text
    assert "sin recordatorios: el servidor de correo rechazó la dirección" in page
    assert f'Para que se corrija, escriba a <a href="mailto:{site.in_force.edition.agenda.sender.reply_to}">' in page
    assert "Los próximos" not in page
    assert "5.1.1" not in page
    await client.post(link("manage"), data={"do": "pause", "span": "week"})
    await client.post(link("manage"), data={"do": "return"})
    assert known_post(site).suppressed


async def test_a_link_of_a_mail_can_ask_for_the_other_and_is_told_nothing_of_it(
    site: Site, client: httpx.AsyncClient
) -> None:
    page = await client.post(link("manage"), data={"do": "access"})
    assert asked(site) == [(Purpose.ACCESS, POST)]
    assert "/account/" not in page.text


async def test_a_forwarded_mail_opens_nothing_that_lasts(site: Site, client: httpx.AsyncClient) -> None:
    token = TOKENS.sign(Link.LEAVE, POST)
    before = everything(site)
    for form in ({"do": "erase"}, {"do": "move", "site": "seul"}, {"do": "feed"}, {"do": "rules", "rule": [HOUR]}):
        assert (await client.post(f"/account/{token}", data=form)).status_code == 404
        assert (await client.post(f"/manage/{token}", data=form)).status_code == 422
    assert (await client.post(f"/account/{token}/erase")).status_code == 404
    assert (await client.get(f"/account/{token}/export.json")).status_code == 404
    assert everything(site) == before


async def test_a_link_of_who_handed_the_post_over_opens_nothing_and_the_successors_does(
    site: Site, client: httpx.AsyncClient
) -> None:
    to = HandoverWish(recipient=POST, address="nueva@sedes.example")
    hand_over(site.database, to, at=PUBLISHED, author="M. R.", reason="", tokens=TOKENS)
    before = everything(site)
    for path in (link("manage"), link("leave"), account(), link("confirm", signed=Link.CONFIRM)):
        assert (await client.get(path)).status_code == 404
        assert (await client.post(path, data={"do": "leave"})).status_code == 404
    assert (await client.get(f"{account()}/export.json")).status_code == 404
    assert everything(site) == before
    bearer = known_post(site).bearer
    assert "n…@sedes.example" in (await client.get(account(bearer))).text
    assert (await client.post(link("manage", bearer), data={"do": "leave"})).status_code == 200
    assert known_post(site).left


async def test_whose_link_it_is_stands_there_masked(client: httpx.AsyncClient) -> None:
    for path in (link("manage"), link("leave"), account(), f"{account()}/erase"):
        page = (await client.get(path)).text
        assert "c…@sedes.example" in page
        assert KNOWN not in page


async def test_a_post_that_is_gone_is_told_so(site: Site, client: httpx.AsyncClient) -> None:
    for path in (link("manage", "nadie"), link("leave", "nadie")):
        assert "ya no está en la lista" in (await client.get(path)).text
    assert (await client.post(link("manage") + "x")).status_code == 404


# A quarter of an hour for everything


async def test_the_account_page_closes_after_a_quarter_of_an_hour(site: Site, client: httpx.AsyncClient) -> None:
    assert (await client.get(account())).status_code == 200
    assert isinstance(site.clock, SimulatedClock)
    site.clock.advance_to(PUBLISHED + timedelta(minutes=15, seconds=1))
    for path in ("", "/erase", "/export.json"):
        assert (await client.get(account() + path)).status_code == 404
    assert (await client.post(f"{account()}/erase")).status_code == 404
    assert post(site) is not None


async def test_who_signed_up_moves_by_themselves_and_a_post_of_the_file_does_not(
    site: Site, client: httpx.AsyncClient
) -> None:
    key = await joined(site, client)
    moved = await client.post(account(key), data={"do": "move", "site": "seul"})
    assert "Cambió de sede" in moved.text
    assert known_post(site, key).recipient.site == "seul"
    assert (await client.post(account(key), data={"do": "move", "site": "atlantida"})).status_code == 422
    assert (await client.post(account(), data={"do": "move", "site": "seul"})).status_code == 422
    assert known_post(site).recipient.site == "tokio"


async def test_reminders_are_chosen_one_by_one(site: Site, client: httpx.AsyncClient) -> None:
    assert planned(site, POST) == {WEEK, DAY, HOUR}
    await client.post(account(), data={"do": "rules", "rule": [HOUR]})
    assert planned(site, POST) == {HOUR}
    assert (await client.post(account(), data={"do": "rules"})).status_code == 422
    await client.post(account(), data={"do": "rules", "rule": [WEEK, HOUR]})
    assert planned(site, POST) == {WEEK, HOUR}


async def test_a_staff_feed_made_here_opens_at_once_is_shown_once_and_ends_when_told(
    site: Site, client: httpx.AsyncClient
) -> None:
    made = await client.post(account(), data={"do": "feed", "label": "Teléfono"})
    found = re.search(r'<code id="address">https://agenda.example(/feeds/private/[^<]+)</code>', made.text)
    assert found is not None
    feed = await client.get(found[1])
    assert feed.status_code == 200
    assert LINK in feed.text.replace("\r\n ", "")
    again = (await client.get(account())).text
    assert found[1] not in again
    assert "Teléfono" in again
    id_ = re.search(r'name="feed" value="([^"]+)"', again)
    assert id_ is not None
    await client.post(account(), data={"do": "revoke", "feed": id_[1]})
    site.learn_tokens()
    assert (await client.get(found[1])).status_code == 410


async def test_nobody_closes_the_staff_feed_of_another(site: Site, client: httpx.AsyncClient) -> None:
    key = await joined(site, client)
    made = (await client.post(account(key), data={"do": "feed"})).text
    id_ = re.search(r'name="feed" value="([^"]+)"', made)
    assert id_ is not None
    assert (await client.post(account(), data={"do": "revoke", "feed": id_[1]})).status_code == 422


async def test_the_export_is_a_file_with_all_that_is_kept(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{account()}/export.json")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert json.loads(answer.text)["recipient"]["address"] == KNOWN


async def test_erasure_says_what_goes_and_what_stays_and_then_does_it(site: Site, client: httpx.AsyncClient) -> None:
    asks = (await client.get(f"{account()}/erase")).text
    assert "huella cifrada" in asks
    assert post(site) is not None
    done = await client.post(f"{account()}/erase")
    assert "Sus datos se borraron" in done.text
    assert post(site) is None
    assert [row for row in everything(site) if KNOWN in row] == []
    assert (await client.get(account())).status_code == 404


# Everywhere


async def test_nothing_changes_on_get_or_head(site: Site, client: httpx.AsyncClient) -> None:
    await client.post("/subscribe", data=filled())
    (found,) = posts_at(site)
    paths = [
        *("/subscribe", "/privacy", link("leave"), link("return"), link("manage"), account()),
        *(f"{account()}/erase", f"{account()}/export.json", confirmation(found.recipient.id)),
    ]
    before = everything(site)
    for path in paths:
        for method in ("GET", "HEAD"):
            answer = await client.request(method, path, params={"do": "leave", "lang": "es"})
            assert answer.status_code == 200, path
    assert everything(site) == before


async def test_these_pages_are_kept_by_nobody_and_set_no_cookie(client: httpx.AsyncClient) -> None:
    for path in (
        "/subscribe",
        link("manage"),
        account(),
        link("confirm", signed=Link.CONFIRM),
        f"{account()}/export.json",
    ):
        answer = await client.get(path)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-robots-tag"] == "noindex"
        assert "set-cookie" not in answer.headers


async def test_the_privacy_notice_stands_on_its_page_in_both_languages(client: httpx.AsyncClient) -> None:
    page = (await client.get("/privacy")).text
    assert "<p>Guardamos su correo.</p>" in page
    assert "<p>We keep your address.</p>" in (await client.get("/privacy?lang=en")).text


async def test_an_agenda_without_a_notice_has_no_page_for_it(tmp_path: Path) -> None:
    with site_of(tmp_path) as site:
        async with serving(site) as client:
            assert (await client.get("/privacy")).status_code == 404


def test_the_small_agenda_has_an_hour_and_whole_days() -> None:
    """So that the rules of both kinds are offered."""
    kinds = {type(event.when) for event in open_draft().agenda.events}
    assert kinds == {Timed, Days}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with site_of(tmp_path, open_draft(), mails=True) as made:
        yield made
