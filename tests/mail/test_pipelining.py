"""MAIL, RCPT and DATA in one write (RFC 2920): each outcome belongs to its own message, or the connection is cut."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scheduler.mail.relay.dialogue import Dialogue
from scheduler.mail.relay.smtp import Connection, Pool, SmtpSettings, Timeouts
from scheduler.mail.relay.transaction import ENVELOPE
from scheduler.planning.delivery import Attempted, Outcome, State, decide
from tests.support.smtpd import Behaviour, Drop, Reply, scripted

SENDER = "agenda@ine.example"
TOKYO = "consular.tokio@sre.example"
DELHI = "consular.delhi@sre.example"
MESSAGE = b"Subject: hola\r\n\r\n.dot\r\n"
PATIENT = Timeouts(connect=5, command=20, dot=20, courtesy=5)
NOW = datetime(2021, 10, 14, 12, tzinfo=UTC)


class MemoryTransport(asyncio.Transport):
    """A channel whose other end says what the test wants, in the pieces in which it wants them to arrive."""

    def __init__(self, answers: Sequence[Sequence[bytes]] = ()) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.aborted = False
        self.protocol = asyncio.Protocol()
        self._answers = list(answers)  # to each write, in turn; b"": the server closes
        self._closing = False

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        assert isinstance(protocol, asyncio.Protocol)
        self.protocol = protocol

    def is_closing(self) -> bool:
        return self._closing

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self._closing
        self.written.append(bytes(data))
        for piece in self._answers.pop(0) if self._answers else ():
            asyncio.get_running_loop().call_soon(self.arrive, piece)

    def arrive(self, piece: bytes) -> None:
        if self._closing:
            return
        if piece:
            self.protocol.data_received(piece)
        elif not self.protocol.eof_received():
            self.abort()

    def abort(self) -> None:
        self.aborted = True
        if not self._closing:
            self._closing = True
            asyncio.get_running_loop().call_soon(self.protocol.connection_lost, None)


def connection_over(transport: MemoryTransport, *, pipelining: bool = True, patience: float = 20) -> Connection:
    timeouts = Timeouts(command=patience, dot=2 * patience, courtesy=patience)
    return Connection(Dialogue(transport), timeouts, pipelining=pipelining)


async def send_one(**script: Sequence[Behaviour]) -> tuple[Outcome, bool, list[bytes]]:
    """To a server that offers PIPELINING: what came of it, may the connection be used again, the bodies that came."""
    async with scripted(**script) as fake:
        settings = SmtpSettings(host="127.0.0.1", port=fake.port, security="none")
        connection = await Connection.open(settings, "agenda.example", PATIENT)
        outcome = await connection.send(SENDER, TOKYO, MESSAGE)
        reusable = connection.reusable
        await connection.close()
        await fake.gone()
        return outcome, reusable, fake.bodies


async def test_three_commands_go_in_one_write_and_the_message_in_the_next() -> None:
    envelope = [b"250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 go\r\n"]
    transport = MemoryTransport([envelope, [b"250 2.0.0 queued\r\n"]])
    outcome = await connection_over(transport).send(SENDER, TOKYO, MESSAGE)
    assert outcome == Outcome(kind="accepted", stage="body", code=250, status="2.0.0", text="2.0.0 queued")
    commands = b"MAIL FROM:<agenda@ine.example>\r\nRCPT TO:<consular.tokio@sre.example>\r\nDATA\r\n"
    assert transport.written == [commands, b"Subject: hola\r\n\r\n..dot\r\n.\r\n"]


async def test_where_it_is_not_offered_each_command_waits_for_the_reply_to_the_one_before() -> None:
    transport = MemoryTransport([[b"250 Ok\r\n"], [b"250 Ok\r\n"], [b"354 go\r\n"], [b"250 queued\r\n"]])
    outcome = await connection_over(transport, pipelining=False).send(SENDER, TOKYO, MESSAGE)
    assert outcome.kind == "accepted"
    assert [written.split(b" ")[0].strip() for written in transport.written[:3]] == [b"MAIL", b"RCPT", b"DATA"]


# A server that takes what comes after DATA for a message although it refused the recipient


async def test_354_after_a_refused_recipient_refuses_the_message_and_cuts_the_connection() -> None:
    """Nothing of the message leaves. Its refusal is what RCPT was answered: this address is rejected for good."""
    refusal = Reply(b"550 5.1.1 no such user\r\n")
    outcome, reusable, bodies = await send_one(RCPT=[refusal], DATA=[Reply(b"354 go ahead\r\n")])
    assert outcome == Outcome(kind="refused", stage="rcpt", code=550, status="5.1.1", text="5.1.1 no such user")
    assert (reusable, bodies) == (False, [])
    tried = Attempted(attempts=1, refusals=0, expires_at=datetime(2021, 10, 21, tzinfo=UTC), jitter=0.0)
    assert decide(tried, outcome, NOW).state is State.REJECTED


async def test_354_after_a_recipient_that_was_put_off_puts_the_message_off() -> None:
    script: dict[str, list[Behaviour]] = {
        "RCPT": [Reply(b"450 4.2.1 greylisted\r\n")],
        "DATA": [Reply(b"354 go ahead\r\n")],
    }
    async with scripted(**script) as fake:
        settings = SmtpSettings(host="127.0.0.1", port=fake.port, security="none")
        pool = Pool(settings, 1, local_hostname="agenda.example", timeouts=PATIENT)
        outcomes = []
        for to in (TOKYO, DELHI):
            async with pool.connection() as connection:
                outcomes.append(await connection.send(SENDER, to, MESSAGE))
        await pool.aclose()
    assert [(one.kind, one.code) for one in outcomes] == [("refused", 450), ("accepted", 250)]
    assert (fake.connections, len(fake.bodies)) == (2, 1)
    tried = Attempted(attempts=1, refusals=0, expires_at=datetime(2021, 10, 21, tzinfo=UTC), jitter=0.0)
    assert decide(tried, outcomes[0], NOW).state is State.DEFERRED


@pytest.mark.parametrize(
    ("script", "stage"),
    [
        ({"MAIL": [Reply(b"450 4.3.2 later\r\n")], "RCPT": [Drop()]}, "mail"),
        ({"MAIL": [Reply(b"450 4.3.2 later\r\n")], "DATA": [Drop()]}, "mail"),
        ({"RCPT": [Reply(b"450 4.3.2 later\r\n")], "DATA": [Drop()]}, "rcpt"),
        ({"MAIL": [Reply(b"450 4.3.2 later\r\n")], "RCPT": [Reply(b"421 4.3.2 bye\r\n")]}, "mail"),
        ({"RCPT": [Reply(b"450 4.3.2 later\r\n")], "DATA": [Reply(b"421 4.3.2 bye\r\n")]}, "rcpt"),
    ],
)
async def test_a_refusal_stands_whatever_becomes_of_the_connection(
    script: dict[str, list[Behaviour]], stage: str
) -> None:
    outcome, reusable, bodies = await send_one(**script)
    assert (outcome.kind, outcome.stage, outcome.code) == ("refused", stage, 450)
    assert (reusable, bodies) == (False, [])


async def test_a_refusal_among_replies_that_do_not_pair_up_is_none() -> None:
    """The refusal may answer anything: an address is not given up for it."""
    script: dict[str, list[Behaviour]] = {"RCPT": [Reply(b"550 5.1.1 no\r\n")], "DATA": [Reply(b"what?\r\n")]}
    outcome, reusable, _ = await send_one(**script)
    assert (outcome.kind, outcome.stage, reusable) == ("broken", "data", False)


# What comes when nobody waits


async def test_what_is_said_unasked_between_two_messages_cuts_the_connection() -> None:
    transport = MemoryTransport([[b"250 Ok\r\n250 Ok\r\n354 go\r\n"], [b"250 queued\r\n"]])
    connection = connection_over(transport)
    assert (await connection.send(SENDER, TOKYO, MESSAGE)).kind == "accepted"
    transport.arrive(b"250 and another\r\n")
    assert not connection.reusable
    outcome = await connection.send(SENDER, DELHI, MESSAGE)
    assert (outcome.kind, outcome.stage, len(transport.written)) == ("broken", "mail", 2)


async def test_what_came_along_with_the_greeting_answers_no_command() -> None:
    transport = MemoryTransport()
    connection = Connection(Dialogue(transport, b"250 too early\r\n"), PATIENT, pipelining=True)
    outcome = await connection.send(SENDER, TOKYO, MESSAGE)
    assert (outcome.kind, outcome.stage, transport.written) == ("broken", "mail", [])


async def test_a_connection_that_was_lost_as_it_went_ahead_gets_nothing_of_the_message() -> None:
    transport = MemoryTransport([[b"250 Ok\r\n250 Ok\r\n354 go\r\n", b""]])
    outcome = await connection_over(transport).send(SENDER, TOKYO, MESSAGE)
    assert (outcome.kind, len(transport.written)) == ("broken", 1)


# Deadlines


@dataclass
class Hands:
    """A clock that the test turns: what the loop's timers go by."""

    at: float = 0.0

    def turn(self, seconds: float) -> None:
        self.at += seconds


