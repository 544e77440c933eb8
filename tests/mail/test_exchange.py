"""Behind the relay that a ministry really has: Exchange Online's limits, and its way of logging in."""

from __future__ import annotations

import asyncio
import http.server
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs

import pytest

from scheduler.base.clock import SimulatedClock
from scheduler.base.settings import SettingsError, load_settings
from scheduler.base.variables import Pace
from scheduler.mail.relay.oauth import AccessTokens, ClientCredentials, GivenToken, NoAccess, TokenFile, access_tokens
from scheduler.mail.relay.smtp import Connection, RelayUnavailable
from scheduler.mail.relay.smtp_url import parse_smtp_url
from scheduler.planning.delivery import State
from scheduler.rehearsal.run import Jump
from scheduler.reporting.checks import Verdict, installation_checks
from scheduler.reporting.status import status
from scheduler.sending.pace import SimulatedTiming
from scheduler.sending.relay_health import RelayHealth
from scheduler.sending.service import Sending, Service
from scheduler.store.database import Database
from tests.support.campaign import BASE, TOKENS
from tests.support.exchange import TOKEN, Exchange, exchange
from tests.support.ledger import PUBLISHED, START, WEEK_BEFORE, counted, draft, post, put

POSTS = [post(f"p{number:03d}") for number in range(149)]
THEIRS = Pace(per_minute=30, connections=3)


async def run(database: Database, relay: Exchange, clock: SimulatedClock, sending: Sending, until: datetime) -> None:
    await Service(database=database, sending=sending, clock=clock, waker=Jump(clock, until)).run()


def towards(relay: Exchange, timing: SimulatedTiming, tokens: AccessTokens, pace: Pace = THEIRS) -> Sending:
    smtp = parse_smtp_url(f"smtp://agenda%40ine.example@127.0.0.1:{relay.port}?auth=xoauth2", tokens=tokens)
    return Sending(smtp=smtp, pace=pace, base_url=BASE, tokens=TOKENS, timing=timing)


async def sent(database: Database, *, pace: Pace = THEIRS, verp: bool = False, **limits: str) -> Exchange:
    put(database, draft(posts=POSTS))
    clock = SimulatedClock(PUBLISHED)
    timing = SimulatedTiming(clock)
    async with exchange(timing, **limits) as relay:
        sending = replace(towards(relay, timing, GivenToken(value=TOKEN), pace), verp=verp)
        await run(database, relay, clock, sending, WEEK_BEFORE + timedelta(hours=8))
    return relay


async def test_149_mails_pass_at_its_pace_and_none_is_lost(database: Database) -> None:
    relay = await sent(database)
    assert relay.most <= 3
    assert len({key for _, key in relay.taken}) == len(relay.taken) == 149
    assert counted(database) == {State.ACCEPTED: 149, State.PLANNED: 298}
    first, last = relay.taken[0][0], relay.taken[-1][0]
    assert timedelta(minutes=4) < timedelta(seconds=last - first) < timedelta(minutes=10)


async def test_whoever_sends_faster_is_told_4_7_slows_down_and_loses_nothing(database: Database) -> None:
    relay = await sent(database, pace=Pace(per_minute=120, connections=3))
    assert any("4.7.500" in reply for reply in relay.refused)
    assert len({key for _, key in relay.taken}) == len(relay.taken) == 149
    assert counted(database)[State.ACCEPTED] == 149


async def test_a_sender_that_it_does_not_grant_opens_the_breaker_and_blames_no_post(database: Database) -> None:
    relay = await sent(database, verp=True)
    assert relay.taken == []
    assert all("SendAsDenied" in reply for reply in relay.refused)
    assert set(counted(database)) <= {State.DEFERRED, State.HELD, State.PLANNED}
    with database.read() as connection:
        assert status(connection, WEEK_BEFORE, (PUBLISHED, START)).uncovered == ()


