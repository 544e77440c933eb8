"""What a server answered, in the terms of RFC 5321 §4.2 and RFC 3463."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scheduler.base.address import scrub

_STATUS = re.compile(r"([245])\.\d{1,3}\.\d{1,3}(?=\s|$)")


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerReply:
    code: int
    status: str | None  # enhanced status code, "5.1.1"
    text: str  # scrubbed

    @property
    def accepted(self) -> bool:
        """25z: of the mail system (RFC 5321 §4.2.1). Any other 2xx answers something else, as 221 does QUIT."""
        return 250 <= self.code <= 259

    @property
    def refused(self) -> bool:
        return 400 <= self.code <= 599


def as_reply(code: int, message: str) -> ServerReply:
    """A status of another class than the code's (RFC 3463 §2) is text, not a status."""
    match = _STATUS.match(message)
    known = match is not None and match[1] == str(code)[0]
    return ServerReply(code=code, status=match[0] if match is not None and known else None, text=scrub(message))