@pytest.fixture
async def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    turned = Hands(at=asyncio.get_running_loop().time())
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: turned.at)
    return turned


async def settle_down() -> None:
    """Let everything run that is ready to."""
    for _ in range(10):
        await asyncio.sleep(0)


STAGES = [*ENVELOPE, "body"]


@pytest.mark.parametrize("silent", range(4))
async def test_each_reply_has_its_own_time_and_no_more(silent: int, hands: Hands) -> None:
    """A slow server is waited for at each stage, however long the whole takes; where it falls silent it is cut."""
    transport = MemoryTransport()
    sending = asyncio.ensure_future(connection_over(transport, patience=300).send(SENDER, TOKYO, MESSAGE))
    for reply in (b"250 Ok\r\n", b"250 Ok\r\n", b"354 go\r\n", b"250 queued\r\n")[:silent]:
        await settle_down()
        hands.turn(299)
        await settle_down()
        transport.arrive(reply)
    await settle_down()
    assert not sending.done()
    hands.turn(299 if silent < 3 else 599)
    await settle_down()
    assert not sending.done()
    hands.turn(1)
    await settle_down()
    outcome = sending.result()
    assert (outcome.kind, outcome.stage) == ("unknown" if silent == 3 else "broken", STAGES[silent])
    assert "Timed out" in outcome.text
    assert transport.aborted