async def test_a_fourth_connection_is_too_many_slows_down_and_loses_nothing(database: Database) -> None:
    """The other three belong to somebody else who uses the mailbox, for as long as the first pause of the relay."""
    put(database, draft(posts=POSTS[:3]))
    clock = SimulatedClock(WEEK_BEFORE)
    timing = SimulatedTiming(clock)
    async with exchange(timing) as relay:
        sending = towards(relay, timing, GivenToken(value=TOKEN))
        others = [await Connection.open(sending.smtp, local_hostname="other.example") for _ in range(3)]
        told: list[str] = []

        def tell(health: RelayHealth) -> None:
            told.append(health.reason)
            for other in others:
                other.abort()

        health = RelayHealth(on_change=tell)
        waker = Jump(clock, WEEK_BEFORE + timedelta(hours=1))
        await Service(database=database, sending=sending, clock=clock, waker=waker, relay=health).run()
    assert "432 4.3.2" in told[0]
    assert told[-1] == ""  # closed again
    assert counted(database) == {State.ACCEPTED: 3, State.PLANNED: 6}


async def test_a_token_that_it_refuses_is_a_fault_of_the_installation(database: Database) -> None:
    relay = await sent(database, token="another token")
    assert relay.taken == []
    assert counted(database) == {State.PLANNED: 447}


@pytest.fixture
def clockless() -> SimulatedTiming:
    return SimulatedTiming(SimulatedClock(PUBLISHED))


async def opened(relay: Exchange, timing: SimulatedTiming, tokens: AccessTokens) -> None:
    connection = await Connection.open(towards(relay, timing, tokens).smtp, local_hostname="agenda.example")
    await connection.close()


async def test_a_token_file_is_read_anew_for_each_connection(clockless: SimulatedTiming, tmp_path: Path) -> None:
    path = tmp_path / "token"
    async with exchange(clockless) as relay:
        path.write_text("old\n")
        with pytest.raises(RelayUnavailable, match=r"535 5\.7\.3") as refused:
            await opened(relay, clockless, TokenFile(path=path))
        assert refused.value.fault
        path.write_text(f"{TOKEN}\n")
        await opened(relay, clockless, TokenFile(path=path))
        path.unlink()
        with pytest.raises(RelayUnavailable, match="cannot read the access token"):
            await opened(relay, clockless, TokenFile(path=path))


