"""What the judge finds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    WRONG = "wrong"  # says what did not hold when it was said: another hour, place or link; not theirs; not so
    LOST = "lost"  # a change that was never told, or a reminder that never came
    NEEDLESS = "needless"  # news of what the reader knew, or of nothing: also a change that is told twice
    TWICE = "twice"  # the same message, reminder or entry again
    HASTY = "hasty"  # told before it had settled
    HOURS = "hours"  # at an hour at which the site does not work, without need
    STRANGER = "stranger"  # to an address that is no post's
    BACKWARDS = "backwards"  # a SEQUENCE or a date that went back, or did not rise with a change
    KEPT = "kept"  # still in a calendar, though cancelled or no longer theirs


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    kind: Kind
    who: str  # an address, or a feed
    event: str
    at: datetime
    why: str
