"""Which faults there are and when each comes: a function of the seed, so that the same seed repeats the same faults.

What the mail server does to a connection depends on the connection's number, what it does to a recipient on the
address and on how often it has been named, what it does to a message on its key and on how often it has arrived.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import TypeVar

F = TypeVar("F", bound=StrEnum)
_BURST = 3  # connections running on which nobody is taken, as if the relay had lost its faith in us


class Greeting(StrEnum):
    """What becomes of a connection."""

    CLOSED = "closed without a greeting"
    BUSY = "421 as greeting"
    MUTE = "no greeting until the client gives up"
    TLS_LATER = "454 to STARTTLS"
    TLS_GARBAGE = "garbage in place of the TLS handshake"
    TLS_CLOSED = "closed in the TLS handshake"
    NOT_US = "554 5.7.1 to everybody"
    SLOW = "every reply byte by byte"


class Naming(StrEnum):
    """What becomes of RCPT, and of DATA after it."""

    BUSY = "450 4.2.1 at RCPT"
    THROTTLED = "451 4.7.1 at RCPT"
    FULL = "452 4.3.1 at RCPT"
    CLOSING = "421 at RCPT"
    REFUSED = "554 at RCPT"
    CLOSED = "closed at RCPT"
    STALLED = "RCPT not answered until the client gives up"
    LATE = "RCPT answered late"
    GARBAGE = "garbage at RCPT"
    TWICE = "two replies to RCPT"
    OTHER = "354 to RCPT"
    NO_DATA = "451 to DATA"
    DATA_CLOSED = "closed at DATA"


class Message(StrEnum):
    """What becomes of the message. `kept`: the server has it on record, whatever it says."""

    BODY_CLOSED = "closed inside the body"
    LOST = "closed after the body, not kept"
    KEPT_UNSAID = "closed after the body, kept"
    STALLED = "no reply until the client gives up, not kept"
    KEPT_STALLED = "no reply until the client gives up, kept"
    KEPT_LATE = "late reply, kept"
    KEPT_GARBAGE = "garbage as reply, kept"
    GARBAGE = "garbage as reply, not kept"
    KEPT_TWICE = "250 twice, kept"
    KEPT_OTHER = "354 as reply, kept"
    OTHER = "221 as reply, not kept"
    FULL = "452 4.3.1 as reply"
    REFUSED = "554 as reply"
    SPAM = "550 5.7.1 as reply"
    CLOSING = "421 as reply"
    KEPT_CLOSED = "250 and closed, kept"

    @property
    def kept(self) -> bool:
        return self.name.startswith("KEPT")


_GREETINGS: Mapping[Greeting, float] = {
    Greeting.CLOSED: 0.01, Greeting.BUSY: 0.01, Greeting.MUTE: 0.005, Greeting.TLS_LATER: 0.01,
    Greeting.TLS_GARBAGE: 0.01, Greeting.TLS_CLOSED: 0.01, Greeting.SLOW: 0.03,
}  # fmt: skip
_NAMINGS: Mapping[Naming, float] = {
    Naming.BUSY: 0.02, Naming.THROTTLED: 0.01, Naming.FULL: 0.01, Naming.CLOSING: 0.01, Naming.REFUSED: 0.005,
    Naming.CLOSED: 0.01, Naming.STALLED: 0.005, Naming.LATE: 0.01, Naming.GARBAGE: 0.005, Naming.TWICE: 0.01,
    Naming.OTHER: 0.005, Naming.NO_DATA: 0.01, Naming.DATA_CLOSED: 0.01,
}  # fmt: skip
_MESSAGES: Mapping[Message, float] = dict.fromkeys(Message, 0.01) | {
    Message.STALLED: 0.005, Message.KEPT_STALLED: 0.005, Message.REFUSED: 0.003, Message.SPAM: 0.003,
}  # fmt: skip
_BURSTS = 0.01  # of them that are on
_BAD = 0.01  # of the addresses, for ever


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """The mail server's faults of one seed."""

    seed: int

    def greeting(self, connection: int) -> Greeting | None:
        """Of the n-th connection, from 1."""
        if self._chance("burst", str(connection // _BURST), 0) < _BURSTS:
            return Greeting.NOT_US
        return _drawn(_GREETINGS, self._chance("connection", "", connection))

    def naming(self, address: str, time: int) -> Naming | None:
        """Of the n-th RCPT with this address, from 1."""
        return _drawn(_NAMINGS, self._chance("recipient", address, time))

    def message(self, key: str, time: int) -> Message | None:
        """Of the n-th arrival of the message with this key, from 1."""
        return _drawn(_MESSAGES, self._chance("message", key, time))

    def is_bad(self, address: str) -> bool:
        """`550 5.1.1` whenever it is named."""
        return self._chance("bad", address, 0) < _BAD

    def _chance(self, kind: str, key: str, time: int) -> float:
        """Evenly in [0, 1)."""
        named = f"{self.seed}\x1f{kind}\x1f{key}\x1f{time}"
        return int.from_bytes(hashlib.blake2b(named.encode(), digest_size=8).digest()) / 2**64


def _drawn(odds: Mapping[F, float], chance: float) -> F | None:
    for kind, odd in odds.items():
        if chance < odd:
            return kind
        chance -= odd
    return None


class Blow(StrEnum):
    """What is done to the processes, the database and the clock."""

    KILL = "kill -9"
    STOP = "stopped past its lease"
    DRAIN = "asked to drain"
    RESTART = "database restarted"
    FORTH = "clock set forth"
    BACK = "clock set back"
    OUTSIDER = "batches of an outsider's mail"


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    blow: Blow
    after: int  # so many transactions that the mail server has seen
    draw: float  # 0..1: which worker, how far, how long


def blows(seed: int, *, kills: int, mails: int, restarts: bool) -> list[Planned]:
    """In the order in which they come, over the first four fifths of the mails; as many `KILL` as asked for."""
    random = Random(seed)  # seeded: it has to repeat itself
    counts = {
        Blow.KILL: kills,
        Blow.STOP: -(-kills // 12),
        Blow.DRAIN: -(-kills // 20),
        Blow.RESTART: -(-kills // 16) if restarts else 0,
        Blow.FORTH: -(-kills // 10),
        Blow.BACK: -(-kills // 10),
        Blow.OUTSIDER: -(-kills // 20),
    }
    found = [
        Planned(blow=blow, after=random.randint(1, max(1, mails * 4 // 5)), draw=random.random())
        for blow, count in counts.items()
        for _ in range(count)
    ]
    return sorted(found, key=lambda one: one.after)