@contextmanager
def authority(status: int, answer: dict[str, object]) -> Iterator[tuple[str, list[dict[str, list[str]]]]]:
    """Where tokens are asked for: its URL, and what it was asked."""
    asked: list[dict[str, list[str]]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # because http.server calls it so
            asked.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # likewise
            """Nothing on standard error."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving = Thread(target=server.serve_forever)
    serving.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/token", asked
    finally:
        server.shutdown()
        serving.join()
        server.server_close()


async def test_a_token_is_asked_for_once_and_kept_until_shortly_before_its_end(clockless: SimulatedTiming) -> None:
    with authority(200, {"access_token": TOKEN, "expires_in": 3600}) as (url, asked):
        tokens = ClientCredentials(url=url, client_id="agenda", secret="s3cret")
        async with exchange(clockless) as relay:
            await opened(relay, clockless, tokens)
            await opened(relay, clockless, tokens)
    (one,) = asked
    assert one["grant_type"] == ["client_credentials"]
    assert one["scope"] == ["https://outlook.office365.com/.default"]
    with authority(200, {"access_token": TOKEN, "expires_in": 60}) as (url, asked):
        brief = ClientCredentials(url=url, client_id="agenda", secret="s3cret")
        assert [await brief.token(), await brief.token()] == [TOKEN, TOKEN]
        assert len(asked) == 2


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (401, {"error": "invalid_client", "error_description": "s3cret is wrong"}, "invalid_client"),
        (200, {}, "no access"),
        (429, {"error": "temporarily_unavailable"}, "temporarily_unavailable"),
        (503, {}, "Service Unavailable"),
    ],
)
async def test_an_authority_that_gives_no_token_is_named_without_the_secret(
    status: int, answer: dict[str, object], said: str
) -> None:
    with authority(status, answer) as (url, _), pytest.raises(NoAccess, match=said) as told:
        await ClientCredentials(url=url, client_id="agenda", secret="s3cret").token()
    assert told.value.fault is (status in (200, 401))  # else waiting may mend it
    assert "s3cret" not in str(told.value) + repr(ClientCredentials(url=url, client_id="agenda", secret="s3cret"))


def test_an_authority_that_is_not_there_is_named() -> None:
    tokens = ClientCredentials(url="http://127.0.0.1:1/token", client_id="agenda", secret="s3cret")
    with pytest.raises(NoAccess, match=r"127\.0\.0\.1:1/token gives no access token") as told:
        asyncio.run(tokens.token())
    assert not told.value.fault


async def test_connections_that_open_at_once_ask_the_authority_once() -> None:
    with authority(200, {"access_token": TOKEN, "expires_in": 3600}) as (url, asked):
        tokens = ClientCredentials(url=url, client_id="agenda", secret="s3cret")
        assert await asyncio.gather(*(tokens.token() for _ in range(3))) == [TOKEN] * 3
    assert len(asked) == 1


async def test_a_token_that_the_server_takes_back_is_asked_for_anew(clockless: SimulatedTiming) -> None:
    answer: dict[str, object] = {"access_token": "revoked since", "expires_in": 3600}
    with authority(200, answer) as (url, asked):
        tokens = ClientCredentials(url=url, client_id="agenda", secret="s3cret")
        async with exchange(clockless) as relay:
            with pytest.raises(RelayUnavailable, match="535") as refused:
                await opened(relay, clockless, tokens)
            assert "revoked" not in str(refused.value)
            answer["access_token"] = TOKEN
            await opened(relay, clockless, tokens)
    assert len(asked) == 2


def test_the_environment_says_where_tokens_come_from(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert access_tokens(load_settings()) is None
    monkeypatch.setenv("AGENDA_OAUTH_TOKEN_URL", "https://login.example/token")
    with pytest.raises(SettingsError, match="go together"):
        access_tokens(load_settings())
    monkeypatch.setenv("AGENDA_OAUTH_CLIENT_ID", "agenda")
    monkeypatch.setenv("AGENDA_OAUTH_CLIENT_SECRET", "s3cret")
    assert isinstance(access_tokens(load_settings()), ClientCredentials)
    monkeypatch.setenv("AGENDA_SMTP_TOKEN", "given")
    assert access_tokens(load_settings()) == GivenToken(value="given")
    monkeypatch.delenv("AGENDA_SMTP_TOKEN")
    (tmp_path / "token").write_text("kept fresh by another\n")
    monkeypatch.setenv("AGENDA_SMTP_TOKEN_FILE", str(tmp_path / "token"))
    assert access_tokens(load_settings()) == TokenFile(path=tmp_path / "token")
    monkeypatch.setenv("AGENDA_OAUTH_TOKEN_URL", "http://login.example/token")
    with pytest.raises(SettingsError, match="https://"):
        load_settings()


async def test_doctor_logs_in_by_token_too(clockless: SimulatedTiming, monkeypatch: pytest.MonkeyPatch) -> None:
    async with exchange(clockless) as relay:
        monkeypatch.setenv("AGENDA_SMTP_URL", f"smtp://agenda%40ine.example@127.0.0.1:{relay.port}?auth=xoauth2")
        monkeypatch.setenv("AGENDA_SMTP_TOKEN", TOKEN)
        found = await asyncio.to_thread(lambda: list(installation_checks(load_settings(), PUBLISHED, draft)))
        assert next(check.verdict for check in found if check.name == "mail server") is Verdict.GOOD
        monkeypatch.delenv("AGENDA_SMTP_TOKEN")
        monkeypatch.setenv("AGENDA_OAUTH_CLIENT_ID", "agenda")
        found = await asyncio.to_thread(lambda: list(installation_checks(load_settings(), PUBLISHED, draft)))
        bad = next(check for check in found if check.name == "mail server")
    assert bad.verdict is Verdict.BAD
    assert "go together" in bad.text["en"]


@pytest.mark.parametrize("url", ["smtps://relay.example?auth=xoauth2", "smtps://u@relay.example?auth=plain"])
def test_a_url_that_asks_for_what_cannot_be_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match=r"XOAUTH2|xoauth2"):
        parse_smtp_url(url, "password", GivenToken(value=TOKEN))
