"""The office once chosen is offered again: a cookie only then, said so, and forgotten by one click."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from calendars.model.text import Language
from scheduler.web.app import Site
from tests.support.webserver import serving, site_of, small_draft

CHOOSE, FORGET = {"site": "tokio"}, {"site": ""}
KEPT = {"Cookie": "site=tokio"}  # as a browser sends it back over https


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_of(tmp_path_factory.mktemp("chosen"), small_draft()) as made:
        yield made


@pytest.fixture
async def client(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(site) as made:
        yield made


@pytest.mark.parametrize(
    ("language", "button", "said", "offered"),
    [
        ("es", "Es mi sede", "Guarda una cookie en este navegador", "Mi sede: Tokio"),
        ("en", "It is my site", "That keeps one cookie in this browser", "My site: Tokio"),
    ],
)
async def test_an_office_is_offered_again_once_it_was_chosen(
    client: httpx.AsyncClient, language: Language, button: str, said: str, offered: str
) -> None:
    """The office's page says beforehand what is kept."""
    query = f"?lang={language}"
    page = await client.get(f"/sites/tokio{query}")
    assert (button in page.text, said in page.text) == (True, True)
    assert offered not in (await client.get(f"/{query}")).text
    assert not client.cookies
    done = await client.post(f"/my-site{query}", data=CHOOSE)
    assert (done.status_code, done.headers["location"]) == (303, f"/sites/tokio{query}")
    assert offered in (await client.get(f"/{query}", headers=KEPT)).text
    assert said not in (await client.get(f"/sites/tokio{query}", headers=KEPT)).text


async def test_the_cookie_holds_the_office_alone_and_goes_with_one_click(client: httpx.AsyncClient) -> None:
    """For this installation's pages only, out of reach of scripts and of other sites' forms."""
    kept = (await client.post("/my-site", data=CHOOSE)).headers["set-cookie"]
    assert kept.startswith("site=tokio;")
    assert {"httponly", "samesite=lax", "path=/", "secure", "max-age=34560000"} <= {
        part.strip().lower() for part in kept.split(";")
    }
    gone = await client.post("/my-site", data=FORGET)
    assert (gone.status_code, gone.headers["location"]) == (303, "/")
    assert 'site="";' in gone.headers["set-cookie"]
    assert not client.cookies
    assert "Mi sede" not in (await client.get("/")).text


async def test_a_page_that_depends_on_it_is_kept_for_nobody_else(client: httpx.AsyncClient) -> None:
    """Caches are told by Vary; once there is a cookie, shared ones keep nothing."""
    for path in ("/", "/sites/tokio"):
        plain = await client.get(path)
        assert {"Accept-Language", "Cookie"} <= set(plain.headers["vary"].split(", "))
        assert plain.headers["cache-control"] == "no-cache"
        own = await client.get(path, headers=KEPT)
        assert own.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize("value", ["atlantida", '"; Path=/', "<script>", ""])
async def test_what_is_no_office_is_as_no_cookie(client: httpx.AsyncClient, value: str) -> None:
    """An office that the agenda dropped, or something that a browser made up."""
    page = await client.get("/", headers={"Cookie": f"site={value}"})
    assert (page.status_code, "Mi sede" in page.text, "<script>" in page.text) == (200, False, False)
    asked = await client.post("/my-site", data={"site": value})
    assert asked.headers["location"] == "/"


async def test_another_sites_form_chooses_nothing(client: httpx.AsyncClient) -> None:
    """Fetch Metadata says whose form it was."""
    refused = await client.post("/my-site", data=CHOOSE, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403
    assert "set-cookie" not in refused.headers
