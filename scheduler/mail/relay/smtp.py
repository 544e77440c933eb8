"""One SMTP transaction for each recipient over connections that are kept, with the phase of each failure known.

aiosmtplib speaks the protocol. What it leaves open is settled here: it raises the same error before the 354 and after
the final dot; it leaves a connection open when a send is cancelled, and then reads the late reply as the answer for
the next recipient; it has no pool. So a connection on which anything went wrong is cut, never used again.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal, Self, cast

import aiosmtplib
from aiosmtplib import SMTPException, SMTPResponse, SMTPResponseException, SMTPServerDisconnected

from scheduler.base.address import mailbox, scrub
from scheduler.base.refusal import EnvironmentRefusal
from scheduler.mail.relay.oauth import AccessTokens, NoAccess
from scheduler.mail.relay.replies import ServerReply, as_reply
from scheduler.mail.relay.smtp_url import SmtpSettings, parse_smtp_url
from scheduler.planning.delivery import Outcome, asks_for_less

__all__ = ["Connection", "Pool", "RelayUnavailable", "SmtpSettings", "Timeouts", "parse_smtp_url", "scrub"]

Stage = Literal["mail", "rcpt", "data", "body"]

_SERVICE_CLOSING = 421  # RFC 5321 §3.8: the server shuts the channel, whatever was asked
_GO_AHEAD = 354


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeouts:
    """Seconds. Shorter ones for commands and for the reply to the final dot make duplicates (RFC 5321 §4.5.3.2)."""

    connect: float = 60.0  # each of: TCP, greeting, TLS, EHLO, AUTH; a failure there costs no message anything
    command: float = 300.0
    dot: float = 600.0
    courtesy: float = 10.0  # RSET as a probe, QUIT: without an answer the connection is cut


class RelayUnavailable(EnvironmentRefusal):
    """No connection that can take mail. It costs no delivery an attempt.

    `fault`: waiting will not mend it (refused AUTH, certificate, no TLS on offer, 5xx to greeting or EHLO).
    `asks_for_less`: it is there, and had too much of us.
    """

    def __init__(self, text: str, *, fault: bool, asks_for_less: bool = False) -> None:
        self.text = scrub(text)
        self.fault = fault
        self.asks_for_less = asks_for_less
        super().__init__(self.text)


class _Desynchronised(Exception):
    """The server's replies and our commands no longer pair up."""