async def test_a_courtesy_is_not_waited_for_as_long_as_a_reply(hands: Hands) -> None:
    """The timer that a transaction left behind goes off later than the next step's deadline."""
    transport = MemoryTransport([[b"250 Ok\r\n250 Ok\r\n354 go\r\n"], [b"250 queued\r\n"]])
    connection = Connection(Dialogue(transport), Timeouts(), pipelining=True)
    await connection.send(SENDER, TOKYO, MESSAGE)
    closing = asyncio.ensure_future(connection.close())
    await settle_down()
    hands.turn(10)
    await settle_down()
    assert closing.done()


# Any sequence of replies, of any number of lines, in any pieces


@dataclass(frozen=True, kw_only=True)
class Said:
    """One reply of the server, marked with whose it is."""

    code: int
    lines: int
    mark: str = ""

    @property
    def wire(self) -> bytes:
        first = [f"{self.code}-{self.mark}\r\n"] * (self.lines - 1)
        return "".join([*first, f"{self.code} {self.mark}\r\n"]).encode()

    @property
    def refused(self) -> bool:
        return 400 <= self.code <= 599


@dataclass(frozen=True, kw_only=True)
class Session:
    """What a server says to each of some messages: of MAIL, RCPT, DATA and the message."""

    messages: tuple[tuple[Said, ...], ...]
    pieces: tuple[int, ...] = field(default=(1_000_000,))  # octets that arrive at a time, round and round
    closes: int | None = None  # after how many octets in all the server closes


USUAL = st.sampled_from([250, 250, 250, 251, 421, 450, 451, 500, 550, 554])
LINES = st.integers(min_value=1, max_value=4)


def said(code: st.SearchStrategy[int]) -> st.SearchStrategy[Said]:
    return st.builds(Said, code=code, lines=LINES)


def marked(number: int, replies: tuple[Said, ...]) -> tuple[Said, ...]:
    return tuple(
        Said(code=one.code, lines=one.lines, mark=f"{number} {stage}")
        for one, stage in zip(replies, STAGES, strict=True)
    )


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    data = st.sampled_from([354, 354, 354, 250, 421, 451, 554])
    one = st.tuples(said(USUAL), said(USUAL), said(data), said(USUAL))
    many = draw(st.lists(one, min_size=1, max_size=5))
    return Session(
        messages=tuple(marked(number, replies) for number, replies in enumerate(many)),
        pieces=tuple(draw(st.lists(st.integers(min_value=1, max_value=60), min_size=1, max_size=6))),
        closes=draw(st.none() | st.integers(min_value=0, max_value=400)),
    )


