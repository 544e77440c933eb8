from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from calendars.editions import first_stamp
from calendars.feeds import event_attachment
from calendars.model.agenda import Draft
from calendars.model.people import Recipient
from calendars.model.rules import TimeBefore
from scheduler.rehearsal.capture import Outbox
from scheduler.rehearsal.run import Plan, last_moment, rehearsal_database, rehearse
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.web.app import Site
from scheduler.web.demo.captured import NAME
from scheduler.wording.rules import rule_words
from tests.support import factories
from tests.support.webserver import LINK, TOKENS, raw, serving

NOW = datetime(2021, 10, 20, 17, tzinfo=UTC)
ASIA = tuple(site for site in factories.real_sites() if site.region == "asia-pacifico")


def asian_draft() -> Draft:
    """Sixteen sites with a workshop and the drive: 80 mails, of which the first of each schedule carries the event."""
    agenda = factories.agenda(representations=ASIA, events=(factories.event(), factories.drive()))
    recipients = tuple(
        Recipient(
            id=f"{site.id}-consular",
            site=site.id,
            address=f"{site.id}@sedes.example",
            language="es",
            post="Sección Consular",
            joined=date(2021, 10, 1),
        )
        for site in ASIA
    )
    return Draft(agenda=agenda, recipients=recipients, links={"taller-asia-pacifico-2021": LINK})


@dataclass
class Rehearsed:
    database: Path
    outbox: Path


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Rehearsed:
    folder = tmp_path_factory.mktemp("demo")
    draft = asian_draft()
    end = last_moment(draft.agenda)
    assert end is not None
    plan = Plan(
        start=first_stamp(draft.agenda), until=end + timedelta(days=2), base_url="http://demo.example", tokens=TOKENS
    )
    made = Rehearsed(database=folder / "demo.db", outbox=folder / "outbox")
    with rehearsal_database(made.database, TOKENS) as database:
        asyncio.run(rehearse(database, draft, plan, Outbox(made.outbox, resuming=False), lambda: None))
    return made


@pytest.fixture
async def client(rehearsed: Rehearsed) -> AsyncIterator[httpx.AsyncClient]:
    database = Database(f"sqlite:///{rehearsed.database}")
    with database.read() as connection:
        found = editions.load(connection)
    assert found is not None
    site = Site(
        database=database,
        tokens=TOKENS,
        base_url="http://demo.example",
        in_force=found,
        now=NOW,
        outbox=rehearsed.outbox,
    )
    async with serving(site) as made:
        yield made
    database.close()


async def names(client: httpx.AsyncClient, query: str = "") -> list[str]:
    return re.findall(r'href="/outbox/([^"/?]+\.eml)', (await client.get(f"/outbox/{query}")).text)


async def test_the_list_holds_every_mail_in_order_of_due_fifty_a_page(client: httpx.AsyncClient) -> None:
    pages = [await names(client, f"?page={number}") for number in (1, 2)]
    assert [len(page) for page in pages] == [50, 30]
    assert [*pages[0], *pages[1]] == sorted({*pages[0], *pages[1]})
    first = (await client.get("/outbox/")).text
    assert "El ensayo envió 80" in first
    assert 'rel="next"' in first
    assert 'rel="prev"' not in first


async def test_each_line_says_the_sites_hour_the_agendas_hour_to_whom_and_what(client: httpx.AsyncClient) -> None:
    page = (await client.get("/outbox/?site=tokio")).text
    assert len(await names(client, "?site=tokio")) == 5
    assert "vie 22 oct 2021, 07:00 h" in page
    assert "jue 21 oct 2021, 17:00 h TCM" in page
    assert "tokio@sedes.example · 1 h antes" in page
    assert "1 día antes, 09:00 h" in page


async def test_the_list_is_narrowed_to_an_event_and_keeps_that_on_the_next_page(client: httpx.AsyncClient) -> None:
    assert len(await names(client, "?event=jornada-2022")) == 32
    assert len(await names(client, "?event=jornada-2022&site=seul")) == 2
    page = (await client.get("/outbox/?lang=en&event=taller-asia-pacifico-2021")).text
    assert "Emails 1–48 of 48" in " ".join(page.split())
    assert "Ningún correo" in (await client.get("/outbox/?site=nowhere")).text


@pytest.mark.parametrize("page", ["0", "-1", "999999", "x", "", "٣", "9" * 5000])
async def test_a_page_that_is_not_there_is_the_nearest_that_is(client: httpx.AsyncClient, page: str) -> None:
    assert len(await names(client, f"?page={page}")) in (50, 30)


async def test_the_tally_counts_each_event_by_rule(client: httpx.AsyncClient) -> None:
    page = (await client.get("/outbox/")).text
    assert "7 días antes, 09:00 h: 16" in page
    assert "1 h antes: 16" in page


async def test_a_mail_is_shown_with_headers_text_and_a_frame_of_its_html(client: httpx.AsyncClient) -> None:
    name = (await names(client, "?site=tokio"))[0]
    answer = await client.get(f"/outbox/{name}")
    page = answer.text
    assert "Embajada de México en Japón" in page
    assert "tokio@sedes.example" in page
    assert "Message-ID" in page
    assert f'<iframe class="mail" sandbox src="/outbox/{name}/html"' in page
    assert re.search(r'href="http://demo\.example/leave/[\w.-]+"', page)
    assert "frame-src 'self'" in answer.headers["content-security-policy"]


