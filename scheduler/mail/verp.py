"""Addresses that tell what comes to them, signed: a made-up bounce must mute nobody, a made-up answer count for nobody.

`bounces+<message key>-<signature>@domain` is an envelope sender that tells which message came back: a variable envelope
return path (VERP). `<mailbox>+<bearer>-<signature>@domain` tells whose answer comes: a post's, as long as it has the
same holder. Everything before the @ survives servers that change its case.
"""

from __future__ import annotations

import re

from scheduler.base.tokens import Tokens

_FORM = re.compile(r"(?:[^@\s]{1,200}=)?bounces\+([0-9a-f]{8,64})-([0-9a-f]{16})@[^@\s]{0,255}", re.IGNORECASE)
_ANSWER = re.compile(r"[^@\s+]{1,64}\+([0-9a-z-]{1,64}(?:#[0-9]{1,9})?)-([0-9a-f]{16})@[^@\s]{1,255}", re.IGNORECASE)
_LONGEST = 64  # octets before the @ (RFC 5321 §4.5.3.1.1)


def sender(message_key: str, domain: str, tokens: Tokens) -> str:
    """The envelope sender of one message."""
    return f"bounces+{message_key}-{tokens.returning(message_key)[0]}@{domain}"


def read(address: str, tokens: Tokens) -> str | None:
    """The key of the message that came back to this address; None where the address was not made here.

    BATV (`prvs=0123456789=`) and SRS (`SRS0=…=`) put their own before it, and SRS another domain behind: the signature
    is what counts.
    """
    found = _FORM.fullmatch(address.strip().strip("<>"))
    if found is None:
        return None
    key, signature = found[1].lower(), found[2].lower()
    return key if signature in tokens.returning(key) else None


def answers_to(mailbox: str, bearer: str, tokens: Tokens) -> str:
    """The mailbox's address for the answers of one post; the plain one where there is no room for more."""
    local, _, domain = mailbox.rpartition("@")
    signed = f"{local}+{bearer}-{tokens.answering(bearer)[0]}"
    return f"{signed}@{domain}" if len(signed) <= _LONGEST else mailbox


def read_answer(address: str, tokens: Tokens) -> str | None:
    """Whose answer comes to this address, as it was signed for; None where the address was not made here."""
    found = _ANSWER.fullmatch(address.strip().strip("<>"))
    if found is None:
        return None
    bearer, signature = found[1].lower(), found[2].lower()
    return bearer if signature in tokens.answering(bearer) else None
