"""What a server answered, in the terms of RFC 5321 §4.2 and RFC 3463."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from scheduler.base.address import scrub

SERVICE_CLOSING = 421  # RFC 5321 §3.8: the server shuts the channel, whatever was asked
GO_AHEAD = 354
_PLAIN = re.compile(r"[A-Za-z0-9.:]+(?: [A-Za-z0-9.:]+)*")  # words of which `scrub` takes nothing
_FEW = 100  # characters
_STATUS = re.compile(r"([245])\.\d{1,3}\.\d{1,3}(?=\s|$)")


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerReply:
    """One reply, of however many lines."""

    code: int
    words: str = field(repr=False)  # as they came, addresses and all

    @property
    def accepted(self) -> bool:
        """25z: of the mail system (RFC 5321 §4.2.1). Any other 2xx answers something else, as 221 does QUIT."""
        return 250 <= self.code <= 259

    @property
    def refused(self) -> bool:
        return 400 <= self.code <= 599

    @property
    def status(self) -> str | None:
        """Enhanced status code, "5.1.1". One of another class than the code's (RFC 3463 §2) is text, not a status."""
        match = _STATUS.match(self.words)
        return match[0] if match is not None and match[1] == str(self.code)[0] else None

    @property
    def text(self) -> str:
        """The words, scrubbed. Most are a few plain ones: then there is nothing to look for."""
        plain = len(self.words) < _FEW and _PLAIN.fullmatch(self.words)
        return self.words if plain else scrub(self.words)
