from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trustme
import uvloop

from scheduler.mail.relay.smtp import Connection, Pool, RelayUnavailable, Timeouts, parse_smtp_url
from scheduler.mail.relay.smtp_url import SmtpSettings
from scheduler.planning.delivery import Outcome
from tests.support.smtpd import (
    PASSWORD,
    PIPELINING,
    STEP_BY_STEP,
    USUAL,
    Behaviour,
    Drop,
    Late,
    Reply,
    ScriptedServer,
    aiosmtpd_server,
    scripted,
)

SENDER = "agenda@ine.example"
TOKYO = "consular.tokio@sre.example"
DELHI = "consular.delhi@sre.example"
MESSAGE = b"Subject: hola\r\n\r\n.a line that begins with a dot\r\n..and two\r\n.\r\nend\r\n"
QUICK = Timeouts(connect=5, command=0.2, dot=0.2, courtesy=0.2)
PATIENT = Timeouts(connect=5, command=20, dot=20, courtesy=5)

Certificates = tuple[ssl.SSLContext, Path]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """A server's context, and the file of the authority that vouches for it."""
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(server)
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return server, path


def plain(port: int) -> SmtpSettings:
    return SmtpSettings(host="127.0.0.1", port=port, security="none")


@asynccontextmanager
async def connected(fake: ScriptedServer, timeouts: Timeouts = PATIENT) -> AsyncIterator[Connection]:
    connection = await Connection.open(plain(fake.port), "agenda.example", timeouts)
    try:
        yield connection
    finally:
        await connection.close()


