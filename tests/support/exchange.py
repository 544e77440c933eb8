"""A mail server with Exchange Online's limits for a mailbox: 30 a minute, 3 connections, XOAUTH2, one sender."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes

from scheduler.sending.pace import Timing

A_MINUTE, CONNECTIONS = 30, 3
TOKEN, USER, SENDER = "an access token", "agenda@ine.example", "agenda@ine.example"


@dataclass
class Exchange:
    """Counts by the given clock, so that minutes can pass in no time."""

    timing: Timing
    token: str = TOKEN
    sender: str = SENDER
    port: int = 0
    open: int = 0
    most: int = 0  # connections at a time
    taken: list[tuple[float, str]] = field(default_factory=list)  # when, Message-ID
    refused: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        self.most = max(self.most, self.open)
        try:
            await _Conversation(self, reader, writer).run()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open -= 1
            writer.close()

    def is_over_pace(self) -> bool:
        since = self.timing.now() - 60
        return sum(at > since for at, _ in self.taken) >= A_MINUTE

    def refuse(self, reply: str) -> str:
        self.refused.append(reply)
        return reply


@dataclass
class _Conversation:
    server: Exchange
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    known: bool = False

    async def say(self, *lines: str) -> None:
        self.writer.write("".join(f"{line}\r\n" for line in lines).encode())
        await self.writer.drain()

    async def run(self) -> None:
        if self.server.open > CONNECTIONS:
            await self.say(self.server.refuse("432 4.3.2 Concurrent connections limit exceeded. Visit …"))
            return
        await self.say("220 outlook.example Microsoft ESMTP MAIL Service ready")
        while line := (await self.reader.readline()).decode().strip():
            verb, _, rest = line.partition(" ")
            if verb.upper() == "QUIT":
                await self.say("221 2.0.0 Service closing transmission channel")
                return
            await self.answer(verb.upper(), rest)

    async def answer(self, verb: str, rest: str) -> None:
        match verb:
            case "EHLO":
                await self.say("250-outlook.example Hello", "250-SIZE 37748736", "250 AUTH LOGIN XOAUTH2")
            case "AUTH":
                await self.authenticate(rest)
            case "MAIL" if not self.known:
                await self.say(self.server.refuse("530 5.7.57 Client not authenticated to send mail."))
            case "DATA":
                await self.take()
            case "MAIL" | "RCPT":
                self.sender = rest if verb == "MAIL" else self.sender
                await self.say("250 2.1.0 OK")
            case "RSET":
                await self.say("250 2.0.0 Resetting")
            case _:
                await self.say("500 5.3.3 Unrecognized command")

    sender: str = ""

    async def authenticate(self, rest: str) -> None:
        mechanism, _, response = rest.partition(" ")
        wanted = f"user={USER}\x01auth=Bearer {self.server.token}\x01\x01"
        if mechanism.upper() != "XOAUTH2":
            await self.say(self.server.refuse("535 5.7.139 Authentication unsuccessful, basic is disabled."))
        elif base64.b64decode(response).decode() == wanted:
            self.known = True
            await self.say("235 2.7.0 Authentication successful")
        else:
            await self.say("334 eyJzdGF0dXMiOiI0MDEifQ==")
            await self.reader.readline()
            await self.say(self.server.refuse("535 5.7.3 Authentication unsuccessful"))

    async def take(self) -> None:
        await self.say("354 Start mail input; end with <CRLF>.<CRLF>")
        body = await self.reader.readuntil(b"\r\n.\r\n")
        if f"<{self.server.sender}>" not in self.sender:
            await self.say(self.server.refuse("554 5.2.252 SendAsDenied; agenda@ine.example not allowed to send as …"))
        elif self.server.is_over_pace():
            await self.say(self.server.refuse("451 4.7.500 Server busy. Please try again later"))
        else:
            self.server.taken.append((self.server.timing.now(), str(message_from_bytes(body)["Message-ID"])))
            await self.say("250 2.0.0 OK <…> [Hostname=…] Queued mail for delivery")


@asynccontextmanager
async def exchange(timing: Timing, **limits: str) -> AsyncIterator[Exchange]:
    running = Exchange(timing=timing, **limits)  # type: ignore[arg-type]  # because only token and sender are given
    server = await asyncio.start_server(running.serve, "127.0.0.1", 0)
    running.port = server.sockets[0].getsockname()[1]
    try:
        yield running
    finally:
        server.close()