class Server(MemoryTransport):
    """Plays a session. An envelope after a refused one begins with RSET, which is answered as it should be."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._left = session.closes if session.closes is not None else 1_000_000_000
        self._number = -1
        self._sizes = iter(self._round())

    def _round(self) -> Iterator[int]:
        while True:
            yield from self._session.pieces

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._answers = [list(self._pieces(self._replies(bytes(data))))]
        super().write(data)

    def _replies(self, data: bytes) -> Sequence[Said]:
        if data == b"RSET\r\n":
            return [Said(code=250, lines=1)]
        if data.startswith(b"MAIL"):
            self._number += 1
        return self._session.messages[self._number][:3] if data.startswith(b"MAIL") else self._message()

    def _message(self) -> Sequence[Said]:
        return self._session.messages[self._number][3:]

    def _pieces(self, replies: Sequence[Said]) -> Iterator[bytes]:
        closing = False
        wire = b""
        for one in replies:
            wire += one.wire
            closing = closing or one.code == 421
        sent, self._left = wire[: self._left], self._left - min(self._left, len(wire))
        while sent:
            size = next(self._sizes)
            yield sent[:size]
            sent = sent[size:]
        if closing or not self._left:
            yield b""


def complete(replies: Sequence[Said], octets: int) -> list[Said]:
    """The replies that arrive whole in so many octets, none after a 421."""
    came: list[Said] = []
    for one in replies:
        octets -= len(one.wire)
        if octets < 0:
            break
        came.append(one)
        if one.code == 421:
            break
    return came


def expected(replies: tuple[Said, ...], octets: int) -> tuple[str, str, str]:
    """Kind, stage and mark of the outcome of a message, if its replies arrive until so many octets; by another way."""
    came = complete(replies[:3], octets)
    codes = [one.code for one in came]
    for place, code in enumerate(codes):
        if not (400 <= code <= 599 or (code == 354 if place == 2 else 250 <= code <= 259)):
            return "broken", STAGES[place], ""
    refused = [place for place, one in enumerate(came) if one.refused]
    if refused:
        return "refused", STAGES[refused[0]], replies[refused[0]].mark
    envelope = sum(len(one.wire) for one in replies[:3])
    if len(came) < 3:
        return "broken", STAGES[len(came)], ""
    if octets <= envelope:  # it closes with its go-ahead, which may be seen before the message is written or after
        return "lost", "", ""
    last = complete(replies[3:], octets - envelope)
    if not last:
        return "unknown", "body", ""
    kind = "refused" if last[0].refused else "accepted"
    return kind, "body", last[0].mark


@given(sessions())
@example(Session(messages=(marked(0, tuple(Said(code=code, lines=1) for code in (250, 550, 354, 250))),)))
@example(Session(messages=(marked(0, tuple(Said(code=code, lines=2) for code in (421, 421, 421, 250))),)))
def test_each_outcome_is_that_of_its_own_message_however_the_replies_arrive(session: Session) -> None:
    asyncio.run(_played(session))


async def _played(session: Session) -> None:
    server = Server(session)
    connection = connection_over(server)
    for replies in session.messages:
        left = server._left
        if not await connection.ready(1_000):
            assert server.aborted or server.is_closing()
            break
        left = min(left, server._left)
        outcome = await connection.send(SENDER, TOKYO, MESSAGE)
        kind, stage, mark = expected(replies, left)
        if kind == "lost":
            assert outcome.kind in ("broken", "unknown")
            assert not connection.reusable
            break
        assert (outcome.kind, outcome.stage) == (kind, stage)
        if outcome.kind in ("accepted", "refused"):
            assert outcome.text.splitlines()[0].startswith(mark)
        else:
            assert not connection.reusable


def no_reply(text: bytes) -> bool:
    return not any(48 <= octet <= 57 for octet in text)


TAKEN = (Said(code=250, lines=1), Said(code=250, lines=2), Said(code=354, lines=1), Said(code=250, lines=1))


@given(
    junk=st.binary(min_size=1, max_size=20).filter(no_reply).map(lambda text: text + b"\r\n")
    | st.sampled_from([b"250 Ok\r\n", b"354 go\r\n", b"550 5.1.1 no\r\n", b"221 bye\r\n", b"x" * 40_000]),
    place=st.integers(min_value=0, max_value=4),
)
def test_what_does_not_pair_up_is_never_taken_for_an_answer(junk: bytes, place: int) -> None:
    """A reply too many, or what is none, before any reply or after the last: nothing is refused or accepted by it."""

    async def play() -> None:
        wires = [one.wire for one in TAKEN]
        if place < 4:
            wires[place] = junk + wires[place]
        else:
            wires[3] += junk
        transport = MemoryTransport([[b"".join(wires[:3])], [wires[3]]])
        connection = connection_over(transport)
        outcome = await connection.send(SENDER, TOKYO, MESSAGE)
        assert outcome.kind == ("broken" if place < 3 else "unknown")
        assert not connection.reusable

    asyncio.run(play())
