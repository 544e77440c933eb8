"""How the mail relay is doing: a circuit breaker. After failures it is left alone, then one delivery tries it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from scheduler.planning.delivery import Outcome, relay_pause

SAME_REFUSALS = 3  # for so many recipients running: not theirs any more, but the installation's


@dataclass(slots=True)
class RelayHealth:
    """The breaker, in memory of the node that sends; a restart tries the relay at once.

    Closed while `failures` is 0. Open: `paused_until` says when one delivery may try it. `on_change` is called at
    once, in the event loop, whenever it opens, stays open after a try, or closes.
    """

    on_change: Callable[[RelayHealth], None] | None = None
    failures: int = 0  # in a row
    paused_until: datetime | None = None
    reason: str = ""  # scrubbed
    fault: bool = False  # of the installation (AUTH, TLS, sender): an operator has to act
    refusal: tuple[int | None, str | None] | None = None  # the last 5xx that blamed nobody: code, status
    refused: set[str] = field(default_factory=set)  # recipients that it was given to, one after the other

    @property
    def open(self) -> bool:
        """Not to be trusted with more than one delivery at a time."""
        return self.failures > 0

    def paused_at(self, now: datetime) -> bool:
        return self.paused_until is not None and now < self.paused_until

    def failed(self, now: datetime, reason: str, *, fault: bool) -> bool:
        """Open, for longer each time. False: it was paused, and several senders' failures count as one."""
        if self.paused_at(now):
            return False
        self.failures += 1
        self.paused_until = now + relay_pause(self.failures)
        self.reason, self.fault = reason, fault
        self._changed()
        return True

    def same_again(self, outcome: Outcome, recipient: str) -> bool:
        """Count a 5xx that says neither that the address is bad nor that we are: is it the same for everybody?"""
        said = outcome.code, outcome.status
        if said != self.refusal:
            self.refusal, self.refused = said, set()
        self.refused.add(recipient)
        return len(self.refused) >= SAME_REFUSALS

    def worked(self, now: datetime) -> None:
        """A message was accepted. During a pause that is one which had left before, and it closes nothing."""
        self.refusal, self.refused = None, set()
        if not self.open or self.paused_at(now):
            return
        self.failures, self.paused_until, self.reason, self.fault = 0, None, "", False
        self._changed()

    def _changed(self) -> None:
        if self.on_change is not None:
            self.on_change(self)