@pytest.fixture(params=["with PIPELINING", "step by step"], autouse=True)
def together(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Each test runs against a server that offers PIPELINING and one that does not; whether this one does."""
    offered: bool = request.param == "with PIPELINING"
    monkeypatch.setitem(USUAL, "EHLO", PIPELINING if offered else STEP_BY_STEP)
    return offered


async def send_one(timeouts: Timeouts = PATIENT, /, **script: Sequence[Behaviour]) -> tuple[Outcome, bool, list[str]]:
    """One message to a server with this script: what came of it, may the connection be used again, what was said."""
    async with scripted(**script) as fake, connected(fake, timeouts) as connection:
        outcome = await connection.send(SENDER, TOKYO, MESSAGE)
        return outcome, connection.reusable, list(fake.commands)


async def test_a_real_server_takes_a_message_as_it_was_given() -> None:
    async with aiosmtpd_server() as inbox:
        connection = await Connection.open(plain(inbox.port), "agenda.example")
        outcome = await connection.send(SENDER, TOKYO, MESSAGE)
        await connection.close()
    assert (outcome.kind, outcome.stage, outcome.code, outcome.status) == ("accepted", "body", 250, "2.0.0")
    [envelope] = inbox.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == (SENDER, [TOKYO])
    assert envelope.original_content == MESSAGE


def test_it_works_on_uvloop_too() -> None:
    async def session() -> tuple[Outcome, Outcome, bool]:
        late = Late(b"250 too late\r\n")
        async with scripted(BODY=[Reply(b"250 Ok\r\n"), late]) as fake:
            connection = await Connection.open(plain(fake.port), "agenda.example", QUICK)
            first = await connection.send(SENDER, TOKYO, MESSAGE)
            second = await connection.send(SENDER, DELHI, MESSAGE)
            return first, second, connection.reusable

    first, second, reusable = uvloop.run(session())
    assert (first.kind, second.kind, reusable) == ("accepted", "unknown", False)


async def test_messages_share_a_connection() -> None:
    async with aiosmtpd_server() as inbox:
        connection = await Connection.open(plain(inbox.port), "agenda.example")
        outcomes = [await connection.send(SENDER, to, MESSAGE) for to in (TOKYO, DELHI, TOKYO)]
        await connection.close()
    assert [outcome.kind for outcome in outcomes] == ["accepted"] * 3
    assert len(inbox.peers) == 1
    assert [envelope.rcpt_tos for envelope in inbox.envelopes] == [[TOKYO], [DELHI], [TOKYO]]


async def test_a_null_sender_may_be_used_for_mail_that_wants_no_answer() -> None:
    async with scripted() as fake, connected(fake) as connection:
        await connection.send("", TOKYO, MESSAGE)
        assert "MAIL FROM:<>" in fake.commands


async def test_dots_at_line_starts_are_doubled_on_the_wire() -> None:
    async with scripted() as fake, connected(fake) as connection:
        await connection.send(SENDER, TOKYO, b".first\r\n.\r\nx.y\r\n.last")
        assert fake.bodies == [b"..first\r\n..\r\nx.y\r\n..last\r\n.\r\n"]


async def test_the_host_name_given_is_the_one_announced() -> None:
    async with scripted() as fake, connected(fake):
        assert fake.commands == ["EHLO agenda.example"]


@pytest.mark.parametrize(
    "message",
    [b"a\nb\r\n", b"a\rb\r\n", b"a\r\n\n.\r\n", b"a\r\r\n", "ñ\r\n".encode(), b"a\0b\r\n"],
)
async def test_a_message_that_servers_read_differently_is_refused_before_anything_is_sent(message: bytes) -> None:
    async with scripted() as fake, connected(fake) as connection:
        with pytest.raises(ValueError, match="the message"):
            await connection.send(SENDER, TOKYO, message)
        assert fake.commands == ["EHLO agenda.example"]
        assert connection.reusable


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ñandú@sre.example",
        "a@b@c.example",
        "a@sre.example>\r\nRCPT TO:<other@x.example",
        "a b@sre.example",
        "a@sre.example SIZE=1",
        "<a@sre.example>",
        "@sre.example",
        "a@",
        ".a@sre.example",
        "a@-sre.example",
        '"a"@sre.example',
        "a" * 250 + "@sre.example",
    ],
)
async def test_an_address_that_smtp_cannot_carry_is_refused_before_anything_is_sent(address: str) -> None:
    async with scripted() as fake, connected(fake) as connection:
        with pytest.raises(ValueError, match="e-mail address") as refusal:
            await connection.send(SENDER, address, MESSAGE)
        assert not address.partition("@")[0] or address not in str(refusal.value)
        assert fake.commands == ["EHLO agenda.example"]
        assert connection.reusable


# What the server refuses


@pytest.mark.parametrize("code", [450, 452, 550, 554])
@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "body"])
async def test_a_refusal_names_its_stage_and_leaves_the_connection_usable(stage: str, code: int) -> None:
    refusal = Reply(b"%d %d.7.1 no, thanks\r\n" % (code, code // 100))
    async with scripted(**{stage.upper(): [refusal]}) as fake, connected(fake) as connection:
        refused = await connection.send(SENDER, TOKYO, MESSAGE)
        assert (refused.kind, refused.stage, refused.code) == ("refused", stage, code)
        assert refused.status == f"{code // 100}.7.1"
        assert connection.reusable
        accepted = await connection.send(SENDER, DELHI, MESSAGE)
        assert (accepted.kind, accepted.text) == ("accepted", "2.0.0 queued as 1")
        assert fake.commands.count("RSET") == (0 if stage == "body" else 1)
        assert fake.connections == 1


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "body"])
async def test_421_is_a_refusal_that_ends_the_connection(stage: str) -> None:
    outcome, reusable, _ = await send_one(**{stage.upper(): [Reply(b"421 4.3.2 closing\r\n")]})
    assert (outcome.kind, outcome.stage, outcome.code, outcome.status) == ("refused", stage, 421, "4.3.2")
    assert not reusable


async def test_an_acceptance_with_421_at_its_heels_is_an_acceptance() -> None:
    """A server that shuts down after this message has taken it: to send it again would be to send it twice."""
    outcome, reusable, _ = await send_one(BODY=[Reply(b"250 2.0.0 queued as 7\r\n421 4.3.2 shutting down\r\n")])
    assert (outcome.kind, outcome.code, outcome.text, reusable) == ("accepted", 250, "2.0.0 queued as 7", False)


async def test_two_replies_at_once_are_no_acceptance_where_the_second_is_another() -> None:
    outcome, reusable, _ = await send_one(BODY=[Reply(b"250 2.0.0 Ok\r\n250 2.0.0 Ok\r\n")])
    assert (outcome.kind, reusable) == ("unknown", False)


async def test_a_refused_rset_ends_the_connection_and_not_the_next_message() -> None:
    script: dict[str, list[Behaviour]] = {"RCPT": [Reply(b"550 5.1.1 no\r\n")], "RSET": [Reply(b"451 no\r\n")]}
    async with scripted(**script) as fake:
        pool = Pool(plain(fake.port), 1, local_hostname="agenda.example", timeouts=PATIENT)
        async with pool.connection() as connection:
            assert (await connection.send(SENDER, TOKYO, MESSAGE)).kind == "refused"
        async with pool.connection() as connection:
            assert (await connection.send(SENDER, DELHI, MESSAGE)).kind == "accepted"
        await pool.aclose()
    assert fake.connections == 2


async def test_a_failed_rset_within_a_send_is_broken_at_mail() -> None:
    script: dict[str, list[Behaviour]] = {"RCPT": [Reply(b"550 5.1.1 no\r\n")], "RSET": [Drop()]}
    async with scripted(**script) as fake, connected(fake) as connection:
        await connection.send(SENDER, TOKYO, MESSAGE)
        outcome = await connection.send(SENDER, DELHI, MESSAGE)
        assert (outcome.kind, outcome.stage, connection.reusable) == ("broken", "mail", False)


async def test_a_long_reply_of_several_lines_is_one_reply_and_kept_short() -> None:
    lines = b"".join(b"550-5.1.1 The mailbox %d is gone\r\n" % n for n in range(60)) + b"550 5.1.1 Sorry\r\n"
    outcome, reusable, _ = await send_one(RCPT=[Reply(lines)])
    assert (outcome.kind, outcome.code, outcome.status, reusable) == ("refused", 550, "5.1.1", True)
    assert len(outcome.text) == 300
    assert "\n" not in outcome.text


async def test_addresses_in_a_reply_are_not_kept() -> None:
    reply = f"550 5.1.1 <{TOKYO}>: Recipient rejected: user {TOKYO.upper()} unknown\r\n".encode()
    outcome, _, _ = await send_one(RCPT=[Reply(reply)])
    assert outcome.text == "5.1.1 <…@…>: Recipient rejected: user …@… unknown"


async def test_a_status_of_another_class_than_the_code_is_not_believed() -> None:
    outcome, _, _ = await send_one(RCPT=[Reply(b"450 5.1.1 greylisted\r\n")])
    assert (outcome.code, outcome.status) == (450, None)


async def test_the_answer_to_another_command_does_not_accept_a_message() -> None:
    outcome, reusable, _ = await send_one(BODY=[Reply(b"221 2.0.0 bye\r\n")])
    assert (outcome.kind, outcome.stage, reusable) == ("unknown", "body", False)


async def test_251_is_an_accepted_recipient() -> None:
    outcome, _, _ = await send_one(RCPT=[Reply(b"251 will forward\r\n")])
    assert outcome.kind == "accepted"


# What breaks


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
async def test_a_drop_before_the_body_is_broken(stage: str) -> None:
    outcome, reusable, _ = await send_one(**{stage.upper(): [Drop()]})
    assert (outcome.kind, outcome.stage, reusable) == ("broken", stage, False)
    assert outcome.text


async def test_a_drop_after_the_final_dot_is_unknown() -> None:
    outcome, reusable, _ = await send_one(BODY=[Drop()])
    assert (outcome.kind, outcome.stage, reusable) == ("unknown", "body", False)


async def test_a_drop_in_the_middle_of_the_body_is_unknown() -> None:
    outcome, reusable, _ = await send_one(HALF=[Drop()])
    assert (outcome.kind, outcome.stage, reusable) == ("unknown", "body", False)


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "body"])
async def test_a_stalled_server_runs_into_the_timeout(stage: str) -> None:
    outcome, reusable, _ = await send_one(QUICK, **{stage.upper(): [Late(b"250 at last\r\n")]})
    assert (outcome.kind, outcome.stage) == ("unknown" if stage == "body" else "broken", stage)
    assert not reusable


@pytest.mark.parametrize(
    "garbage", [b"what?\r\n", b"\r\n", b"\xff\xfe\x00\r\n", b"600 six\r\n", b"25\r\n", b"150 x\r\n"]
)
@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "body"])
async def test_a_garbled_reply_ends_the_connection(stage: str, garbage: bytes) -> None:
    outcome, reusable, _ = await send_one(QUICK, **{stage.upper(): [Reply(garbage)]})
    assert (outcome.kind, outcome.stage) == ("unknown" if stage == "body" else "broken", stage)
    assert not reusable


async def test_a_reply_without_end_ends_the_connection() -> None:
    outcome, reusable, _ = await send_one(RCPT=[Reply(b"250-" + b"x" * 100_000)])
    assert (outcome.kind, outcome.stage, reusable) == ("broken", "rcpt", False)


@pytest.mark.parametrize(
    ("stage", "replies"),
    [
        ("mail", b"250 Ok\r\n250 surplus\r\n"),
        ("rcpt", b"550 5.1.1 no\r\n250 surplus\r\n"),
        ("data", b"354 go\r\n250 queued before it came\r\n"),
        ("body", b"250 Ok\r\n250 surplus\r\n"),
    ],
)
async def test_a_surplus_reply_is_never_taken_for_the_answer_to_the_next_command(
    stage: str, replies: bytes, together: bool
) -> None:
    outcome, reusable, commands = await send_one(**{stage.upper(): [Reply(replies)]})
    assert outcome.kind == ("unknown" if stage == "body" else "broken")
    assert not reusable
    assert commands[-1].split()[0] == ("DATA" if together or stage == "body" else stage.upper())


async def test_cancelled_after_the_body_it_is_unknown_and_the_late_reply_answers_nobody() -> None:
    late = Late(b"550 5.1.1 this is about Tokyo\r\n")
    async with scripted(BODY=[late]) as fake:
        pool = Pool(plain(fake.port), 1, local_hostname="agenda.example", timeouts=PATIENT)
        seen: list[Connection] = []

        async def to_tokyo() -> None:
            async with pool.connection() as connection:
                seen.append(connection)
                await connection.send(SENDER, TOKYO, MESSAGE)

        task = asyncio.ensure_future(to_tokyo())
        await fake.reached("BODY")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        late.release.set()
        assert seen[0].interrupted == Outcome(kind="unknown", stage="body", text="CancelledError")
        assert not seen[0].reusable
        async with pool.connection() as connection:
            outcome = await connection.send(SENDER, DELHI, MESSAGE)
        assert (outcome.kind, outcome.text) == ("accepted", "2.0.0 queued as 1")
        assert fake.connections == 2
        await pool.aclose()


async def test_cancelled_before_the_body_it_is_broken_and_the_server_sees_the_connection_close(together: bool) -> None:
    async with scripted(RCPT=[Late(b"250 Ok\r\n")]) as fake:
        connection = await Connection.open(plain(fake.port), "agenda.example", PATIENT)
        task = asyncio.ensure_future(connection.send(SENDER, TOKYO, MESSAGE))
        await fake.reached("RCPT")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        heard_of_mail = connection.interrupted == Outcome(kind="broken", stage="rcpt", text="CancelledError")
        just_sent = connection.interrupted == Outcome(kind="broken", stage="mail", text="CancelledError")
        assert heard_of_mail or (together and just_sent)
        assert not connection.reusable
        assert fake.bodies == []


async def test_a_closed_connection_sends_nothing() -> None:
    async with scripted() as fake:
        connection = await Connection.open(plain(fake.port), "agenda.example", PATIENT)
        await connection.close()
        outcome = await connection.send(SENDER, TOKYO, MESSAGE)
    assert (outcome.kind, outcome.stage) == ("broken", "mail")


async def test_closing_says_quit_and_does_not_wait_for_ever() -> None:
    async with scripted(QUIT=[Late(b"221 bye\r\n")]) as fake:
        connection = await Connection.open(plain(fake.port), "agenda.example", QUICK)
        await connection.close()
        await fake.reached("QUIT")
    assert fake.commands[-1] == "QUIT"


# Getting a connection


async def opening(settings: SmtpSettings) -> RelayUnavailable:
    with pytest.raises(RelayUnavailable) as refusal:
        await Connection.open(settings, "agenda.example", PATIENT)
    return refusal.value


@pytest.mark.parametrize(
    ("stage", "behaviour", "fault"),
    [
        ("GREETING", Reply(b"421 4.3.2 try later\r\n"), False),
        ("GREETING", Reply(b"554 5.7.1 you are listed\r\n"), True),
        ("GREETING", Reply(b"HTTP/1.1 400 Bad Request\r\n"), False),
        ("GREETING", Drop(), False),
        ("EHLO", Reply(b"421 4.3.2 try later\r\n"), False),
        ("EHLO", Reply(b"550 5.7.1 who are you?\r\n"), True),
        ("EHLO", Drop(), False),
    ],
)
async def test_a_server_that_does_not_let_us_in_is_unavailable(stage: str, behaviour: Behaviour, fault: bool) -> None:
    async with scripted(**{stage: [behaviour]}) as fake:
        refusal = await opening(plain(fake.port))
    assert refusal.fault is fault
    assert refusal.text == str(refusal) != ""


async def test_nobody_listening_is_unavailable_and_no_fault() -> None:
    async with scripted() as fake:
        port = fake.port
    assert not (await opening(plain(port))).fault


async def test_a_server_that_never_greets_is_unavailable() -> None:
    async with scripted(GREETING=[Late(b"220 hello\r\n")]) as fake:
        with pytest.raises(RelayUnavailable, match="Timed out"):
            await Connection.open(plain(fake.port), "agenda.example", Timeouts(connect=0.2))


async def test_giving_up_on_a_connection_that_is_being_opened_closes_it() -> None:
    async with scripted(EHLO=[Late(b"250 hello\r\n")]) as fake:
        task = asyncio.ensure_future(Connection.open(plain(fake.port), "agenda.example", PATIENT))
        await fake.reached("EHLO")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


@pytest.mark.parametrize("security", ["starttls", "smtps"])
async def test_a_private_authority_is_trusted_when_named(certificates: Certificates, security: str) -> None:
    server, ca = certificates
    contexts = {"starttls": server} if security == "starttls" else {"implicit": server}
    scheme = "smtp+starttls" if security == "starttls" else "smtps"
    async with aiosmtpd_server(**contexts) as inbox:  # type: ignore[arg-type]  # because the keys are chosen above
        settings = parse_smtp_url(f"{scheme}://localhost:{inbox.port}?ca={ca}")
        connection = await Connection.open(settings, "agenda.example")
        outcome = await connection.send(SENDER, TOKYO, MESSAGE)
        await connection.close()
    assert outcome.kind == "accepted"
    assert len(inbox.envelopes) == 1


@pytest.mark.parametrize("security", ["starttls", "smtps"])
def test_tls_works_on_uvloop_too(certificates: Certificates, security: str) -> None:
    """The transport that is taken over is uvloop's own there."""
    server, ca = certificates
    contexts = {"starttls": server} if security == "starttls" else {"implicit": server}
    scheme = "smtp+starttls" if security == "starttls" else "smtps"

    async def session() -> list[str]:
        async with aiosmtpd_server(**contexts) as inbox:  # type: ignore[arg-type]  # because the keys are chosen above
            settings = parse_smtp_url(f"{scheme}://localhost:{inbox.port}?ca={ca}")
            connection = await Connection.open(settings, "agenda.example")
            kinds: list[str] = [(await connection.send(SENDER, to, MESSAGE)).kind for to in (TOKYO, DELHI)]
            await connection.close()
            return kinds

    assert uvloop.run(session()) == ["accepted", "accepted"]


@pytest.mark.parametrize("security", ["starttls", "smtps"])
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # because the server's half of a refused handshake is left to it
async def test_an_unknown_authority_is_a_fault(certificates: Certificates, security: str) -> None:
    server, _ = certificates
    contexts = {"starttls": server} if security == "starttls" else {"implicit": server}
    scheme = "smtp+starttls" if security == "starttls" else "smtps"
    async with aiosmtpd_server(**contexts) as inbox:  # type: ignore[arg-type]  # because the keys are chosen above
        refusal = await opening(parse_smtp_url(f"{scheme}://localhost:{inbox.port}"))
    assert refusal.fault
    assert "certificate" in refusal.text.lower()
    assert inbox.envelopes == []


async def test_a_certificate_for_another_name_is_a_fault(certificates: Certificates) -> None:
    server, ca = certificates
    async with aiosmtpd_server(starttls=server) as inbox:
        refusal = await opening(parse_smtp_url(f"smtp+starttls://127.0.0.1:{inbox.port}?ca={ca}"))
    assert refusal.fault


async def test_a_server_without_starttls_is_a_fault_and_hears_nothing_more(certificates: Certificates) -> None:
    async with scripted() as fake:
        refusal = await opening(parse_smtp_url(f"smtp+starttls://localhost:{fake.port}?ca={certificates[1]}"))
        assert refusal.fault
        assert fake.commands[0] == "EHLO agenda.example"
        assert not any(command.startswith(("MAIL", "AUTH")) for command in fake.commands)


async def test_tls_to_a_port_that_speaks_plainly_is_a_fault(certificates: Certificates) -> None:
    async with scripted() as fake:
        refusal = await opening(parse_smtp_url(f"smtps://localhost:{fake.port}?ca={certificates[1]}"))
    assert refusal.fault


async def test_a_file_of_authorities_that_is_missing_is_a_fault(tmp_path: Path) -> None:
    refusal = await opening(parse_smtp_url(f"smtps://localhost:1?ca={tmp_path}/none.pem"))
    assert refusal.fault
    assert "none.pem" in refusal.text


async def test_it_logs_in(certificates: Certificates) -> None:
    server, ca = certificates
    async with aiosmtpd_server(starttls=server, auth=True) as inbox:
        url = f"smtp+starttls://agenda%40ine.example@localhost:{inbox.port}?ca={ca}"
        connection = await Connection.open(parse_smtp_url(url, PASSWORD), "agenda.example")
        outcome = await connection.send(SENDER, TOKYO, MESSAGE)
        await connection.close()
    assert outcome.kind == "accepted"
    assert inbox.logins == ["agenda@ine.example"]


async def test_a_refused_password_is_a_fault_and_is_not_repeated(certificates: Certificates) -> None:
    server, ca = certificates
    async with aiosmtpd_server(starttls=server, auth=True) as inbox:
        url = f"smtp+starttls://agenda%40ine.example@localhost:{inbox.port}?ca={ca}"
        refusal = await opening(parse_smtp_url(url, "equivocada"))
    assert refusal.fault
    assert "equivocada" not in str(refusal)
    assert "535" in str(refusal)


async def test_a_login_that_fails_for_now_is_no_fault() -> None:
    ehlo = Reply(b"250-relay.example\r\n250 AUTH PLAIN\r\n")
    async with scripted(EHLO=[ehlo], AUTH=[Reply(b"454 4.7.0 later\r\n")]) as fake:
        settings = parse_smtp_url(f"smtp://agenda@localhost:{fake.port}", PASSWORD)
        assert not (await opening(settings)).fault


@pytest.mark.parametrize("offer", [b"250 relay.example\r\n", b"250-relay.example\r\n250 AUTH GSSAPI\r\n"])
async def test_a_server_that_offers_no_login_we_know_is_a_fault(offer: bytes) -> None:
    async with scripted(EHLO=[Reply(offer)]) as fake:
        assert (await opening(parse_smtp_url(f"smtp://agenda@localhost:{fake.port}", PASSWORD))).fault


# The pool


async def test_a_pool_opens_no_more_than_its_size_and_reuses_them() -> None:
    async with aiosmtpd_server() as inbox:
        pool = Pool(plain(inbox.port), 3, local_hostname="agenda.example")

        async def one(to: str) -> Outcome:
            async with pool.connection() as connection:
                return await connection.send(SENDER, to, MESSAGE)

        outcomes = await asyncio.gather(*(one(f"post{n}@sre.example") for n in range(40)))
        await pool.aclose()
    assert {outcome.kind for outcome in outcomes} == {"accepted"}
    assert sorted(str(e.rcpt_tos[0]) for e in inbox.envelopes) == sorted(f"post{n}@sre.example" for n in range(40))
    assert len(inbox.peers) <= 3


async def test_a_pool_replaces_a_connection_that_broke() -> None:
    async with scripted(RCPT=[Drop()]) as fake:
        pool = Pool(plain(fake.port), 1, local_hostname="agenda.example", timeouts=PATIENT)
        kinds = []
        for to in (TOKYO, DELHI):
            async with pool.connection() as connection:
                kinds.append((await connection.send(SENDER, to, MESSAGE)).kind)
        await pool.aclose()
    assert kinds == ["broken", "accepted"]


async def test_a_pool_asks_an_idle_connection_before_it_trusts_it() -> None:
    async with scripted(RSET=[Drop()]) as fake:
        pool = Pool(plain(fake.port), 1, local_hostname="agenda.example", timeouts=PATIENT, idle=-1.0)
        for to in (TOKYO, DELHI):
            async with pool.connection() as connection:
                assert (await connection.send(SENDER, to, MESSAGE)).kind == "accepted"
        await pool.aclose()
    assert fake.connections == 2


async def test_giving_up_while_an_idle_connection_is_asked_closes_it() -> None:
    async with scripted(RSET=[Late(b"250 Ok\r\n")]) as fake:
        connection = await Connection.open(plain(fake.port), "agenda.example", PATIENT)
        task = asyncio.ensure_future(connection.ready(-1.0))
        await fake.reached("RSET")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not connection.reusable


async def test_a_pool_without_a_relay_says_so_each_time_and_keeps_its_slots() -> None:
    async with scripted() as fake:
        port = fake.port
    pool = Pool(plain(port), 1, local_hostname="agenda.example", timeouts=PATIENT)
    for _ in range(3):
        with pytest.raises(RelayUnavailable):
            async with pool.connection():
                raise AssertionError("there is no relay")


async def test_a_closed_pool_closes_what_comes_back_and_gives_nothing_out() -> None:
    async with scripted() as fake:
        pool = Pool(plain(fake.port), 2, local_hostname="agenda.example", timeouts=PATIENT)
        async with pool.connection() as connection:
            await pool.aclose()
            assert (await connection.send(SENDER, TOKYO, MESSAGE)).kind == "accepted"
        assert not connection.reusable
        with pytest.raises(RuntimeError, match="closed"):
            async with pool.connection():
                raise AssertionError("the pool is closed")


async def test_a_resting_pool_holds_no_connection_and_opens_again_when_asked() -> None:
    async with scripted() as fake:
        pool = Pool(plain(fake.port), 2, local_hostname="agenda.example", timeouts=PATIENT)
        async with pool.connection():
            assert fake.connections == 1
        await pool.rest()
        assert fake.commands[-1] == "QUIT"
        async with pool.connection() as connection:
            assert connection.reusable
        await pool.aclose()
    assert fake.connections == 2