class Connection:
    """One open connection. One transaction at a time; not for several tasks at once."""

    def __init__(self, smtp: aiosmtplib.SMTP, timeouts: Timeouts) -> None:
        self._smtp = smtp
        self._timeouts = timeouts
        self._stage: Stage = "mail"
        self._begun = False
        self._open_transaction = False
        self._used_at = asyncio.get_running_loop().time()
        self.interrupted: Outcome | None = None

    @classmethod
    async def open(
        cls,
        settings: SmtpSettings,
        local_hostname: str,
        timeouts: Timeouts = Timeouts(),
        tls: ssl.SSLContext | None = None,
    ) -> Self:
        """Connect, say EHLO as `local_hostname`, encrypt and log in as the settings say.

        `tls` spares reading the authorities' certificates again. Raises RelayUnavailable.
        """
        smtp = aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            local_hostname=local_hostname,
            timeout=timeouts.connect,
            use_tls=settings.security == "tls",
            start_tls=False,  # None would let an attacker strip it; _greet asks for it
            tls_context=tls or tls_context(settings),
        )
        try:
            await _greet(smtp, settings)
        except (SMTPException, OSError) as error:
            _cut(smtp)
            raise _unavailable(error) from None  # its chain quotes the server, addresses and all
        except BaseException:
            _cut(smtp)
            raise
        return cls(smtp, timeouts)

    @property
    def reusable(self) -> bool:
        """May another transaction begin here? Never again after a timeout, a cancellation or a 421."""
        return self._smtp.is_connected

    async def send(self, mail_from: str, rcpt_to: str, message: bytes) -> Outcome:
        """One message (RFC 5322, CRLF line ends, 7-bit) to one recipient.

        Raises ValueError, before anything is sent, for an address or a message that SMTP cannot carry.
        On cancellation `interrupted` says what had become of the message. Never wrap this in `wait_for`: a shorter
        time than RFC 5321's turns a slow server's acceptance into a duplicate.
        """
        sender = b"FROM:<%s>" % (mailbox(mail_from).encode() if mail_from else b"")
        recipient = b"TO:<%s>" % mailbox(rcpt_to).encode()
        body = _on_the_wire(message)
        self._stage, self._begun, self.interrupted = "mail", False, None
        try:
            outcome = await self._transaction(sender, recipient, body)
        except (SMTPException, OSError, _Desynchronised) as error:
            _cut(self._smtp)
            outcome = self._failure(f"{error}" or type(error).__name__)
        except BaseException as error:
            _cut(self._smtp)
            self.interrupted = self._failure(type(error).__name__)
            raise
        self._used_at = asyncio.get_running_loop().time()
        return outcome

    async def ready(self, idle: float) -> bool:
        """Will it take a transaction? After a refusal, or `idle` seconds unused, the server is asked (RSET)."""
        unused = asyncio.get_running_loop().time() - self._used_at
        if self.reusable and (self._open_transaction or unused > idle):
            try:
                await self._reset(self._timeouts.courtesy)
            except (SMTPException, OSError, _Desynchronised):
                self.abort()
            except BaseException:
                self.abort()
                raise
        return self.reusable

    async def close(self) -> None:
        """Say QUIT, wait a little for the answer, and close."""
        try:
            if self.reusable:
                await self._smtp.quit(timeout=self._timeouts.courtesy)
        except (SMTPException, OSError):
            self.abort()
        finally:
            self.abort()

    def abort(self) -> None:
        """Close at once; what is still unsent is thrown away."""
        _cut(self._smtp)

    async def _transaction(self, sender: bytes, recipient: bytes, body: bytes) -> Outcome:
        if self._open_transaction:
            await self._reset(self._timeouts.command)
        self._open_transaction = True
        commands: tuple[tuple[Stage, tuple[bytes, ...]], ...] = (
            ("mail", (b"MAIL", sender)),
            ("rcpt", (b"RCPT", recipient)),
            ("data", (b"DATA",)),
        )
        for stage, command in commands:
            self._stage = stage
            reply = await self._command(*command)
            if reply.refused:
                return self._refusal(reply)
            if not (reply.code == _GO_AHEAD if stage == "data" else reply.accepted):
                raise _Desynchronised(f"unexpected reply to {stage.upper()}: {reply.code} {reply.text}")
        reply = await self._body(body)
        self._open_transaction = False
        if reply.refused:
            return self._refusal(reply)
        if not reply.accepted:
            raise _Desynchronised(f"unexpected reply after the message: {reply.code} {reply.text}")
        return Outcome(kind="accepted", stage="body", code=reply.code, status=reply.status, text=reply.text)

    async def _command(self, *words: bytes, timeout: float | None = None) -> ServerReply:  # noqa: ASYNC109  # because it is a deadline for the server's reply, not for the caller
        return self._paired(await self._smtp.execute_command(*words, timeout=timeout or self._timeouts.command))

    async def _body(self, body: bytes) -> ServerReply:
        self._stage = "body"
        protocol = self._smtp.protocol
        if protocol is None:
            raise SMTPServerDisconnected("Connection lost")
        protocol.write(body)  # raises if the connection is known to be gone: then nothing has left
        self._begun = True
        return self._paired(await protocol.read_response(timeout=self._timeouts.dot))

    def _paired(self, response: SMTPResponse) -> ServerReply:
        """The reply, if nothing came along with it that the next command would take for its own answer."""
        protocol = self._smtp.protocol
        if response.code == _SERVICE_CLOSING:
            self.abort()
        elif protocol is not None and protocol._buffer:
            if self._begun and protocol._buffer.startswith(b"421"):  # it took the message, and shuts the channel
                self.abort()
                return as_reply(response.code, response.message)
            raise _Desynchronised(f"more than one reply came at once, the first being {response}")
        return as_reply(response.code, response.message)

    async def _reset(self, timeout: float) -> None:  # noqa: ASYNC109  # because it is a deadline for the server's reply, not for the caller
        reply = await self._command(b"RSET", timeout=timeout)
        if not reply.accepted:
            raise _Desynchronised(f"RSET was refused: {reply.code} {reply.text}")
        self._open_transaction = False
        self._used_at = asyncio.get_running_loop().time()

    def _refusal(self, reply: ServerReply) -> Outcome:
        return Outcome(kind="refused", stage=self._stage, code=reply.code, status=reply.status, text=reply.text)

    def _failure(self, text: str) -> Outcome:
        return Outcome(kind="unknown" if self._begun else "broken", stage=self._stage, text=scrub(text))


