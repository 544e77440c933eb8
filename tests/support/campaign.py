"""A service that sends to a server of ours, on a clock that jumps."""

from __future__ import annotations

import email
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import default as modern

from scheduler.base.clock import SimulatedClock
from scheduler.base.tokens import Tokens
from scheduler.base.variables import Pace
from scheduler.mail.relay.smtp_url import SmtpSettings
from scheduler.rehearsal.run import Jump
from scheduler.sending.service import Sending, Service
from scheduler.store.database import Database
from tests.support.ledger import START
from tests.support.smtpd import Reply, ScriptedServer

UNLIMITED = Pace(per_minute=None, connections=1)

TOKENS = Tokens(["a key for tests only"])
BASE = "https://agenda.example"
UNKNOWN_USER = Reply(b"550 5.1.1 no such user\r\n")
BUSY = Reply(b"451 4.3.0 busy\r\n")


@dataclass
class Jumps(Jump):
    """The rehearsal's waker, remembering where it went, and doing something at a moment if told to."""

    went: list[datetime] = field(default_factory=list)

    def __init__(self, clock: SimulatedClock, until: datetime) -> None:
        super().__init__(clock, until)
        self.went = []

    async def wait(self) -> bool:
        going = await super().wait()
        if going:
            self.went.append(self._clock.now())
        return going


@dataclass
class Campaign:
    """A service over a database, to be run between two simulated instants."""

    database: Database
    fake: ScriptedServer
    pace: Pace = UNLIMITED
    redirect_all: str | None = None
    invitations: bool = False
    signed_answers: bool = False

    async def run(self, start: datetime, until: datetime = START + timedelta(days=1)) -> list[datetime]:
        """Work from `start` to `until`; returns the moments that it woke at."""
        clock = SimulatedClock(start)
        waker = Jumps(clock, until)
        sending = Sending(
            smtp=SmtpSettings(host="127.0.0.1", port=self.fake.port, security="none"),
            pace=self.pace,
            base_url=BASE,
            tokens=TOKENS,
            redirect_all=self.redirect_all,
            invitations=self.invitations,
            signed_answers=self.signed_answers,
        )
        await Service(database=self.database, sending=sending, clock=clock, waker=waker).run()
        return waker.went


def mails(fake: ScriptedServer) -> list[EmailMessage]:
    found = []
    for body in fake.bodies:
        message = email.message_from_bytes(body.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n."), policy=modern)
        assert isinstance(message, EmailMessage)
        found.append(message)
    return found


def ids(fake: ScriptedServer) -> list[str]:
    return [str(mail["Message-ID"]) for mail in mails(fake)]
