"""Enhanced status codes (RFC 3463), and whose fault each is: one table for what is said at RCPT and in bounces."""

from __future__ import annotations

import re
from enum import StrEnum


class Blame(StrEnum):
    """What a permanent code speaks of."""

    ADDRESS = "address"  # there is no such mailbox: the address is bad
    MAILBOX = "mailbox"  # there is, and it is full or closed today
    INSTALLATION = "installation"  # policy, block lists, our sender: nobody's address
    CONTENT = "content"  # this message, for its size or form: nobody's address either
    NOBODY = "nobody"  # it says nothing of the kind


# 5.1.2 is none: a name that does not resolve today, sendmail says it of any such; it would mute whole domains.
BAD_ADDRESS = frozenset({"5.1.1", "5.1.3", "5.1.6", "5.1.10"})
_MAILBOX = frozenset({"5.2.1", "5.2.2"})
_SENDER = frozenset({"5.1.7", "5.1.8", "5.2.252"})  # RFC 3463 §3.2; Exchange Online's SendAsDenied
_CONTENT = frozenset({"5.2.3", "5.3.4"})  # too big for the mailbox, for the system
_DENIED = re.compile(r"access denied", re.IGNORECASE)
_LISTED = re.compile(r"blocked using|block ?list|black ?list|\b(?:dns|r)bl\b", re.IGNORECASE)


def blame(status: str | None, text: str = "") -> Blame:
    """Whose fault a status is; `text` are the server's words.

    Exchange Online says 5.4.1 «Recipient address rejected: Access denied» of an address that its directory lacks; by
    itself 5.4.1 is a host that does not answer.
    """
    code = status or ""
    if code in BAD_ADDRESS or (code == "5.4.1" and _DENIED.search(text)):
        return Blame.ADDRESS
    if code in _MAILBOX:
        return Blame.MAILBOX
    if code in _SENDER or code.startswith("5.7."):
        return Blame.INSTALLATION
    if code in _CONTENT or code.startswith("5.6."):
        return Blame.CONTENT
    return Blame.NOBODY


def tells_of_a_list(text: str) -> bool:
    """Do a server's words, without a code, say that we stand on a block list?"""
    return _LISTED.search(text) is not None


def says_nothing(status: str) -> bool:
    """No status, or one that only gives its class (x.0.0): what the other server said may be found elsewhere."""
    return not status or status.endswith(".0.0")


def is_vague(status: str) -> bool:
    """Likewise, or one that a gateway puts around what it was told (5.1.0)."""
    return says_nothing(status) or status == "5.1.0"
