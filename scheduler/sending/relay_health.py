"""How the mail relay is doing: a circuit breaker. After failures it is left alone, then one delivery tries it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from scheduler.planning.delivery import relay_pause

REFUSED_RUNNING = 3  # different recipients, with nothing accepted: not theirs any more, but the installation's


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
    counted: bool = False  # it was opened by refusals that were counted: what is accepted shows that they are theirs
    refused: set[str] = field(default_factory=set)  # recipients that got a 5xx since anything was accepted

    @property
    def open(self) -> bool:
        """Not to be trusted with more than one delivery at a time."""
        return self.failures > 0

    def paused_at(self, now: datetime) -> bool:
        return self.paused_until is not None and now < self.paused_until

    def failed(self, now: datetime, reason: str, *, fault: bool, counted: bool = False) -> bool:
        """Open, for longer each time. False: it was paused, and several senders' failures count as one."""
        if self.paused_at(now):
            return False
        self.failures += 1
        self.paused_until = now + relay_pause(self.failures)
        self.reason, self.fault, self.counted = reason, fault, counted
        self._changed()
        return True

    def refused_again(self, recipient: str) -> bool:
        """Count a 5xx that may be the recipient's fault or ours. True: too many different ones have had it.

        One that had it before says nothing new: three dead mailboxes that are tried again prolong no pause.
        """
        known = recipient in self.refused
        self.refused.add(recipient)
        return not known and len(self.refused) >= REFUSED_RUNNING

    def worked(self, now: datetime) -> None:
        """A message was accepted. During a pause that is one which had left before.

        It closes at once what counted refusals opened, for they are not everybody's; but says nothing of a sender or
        a login that was refused meanwhile.
        """
        self.refused.clear()
        if not self.open or (self.paused_at(now) and not self.counted):
            return
        self.failures, self.paused_until, self.reason, self.fault, self.counted = 0, None, "", False, False
        self._changed()

    def _changed(self) -> None:
        if self.on_change is not None:
            self.on_change(self)
