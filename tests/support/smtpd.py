"""Real SMTP servers to try the sender on: aiosmtpd for what goes well, a scripted one for what does not."""

from __future__ import annotations

import asyncio
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

PASSWORD = "correcta, con ñ"


@dataclass(frozen=True)
class Reply:
    """These bytes, as they are; then the connection stays open."""

    data: bytes


@dataclass(frozen=True)
class Drop:
    """Close the connection without a word."""


@dataclass
class Late:
    """Answer when the test says so, and not before."""

    data: bytes
    release: asyncio.Event = field(default_factory=asyncio.Event)


Behaviour = Reply | Drop | Late

STEP_BY_STEP = b"250-relay.example\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n"
PIPELINING = b"250-relay.example\r\n250-8BITMIME\r\n250-PIPELINING\r\n250 ENHANCEDSTATUSCODES\r\n"

USUAL = {
    "GREETING": b"220 relay.example ESMTP\r\n",
    "EHLO": PIPELINING,  # as nearly every relay says; a test may put STEP_BY_STEP here
    "MAIL": b"250 2.1.0 Ok\r\n",
    "RCPT": b"250 2.1.5 Ok\r\n",
    "DATA": b"354 go ahead\r\n",
    "BODY": b"250 2.0.0 queued as 1\r\n",
    "RSET": b"250 2.0.0 Ok\r\n",
    "QUIT": b"221 2.0.0 Bye\r\n",
}
_OUT_OF_ORDER = {"RCPT": b"503 5.5.1 MAIL first\r\n", "DATA": b"554 5.5.1 no valid recipients\r\n"}


class ScriptedServer:
    """Answers as usual, except where `script` has something else for the next time a stage is reached.

    Stages are GREETING, the commands' verbs, HALF (a first piece of the body has come) and BODY (its final dot has).
    What comes of itself is answered in order: RCPT after a refused MAIL is refused, and DATA after a refused RCPT.
    """

    def __init__(self, script: Mapping[str, Sequence[Behaviour]]) -> None:
        self.script = {stage: list(behaviours) for stage, behaviours in script.items()}
        self.commands: list[str] = []
        self.bodies: list[bytes] = []  # as they came over the wire, final dot included
        self.connections = 0
        self.port = 0
        self._reached: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._tasks: set[asyncio.Task[None]] = set()
        self._done = asyncio.Event()

    async def reached(self, stage: str) -> None:
        await self._reached[stage].wait()

    async def gone(self) -> None:
        """Until some client has closed its connection."""
        await self._done.wait()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks.add(task)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            going = await self._answer("GREETING", writer) is not None
            stands = True  # what was said of the envelope so far
            while going and (line := await reader.readline()):
                self.commands.append(line.decode().rstrip("\r\n"))
                verb = line.split()[0].decode().upper()
                answer = await self._answer(verb, writer, in_order=stands or verb not in _OUT_OF_ORDER)
                stands = answer is not None and answer.startswith((b"2", b"3"))
                going = answer is not None and verb != "QUIT"
                if answer is not None and verb == "DATA" and answer.startswith(b"354"):
                    going = await self._take_body(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.commands.append("(connection lost)")
        finally:
            self._done.set()
            writer.close()

    async def _take_body(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if "HALF" in self.script:
            await reader.readexactly(1)
            return await self._answer("HALF", writer) is not None
        self.bodies.append(await reader.readuntil(b"\r\n.\r\n"))
        return await self._answer("BODY", writer) is not None

    async def _answer(self, stage: str, writer: asyncio.StreamWriter, *, in_order: bool = True) -> bytes | None:
        """What was answered; None if the connection is to be closed instead."""
        self._reached[stage].set()
        planned = self.script.get(stage)
        usual = USUAL.get(stage, b"502 5.5.1 what?\r\n") if in_order else _OUT_OF_ORDER[stage]
        behaviour = planned.pop(0) if planned else Reply(usual)
        if isinstance(behaviour, Drop):
            return None
        if isinstance(behaviour, Late):
            await behaviour.release.wait()
        writer.write(behaviour.data)
        await writer.drain()
        return behaviour.data


@asynccontextmanager
async def scripted(**script: Sequence[Behaviour]) -> AsyncIterator[ScriptedServer]:
    fake = ScriptedServer(script)
    server = await asyncio.start_server(fake.accept, "127.0.0.1", 0, limit=2**20)
    fake.port = server.sockets[0].getsockname()[1]
    try:
        yield fake
    finally:
        server.close()
        await fake.close()


@dataclass
class Inbox:
    """An aiosmtpd handler that keeps what it is given."""

    port: int = 0
    envelopes: list[Envelope] = field(default_factory=list)
    peers: set[object] = field(default_factory=set)
    logins: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # because aiosmtpd calls it so
        self.envelopes.append(envelope)
        self.peers.add(session.peer)
        return "250 2.0.0 queued"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        self.logins.append(data.login.decode())
        return AuthResult(success=data.password.decode() == PASSWORD, handled=False)


@asynccontextmanager
async def aiosmtpd_server(
    *, starttls: ssl.SSLContext | None = None, implicit: ssl.SSLContext | None = None, auth: bool = False
) -> AsyncIterator[Inbox]:
    inbox = Inbox()

    def protocol() -> SMTP:
        return SMTP(
            inbox,
            hostname="relay.example",
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=inbox.authenticate if auth else None,
            auth_required=auth,
            auth_require_tls=starttls is not None,
        )

    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0, ssl=implicit)
    inbox.port = server.sockets[0].getsockname()[1]
    try:
        yield inbox
    finally:
        server.close()
