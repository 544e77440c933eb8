"""How the mail relay is doing: after failures it is left alone for a while, then one delivery tries it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from scheduler.delivery import Outcome, relay_pause

SAME_REFUSALS = 3  # for so many recipients running: not theirs any more, but the installation's


@dataclass(slots=True)
class RelayHealth:
    """In memory of the node that sends; a restart tries the relay at once."""

    failures: int = 0  # in a row
    paused_until: datetime | None = None
    reason: str = ""  # scrubbed
    fault: bool = False  # of the installation (AUTH, TLS, sender): an operator has to act
    refusal: tuple[int | None, str | None] | None = None  # the last 5xx that blamed nobody: code, status
    refused: set[str] = field(default_factory=set)  # recipients that it was given to, one after the other

    def paused_at(self, now: datetime) -> bool:
        return self.paused_until is not None and now < self.paused_until

    def failed(self, now: datetime, reason: str, *, fault: bool) -> None:
        """Count a failure; several senders that fail in the same pause count as one."""
        if self.paused_at(now):
            return
        self.failures += 1
        self.paused_until = now + relay_pause(self.failures)
        self.reason, self.fault = reason, fault

    def same_again(self, outcome: Outcome, recipient: str) -> bool:
        """Count a 5xx that says neither that the address is bad nor that we are: is it the same for everybody?"""
        said = outcome.code, outcome.status
        if said != self.refusal:
            self.refusal, self.refused = said, set()
        self.refused.add(recipient)
        return len(self.refused) >= SAME_REFUSALS

    def worked(self) -> None:
        self.refusal, self.refused = None, set()
        if not self.paused_until:
            return
        self.failures, self.paused_until, self.reason, self.fault = 0, None, "", False