async def test_the_html_of_a_mail_may_do_nothing_but_look_as_it_does(client: httpx.AsyncClient) -> None:
    name = (await names(client, "?site=tokio"))[0]
    answer = await client.get(f"/outbox/{name}/html")
    policy = answer.headers["content-security-policy"]
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline';")
    assert "script" not in policy
    assert policy.endswith("; sandbox")
    assert "frame-ancestors 'self'" in policy
    assert "Tokio" in answer.text


async def test_the_first_mail_of_a_schedule_gives_the_event_to_download_and_later_ones_do_not(
    client: httpx.AsyncClient,
) -> None:
    first, later, *_ = await names(client, "?site=tokio&event=taller-asia-pacifico-2021")
    answer = await client.get(f"/outbox/{first}/event.ics")
    draft = asian_draft()
    tokyo = next(site for site in ASIA if site.id == "tokio")
    edition = factories.edition(draft.agenda)
    assert answer.content == event_attachment(edition, draft.agenda.events[0], tokyo, "es")
    assert answer.headers["content-disposition"] == 'attachment; filename="event.ics"'
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert (await client.get(f"/outbox/{later}/event.ics")).status_code == 404
    assert "event.ics" not in (await client.get(f"/outbox/{later}")).text


@pytest.mark.parametrize(
    "name",
    [
        "..",
        "../demo.db",
        "..%2fdemo.db",
        "%2e%2e%2fdemo.db",
        "..%5cdemo.db",
        "%2fetc%2fpasswd",
        "demo.db",
        ".hidden.eml",
        "a/b.eml",
        "x.eml%00",
        "x.eml%0a",
        "missing.eml",
        "%c3%b1.eml",
        "a" * 5000 + ".eml",
    ],
)
async def test_no_name_leads_out_of_the_outbox(client: httpx.AsyncClient, rehearsed: Rehearsed, name: str) -> None:
    (rehearsed.outbox / ".hidden.eml").write_text("Subject: hidden\n\n")
    for tail in ("", "/html", "/event.ics"):
        answer = await raw(client, "GET", f"/outbox/{name}{tail}")
        assert answer.startswith(b"HTTP/1.1 404 ")
        assert b"SQLite" not in answer


async def test_a_mail_that_the_ledger_does_not_know_is_listed_all_the_same(
    client: httpx.AsyncClient, rehearsed: Rehearsed
) -> None:
    """A test mail, or one that was put there by hand; what it lacks is not there to show."""
    odd = rehearsed.outbox / "odd.eml"
    odd.write_bytes(b"To: x@y.example\r\nSubject: =?utf-8?b?8J+YgA==?= <b>\r\n\r\nhello <i>\r\n")
    try:
        page = (await client.get("/outbox/?page=2")).text
        assert "😀 &lt;b&gt;" in page
        shown = (await client.get("/outbox/odd.eml")).text
        assert "hello &lt;i&gt;" in shown
        assert "<iframe" not in shown
        assert (await client.get("/outbox/odd.eml/html")).status_code == 404
    finally:
        odd.unlink()


async def test_what_the_outbox_shows_is_kept_by_nobody(client: httpx.AsyncClient) -> None:
    name = (await names(client))[0]
    for path in ("", name, f"{name}/html"):
        answer = await client.get(f"/outbox/{path}")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-robots-tag"] == "noindex"


@pytest.mark.parametrize("name", ["20211012T070000Z-0a1b.eml", "20211012T070000Z-0a1b-2.eml", "0a1b.eml"])
def test_the_names_that_the_capturing_server_gives_are_known(name: str) -> None:
    found = NAME.fullmatch(name)
    assert found is not None
    assert found["key"] == "0a1b"


def test_a_rule_is_said_in_words() -> None:
    rules = [*factories.agenda().reminders.timed, TimeBefore(minutes=90)]
    assert [rule_words(str(rule), "es") for rule in rules] == [
        "7 días antes, 09:00 h",
        "1 día antes, 09:00 h",
        "1 h antes",
        "1 h 30 min antes",
    ]
    assert [rule_words(str(rule), "en") for rule in rules[:3]] == [
        "7 days before, 09:00",
        "1 day before, 09:00",
        "1 h before",
    ]
    assert rule_words("something else", "es") == "something else"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("demo.example", 200),
        ("localhost:8080", 200),
        ("127.0.0.1:8080", 200),
        ("[::1]:8080", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example:8080", 421),
        ("[", 421),
        ("", 421),
    ],
)
async def test_the_demo_answers_by_names_of_its_own_only(client: httpx.AsyncClient, host: str, status: int) -> None:
    """A page from elsewhere could let a name of its own lead to this machine (DNS rebinding)."""
    for path in ("/outbox/", "/feeds/all.ics"):
        assert (await client.get(path, headers={"host": host})).status_code == status
