"""A mail server that misbehaves by schedule, and keeps its own record of what it has taken.

`python -m chaos.server SEED RECORD CERTIFICATE` prints its port and ends when its standard input does; with SIGUSR1
it makes no more faults. It never says 250 to a message that it has not on record: nobody could tell.
"""

from __future__ import annotations

import asyncio
import re
import signal
import ssl
import sys
from collections import Counter
from contextlib import suppress
from enum import StrEnum
from itertools import count
from pathlib import Path

from chaos.record import Recorder, Seen
from chaos.schedule import Greeting, Message, Naming, Schedule

LATE_SECONDS = 0.15  # less than the workers' patience (chaos/worker.py)
BYTE_SECONDS = 0.002
STALL_SECONDS = 60.0  # at most: the client gives up long before
_LARGEST = 2**22
_KEY = re.compile(rb"^Message-ID:\s*<([^@>\s]+)@", re.MULTILINE | re.IGNORECASE)
_PATH = re.compile(rb"TO:<([^>]*)>", re.IGNORECASE)
_OK = b"250 2.0.0 Ok\r\n"
_GARBAGE = b"\x00\xff what is 250 to you\r\n"

_TO_RCPT = {
    Naming.BUSY: b"450 4.2.1 mailbox busy\r\n",
    Naming.THROTTLED: b"451 4.7.1 slow down\r\n",
    Naming.FULL: b"452 4.3.1 insufficient system storage\r\n",
    Naming.CLOSING: b"421 4.3.2 closing\r\n",
    Naming.REFUSED: b"554 transaction failed\r\n",
    Naming.GARBAGE: _GARBAGE,
    Naming.TWICE: _OK + _OK,
    Naming.OTHER: b"354 go ahead\r\n",
}
_TO_MESSAGE = {
    Message.KEPT_GARBAGE: _GARBAGE,
    Message.GARBAGE: _GARBAGE,
    Message.KEPT_TWICE: _OK + _OK,
    Message.KEPT_OTHER: b"354 go ahead\r\n",
    Message.OTHER: b"221 2.0.0 bye\r\n",
    Message.FULL: b"452 4.3.1 insufficient system storage\r\n",
    Message.REFUSED: b"554 transaction failed\r\n",
    Message.SPAM: b"550 5.7.1 looks like spam\r\n",
    Message.CLOSING: b"421 4.3.2 closing\r\n",
}
_CLOSING = {Naming.CLOSING, Message.CLOSING, Message.KEPT_CLOSED}
_SILENT = {Message.LOST, Message.KEPT_UNSAID}
_STALLED = {Message.STALLED, Message.KEPT_STALLED}
_AT_DATA = {Naming.NO_DATA, Naming.DATA_CLOSED}


class _Hangup(Exception):
    """The connection ends here, by our doing or by the client's."""


class Manners(StrEnum):
    """What a connection makes of commands that come together (RFC 2920)."""

    STEP_BY_STEP = "step by step"  # it offers no PIPELINING
    TOGETHER = "together"  # and refuses DATA where it refused the recipient
    CARELESS = "careless"  # and says 354 all the same


_MANNERS = (Manners.STEP_BY_STEP, Manners.TOGETHER, Manners.CARELESS)  # of one connection after another


class Server:
    """Counts how often each address and each message has come, for as long as it runs."""

    def __init__(self, schedule: Schedule, recorder: Recorder, tls: ssl.SSLContext) -> None:
        self.schedule = schedule
        self.recorder = recorder
        self.tls = tls
        self.calm = False
        self.named: Counter[str] = Counter()
        self.arrived: Counter[str] = Counter()
        self._connections = count(1)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = next(self._connections)
        fault = None if self.calm else self.schedule.greeting(number)
        if fault is not None:
            self.recorder.write(Seen(fault=fault))
        with suppress(_Hangup, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ssl.SSLError):
            await _Talk(self, reader, writer, fault, _MANNERS[number % len(_MANNERS)]).hold()
        writer.transport.abort()


