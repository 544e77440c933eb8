from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from scheduler.base.tokens import Link, Tokens
from scheduler.planning.delivery import State
from scheduler.store.database import Database
from scheduler.store.posts import roster
from scheduler.store.schema import deliveries
from scheduler.web.app import Site
from scheduler.wording.posts import masked
from tests.support.webserver import POST, PUBLISHED, TOKENS, leave_path, publish, serving, site_of, small_draft

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with site_of(tmp_path) as made:
        yield made


@pytest.fixture
async def client(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(site) as made:
        yield made


def states(site: Site) -> list[str]:
    with site.database.read() as connection:
        own = select(deliveries.c.state).where(deliveries.c.recipient == POST)
        return list(connection.execute(own.distinct()).scalars())


def has_left(site: Site, post: str = POST) -> bool:
    with site.database.read() as connection:
        found = roster.find(connection, post)
    assert found is not None
    return found.left


def form_action(page: httpx.Response) -> str:
    found = re.search(r'<form method="post" action="([^"]+)">', page.text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_following_the_link_changes_nothing_as_scanners_follow_links(
    site: Site, client: httpx.AsyncClient, method: str
) -> None:
    before = states(site)
    answer = await client.request(method, leave_path())
    assert answer.status_code == 200
    assert not has_left(site)
    assert states(site) == before == [State.PLANNED]


async def test_the_page_names_the_post_masked_and_asks(client: httpx.AsyncClient) -> None:
    page = await client.get(leave_path())
    assert "c…@sedes.example" in page.text
    assert "Sección Consular, Embajada de México en Japón" in page.text
    assert "consular.tokio" not in page.text
    assert "Todavía no cambió nada" in page.text
    assert form_action(page).startswith(leave_path())


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"data": ONE_CLICK},
        {"files": {"List-Unsubscribe": (None, "One-Click")}},
        {"content": b"\xff\xfenonsense", "headers": {"content-type": "application/x-unknown"}},
    ],
    ids=["empty", "form", "multipart", "nonsense"],
)
async def test_one_click_acts_at_once_without_redirect_or_cookie(
    site: Site, client: httpx.AsyncClient, body: dict[str, object]
) -> None:
    """RFC 8058 §3.1 and §3.2."""
    answer = await client.request("POST", leave_path(), **body)  # type: ignore[arg-type]  # because the cases differ
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert has_left(site)
    assert states(site) == [State.SUPPRESSED]


async def test_leaving_can_be_taken_back_from_the_page_that_confirms_it(site: Site, client: httpx.AsyncClient) -> None:
    left = await client.post(leave_path())
    assert "Ya no enviaremos recordatorios" in left.text
    returned = await client.post(form_action(left))
    assert returned.status_code == 200
    assert "Los recordatorios continúan" in returned.text
    assert not has_left(site)
    assert states(site) == [State.PLANNED]


async def test_leaving_twice_is_leaving_once(site: Site, client: httpx.AsyncClient) -> None:
    assert [(await client.post(leave_path())).status_code for _ in range(2)] == [200, 200]
    assert has_left(site)


async def test_who_has_left_and_looks_again_is_offered_to_come_back(client: httpx.AsyncClient) -> None:
    await client.post(leave_path())
    again = await client.get(leave_path())
    assert form_action(again).startswith("/return/")
    assert (await client.get(form_action(again))).status_code == 200


async def test_a_post_that_left_leaves_the_others_of_its_site_alone(tmp_path: Path) -> None:
    draft = small_draft()
    other = replace(draft.recipients[0], id="tokio-titular", address="titular@sedes.example")
    with site_of(tmp_path, replace(draft, recipients=(draft.recipients[0], other))) as site:
        async with serving(site) as client:
            await client.post(leave_path())
        assert has_left(site)
        assert not has_left(site, "tokio-titular")


@pytest.mark.parametrize(
    "token",
    [
        "x",
        TOKENS.sign(Link.LEAVE, POST)[:-1],
        TOKENS.sign(Link.LEAVE, POST) + "&gt;</td>",
        Tokens(["another key"]).sign(Link.LEAVE, POST),
        "%00",
        "a" * 4000,
    ],
)
async def test_a_link_that_we_did_not_sign_is_explained_and_does_nothing(
    site: Site, client: httpx.AsyncClient, token: str
) -> None:
    for method, path in (("GET", "leave"), ("POST", "leave"), ("POST", "return")):
        answer = await client.request(method, f"/{path}/{token}")
        assert answer.status_code == 404
        assert "No reconocemos este enlace" in answer.text
    assert not has_left(site)


async def test_a_post_that_is_no_longer_listed_is_told_so_and_stays_away(site: Site, client: httpx.AsyncClient) -> None:
    """And its wish is kept: were it listed again, it would still have left."""
    publish(site.database, replace(small_draft(), recipients=()), PUBLISHED + timedelta(days=1))
    for method in ("GET", "POST"):
        answer = await client.request(method, leave_path())
        assert answer.status_code == 200
        assert "ya no está en la lista" in answer.text
    publish(site.database, small_draft(), PUBLISHED + timedelta(days=2))
    assert has_left(site)


async def test_a_body_that_is_cut_off_changes_nothing(site: Site, client: httpx.AsyncClient) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(client.base_url).port)
    head = f"POST {leave_path()} HTTP/1.1\r\nhost: x\r\ncontent-length: 26\r\n\r\nList-"
    writer.write(head.encode())
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert await reader.read() == b""
    assert (await client.get(leave_path())).status_code == 200  # the server has seen the broken one by now
    assert not has_left(site)


async def test_the_page_speaks_the_language_of_the_post_unless_asked_otherwise(tmp_path: Path) -> None:
    draft = small_draft()
    english = replace(draft.recipients[0], language="en")
    with site_of(tmp_path, replace(draft, recipients=(english,))) as site:
        async with serving(site) as client:
            page = await client.get(leave_path())
            assert '<html lang="en"' in page.text
            assert "Stop the reminders" in (await client.get(leave_path())).text
            spanish = await client.get(f"{leave_path()}?lang=es")
            assert '<html lang="es"' in spanish.text
            assert '<html lang="es"' in (await client.post(form_action(spanish))).text


async def test_what_leaving_answers_is_kept_by_nobody(client: httpx.AsyncClient) -> None:
    for answer in (await client.get(leave_path()), await client.post(leave_path()), await client.get("/leave/x")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["x-robots-tag"] == "noindex"


async def test_other_methods_are_refused(client: httpx.AsyncClient) -> None:
    for method in ("PUT", "DELETE"):
        assert (await client.request(method, leave_path())).status_code == 405


@pytest.mark.parametrize(
    ("address", "shown"),
    [("consular.tokio@sedes.example", "c…@sedes.example"), ("a@b.example", "a…@b.example"), ("ñ@x", "ñ…@x")],
)
def test_an_address_is_masked_but_for_its_first_letter_and_its_domain(address: str, shown: str) -> None:
    assert masked(address) == shown


async def test_a_database_that_is_locked_is_told_as_what_it_is_and_nothing_is_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.store.sqlite.BUSY_SECONDS", 0)
    with site_of(tmp_path, small_draft()) as site:
        other = Database(str(site.database.url))
        async with serving(site) as client:
            with other.write():
                answer = await client.post(
                    f"/leave/{TOKENS.sign(Link.LEAVE, POST)}", data={"List-Unsubscribe": "One-Click"}
                )
            again = await client.post(f"/leave/{TOKENS.sign(Link.LEAVE, POST)}", data={"List-Unsubscribe": "One-Click"})
        other.close()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert "No se guardó nada" in answer.text
    assert again.status_code == 200
