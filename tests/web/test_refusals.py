"""A Refusal that reaches a page is answered there by its status and in its own words: no handler of it by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from calendars.catalogue import Phrase
from calendars.model.text import Text
from scheduler.base.refusal import EnvironmentRefusal, Refusal
from scheduler.people.handover import NoHandover
from scheduler.publishing.rollback import NoWayBack
from scheduler.publishing.shifted import NoSuchHour
from scheduler.web.app import Site, build_app
from scheduler.web.pages.pages import Pages
from tests.support.webserver import TOKENS, asking, site_of

TWO_LINES = (Text(es="dos de la tarde", en="two in the afternoon"), Text(es="tres <b>", en="three <b>"))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with site_of(tmp_path) as made:
        yield made


def meeting(site: Site, refusal: Refusal) -> httpx.AsyncClient:
    """A browser before a page that meets this refusal."""

    async def page(_request: Request) -> Response:
        raise refusal

    return asking(Starlette(routes=[Route("/", page)], exception_handlers={Refusal: Pages(site).refused}))


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (NoWayBack(Phrase("tomorrow")), 409),
        (NoHandover(Phrase("tomorrow")), 409),
        (NoHandover(Phrase("tomorrow"), mistaken=True), 404),
        (Refusal(Phrase("tomorrow")), 422),
    ],
    ids=["NoWayBack", "NoHandover", "NoHandover of nothing", "Refusal"],
)
async def test_a_refusal_has_its_status_in_the_readers_language(site: Site, refusal: Refusal, status: int) -> None:
    browser = meeting(site, refusal)
    for language, words in (("es", "mañana"), ("en", "tomorrow")):
        answer = await browser.get(f"/?lang={language}")
        assert (answer.status_code, answer.headers["cache-control"]) == (status, "no-store")
        assert f"<h1>{words}</h1>" in answer.text


async def test_every_line_of_a_refusal_is_said_and_escaped(site: Site) -> None:
    page = (await meeting(site, NoSuchHour(TWO_LINES)).get("/?lang=en")).text
    assert "<h1>two in the afternoon</h1>\n<p>three &lt;b&gt;</p>" in page


async def test_what_an_operator_mends_is_not_told_to_who_reads_a_page(site: Site) -> None:
    """Its words name hosts and files."""
    answer = await meeting(site, EnvironmentRefusal("no database at db.example")).get("/")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert "db.example" not in answer.text
    assert "En este momento no podemos guardar cambios." in answer.text


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", ["/answer/x", "/manage/x", "/leave/x", "/confirm/x", "/account/x", "/account/x/erase"])
async def test_a_link_that_nobody_signed_is_refused_in_one_way(site: Site, path: str, method: str) -> None:
    answer = await asking(build_app(site)).request(method, path, headers={"accept-language": "en"})
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"
    assert "We do not recognise this link" in answer.text or "This link is no longer valid" in answer.text


async def test_a_form_with_too_many_fields_is_refused_by_a_page(site: Site) -> None:
    path = f"/answer/{TOKENS.sign_answer('tokio-consular', 'taller-asia-pacifico-2021')}?lang=en"
    answer = await asking(build_app(site)).post(path, data={f"f{n}": "1" for n in range(101)})
    assert answer.status_code == 413
    assert "<h1>The request is too large.</h1>" in answer.text