class _Talk:
    """One connection."""

    def __init__(
        self,
        server: Server,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        fault: Greeting | None,
        manners: Manners,
    ) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._fault = fault
        self._manners = manners
        self._to = ""
        self._named = False
        self._at_data: Naming | None = None

    async def hold(self) -> None:
        await self._greet()
        while True:
            line = await self._reader.readline()
            verb = line[:4].upper().strip()
            match verb:
                case b"EHLO":
                    offer = b"" if self._manners is Manners.STEP_BY_STEP else b"250-PIPELINING\r\n"
                    await self._say(b"250-relay.example\r\n%s250-STARTTLS\r\n250 ENHANCEDSTATUSCODES\r\n" % offer)
                case b"STAR":
                    await self._encrypt()
                case b"RCPT":
                    await self._name(line)
                case b"DATA":
                    await self._take()
                case b"MAIL" | b"RSET" | b"NOOP":
                    await self._say(_OK)
                case _:  # QUIT, nonsense, or the end
                    await self._say(b"221 2.0.0 bye\r\n")
                    raise _Hangup

    async def _greet(self) -> None:
        match self._fault:
            case Greeting.CLOSED:
                raise _Hangup
            case Greeting.MUTE:
                await self._stall()
            case Greeting.BUSY:
                await self._say(b"421 4.3.2 too busy\r\n")
                raise _Hangup
        await self._say(b"220 relay.example ESMTP\r\n")

    async def _encrypt(self) -> None:
        if self._fault is Greeting.TLS_LATER:
            await self._say(b"454 4.7.0 TLS not available for now\r\n")
            return
        await self._say(b"220 2.0.0 ready\r\n")
        if self._fault is Greeting.TLS_GARBAGE:
            await self._say(_GARBAGE)
            await self._stall()
        if self._fault is Greeting.TLS_CLOSED:
            await self._reader.read(1)
            raise _Hangup
        await self._writer.start_tls(self._server.tls)

    async def _name(self, line: bytes) -> None:
        found = _PATH.search(line)
        self._to, self._named = found[1].decode() if found else "", True
        server = self._server
        server.named[self._to] += 1
        if server.schedule.is_bad(self._to):
            await self._refuse("550 5.1.1 for ever", b"550 5.1.1 no such user\r\n")
        elif self._fault is Greeting.NOT_US:
            await self._refuse(Greeting.NOT_US, b"554 5.7.1 access denied\r\n")
        else:
            fault = None if server.calm else server.schedule.naming(self._to, server.named[self._to])
            await self._name_badly(fault) if fault is not None else await self._say(_OK)

    async def _refuse(self, what: str, words: bytes) -> None:
        self._note(what)
        self._named = False
        await self._say(words)

    async def _name_badly(self, fault: Naming) -> None:
        self._note(fault)
        self._at_data = fault if fault in _AT_DATA else None
        match fault:
            case Naming.CLOSED:
                raise _Hangup
            case Naming.STALLED:
                await self._stall()
            case Naming.LATE:
                await asyncio.sleep(LATE_SECONDS)
                await self._say(_OK)
            case _:
                words = _TO_RCPT.get(fault, _OK)
                self._named = words.startswith(b"2")
                await self._say(words)
        if fault in _CLOSING:
            raise _Hangup

    async def _take(self) -> None:
        """DATA and what follows. Which message it is becomes known in its header, so that is read first."""
        server, at_data, self._at_data = self._server, self._at_data, None
        if at_data is Naming.DATA_CLOSED:
            raise _Hangup
        if at_data is Naming.NO_DATA:
            await self._say(b"451 4.3.0 not now\r\n")
            return
        if not self._named and self._manners is not Manners.CARELESS:
            await self._say(b"554 5.5.1 no valid recipients\r\n")
            return
        await self._say(b"354 go ahead\r\n")
        header = await self._reader.readuntil(b"\r\n\r\n")
        found = _KEY.search(header)
        key = found[1].decode() if found else "?"
        server.arrived[key] += 1
        fault = None if server.calm else server.schedule.message(key, server.arrived[key])
        if fault is Message.BODY_CLOSED:
            self._note(fault, key)
            raise _Hangup
        await self._reader.readuntil(b"\r\n.\r\n")
        kept = fault is None or fault.kept
        server.recorder.write(Seen(to=self._to, key=key, kept=kept, fault=fault or ""))  # before a word is said
        await self._reply(fault)

    async def _reply(self, fault: Message | None) -> None:
        if fault in _SILENT:
            raise _Hangup
        if fault in _STALLED:
            await self._stall()
        if fault is Message.KEPT_LATE:
            await asyncio.sleep(LATE_SECONDS)
        await self._say(_TO_MESSAGE.get(fault, _OK) if fault is not None else _OK)
        if fault in _CLOSING:
            raise _Hangup

    async def _stall(self) -> None:
        """Say nothing until the client has gone."""
        async with asyncio.timeout(STALL_SECONDS):
            while await self._reader.read(2**16):
                pass
        raise _Hangup

    async def _say(self, words: bytes) -> None:
        if self._fault is not Greeting.SLOW:
            self._writer.write(words)
            await self._writer.drain()
            return
        for byte in words:
            self._writer.write(bytes((byte,)))
            await self._writer.drain()
            await asyncio.sleep(BYTE_SECONDS)

    def _note(self, fault: str, key: str = "") -> None:
        self._server.recorder.write(Seen(to=self._to, key=key, fault=fault))


async def _run(schedule: Schedule, recorder: Recorder, tls: ssl.SSLContext) -> None:
    server = Server(schedule, recorder, tls)
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, lambda: setattr(server, "calm", True))
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, limit=_LARGEST)
    print(listening.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


def main(seed: str, record: str, certificate: str) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    asyncio.run(_run(Schedule(seed=int(seed)), Recorder(Path(record)), tls))


if __name__ == "__main__":
    main(*sys.argv[1:])
