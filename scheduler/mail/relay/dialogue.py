"""What is said on a channel to a mail server once it has greeted us: commands, and their replies paired by count.

Several commands may go in one write (RFC 2920). The replies come in the order of the commands and bear no other mark
of what they answer, so a reply too many, or one that is none, puts every reply of its step in doubt; a channel that is
closed or silent does not: what came before is sound.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from scheduler.mail.relay.replies import SERVICE_CLOSING, ServerReply

_LONGEST = 32 * 1024  # octets of all replies to one step: who sends more talks without end
_CLOSING = b"%d" % SERVICE_CLOSING


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """What came back for some commands that were sent together."""

    replies: tuple[ServerReply, ...]  # to the first of them, in their order
    gone: str = ""  # why no more will come on this channel: closed, silent for too long, 421
    doubt: str = ""  # why the replies may not be those to our commands


class Dialogue(asyncio.Protocol):
    """One step at a time: commands out, as many replies in. It takes over an open transport from whoever greeted.

    `heard` has the replies to the step so far. One timer a channel watches the deadline of whatever step is on: it is
    not set anew for each reply, but looks, when it goes off, whether the deadline has moved on meanwhile.
    """

    def __init__(self, transport: asyncio.Transport, unread: bytes = b"") -> None:
        self.heard: list[ServerReply] = []
        self._loop = asyncio.get_running_loop()
        self._transport = transport
        self._unread = unread
        self._lines: list[bytes] = []  # of a reply that is not complete
        self._octets = 0
        self._awaited = 0
        self._waiter: asyncio.Future[None] | None = None
        self._patience = 0.0
        self._deadline = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._looks_at = 0.0
        self._gone = "" if not transport.is_closing() else "the connection was closed"
        self._doubt = ""
        transport.set_protocol(self)

    @property
    def closed(self) -> bool:
        """Whether nothing more may be said here."""
        return bool(self._gone or self._doubt) or self._transport.is_closing()

    async def ask(self, commands: bytes, replies: int, patience: float) -> Answers:
        """Write `commands` at once and wait for so many replies, `patience` seconds for each (RFC 5321 §4.5.3.2).

        Nothing is written where the channel is closed. On cancellation the replies are still to come: then, and after
        answers with anything but replies, the channel is good for nothing but `abort`.
        """
        self.heard, self._octets, self._awaited = [], len(self._unread), replies
        if self._unread:
            self._doubt = "a reply came that nobody had asked for"
        if self.closed:
            return Answers(replies=(), gone=self._gone or "the connection was closed", doubt=self._doubt)
        self._waiter = self._loop.create_future()
        self._patience = patience
        self._put_off()
        if self._timer is None or self._looks_at > self._deadline:
            self._watch()
        self._transport.write(commands)
        try:
            await self._waiter
        finally:
            self._waiter = None
        if self._unread and not self._gone:
            self._weigh_surplus()
        return Answers(replies=tuple(self.heard), gone=self._gone, doubt=self._doubt)

    def abort(self) -> None:
        """Close without flushing: a closing transport would still push out the rest of a message."""
        self._transport.abort()
        self._end("the connection was closed")

    def data_received(self, data: bytes) -> None:
        if self._waiter is None:
            self._doubt = "the server spoke unasked"
            self._transport.abort()
            return
        self._unread += data
        if not self._waiter.done():
            self._octets += len(data)
            self._read()

    def eof_received(self) -> bool:
        self._end("the server closed the connection")
        return False  # and so do we

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(f"{exc}" if exc is not None else "the server closed the connection")

    def _read(self) -> None:
        """Take apart what has come, up to the last reply that is awaited."""
        unread, begin = self._unread, 0
        while len(self.heard) < self._awaited and not self._gone and (end := unread.find(b"\n", begin)) >= 0:
            line = unread[begin:end]
            begin = end + 1
            if not (len(line) > 2 and line[:3].isdigit()):
                self._doubt = f"this is no reply: {line.decode('utf-8', 'replace')}"
                break
            self._lines.append(line[4:].strip())
            if line[3:4] != b"-":
                self._hear(int(line[:3]))
        self._unread = unread[begin:]
        if self._octets > _LONGEST:
            self._doubt = "the reply has no end"
        if self._doubt or self._gone or len(self.heard) == self._awaited:
            self._wake()

    def _hear(self, code: int) -> None:
        words = b"\n".join(self._lines).decode("utf-8", "surrogateescape")
        self._lines.clear()
        self.heard.append(ServerReply(code=code, words=words))
        self._put_off()
        if code == SERVICE_CLOSING:
            self._gone = "the server shuts the channel"

    def _weigh_surplus(self) -> None:
        """A server that shuts down after the last of our commands has answered them all before."""
        if self._unread.startswith(_CLOSING):
            self._gone = "the server shuts the channel"
        else:
            self._doubt = "more replies came than were asked for"

    def _put_off(self) -> None:
        self._deadline = self._loop.time() + self._patience

    def _watch(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._looks_at = self._deadline
        self._timer = self._loop.call_at(self._deadline, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._waiter is None or self._waiter.done():
            return
        if self._loop.time() < self._deadline:
            self._watch()
        else:
            self._end("Timed out waiting for the server's reply")

    def _end(self, why: str) -> None:
        self._gone = self._gone or why
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