class Pool:
    """At most `size` open connections to one relay, each given to one task at a time."""

    def __init__(
        self,
        settings: SmtpSettings,
        size: int,
        *,
        local_hostname: str,
        timeouts: Timeouts = Timeouts(),
        idle: float = 30.0,  # seconds unused, after which the server is asked before it is trusted with a message
    ) -> None:
        self._settings = settings
        self._local_hostname = local_hostname
        self._timeouts = timeouts
        self._idle_limit = idle
        self._slots = asyncio.Semaphore(size)
        self._idle: list[Connection] = []
        self._tls: ssl.SSLContext | None = None
        self._closed = False

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """An open connection, kept for the next caller if it is still good. Raises RelayUnavailable."""
        async with self._slots:
            connection = await self._take()
            try:
                yield connection
            finally:
                self._give_back(connection)

    async def rest(self) -> None:
        """Close those that nobody uses: a relay may allow a mailbox three connections in all."""
        idle, self._idle = self._idle, []
        await asyncio.gather(*(connection.close() for connection in idle))

    async def aclose(self) -> None:
        """Close the unused ones now, and each of the others when it is given back."""
        self._closed = True
        await self.rest()

    async def _take(self) -> Connection:
        if self._closed:
            raise RuntimeError("this pool is closed")
        while self._idle:
            connection = self._idle.pop()
            if await connection.ready(self._idle_limit):
                return connection
        self._tls = self._tls or tls_context(self._settings)
        return await Connection.open(self._settings, self._local_hostname, self._timeouts, self._tls)

    def _give_back(self, connection: Connection) -> None:
        if self._closed:
            connection.abort()
        elif connection.reusable:
            self._idle.append(connection)


def tls_context(settings: SmtpSettings) -> ssl.SSLContext | None:
    """What the relay's certificate is checked against. Raises RelayUnavailable if `ca` cannot be read."""
    if settings.security == "none":
        return None
    try:
        return ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=settings.ca)
    except OSError as error:
        raise RelayUnavailable(f"cannot read the certificates in {settings.ca}: {error}", fault=True) from None


async def _greet(smtp: aiosmtplib.SMTP, settings: SmtpSettings) -> None:
    await smtp.connect()
    await smtp.ehlo()
    if settings.security == "starttls":
        if not smtp.supports_extension("starttls"):
            raise RelayUnavailable("the server offers no STARTTLS; nothing is sent unencrypted", fault=True)
        await smtp.starttls()
        await smtp.ehlo()  # RFC 3207 §4.2: what was said before TLS counts for nothing
    if settings.user is not None:
        if not smtp.supports_extension("auth"):
            raise RelayUnavailable("the server offers no AUTH on this port, and a user is set", fault=True)
        if settings.tokens is None:
            await smtp.login(settings.user, settings.password or "")
        else:
            await _log_in_by_token(smtp, settings.user, settings.tokens)


async def _log_in_by_token(smtp: aiosmtplib.SMTP, user: str, tokens: AccessTokens) -> None:
    try:
        token = await tokens.token()
    except NoAccess as error:
        raise RelayUnavailable(str(error), fault=error.fault) from None
    try:
        await smtp.auth_xoauth2(user, token)
    except SMTPResponseException:
        tokens.refused()
        raise


def _unavailable(error: SMTPException | OSError) -> RelayUnavailable:
    cause = error.__cause__ or error
    if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return RelayUnavailable(f"TLS failed: {cause}", fault=True)
    if isinstance(error, SMTPResponseException):
        reply = as_reply(error.code, error.message)
        less = asks_for_less(reply.code, reply.status, reply.text)
        return RelayUnavailable(f"{error.code} {error.message}", fault=500 <= error.code <= 599, asks_for_less=less)
    # aiosmtplib raises the bare class where the server offers no method of AUTH that it knows
    return RelayUnavailable(f"{error}" or type(error).__name__, fault=type(error) is SMTPException)


def _cut(smtp: aiosmtplib.SMTP) -> None:
    """Close without flushing: a closing transport would still push out the rest of a message."""
    transport = smtp.transport
    smtp.close()
    if transport is not None:
        cast("asyncio.WriteTransport", transport).abort()  # uvloop's is one, and isinstance denies it


def _on_the_wire(message: bytes) -> bytes:
    """Dot-stuffed, with the final dot (RFC 5321 §4.5.2)."""
    if not message.isascii() or b"\0" in message:
        raise ValueError("the message is not 7-bit text; encode its parts in base64 or quoted-printable")
    if message.count(b"\r") != message.count(b"\r\n") or message.count(b"\n") != message.count(b"\r\n"):
        raise ValueError("the message has a CR or LF by itself, which servers read differently; use CRLF")
    if not message.endswith(b"\r\n"):
        message += b"\r\n"
    stuffed = b"." + message if message.startswith(b".") else message
    return stuffed.replace(b"\r\n.", b"\r\n..") + b".\r\n"
