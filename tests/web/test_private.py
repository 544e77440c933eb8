"""Staff feeds: the joining link for whoever holds a token, and for nobody else."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import structlog

from calendars.feeds import feeds
from calendars.model.people import Signups
from scheduler.base.clock import SimulatedClock
from scheduler.base.logs import configure_logs
from scheduler.store.people.signups import SignUp, confirm, sign_up
from scheduler.store.posts import feed_tokens, roster
from scheduler.store.posts.feed_tokens import FeedToken
from scheduler.web.app import Site
from scheduler.web.feeds import private
from scheduler.web.feeds.private import client_family, polls_recorded, record_polls, staff_address
from scheduler.web.http.prepared import strong_etag
from tests.support import factories
from tests.support.watching import until_changed
from tests.support.webserver import LINK, POST, PUBLISHED, publish, serving, site_of, small_draft

NEW_LINK = "https://otra.example/sala-nueva"
LATER = PUBLISHED + timedelta(days=2)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    two = factories.agenda(representations=(factories.site(), factories.site("seul", city="Seúl", zone="Asia/Seoul")))
    with site_of(tmp_path, small_draft(two)) as made:
        yield made


@pytest.fixture
async def client(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(site) as made:
        yield made


@pytest.fixture
def token(site: Site) -> str:
    with site.database.write() as connection:
        made = feed_tokens.issue(connection, "tokio", PUBLISHED, label="oficina")
    site.learn_tokens()
    return made


def at(token: str, name: str = "tokio.ics") -> str:
    return f"/feeds/private/{token}/{name}"


def revoke(site: Site, token: str) -> None:
    with site.database.write() as connection:
        feed_tokens.revoke(connection, feed_tokens.id_of(token), PUBLISHED)
    site.learn_tokens()


def known(site: Site, token: str) -> FeedToken:
    with site.database.read() as connection:
        found = feed_tokens.find(connection, feed_tokens.id_of(token))
    assert found is not None
    return found


@pytest.mark.parametrize("name", ["tokio.ics", "tokio-local.ics"])
async def test_who_holds_a_token_reads_the_joining_link(client: httpx.AsyncClient, token: str, name: str) -> None:
    answer = await client.get(at(token, name))
    assert answer.status_code == 200
    assert f"URL:{LINK}" in answer.text.replace("\r\n ", "")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["content-disposition"] == f'inline; filename="{name}"'
    assert answer.headers["etag"] == strong_etag(answer.content).decode()


@pytest.mark.parametrize("links", [False, True])
async def test_who_signed_up_reads_it_where_the_agenda_allows_it(tmp_path: Path, *, links: bool) -> None:
    content = factories.agenda(signups=Signups(domains=("sedes.example",), links=links))
    with site_of(tmp_path, small_draft(content)) as site:
        wish = SignUp(address="ana@sedes.example", site="tokio", language="es", declined=frozenset())
        with site.database.write() as connection:
            sign_up(connection, wish, PUBLISHED)
            own = roster.at_address(connection, wish.address)[0].recipient.id
            confirm(connection, own, PUBLISHED)
            tokens = [
                feed_tokens.issue(connection, "tokio", PUBLISHED, label="", recipient=whose) for whose in (own, POST)
            ]
        site.learn_tokens()
        async with serving(site) as client:
            for name in ("tokio.ics", "tokio-local.ics"):
                texts = [(await client.get(at(token, name))).text.replace("\r\n ", "") for token in tokens]
                assert [LINK in one for one in texts] == [links, True]
                assert [one.count("BEGIN:VEVENT") for one in texts] == [1, 1]


async def test_a_staff_feed_is_discreet(client: httpx.AsyncClient, token: str) -> None:
    """Not kept by a proxy, not indexed, its address not passed on, and not to be read by scripts of other sites."""
    full = await client.get(at(token), headers={"origin": "https://intranet.example"})
    answers = [full, await client.get(at(token), headers={"if-none-match": full.headers["etag"]})]
    answers += [await client.get(at("wrong")), await client.head(at(token))]
    assert [answer.status_code for answer in answers] == [200, 304, 404, 200]
    for answer in answers:
        assert answer.headers["cache-control"] == "private, no-cache"
        assert answer.headers["x-robots-tag"] == "noindex"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert not any(name.startswith("access-control") for name in answer.headers)
        assert not {"set-cookie", "vary", "content-encoding", "location"} & set(answer.headers)


@pytest.mark.parametrize(
    "path",
    [
        *("{}/seul.ics", "{}/seul-local.ics", "{}/all.ics", "{}/tokio", "{}/tokio.ics/", "{}/x/tokio.ics", "{}/", "{}"),
        *("", "/tokio.ics", "x/tokio.ics", "{}x/tokio.ics", "%00/tokio.ics", "%ff%ed%a0%80/tokio.ics", "ñ/tokio.ics"),
    ],
)
async def test_a_wrong_token_and_another_office_are_told_the_same(
    client: httpx.AsyncClient, token: str, path: str
) -> None:
    answer = await client.get(f"/feeds/private/{path.format(token)}")
    unknown = await client.get("/feeds/sites/atlantis.ics")
    assert (answer.status_code, answer.content) == (404, unknown.content)


async def test_a_revoked_token_is_told_so_and_the_others_go_on(
    site: Site, client: httpx.AsyncClient, token: str
) -> None:
    with site.database.write() as connection:
        other = feed_tokens.issue(connection, "tokio", PUBLISHED, label="")
    revoke(site, token)
    assert (await client.get(at(token))).status_code == 410
    assert (await client.head(at(token))).content == b""
    assert (await client.get(at(token, "seul.ics"))).status_code == 404
    assert (await client.get(at(other))).status_code == 200


async def test_the_token_of_an_office_that_left_the_agenda_opens_nothing(
    site: Site, client: httpx.AsyncClient, token: str
) -> None:
    draft = small_draft(factories.agenda(representations=(factories.site("seul", city="Seúl"),)))
    await asyncio.to_thread(site.put, publish(site.database, replace(draft, recipients=()), LATER))
    assert (await client.get(at(token))).status_code == 410


async def test_only_reading_is_answered(client: httpx.AsyncClient, token: str) -> None:
    for method in ("POST", "PUT", "OPTIONS", "PROPFIND"):
        answer = await client.request(method, at(token))
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


async def test_a_new_link_is_a_new_feed_for_staff_and_no_news_in_public(
    site: Site, client: httpx.AsyncClient, token: str
) -> None:
    """Also for who asks by date alone, in an edition of the very same second."""
    before, public = await client.get(at(token)), await client.get("/feeds/sites/tokio.ics")
    relinked = replace(small_draft(site.in_force.edition.agenda), links={"taller-asia-pacifico-2021": NEW_LINK})
    await asyncio.to_thread(site.put, publish(site.database, relinked, PUBLISHED))
    for name, header in (("if-none-match", "etag"), ("if-modified-since", "last-modified")):
        after = await client.get(at(token), headers={name: before.headers[header]})
        assert after.status_code == 200
        assert f"URL:{NEW_LINK}" in after.text.replace("\r\n ", "")
        again = await client.get(at(token), headers={name: after.headers[header]})
        assert again.status_code == 304
    assert (await client.get("/feeds/sites/tokio.ics")).content == public.content


async def test_equal_editions_give_equal_bytes_whoever_asks(site: Site, client: httpx.AsyncClient, token: str) -> None:
    restarted = Site(
        database=site.database, tokens=site.tokens, base_url=site.base_url, in_force=site.in_force, clock=site.clock
    )
    async with serving(restarted) as other:
        first, second = await client.get(at(token)), await other.get(at(token), headers={"user-agent": "Outlook"})
    assert first.content == second.content
    assert first.headers["last-modified"] == second.headers["last-modified"]


def test_no_public_feed_holds_a_joining_link(site: Site) -> None:
    host = LINK.partition("//")[2].partition("/")[0].encode()
    for feed in feeds(site.in_force.edition):
        assert host not in feed.body.replace(b"\r\n ", b""), feed.path


async def test_a_polls_hour_and_family_are_written_down_and_nothing_else(
    site: Site, client: httpx.AsyncClient, token: str
) -> None:
    await client.get(at(token), headers={"user-agent": "Google-Calendar-Importer"})
    assert known(site, token).polled_at is None  # not on the way of the answer
    await record_polls(site.staff, site.database)
    first = known(site, token)
    assert (first.polled_at, first.client) == (PUBLISHED, "Google")
    assert isinstance(site.clock, SimulatedClock)
    site.clock.advance_to(LATER)
    etag = (await client.head(at(token))).headers["etag"]
    await client.get(at(token, "tokio-local.ics"), headers={"if-none-match": etag, "user-agent": "iOS dataaccessd/1.0"})
    await record_polls(site.staff, site.database)
    second = known(site, token)
    assert (second.polled_at, second.client) == (LATER, "Apple")
    assert replace(second, polled_at=None, client=None) == replace(first, polled_at=None, client=None)


async def test_what_is_refused_is_no_poll(site: Site, client: httpx.AsyncClient, token: str) -> None:
    await client.post(at(token))
    await client.get(at(token, "seul.ics"))
    revoke(site, token)
    await client.get(at(token))
    assert site.staff.take_polls() == {}


async def test_polls_are_written_while_serving_goes_on_and_when_it_ends(
    site: Site, client: httpx.AsyncClient, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(private, "RECORD_SECONDS", 0.01)
    watch = site.database.watch()
    async with polls_recorded(site.staff, site.database):
        await client.get(at(token), headers={"user-agent": "curl/8.5"})
        await asyncio.to_thread(until_changed, watch)
        monkeypatch.setattr(private, "RECORD_SECONDS", 3600)
        assert known(site, token).client == "curl"
        await client.get(at(token), headers={"user-agent": "Evolution/3.46"})
    assert known(site, token).client == "Evolution"
    watch.close()


async def test_polls_that_the_database_does_not_take_wait_for_the_next_time(
    site: Site, client: httpx.AsyncClient, token: str
) -> None:
    await client.get(at(token), headers={"user-agent": "curl/8.5"})
    with site.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE feed_tokens RENAME TO elsewhere")
    await record_polls(site.staff, site.database)
    with site.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO feed_tokens")
    await record_polls(site.staff, site.database)
    assert known(site, token).client == "curl"


@pytest.mark.parametrize(
    ("agent", "family"),
    [
        ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)", "Outlook"),
        ("Outlook-iOS/2.0", "Outlook"),
        ("Exchange/15.20 (ICS sync)", "Outlook"),
        ("Google-Calendar-Importer", "Google"),
        ("Mozilla/5.0 (compatible; Google-Calendar-Importer)", "Google"),
        ("iOS/17.4.1 (21E236) dataaccessd/1.0", "Apple"),
        ("Mac OS X/10.12.6 (16G29) CalendarAgent/386.1", "Apple"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.0", "Thunderbird"),
        ("Evolution/3.46.4", "Evolution"),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) KIO/5.103 korganizer/5.22",
            "KOrganizer",
        ),
        ("ICSx5/2.2.3 (Android 14)", "DAVx5/ICSx5"),
        ("DAVx5/4.3.15 (dav4jvm; okhttp/4.12.0) Android/14", "DAVx5/ICSx5"),
        ("Nextcloud Webcal Service", "Nextcloud"),
        ("vdirsyncer/0.20.0", "khal/vdirsyncer"),
        ("curl/8.5.0", "curl"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0", "browser"),
        ("python-requests/2.31", "other"),
        ("", "other"),
        ("\xff\x00", "other"),
    ],
)
def test_programs_are_told_apart_by_family(agent: str, family: str) -> None:
    assert client_family(agent.encode("latin-1")) == family


def test_the_address_is_the_installations_not_the_requests() -> None:
    assert staff_address("https://ine.example/agenda", "TOKEN", "tokio") == (
        "https://ine.example/agenda/feeds/private/TOKEN/tokio.ics"
    )
    assert staff_address("https://a.example", "T", "tokio", local=True).endswith("/feeds/private/T/tokio-local.ics")


async def test_no_log_line_holds_a_token_or_a_link(site: Site, token: str, capsys: pytest.CaptureFixture[str]) -> None:
    """At the most talkative level, and where the answer fails in our own code."""
    configure_logs(logging.DEBUG)
    try:
        async with serving(site) as client:
            for path in (at(token), at(token, "seul.ics"), at(token + "%00"), f"/nowhere/{token}"):
                await client.get(path)
            site.staff.admit({})
            del site.staff._access
            assert (await client.get(at(token))).status_code == 500
    finally:
        logging.getLogger().handlers.clear()
        structlog.reset_defaults()
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    told = repr([line for line in lines if not line["logger"].startswith("http")])  # but for the test's own client
    assert "AttributeError" in told
    assert token not in told
    assert LINK not in told
