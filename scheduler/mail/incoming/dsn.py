"""A delivery status notification (RFC 3464; RFC 6533 where it is internationalised) as values, as programs write it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from scheduler.mail.incoming.parts import MessagePart, fields_of

_LONGEST = 2_000  # characters of one field
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY = re.compile(r"[245]\d\d(?:[ -]|$)")


class Action(StrEnum):
    """What became of the message for one recipient (RFC 3464 §2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"
    UNCLEAR = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportedRecipient:
    """What a report says of one recipient."""

    action: Action
    final: str = ""  # address that the reporting server tried; "" where it gives none
    original: str = ""  # address that the sender gave it, as far as it knows
    actual: tuple[str, ...] = ()  # addresses that these led to, where the program says so in fields of its own
    status: str = ""  # "5.1.1" (RFC 3463)
    words: str = ""  # of Diagnostic-Code, or of the part for people; as they came, with addresses
    by_smtp: bool = False  # the words are those of an SMTP server


def recipients_of(
    blocks: Sequence[str], *, actual: tuple[str, ...] = (), prose: str = ""
) -> tuple[ReportedRecipient, ...]:
    """The recipients of a report, from its groups of fields.

    `actual` are exim's X-Failed-Recipients; `prose`, the part for people, where OpenSMTPD keeps the server's words.
    """
    fields = [fields_of(block) for block in blocks]
    about = [block for block in fields if block["Final-Recipient"] or block["Original-Recipient"] or block["Action"]]
    return tuple(_recipient(block, actual, prose) for block in about)


def status_in(text: str) -> str:
    found = _STATUS.search(text)
    return found[0] if found else ""


def _recipient(block: MessagePart, actual: tuple[str, ...], prose: str) -> ReportedRecipient:
    final, status = _address(block, "Final-Recipient"), status_in(_field(block, "Status"))
    words, by_smtp = _diagnostic(_field(block, "Diagnostic-Code"))
    action = _action(block, status)
    if not words:
        words = said_of(final, prose)
        by_smtp = _REPLY.match(words) is not None
    own = _address(block, "X-Actual-Recipient")
    return ReportedRecipient(
        action=action,
        final=final,
        original=_address(block, "Original-Recipient"),
        actual=(own,) if own else actual,
        status=status,
        words=words,
        by_smtp=by_smtp,
    )


def _action(block: MessagePart, status: str) -> Action:
    """Its first word: sendmail adds comments.

    OpenSMTPD calls what it has given up «delayed», 4.4.7 (envelope expired), and nothing more comes. Exchange says
    4.4.7 of what it still tries, too, but with a Diagnostic-Code and the hour until which it will.
    """
    word = _field(block, "Action").lower().partition(" ")[0].partition("(")[0]
    given_up = status == "4.4.7" and not block["Diagnostic-Code"] and not block["Will-Retry-Until"]
    if word == Action.DELAYED and given_up:
        return Action.FAILED
    if not word and status.startswith("5."):
        return Action.FAILED
    return Action(word) if word in set(Action) else Action.UNCLEAR


def _diagnostic(field: str) -> tuple[str, bool]:
    """The words, and whether an SMTP server said them: «smtp; 550 5.1.1 …», «X-Postfix; unknown user»."""
    kind, semicolon, words = field.partition(";")
    if not semicolon or _REPLY.match(field):
        return field, _REPLY.match(field) is not None
    return words.strip(), kind.strip().lower() in ("smtp", "lmtp")


def said_of(address: str, prose: str) -> str:
    """What stands behind an address at the beginning of a line: «nadie@example.org: 550 5.1.1 no such user»."""
    head = f"{address.lower()}: "
    lines = (line.strip() for line in prose.splitlines()) if address else ()
    return next((line[len(head) :].strip()[:_LONGEST] for line in lines if line.lower().startswith(head)), "")


def _field(block: MessagePart, name: str) -> str:
    return " ".join(str(block[name] or "")[:_LONGEST].split())


def _address(block: MessagePart, name: str) -> str:
    """«rfc822; <one@example.org>» → one@example.org; "" for what is no address, as a program that was piped to."""
    kind, semicolon, rest = _field(block, name).partition(";")
    address = (rest if semicolon else kind).strip().strip("<>")
    return address if "@" in address and not address.startswith("|") else ""
