"""States of a delivery and what follows from an outcome: decisions as values, no I/O (docs/delivery-states.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What one SMTP transaction came to, in the terms of who must decide what happens next.

    accepted: 2xx after the final dot. refused: the server answered 4xx or 5xx at `stage`.
    broken: it failed before the body was begun; nothing can have been delivered.
    unknown: it failed after the body was begun and before its reply: nobody can know.
    """

    kind: Literal["accepted", "refused", "broken", "unknown"]
    stage: Literal["mail", "rcpt", "data", "body"]
    code: int | None = None  # SMTP reply code (RFC 5321 §4.2)
    status: str | None = None  # enhanced status, "5.1.1" (RFC 3463)
    text: str = ""  # the server's words or the error's
