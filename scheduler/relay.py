"""How the mail relay is doing: after failures it is left alone for a while, then one delivery tries it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scheduler.delivery import relay_pause


@dataclass(slots=True)
class RelayHealth:
    """In memory of the node that sends; a restart tries the relay at once."""

    failures: int = 0  # in a row
    paused_until: datetime | None = None
    reason: str = ""  # scrubbed
    fault: bool = False  # of the installation (AUTH, TLS, sender): an operator has to act

    def paused_at(self, now: datetime) -> bool:
        return self.paused_until is not None and now < self.paused_until

    def failed(self, now: datetime, reason: str, *, fault: bool) -> None:
        """Count a failure; several senders that fail in the same pause count as one."""
        if self.paused_at(now):
            return
        self.failures += 1
        self.paused_until = now + relay_pause(self.failures)
        self.reason, self.fault = reason, fault

    def worked(self) -> None:
        if not self.paused_until:
            return
        self.failures, self.paused_until, self.reason, self.fault = 0, None, "", False
