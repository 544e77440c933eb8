"""One SMTP transaction for each recipient over connections that are kept, with the phase of each failure known.

aiosmtplib greets: connection, EHLO, TLS, login. What follows is said without it, for it writes one command at a time,
raises the same error before the 354 and after the final dot, and leaves a connection open when a send is cancelled, so
that the late reply is the answer for the next recipient. A connection on which anything went wrong is cut, never used
again. Where the server offers PIPELINING, a message's MAIL, RCPT and DATA go in one write.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self, cast

import aiosmtplib
from aiosmtplib import SMTPException, SMTPResponseException, SMTPServerDisconnected

from scheduler.base.address import mailbox, scrub
from scheduler.base.refusal import EnvironmentRefusal
from scheduler.mail.relay.dialogue import Dialogue
from scheduler.mail.relay.oauth import AccessTokens, NoAccess
from scheduler.mail.relay.replies import ServerReply
from scheduler.mail.relay.smtp_url import SmtpSettings, parse_smtp_url
from scheduler.mail.relay.transaction import BODY, ENVELOPE, Stage, judge_body, judge_envelope
from scheduler.mail.relay.wire import on_the_wire
from scheduler.planning.delivery import Outcome, asks_for_less

__all__ = ["Connection", "Pool", "RelayUnavailable", "SmtpSettings", "Timeouts", "parse_smtp_url", "scrub"]


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


class Connection:
    """One open connection. One transaction at a time; not for several tasks at once."""

    def __init__(self, dialogue: Dialogue, timeouts: Timeouts, *, pipelining: bool) -> None:
        self._dialogue = dialogue
        self._timeouts = timeouts
        self._steps = [ENVELOPE] if pipelining else [(stage,) for stage in ENVELOPE]
        self._step: Sequence[Stage] = ENVELOPE
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
            dialogue = _taken_over(smtp)
        except (SMTPException, OSError) as error:
            _cut(smtp)
            raise _unavailable(error) from None  # its chain quotes the server, addresses and all
        except BaseException:
            _cut(smtp)
            raise
        return cls(dialogue, timeouts, pipelining=smtp.supports_extension("pipelining"))

    @property
    def reusable(self) -> bool:
        """May another transaction begin here? Never again after a timeout, a cancellation or a 421."""
        return not self._dialogue.closed

    async def send(self, mail_from: str, rcpt_to: str, message: bytes) -> Outcome:
        """One message (RFC 5322, CRLF line ends, 7-bit) to one recipient.

        Raises ValueError, before anything is sent, for an address or a message that SMTP cannot carry.
        On cancellation `interrupted` says what had become of the message. Never wrap this in `wait_for`: a shorter
        time than RFC 5321's turns a slow server's acceptance into a duplicate.
        """
        commands: dict[Stage, bytes] = {
            "mail": b"MAIL FROM:<%s>\r\n" % (mailbox(mail_from).encode() if mail_from else b""),
            "rcpt": b"RCPT TO:<%s>\r\n" % mailbox(rcpt_to).encode(),
            "data": b"DATA\r\n",
        }
        body = on_the_wire(message)
        self._step, self.interrupted = ENVELOPE, None
        try:
            outcome = await self._transaction(commands, body)
        except BaseException as error:
            self.interrupted = self._cut_off(type(error).__name__)
            self.abort()
            raise
        self._used_at = asyncio.get_running_loop().time()
        return outcome

    async def ready(self, idle: float) -> bool:
        """Will it take a transaction? After a refusal, or `idle` seconds unused, the server is asked (RSET)."""
        unused = asyncio.get_running_loop().time() - self._used_at
        if self.reusable and (self._open_transaction or unused > idle):
            try:
                await self._reset(self._timeouts.courtesy)
            except BaseException:
                self.abort()
                raise
        return self.reusable

    async def close(self) -> None:
        """Say QUIT, wait a little for the answer, and close."""
        try:
            await self._dialogue.ask(b"QUIT\r\n", 1, self._timeouts.courtesy)
        finally:
            self.abort()

    def abort(self) -> None:
        """Close at once; what is still unsent is thrown away."""
        self._dialogue.abort()

    async def _transaction(self, commands: Mapping[Stage, bytes], body: bytes) -> Outcome:
        if self._open_transaction and (failure := await self._reset(self._timeouts.command)):
            return Outcome(kind="broken", stage="mail", text=scrub(failure))
        self._open_transaction = True
        for step in self._steps:
            self._step = step
            together = b"".join([commands[stage] for stage in step])
            answers = await self._dialogue.ask(together, len(step), self._timeouts.command)
            verdict = judge_envelope(step, answers)
            if verdict.cut:
                self.abort()
            if verdict.outcome is not None:
                return verdict.outcome
        if self._dialogue.closed:  # since the go-ahead: nothing of the message has left
            return Outcome(kind="broken", stage="body", text="the connection was closed")
        self._step = BODY
        answers = await self._dialogue.ask(body, 1, self._timeouts.dot)
        self._open_transaction = False
        outcome = judge_body(answers)
        if answers.gone or outcome.kind == "unknown":
            self.abort()
        return outcome

    async def _reset(self, patience: float) -> str:
        """RSET. Returns why it failed, and then cuts; "" where it did not."""
        answers = await self._dialogue.ask(b"RSET\r\n", 1, patience)
        failure = answers.doubt or answers.gone
        if not failure and not answers.replies[0].accepted:
            failure = f"RSET was refused: {answers.replies[0].code} {answers.replies[0].text}"
        if failure:
            self.abort()
        else:
            self._open_transaction = False
            self._used_at = asyncio.get_running_loop().time()
        return failure

    def _cut_off(self, why: str) -> Outcome:
        """What had become of the message when its sender was cut off."""
        if self._step is BODY:
            return Outcome(kind="unknown", stage="body", text=why)
        heard = min(len(self._dialogue.heard), len(self._step) - 1)
        return Outcome(kind="broken", stage=self._step[heard], text=why)


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

    def connection(self) -> Lease:
        """An open connection, kept for the next caller if it is still good. Entering raises RelayUnavailable."""
        return Lease(self)

    async def rest(self) -> None:
        """Close those that nobody uses: a relay may allow a mailbox three connections in all."""
        idle, self._idle = self._idle, []
        await asyncio.gather(*(connection.close() for connection in idle))

    async def aclose(self) -> None:
        """Close the unused ones now, and each of the others when it is given back."""
        self._closed = True
        await self.rest()

    async def take(self) -> Connection:
        """One that is open, as soon as there are less than `size` in use; to be given back. Raises RelayUnavailable."""
        await self._slots.acquire()
        try:
            return await self._opened()
        except BaseException:
            self._slots.release()
            raise

    def give_back(self, connection: Connection) -> None:
        """It is for the next who takes one, or closed."""
        self._slots.release()
        if self._closed:
            connection.abort()
        elif connection.reusable:
            self._idle.append(connection)

    async def _opened(self) -> Connection:
        if self._closed:
            raise RuntimeError("this pool is closed")
        while self._idle:
            connection = self._idle.pop()
            if await connection.ready(self._idle_limit):
                return connection
        self._tls = self._tls or tls_context(self._settings)
        return await Connection.open(self._settings, self._local_hostname, self._timeouts, self._tls)


class Lease:
    """A connection of a pool for as long as a block runs. (A generator for it would take longer than the pool does.)"""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def __aenter__(self) -> Connection:
        self._connection = await self._pool.take()
        return self._connection

    async def __aexit__(self, *_: object) -> None:
        self._pool.give_back(self._connection)


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
        reply = ServerReply(code=error.code, words=error.message)
        less = asks_for_less(reply.code, reply.status, reply.text)
        return RelayUnavailable(f"{error.code} {error.message}", fault=500 <= error.code <= 599, asks_for_less=less)
    # aiosmtplib raises the bare class where the server offers no method of AUTH that it knows
    return RelayUnavailable(f"{error}" or type(error).__name__, fault=type(error) is SMTPException)


def _taken_over(smtp: aiosmtplib.SMTP) -> Dialogue:
    """The channel that the library has opened, with whatever came on it that nobody has read."""
    protocol, transport = smtp.protocol, smtp.transport
    if protocol is None or transport is None:
        raise SMTPServerDisconnected("Connection lost")
    return Dialogue(cast("asyncio.Transport", transport), bytes(protocol._buffer))


def _cut(smtp: aiosmtplib.SMTP) -> None:
    """Close without flushing."""
    transport = smtp.transport
    smtp.close()
    if transport is not None:
        cast("asyncio.WriteTransport", transport).abort()  # uvloop's is one, and isinstance denies it
