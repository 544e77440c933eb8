from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from calendars.model.events import Audience, EventStatus
from scheduler.base.clock import SimulatedClock
from scheduler.web.app import Site
from scheduler.wording.events import listing
from tests.support import factories
from tests.support.shipped import shipped_draft
from tests.support.webserver import LINK, leave_path, serving, site_of, small_draft

BEFORE = datetime(2021, 10, 18, 18, tzinfo=UTC)
AFTER = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The shipped agenda, which the pages only read."""
    with site_of(tmp_path_factory.mktemp("pages"), shipped_draft(), clock=SimulatedClock(BEFORE)) as made:
        yield made


@pytest.fixture
async def client(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(site) as made:
        yield made


async def test_the_index_tells_the_hour_in_tcm_and_the_span_of_local_hours(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    assert "jueves 21 de octubre de 2021,<br>18:00 h TCM" in page
    assert "de vie 22 oct, 04:30 h (Nueva Delhi) a vie 22 oct, 12:00 h (Wellington)" in page


async def test_the_index_shows_what_is_supposed_as_supposed(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    assert page.count("Duración supuesta: 2 h, por confirmar.") == 5
    assert page.count("Fechas supuestas, por confirmar.") == 1
    assert "tentativo" in page
    assert "Eje: sin asignar" in page


async def test_the_index_says_which_edition_and_which_zone_data(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    assert "Edición 1, publicada el viernes 1 de octubre de 2021, 10:00 h TCM." in page
    assert re.search(r"base de datos\s+tz 20\d\d[a-z]", page)


async def test_the_index_speaks_english_when_asked_and_keeps_to_it(client: httpx.AsyncClient) -> None:
    page = (await client.get("/?lang=en")).text
    assert '<html lang="en"' in page
    assert "Thursday, 21 October 2021,<br>18:00 TCM" in page
    assert "Assumed duration: 2 h, to be confirmed." in page
    assert 'href="?lang=es"' in page


@pytest.mark.parametrize(
    ("preferred", "language"),
    [
        ("", "es"),
        ("en", "en"),
        ("en-GB,en;q=0.9,es;q=0.8", "en"),
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("es;q=0.2, en;q=0.7", "en"),
        ("de, fr;q=0.9", "es"),
        ("de, en;q=0.1, *;q=0.5", "es"),
        ("*", "es"),
        ("es;q=0, *", "en"),
        ("en;q=9,,;;=\u00ff", "es"),
    ],
)
async def test_the_browser_chooses_between_our_two_languages(
    client: httpx.AsyncClient, preferred: str, language: str
) -> None:
    answer = await client.get("/?lang=fr", headers={b"accept-language": preferred.encode("latin-1")})
    assert f'<html lang="{language}"' in answer.text
    assert answer.headers["content-language"] == language
    assert "accept-language" in answer.headers["vary"].lower()


async def test_a_language_that_was_chosen_outlives_the_page_and_one_that_was_not_stays_out_of_links(
    client: httpx.AsyncClient,
) -> None:
    english = {"accept-language": "en"}
    assert 'href="/?lang=es"' in (await client.get("/?lang=es", headers=english)).text
    assert 'href="/"' in (await client.get("/", headers=english)).text
    assert 'href="?lang=es"' in (await client.get("/", headers=english)).text


async def test_a_mails_page_speaks_the_posts_language_whatever_the_browser_prefers(client: httpx.AsyncClient) -> None:
    page = (await client.get(leave_path(shipped_draft().recipients[0].id), headers={"accept-language": "en"})).text
    assert '<html lang="es"' in page
    assert 'href="/?lang=es"' in page


def test_what_is_over_or_held_is_listed_apart(site: Site) -> None:
    edition = site.in_force.edition
    before, after, never = (listing(edition, now, "es") for now in (BEFORE, AFTER, None))
    assert (len(before.ahead), len(before.past), len(before.undated)) == (6, 2, 2)
    assert (len(after.ahead), len(after.past)) == (0, 8)
    assert (len(never.ahead), len(never.past)) == (8, 0)
    assert before.past[0].day == "martes 19 de octubre de 2021"
    assert after.past[0].title.startswith("Jornada")


def test_an_event_for_a_few_named_sites_names_them() -> None:
    """And one local hour is said once."""
    alone = factories.event(audience=Audience(kind="sites", ids=("tokio",)))
    line = listing(factories.edition(factories.agenda(events=(alone,))), BEFORE, "es").ahead[0]
    assert line.audience == "Tokio"
    assert line.local == "vie 22 oct, 08:00 h (Tokio)"


def test_a_cancelled_event_stays_listed_with_its_reason() -> None:
    cancelled = factories.event(status=EventStatus.CANCELLED, reason=factories.text("se une a otro"))
    line = listing(factories.edition(factories.agenda(events=(cancelled,))), BEFORE, "es").ahead[0]
    assert line.cancelled
    assert line.status == "cancelado"
    assert line.notes[0] == "Motivo: se une a otro."


async def test_with_nothing_ahead_the_index_says_so(tmp_path: Path) -> None:
    with site_of(tmp_path, clock=SimulatedClock(AFTER)) as site:
        async with serving(site) as client:
            page = (await client.get("/")).text
    assert "No hay eventos por venir." in page
    assert "Eventos anteriores" in page


@pytest.mark.parametrize("path", ["/", "/?lang=en", "/feeds/", "/leave/x", "/nowhere", "/robots.txt"])
async def test_pages_carry_no_inline_code_cookie_address_or_joining_link(tmp_path: Path, path: str) -> None:
    draft = small_draft()
    with site_of(tmp_path, draft) as site:
        async with serving(site) as client:
            answer = await client.get(path)
    for secret in (draft.recipients[0].address, LINK, "Ana Prueba", "Motivo interno", "consular.tokio"):
        assert secret not in answer.text
    assert not re.search(r"<script(?! src=\"/static/app\.js\?v=[0-9a-f]{12}\" defer></script>)", answer.text)
    assert not re.search(r"\son\w+=|style=", answer.text)
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/leave/x", "/nowhere"])
async def test_every_page_may_load_what_is_its_own_and_nothing_else(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self'; ")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]


async def test_the_static_index_may_use_the_one_style_that_it_holds(client: httpx.AsyncClient) -> None:
    answer = await client.get("/feeds/")
    found = re.search(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    assert found is not None
    digest = b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in answer.headers["content-security-policy"]
    assert (await client.get("/feeds/index.html")).content == answer.content


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("style.css", "text/css; charset=utf-8"),
        ("app.js", "text/javascript; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
    ],
)
async def test_what_every_page_shares_is_fetched_once_and_by_its_digest(
    client: httpx.AsyncClient, name: str, media_type: str
) -> None:
    found = re.search(rf'="(/static/{re.escape(name)}\?v=[0-9a-f]{{12}})"', (await client.get("/")).text)
    assert found is not None
    answer = await client.get(found[1])
    assert answer.headers["content-type"] == media_type
    assert "immutable" in answer.headers["cache-control"]
    known = await client.get(found[1], headers={"if-none-match": answer.headers["etag"]})
    assert known.status_code == 304
    assert (await client.post(found[1])).status_code == 405


async def test_what_is_shared_stays_whole_for_whoever_asks_next(client: httpx.AsyncClient) -> None:
    """One asker's compressed copy must not become the next one's Content-Length."""
    whole = {(await client.get("/static/style.css", headers={"accept-encoding": e})).text for e in ("gzip", "identity")}
    assert len(whole) == 1
    asked = await client.head("/static/style.css", headers={"accept-encoding": "identity"})
    assert int(asked.headers["content-length"]) == len(whole.pop().encode())


async def test_what_is_compressed_has_no_strong_tag_and_is_known_again_by_the_one_that_it_has(
    client: httpx.AsyncClient,
) -> None:
    """The plain bytes and the compressed ones are two representations (RFC 9110 §8.8.3.3)."""
    plain, packed = [
        await client.get("/static/style.css", headers={"accept-encoding": coding}) for coding in ("identity", "gzip")
    ]
    assert plain.headers["etag"].startswith('"')
    assert packed.headers["etag"] == f"W/{plain.headers['etag']}"
    for coding, tag in (("gzip", packed.headers["etag"]), ("identity", plain.headers["etag"])):
        again = await client.get("/static/style.css", headers={"accept-encoding": coding, "if-none-match": tag})
        assert again.status_code == 304


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip", "gzip"),
        ("br;q=1.0, GZIP ; Q=0.001", "gzip"),
        ("x-gzip", "gzip"),
        ("identity;q=0, gzip", "gzip"),
        ("gzip;q=0", None),
        ("gzip; q=0.000, *", None),
        ("gzip;q=2", None),
        ("notgzip", None),
        ("*", None),
        ("", None),
        ("br, " * 60 + "gzip;q=0", None),
        ("br, " * 60 + "gzip;q=0.5", "gzip"),
    ],
)
@pytest.mark.parametrize("path", ["/", "/static/style.css"])
async def test_who_refuses_gzip_gets_none(
    client: httpx.AsyncClient, path: str, accepted: str, encoding: str | None
) -> None:
    """Kept or not (RFC 9110 §12.5.3): the letters alone do not ask for it."""
    answer = await client.get(path, headers={"accept-encoding": accepted})
    assert answer.headers.get("content-encoding") == encoding
    assert "Accept-Encoding" in answer.headers["vary"]


async def test_gzip_may_be_asked_for_in_a_second_line(client: httpx.AsyncClient) -> None:
    answer = await client.get("/", headers=[("accept-encoding", "br"), ("accept-encoding", "gzip")])
    assert answer.headers["content-encoding"] == "gzip"


async def test_pages_travel_compressed_and_feeds_never(client: httpx.AsyncClient) -> None:
    asked = {"accept-encoding": "gzip"}
    assert (await client.get("/", headers=asked)).headers["content-encoding"] == "gzip"
    for path in ("/feeds/all.ics", "/feeds/"):
        answer = await client.get(path, headers=asked)
        assert "content-encoding" not in answer.headers
        assert "vary" not in answer.headers


async def test_robots_may_fetch_everything_or_google_would_show_no_calendar(client: httpx.AsyncClient) -> None:
    answer = await client.get("/robots.txt")
    assert answer.status_code == 200
    assert answer.text == "User-agent: *\nDisallow:\n"


async def test_what_is_not_there_is_said_in_the_readers_language(client: httpx.AsyncClient) -> None:
    spanish, english = await client.get("/nowhere"), await client.get("/nowhere?lang=en")
    assert (spanish.status_code, english.status_code) == (404, 404)
    assert "Esta página no existe." in spanish.text
    assert "There is no such page." in english.text
    assert (await client.post("/")).status_code == 405


async def test_no_page_redirects_to_whatever_host_the_request_names(client: httpx.AsyncClient) -> None:
    answer = await client.get("/feeds", headers={"host": "evil.example"})
    assert answer.status_code == 404
    assert "evil.example" not in (await client.get("/", headers={"host": "evil.example"})).text


async def test_there_is_no_band_and_no_outbox_outside_the_demo(client: httpx.AsyncClient) -> None:
    assert "Demostración" not in (await client.get("/")).text
    assert (await client.get("/outbox/")).status_code == 404


@pytest.mark.parametrize("path", ["/", "/feeds/", "/nowhere", pytest.param(leave_path(), id="leave")])
async def test_the_demos_band_shows_its_now_on_every_page(tmp_path: Path, path: str) -> None:
    (tmp_path / "outbox").mkdir()
    with site_of(tmp_path, now=BEFORE, outbox=tmp_path / "outbox") as site:
        async with serving(site) as client:
            page = (await client.get(path)).text
            assert "Ahora es lun 18 oct 2021, 13:00 h TCM." in page
            assert "outbox/" in page
            if path != "/feeds/":
                assert "Now is Mon 18 Oct 2021, 13:00 TCM." in (await client.get(path + "?lang=en")).text


async def test_behind_a_path_of_a_larger_site_links_keep_to_that_path(tmp_path: Path) -> None:
    with site_of(tmp_path, base_url="https://www.example/agenda") as site:
        async with serving(site) as client:
            page = (await client.get("/sites/tokio?lang=es")).text
            asked = (await client.get(leave_path())).text
    assert "https://www.example/agenda/feeds/sites/tokio.ics" in page
    assert 'href="/agenda/regions/asia-pacifico?lang=es"' in page
    assert 'href="/agenda/static/style.css' in page
    assert f'action="/agenda{leave_path()}' in asked


async def test_text_of_the_agenda_is_escaped(tmp_path: Path) -> None:
    hostile = factories.event(title=factories.text("<script>alert('INE-SRE')</script> & «más»"))
    with site_of(tmp_path, small_draft(factories.agenda(events=(hostile,)))) as site:
        async with serving(site) as client:
            for path in ("/", "/feeds/"):
                page = (await client.get(path)).text
                assert "<script>" not in page
                assert "&lt;script&gt;" in page


@pytest.fixture
def broken_site(tmp_path: Path) -> Iterator[Site]:
    """Its database has been overwritten under it."""
    with site_of(tmp_path) as made:
        made.database.close()
        file = tmp_path / "web.db"
        file.with_name(f"{file.name}-wal").unlink(missing_ok=True)
        file.write_bytes(b"no database at all")
        yield made


async def test_a_failure_is_answered_by_a_page_that_tells_no_secrets(broken_site: Site) -> None:
    async with serving(broken_site) as client:
        answer = await client.get(leave_path())
        assert answer.status_code == 500
        assert "Algo falló de nuestro lado." in answer.text
        assert "sqlite" not in answer.text.lower()
        assert (await client.get("/feeds/all.ics")).status_code == 200
