"""What the audit tells: one act of a person, or of the service by itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from scheduler.base.address import masking, seen

Facts = Mapping[str, str | int]  # by name: ids and figures
LONGEST = 200  # characters of a name, an id or one detail


class Via(StrEnum):
    """Which way it was done."""

    COMMAND = "command"
    DESK = "desk"
    PAGE = "page"  # a post's own, which a link of a mail opens
    SERVICE = "service"  # by itself


class What(StrEnum):
    """What was done. scheduler/wording/audit.py has the words of each."""

    PUBLISHED = "published"
    ROLLED_BACK = "rolled-back"
    STOPPED = "stopped"
    RESUMED = "resumed"
    TOKEN_MADE = "token-made"  # noqa: S105  # because it is no password
    TOKEN_ENDED = "token-ended"  # noqa: S105  # likewise
    HANDED_OVER = "handed-over"
    ROLL_CALLED = "roll-called"
    PROPOSAL_DROPPED = "proposal-dropped"
    SILENT_ASKED = "silent-asked"
    HELD = "held"
    RELEASED = "released"
    RETRIED = "retried"
    DROPPED = "dropped"
    SUPPRESSED = "suppressed"
    LIFTED = "lifted"
    REPORTS_DECIDED = "reports-decided"
    MESSAGES_SAVED = "messages-saved"
    MESSAGES_FORGOTTEN = "messages-forgotten"
    TESTED = "tested"
    REPORT_CLOSED = "report-closed"
    MIGRATED = "migrated"
    COPIED = "copied"
    BACKED_UP = "backed-up"
    RESTORED = "restored"
    ADOPTED = "adopted"
    EVIDENCE_MADE = "evidence-made"
    ERASED = "erased"
    RETENTION_ENDED = "retention-ended"
    RELAY_PAUSED = "relay-paused"
    RELAY_BACK = "relay-back"
    HOURS_WAIT = "hours-wait"
    DAYS_DIFFER = "days-differ"
    SIGNED_IN = "signed-in"
    SIGNED_OUT = "signed-out"
    REFUSED = "refused"
    SESSION_ENDED = "session-ended"
    INVITED = "invited"
    PASSWORD_SET = "password-set"  # noqa: S105  # likewise
    ACCOUNT_MADE = "account-made"
    ACCOUNT_CHANGED = "account-changed"
    ACCOUNT_ENDED = "account-ended"
    EDITED = "edited"
    ATTENDANCE_READ = "attendance-read"
    ATTENDANCE_ASSIGNED = "attendance-assigned"
    ATTENDANCE_TYPED = "attendance-typed"
    ATTENDANCE_FORGOTTEN = "attendance-forgotten"
    ATTENDANCE_ENDED = "attendance-ended"
    SESSION_HELD = "session-held"
    SESSION_NOT_HELD = "session-not-held"


# These go without the secret key: a stop must not fail for want of it, and a backup may be put back before its key is.
UNKEYED = frozenset({What.STOPPED, What.RESUMED, What.RESTORED})


@dataclass(frozen=True, kw_only=True, slots=True)
class Deed:
    """Who did what, why, and to whom or what. What is to be forgotten one day stands in `reason` and `changed` only."""

    who: str  # a person's name or account; of a page, "post ID"; of the service, its part
    what: What
    via: Via = Via.COMMAND
    subject: str = ""  # an id: never a name, an address or a link
    details: Facts = field(default_factory=dict)  # kept for ever
    reason: str = ""
    changed: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # personal fields: before, after
    about: str = ""  # Recipient.id, or an account's, of whom reason and changes may speak

    @property
    def text(self) -> str | None:
        """What stands in the side table; None where there is nothing to forget."""
        said: dict[str, object] = {"reason": self.reason} if self.reason else {}
        said |= {"changed": {name: list(pair) for name, pair in self.changed.items()}} if self.changed else {}
        return _json(said) if said else None

    @property
    def facts(self) -> str:
        """The details as they are kept. Raises ValueError for a link."""
        return _json({name: one if isinstance(one, int) else plain(one) for name, one in self.details.items()})


def plain(text: str) -> str:
    """As it may be kept for ever: one line, addresses masked. Raises ValueError for a link."""
    if "://" in text:
        raise ValueError("no link may stand in the audit")
    return masking(" ".join(seen(text).split()))[:LONGEST]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
